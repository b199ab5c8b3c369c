global.gc();
console.log(process.memoryUsage());
let old = Buffer.allocUnsafe(100).fill('secret ');
const where = old.byteOffset;
const slab = old.buffer;
console.log(process.memoryUsage());
old = null;
global.gc();
// What the released buffer has held is still in its slab.
const view = Buffer.from(slab, where, 100);
console.log('the slab holds released data: ' + view.includes('secret'));
let filled = Buffer.alloc(100);
console.log('a zero-filled buffer holds zeros alone: ' + filled.every((byte) => byte === 0));
console.log(process.memoryUsage());
