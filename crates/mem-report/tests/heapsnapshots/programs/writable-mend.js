const { Writable } = require('stream');
const slow = new Writable({ write(chunk, encoding, callback) { setImmediate(callback); } });
let left = 40;
function send() {
  while (left-- > 0) if (!slow.write(Buffer.alloc(1000))) { slow.once('drain', send); return; }
}
send();
const corked = new Writable({ write(chunk, encoding, callback) { callback(); } });
corked.cork();
for (let i = 0; i < 20; i++) corked.write(Buffer.alloc(500));
corked.uncork();
globalThis.send = (chunk) => slow.write(chunk) && corked.write(chunk);
