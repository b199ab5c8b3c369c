'use strict';
// Streams of the old kind, and a Writable, which cannot be piped.

const Stream = require('stream');
const { PassThrough, Writable } = Stream;

class Old extends Stream {
  readable = true;
  paused = 0;
  pause() { this.paused++; console.log('pause'); }
  resume() { console.log('resume'); setImmediate(() => this.emit('end')); }
}
const old = new Old();
const target = new Writable({ highWaterMark: 2, write(chunk, encoding, callback) { console.log(String(chunk)); setImmediate(callback); } });
target.on('pipe', (source) => console.log('pipe', source === old));
target.on('finish', () => console.log('finish', old.listenerCount('data'), target.listenerCount('drain')));
console.log(old.pipe(target) === target, old.listenerCount('end'), old.listenerCount('close'));
old.emit('data', 'a');
old.emit('data', 'bc');

const other = new Old();
const kept = new PassThrough();
other.pipe(kept, { end: false });
other.emit('data', 'x');
other.emit('end');
console.log(kept.writableEnded, String(kept.read()), other.listenerCount('data'));
try {
  const failing = new Old();
  failing.pipe(new PassThrough());
  failing.emit('error', new Error('nobody'));
} catch (error) {
  console.log(error.message);
}
const writable = new Writable({ write() {} });
writable.on('error', (error) => console.log(error.code, error.message, writable.destroyed));
console.log(writable.pipe(kept), Object.getOwnPropertyNames(Stream.prototype).includes('pipe'));
