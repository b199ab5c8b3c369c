const { Writable } = require('stream');
function slow() {
  return new Writable({ write(chunk, encoding, next) { setImmediate(next); } });
}
async function pour(stream, obeys) {
  for (let i = 0; i < 200; i++) {
    const more = stream.write(Buffer.alloc(16384));
    if (!more && obeys) await new Promise((resolve) => stream.once('drain', resolve));
  }
}
global.gc();
console.log(process.memoryUsage());
// All that is written waits in the stream.
const first = slow();
pour(first, false);
console.log(first.writableLength + ' bytes wait');
console.log(process.memoryUsage());
first.end(async () => {
  // The mend: after false the program waits for 'drain'.
  const second = slow();
  await pour(second, true);
  console.log(second.writableLength + ' bytes wait');
  global.gc();
  global.gc();
  console.log(process.memoryUsage());
});
