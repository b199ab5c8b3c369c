const slabs = [];
function slabOf(buffer) {
  let at = slabs.findIndex((slab) => slab.deref() === buffer.buffer);
  if (at < 0) at = slabs.push(new WeakRef(buffer.buffer)) - 1;
  return at + 1;
}
// Fills what is left of the slab that Node itself has begun.
while (Buffer.allocUnsafe(1).byteOffset < Buffer.poolSize - 8);
const size = 3 * (Buffer.poolSize >>> 3);
global.gc();
console.log(process.memoryUsage());
let buffer1 = Buffer.allocUnsafe(size);
console.log('buffer1 lies in slab ' + slabOf(buffer1));
console.log(process.memoryUsage());
let buffer2 = Buffer.allocUnsafe(size);
console.log('buffer2 lies in slab ' + slabOf(buffer2));
console.log(process.memoryUsage());
buffer1 = buffer2 = null;
global.gc();
console.log(process.memoryUsage());
let buffer3 = Buffer.allocUnsafe(Buffer.poolSize >>> 2);
console.log('buffer3 lies in slab ' + slabOf(buffer3));
console.log(process.memoryUsage());
