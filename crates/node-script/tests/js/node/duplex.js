'use strict';
// Duplex, Transform, PassThrough: both sides, and how one ends with the other.
const { Duplex, Transform, PassThrough, Writable, Readable, Stream } = require('stream');
const log = (...given) => console.log(...given);

const upper = new Transform({
  transform(chunk, encoding, callback) { callback(null, String(chunk).toUpperCase()); },
  flush(callback) { callback(null, '.'); },
});
upper.on('data', (chunk) => log('upper', String(chunk)));
for (const event of ['prefinish', 'finish', 'end', 'close']) upper.on(event, () => log('upper', event));
upper.write('abc');
upper.end('def');
log(upper instanceof Duplex, upper instanceof Readable, upper instanceof Writable, upper instanceof Stream);
log(upper.writableEnded, upper.writableFinished, upper.readableEnded, upper.allowHalfOpen);

const pair = new Duplex({
  readableHighWaterMark: 3,
  writableHighWaterMark: 5,
  read() {},
  write(chunk, encoding, callback) { log('pair wrote', String(chunk)); callback(); },
});
log(pair.readableHighWaterMark, pair.writableHighWaterMark, pair.write('12345'), pair.readable, pair.writable);
pair.on('end', () => log('pair end'));
pair.on('finish', () => log('pair finish'));
pair.on('close', () => log('pair close', pair.destroyed));
pair.push('x');
pair.push(null);
pair.resume();
setImmediate(() => {
  log('half open', pair.writable, pair.destroyed);
  pair.end();
});

const closed = new Duplex({ allowHalfOpen: false, read() { this.push(null); }, write(chunk, encoding, callback) { callback(); } });
closed.on('finish', () => log('closed finish', closed.readableEnded));
closed.on('close', () => log('closed close'));
closed.resume();

const readOnly = new Duplex({ writable: false, read() { this.push(null); } });
log('read only', readOnly.writable, readOnly.writableEnded, readOnly.readable);
readOnly.on('close', () => log('readOnly close'));
readOnly.resume();

const failing = new Transform({ transform(chunk, encoding, callback) { callback(new Error('not this')); } });
failing.on('error', (error) => log(error.message, failing.destroyed, failing.errored === error));
failing.on('close', () => log('failing close'));
failing.write('x', (error) => log('write', error.message));

const unmade = new Transform();
try {
  unmade.write('x');
} catch (error) {
  log(error.code);
}

const full = new PassThrough({ highWaterMark: 4 });
let count = 0;
while (full.write('ab')) count += 1;
log('until full', count, full.writableLength, full.readableLength, full.writableNeedDrain);
full.once('drain', () => {
  log('drain', full.writableLength, full.readableLength);
  full.end();
});
setTimeout(() => full.on('data', (chunk) => log('full', String(chunk))), 50);

const made = [];
const constructed = new Duplex({
  construct(callback) { made.push('construct'); setImmediate(callback); },
  read() { made.push('read'); this.push(null); },
  write(chunk, encoding, callback) { made.push(`write ${chunk}`); callback(); },
  final(callback) { made.push('final'); callback(); },
  destroy(error, callback) { made.push('destroy'); callback(error); },
});
constructed.write('early');
constructed.end();
constructed.resume();
constructed.on('close', () => log(made));

const destroyed = new Duplex({ read() {}, write() {} });
destroyed.on('close', () => log('destroyed', destroyed.closed, destroyed.readableAborted, destroyed.writableAborted));
destroyed.on('error', (error) => log(error.message));
destroyed.destroy(new Error('enough'));
log(destroyed.push('x'), destroyed.destroyed, destroyed.readable, destroyed.writable);

const object = new Transform({ objectMode: true, transform(chunk, encoding, callback) { callback(null, { chunk, encoding }); } });
object.on('data', (chunk) => log(chunk));
object.write({ a: 1 });
object.write('text');
const mixed = new Transform({ readableObjectMode: true, transform(chunk, encoding, callback) { callback(null, { length: chunk.length }); } });
mixed.on('data', (chunk) => log(chunk));
mixed.end('abc');
log(mixed.readableObjectMode, mixed.writableObjectMode);

class Doubled extends Transform {
  _transform(chunk, encoding, callback) {
    this.push(chunk);
    this.push(chunk);
    callback();
  }
}
setTimeout(() => {
  const doubled = new Doubled();
  doubled.setEncoding('latin1');
  doubled.on('data', (chunk) => log('doubled', chunk));
  doubled.end('d');
  const from = Duplex.from(async function* each(source) {
    for await (const chunk of source) yield String(chunk) + '!';
  });
  from.on('data', (chunk) => log('from', String(chunk)));
  from.write('one');
  from.end('two');
}, 200);
