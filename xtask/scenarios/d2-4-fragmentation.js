function churn(allocate) {
  let kept = [];
  for (let i = 0; i < 20000; i++) {
    const buffer = allocate(100);
    // Every hundredth buffer stays, and with it its slab.
    if (i % 100 === 0) kept.push(buffer);
  }
  return kept;
}
global.gc();
console.log(process.memoryUsage());
let pooled = churn(Buffer.allocUnsafe);
global.gc();
global.gc();
console.log(process.memoryUsage());
let single = churn(Buffer.allocUnsafeSlow);
global.gc();
global.gc();
console.log(process.memoryUsage());
const slabs = new Set(pooled.map((buffer) => buffer.buffer));
console.log(pooled.length + ' small buffers keep ' + slabs.size + ' slabs');
console.log(single.length + ' without the pool keep themselves');
pooled = null;
slabs.clear();
global.gc();
global.gc();
console.log(process.memoryUsage());
