let headers = [];
function read() {
  return Buffer.alloc(65536, 'x');
}
global.gc();
console.log(process.memoryUsage());
// Of each message 16 bytes are kept, and with them the whole message.
for (let i = 0; i < 100; i++) headers.push(read().subarray(0, 16));
global.gc();
global.gc();
console.log(process.memoryUsage());
headers = [];
global.gc();
global.gc();
console.log(process.memoryUsage());
// The mend: a copy of the 16 bytes.
for (let i = 0; i < 100; i++) headers.push(Buffer.from(read().subarray(0, 16)));
global.gc();
global.gc();
console.log(process.memoryUsage());
