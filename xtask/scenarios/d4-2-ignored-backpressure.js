const { Writable } = require('stream');
// The sink takes the first chunk and never asks for the next one.
const writable = new Writable({ decodeStrings: false, write(chunk, encoding, next) {} });
console.log(process.memoryUsage());
for (;;) {
  // 4 MiB of texts, each of its own, which lie in the heap.
  for (let i = 0; i < 1024; i++) writable.write(JSON.stringify('x'.repeat(4094)));
  console.log(process.memoryUsage());
}
