// 100,000 Buffers from the pool, all kept.
const kept = [];
for (let i = 0; i < 100000; i++) kept.push(Buffer.allocUnsafe(100));
