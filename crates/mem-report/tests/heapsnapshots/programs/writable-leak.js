// Writes without waiting for 'drain' to a sink that is slow, and to one that stays corked.
const { Writable } = require('stream');
let finish;
const slow = new Writable({ write(chunk, encoding, callback) { finish = callback; } });
for (let i = 0; i < 40; i++) slow.write(Buffer.alloc(1000));
const corked = new Writable({ write(chunk, encoding, callback) { callback(); } });
corked.cork();
for (let i = 0; i < 20; i++) corked.write(Buffer.alloc(500));
globalThis.send = (chunk) => slow.write(chunk) && corked.write(chunk);
