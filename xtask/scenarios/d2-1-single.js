// 100,000 Buffers with a store each, all kept.
const kept = [];
for (let i = 0; i < 100000; i++) kept.push(Buffer.allocUnsafeSlow(100));
