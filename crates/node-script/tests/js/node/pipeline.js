'use strict';
// pipeline, finished, and their promises.
const { pipeline, finished, Readable, Writable, PassThrough, Transform, addAbortSignal } = require('stream');
const promises = require('stream/promises');
const log = (...given) => console.log(...given);

const sink = (seen = []) => Object.assign(new Writable({
  write(chunk, encoding, callback) { seen.push(String(chunk)); callback(); },
}), { seen });

(async () => {
  await new Promise((resolve) => {
    const end = sink();
    const result = pipeline(Readable.from(['a', 'b']), new PassThrough(), end, (error) => {
      log('done', error, end.seen);
      resolve();
    });
    log(result === end);
  });

  await new Promise((resolve) => {
    const end = sink();
    const broken = new Transform({ transform(chunk, encoding, callback) { callback(new Error('broken')); } });
    const source = Readable.from(['a', 'b']);
    pipeline(source, broken, end, (error) => {
      log('failed', error.message, source.destroyed, broken.destroyed, end.destroyed);
      resolve();
    });
  });

  const end = sink();
  await promises.pipeline(
    async function* source() { yield 'x'; yield 'y'; },
    async function* twice(given) { for await (const chunk of given) yield `${chunk}${chunk}`; },
    end,
  );
  log(end.seen);
  log(await promises.pipeline(Readable.from(['1', '2', '3']), async (given) => {
    let sum = 0;
    for await (const chunk of given) sum += Number(chunk);
    return sum;
  }));

  await promises.pipeline(Readable.from(['a']), new Writable({ write(chunk, encoding, callback) { callback(new Error('thrown')); } }))
    .catch((error) => log('rejected', error.message));
  await promises.pipeline(async function* source() { yield 'a'; throw new Error('source'); }, sink())
    .catch((error) => log('rejected', error.message));

  const controller = new AbortController();
  const endless = new Readable({ read() {} });
  const aborted = promises.pipeline(endless, sink(), { signal: controller.signal });
  controller.abort();
  await aborted.catch((error) => log(error.name, error.code, error.message, endless.destroyed));

  const early = new Readable({ read() {} });
  const waited = promises.finished(early);
  early.destroy();
  await waited.catch((error) => log(error.code, error.message));
  const whole = Readable.from(['a']);
  whole.resume();
  log(await promises.finished(whole));
  const written = sink();
  finished(written, (error) => log('finished', error));
  written.end();
  await promises.finished(written);

  const signalled = new AbortController();
  const stopped = addAbortSignal(signalled.signal, new Readable({ read() {} }));
  stopped.on('error', (error) => log(error.name, stopped.destroyed));
  signalled.abort();
  await new Promise((resolve) => { stopped.on('close', resolve); });
  const given = new AbortController();
  const withSignal = new Writable({ signal: given.signal, write(chunk, encoding, callback) { callback(); } });
  withSignal.on('error', (error) => log(error.name, error.message));
  given.abort();
  await new Promise((resolve) => { withSignal.on('close', resolve); });
  try {
    pipeline(Readable.from([]), () => {});
  } catch (error) {
    log(error.code, error.message);
  }
  try {
    pipeline(Readable.from([]), sink());
  } catch (error) {
    log(error.code, error.message);
  }
  log(Readable.prototype[Symbol.asyncIterator].name, typeof Readable.from, pipeline.name, finished.name);
})();
