'use strict';
// events beside emitters: once, on, captured rejections, the error monitor, targets and signals.
const EventEmitter = require('events');
const { once, on, errorMonitor, getEventListeners } = EventEmitter;
const log = (...given) => console.log(...given);

(async () => {
  const emitter = new EventEmitter();
  setImmediate(() => emitter.emit('ready', 1, 2));
  log(await once(emitter, 'ready'), emitter.eventNames());
  setImmediate(() => emitter.emit('error', new Error('no')));
  await once(emitter, 'ready').catch((error) => log(error.message, emitter.eventNames()));
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  await once(emitter, 'ready', { signal: controller.signal }).catch((error) => log(error.name, error.code, error.message));

  setImmediate(() => {
    emitter.emit('tick', 1);
    emitter.emit('tick', 2);
    emitter.emit('tick', 3);
  });
  for await (const [number] of on(emitter, 'tick')) {
    log('tick', number);
    if (number === 3) break;
  }
  log(emitter.listenerCount('tick'));

  const capturing = new EventEmitter({ captureRejections: true });
  capturing.on('work', async () => { throw new Error('rejected'); });
  capturing.on('error', (error) => log('captured', error.message));
  capturing.emit('work');
  await new Promise((resolve) => { setImmediate(resolve); });
  capturing[Symbol.for('nodejs.rejection')] = (error, name, ...given) => log('handler', error.message, name, given);
  capturing.emit('work', 7);
  await new Promise((resolve) => { setImmediate(resolve); });

  const watched = new EventEmitter();
  watched.on(errorMonitor, (error) => log('monitor', error.message));
  try {
    watched.emit('error', new Error('seen'));
  } catch (error) {
    log('thrown', error.message);
  }
  log(getEventListeners(emitter, 'ready'), EventEmitter.defaultMaxListeners);

  const target = new EventTarget();
  const handler = { handleEvent(event) { log('object', event.type, this === handler); } };
  target.addEventListener('a', (event) => log('function', event.type, event.target === target, event.defaultPrevented));
  target.addEventListener('a', handler);
  target.addEventListener('a', () => log('once'), { once: true });
  log(target.dispatchEvent(new Event('a')), target.dispatchEvent(new Event('a')));
  target.removeEventListener('a', handler);
  target.dispatchEvent(new Event('a'));

  const abort = new AbortController();
  abort.signal.onabort = (event) => log('onabort', event.type);
  abort.signal.addEventListener('abort', () => log('abort', abort.signal.aborted));
  log(abort.signal.aborted, abort.signal.reason);
  abort.abort(new Error('because'));
  abort.abort();
  log(abort.signal.reason.message);
  try {
    abort.signal.throwIfAborted();
  } catch (error) {
    log(error.message);
  }
  const aborted = AbortSignal.abort();
  log(aborted.aborted, aborted.reason.name, aborted.reason.code, aborted.reason.message);
  const timed = AbortSignal.timeout(2);
  await new Promise((resolve) => { setTimeout(resolve, 10); });
  log(timed.aborted, timed.reason.name, timed.reason.message);
  const one = new AbortController();
  const any = AbortSignal.any([one.signal, new AbortController().signal]);
  one.abort('x');
  log(any.aborted, any.reason);
  const { setTimeout: sleep, setImmediate: immediate, setInterval: every } = require('timers/promises');
  log(await sleep(1, 'slept'), await immediate('now'));
  await sleep(50, null, { signal: AbortSignal.abort() }).catch((error) => log(error.name, error.code));
  let count = 0;
  for await (const value of every(1, 'again')) {
    count += 1;
    if (count === 3) { log(value, count); break; }
  }
})();
