const { Writable } = require('stream');
let sunk = 0;
const writable = new Writable({
  writev(chunks, next) { sunk += chunks.length; next(); },
  write(chunk, encoding, next) { sunk++; next(); },
});
global.gc();
console.log(process.memoryUsage());
writable.cork();
for (let i = 0; i < 64; i++) writable.write(Buffer.alloc(16384));
console.log(sunk + ' chunks have reached the sink, ' + writable.writableLength + ' bytes wait');
console.log(process.memoryUsage());
writable.uncork();
console.log(sunk + ' chunks have reached the sink, ' + writable.writableLength + ' bytes wait');
global.gc();
global.gc();
console.log(process.memoryUsage());
