// A million writes to a Writable that waits for 'drain'.
'use strict';

const { Writable } = require('stream');
let bytes = 0, drains = 0, left = 1000000;
const chunk = Buffer.alloc(64, 'x');
const sink = new Writable({
  write(piece, encoding, callback) {
    bytes += piece.length;
    setImmediate(callback);
  },
  writev(pieces, callback) {
    for (const { chunk } of pieces) bytes += chunk.length;
    setImmediate(callback);
  },
});
function pump() {
  while (left > 0) {
    left--;
    if (!sink.write(chunk)) {
      drains++;
      sink.once('drain', pump);
      return;
    }
  }
  sink.end();
}
sink.on('finish', () => console.log(bytes, drains));
pump();
