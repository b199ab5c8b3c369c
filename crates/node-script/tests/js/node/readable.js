'use strict';
// Readable: reading, flowing, pausing, encodings, the end, iteration, pipes.
const { Readable, Writable, PassThrough } = require('stream');
const log = (...given) => console.log(...given);

function numbers(last, options) {
  let next = 1;
  return new Readable({ ...options, read() { this.push(next <= last ? `${next++};` : null); } });
}

const flowing = numbers(3);
log(flowing.readableFlowing, flowing.readableHighWaterMark, flowing.readableLength, flowing.readable);
flowing.on('data', (chunk) => log('data', String(chunk), flowing.readableFlowing));
flowing.on('end', () => log('end', flowing.readableEnded, flowing.readable, flowing.destroyed));
flowing.on('close', () => log('close', flowing.destroyed));

const paused = numbers(4, { highWaterMark: 4 });
paused.on('readable', () => {
  let chunk;
  while ((chunk = paused.read(3)) !== null) log('read', String(chunk), paused.readableLength);
  log('readable', paused.readableLength);
});
paused.on('end', () => log('paused: end'));

const coded = new Readable({ encoding: 'utf8', read() {} });
coded.push(Buffer.from([0xe2, 0x82]));
coded.push(Buffer.from([0xac]));
coded.push('x');
coded.push(null);
coded.on('data', (chunk) => log('coded', JSON.stringify(chunk), coded.readableEncoding));

const objects = new Readable({ objectMode: true, read() {} });
log(objects.push({ a: 1 }), objects.push(2), objects.readableLength, objects.readableObjectMode, objects.readableHighWaterMark);
objects.unshift('first');
objects.push(null);
setImmediate(() => {
  log(objects.read(), objects.read(), objects.read(), objects.read());
});

const failing = new Readable({ read() { throw new Error('no source'); } });
failing.on('error', (error) => log('error', error.message, failing.errored === error, failing.readableAborted));
failing.on('close', () => log('failing: close'));
failing.resume();

const late = new Readable({ read() {} });
late.on('error', (error) => log(error.code, error.message));
late.push(null);
late.push('more');

const wrong = new Readable({ read() {} });
wrong.on('error', (error) => log(error.code, error.message));
wrong.push(5);
wrong.resume();

const unmade = new Readable();
unmade.on('error', (error) => log(error.code, error.message));
unmade.read();

(async () => {
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  const seen = [];
  for await (const chunk of numbers(3, { objectMode: true })) seen.push(chunk);
  log('iterated', seen);
  const broken = numbers(10, { objectMode: true });
  for await (const chunk of broken) {
    if (chunk === '2;') break;
  }
  log('left', broken.destroyed);
  log(await Readable.from([1, 2, 3, 4]).map((x) => x * x).filter((x) => x > 1).toArray());
  log(await Readable.from('whole').toArray(), await Readable.from([1, 2, 3]).reduce((a, b) => a + b));
  log(await Readable.from([1, 2, 3]).some((x) => x > 2), await Readable.from([1, 2, 3]).every((x) => x > 2));
  log(await Readable.from([5, 6, 7]).find((x) => x > 5), await Readable.from([1, 2, 3, 4]).drop(1).take(2).toArray());
  log(await Readable.from([[1, 2], [3]]).flatMap((x) => x).toArray());
  async function* generator() {
    yield 'a';
    throw new Error('broken off');
  }
  try {
    for await (const chunk of Readable.from(generator())) log(chunk);
  } catch (error) {
    log('caught', error.message);
  }

  // A slow sink holds its source.
  const held = [];
  let finish;
  const slow = new Writable({ highWaterMark: 4, write(chunk, encoding, callback) { held.push(String(chunk)); finish = callback; } });
  const source = numbers(6, { highWaterMark: 2 });
  slow.on('unpipe', () => log('unpipe'));
  source.pipe(slow);
  await new Promise((resolve) => { setTimeout(resolve, 5); });
  log('held', held, source.isPaused(), source.readableFlowing, slow.writableNeedDrain, source.readableLength);
  slow.on('finish', () => log('finish', held));
  const timer = setInterval(() => { if (finish) { const call = finish; finish = null; call(); } }, 1);
  await new Promise((resolve) => { slow.on('close', resolve); });
  clearInterval(timer);

  const through = new PassThrough();
  const first = new Writable({ write(chunk, encoding, callback) { log('first', String(chunk)); callback(); } });
  const second = new Writable({ write(chunk, encoding, callback) { log('second', String(chunk)); callback(); } });
  through.pipe(first);
  through.pipe(second);
  through.write('both');
  await new Promise((resolve) => { setImmediate(resolve); });
  through.unpipe(first);
  through.end('one');
  await new Promise((resolve) => { second.on('finish', resolve); });
  log(first.writableEnded, second.writableEnded);
})();
