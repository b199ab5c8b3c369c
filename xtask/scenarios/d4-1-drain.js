const { Writable } = require('stream');
const waiting = [];
const writable = new Writable({
  highWaterMark: 16384,
  write(chunk, encoding, next) { waiting.push(next); },
});
writable.on('drain', () => {
  console.log('drain');
  console.log(process.memoryUsage());
});
global.gc();
console.log(process.memoryUsage());
let returned = true;
let writes = 0;
while (returned) {
  returned = writable.write(Buffer.alloc(4096));
  writes++;
}
console.log('write ' + writes + ' returns false, with ' + writable.writableLength + ' bytes buffered');
console.log(process.memoryUsage());
function accept() {
  const next = waiting.shift();
  if (next) {
    next();
    setImmediate(accept);
  }
}
setImmediate(accept);
