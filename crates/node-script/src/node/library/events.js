'use strict';
// What `events` has beside EventEmitter itself: `once`, `on`, and what its listeners' promises do.

const { AbortError, check, nodeError } = require('internal/errors');

const EventEmitter = internal.root('EventEmitter');

const isEmitter = (target) => typeof target?.on === 'function';
const isTarget = (target) => typeof target?.addEventListener === 'function';

function add(target, name, listener, { once } = {}) {
  if (isEmitter(target)) {
    if (once) target.once(name, listener);
    else target.on(name, listener);
  } else if (isTarget(target)) {
    target.addEventListener(name, listener, { once });
  } else {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'emitter', 'EventEmitter', target);
  }
}

function remove(target, name, listener) {
  if (typeof target?.removeListener === 'function') target.removeListener(name, listener);
  else if (isTarget(target)) target.removeEventListener(name, listener);
}

// A promise of the next event's arguments, rejected by an 'error' or a signal.
async function once(emitter, name, options = {}) {
  const signal = options?.signal;
  check.abortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  return new Promise((resolve, reject) => {
    const errorListener = (error) => {
      remove(emitter, name, resolver);
      if (signal) signal.removeEventListener('abort', abort);
      reject(error);
    };
    const resolver = (...given) => {
      remove(emitter, 'error', errorListener);
      if (signal) signal.removeEventListener('abort', abort);
      resolve(given);
    };
    function abort() {
      remove(emitter, name, resolver);
      remove(emitter, 'error', errorListener);
      reject(new AbortError(undefined, { cause: signal.reason }));
    }
    add(emitter, name, resolver, { once: true });
    if (name !== 'error' && typeof emitter.once === 'function') emitter.once('error', errorListener);
    if (signal) signal.addEventListener('abort', abort, { once: true });
  });
}

// An iterator of an event's arguments, which are kept until they are asked for.
function on(emitter, name, options = {}) {
  const signal = options?.signal;
  check.abortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  const events = [];
  const waiting = [];
  let failed = null;
  let over = false;
  const handler = (...given) => {
    const promise = waiting.shift();
    if (promise) promise.resolve({ value: given, done: false });
    else events.push(given);
  };
  const fail = (error) => {
    const promise = waiting.shift();
    if (promise) promise.reject(error);
    else failed = error;
    iterator.return();
  };
  const abort = () => fail(new AbortError(undefined, { cause: signal.reason }));
  const iterator = Object.setPrototypeOf({
    next() {
      if (events.length) return Promise.resolve({ value: events.shift(), done: false });
      if (failed) {
        const error = failed;
        failed = null;
        return Promise.reject(error);
      }
      if (over) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => { waiting.push({ resolve, reject }); });
    },
    return() {
      over = true;
      remove(emitter, name, handler);
      remove(emitter, 'error', fail);
      for (const event of options?.close ?? []) remove(emitter, event, end);
      signal?.removeEventListener('abort', abort);
      for (const promise of waiting.splice(0)) promise.resolve({ value: undefined, done: true });
      return Promise.resolve({ value: undefined, done: true });
    },
    throw(error) {
      if (!error || !(error instanceof Error)) {
        throw nodeError('ERR_INVALID_ARG_TYPE', 'EventEmitter.AsyncIterator', 'Error', error);
      }
      fail(error);
    },
    [Symbol.asyncIterator]() { return this; },
  }, Object.getPrototypeOf(Object.getPrototypeOf(async function* none() {}.prototype)));
  function end() {
    iterator.return();
  }
  add(emitter, name, handler);
  if (name !== 'error' && isEmitter(emitter)) emitter.on('error', fail);
  for (const event of options?.close ?? []) add(emitter, event, end);
  signal?.addEventListener('abort', abort, { once: true });
  return iterator;
}

// What a listener has given, of an emitter that captures rejections.
function capture(emitter, promise, name, given) {
  const { then } = promise;
  if (typeof then !== 'function') return;
  then.call(promise, undefined, (error) => {
    process.nextTick(() => {
      const handler = emitter[EventEmitter.captureRejectionSymbol];
      if (typeof handler === 'function') {
        handler.call(emitter, error, name, ...given);
      } else {
        // An error of the listener of 'error' is not captured again.
        const before = internal.setCapture(emitter, false);
        try {
          emitter.emit('error', error);
        } finally {
          internal.setCapture(emitter, before);
        }
      }
    });
  });
}

function getEventListeners(target, name) {
  if (typeof target?.listeners === 'function') return target.listeners(name);
  const { LISTENERS } = require('internal/abort');
  if (target?.[LISTENERS]) return (target[LISTENERS].get(name) ?? []).map(({ listener }) => listener);
  throw nodeError('ERR_INVALID_ARG_TYPE', 'emitter', ['EventEmitter', 'EventTarget'], target);
}

function setMaxListeners(count = EventEmitter.defaultMaxListeners, ...targets) {
  if (typeof count !== 'number') throw nodeError('ERR_INVALID_ARG_TYPE', 'setMaxListeners', 'number', count);
  if (!(count >= 0)) throw nodeError('ERR_OUT_OF_RANGE', 'setMaxListeners', '>= 0', count);
  if (targets.length === 0) EventEmitter.defaultMaxListeners = count;
  for (const target of targets) {
    if (typeof target?.setMaxListeners === 'function') target.setMaxListeners(count);
    else if (!isTarget(target)) throw nodeError('ERR_INVALID_ARG_TYPE', 'eventTargets', ['EventEmitter', 'EventTarget'], target);
  }
}

function addAbortListener(signal, listener) {
  if (signal === undefined) throw nodeError('ERR_INVALID_ARG_TYPE', 'signal', 'AbortSignal', signal);
  check.abortSignal(signal, 'signal');
  check.func(listener, 'listener');
  let stop = () => {};
  if (signal.aborted) {
    queueMicrotask(() => listener());
  } else {
    signal.addEventListener('abort', listener, { once: true });
    stop = () => signal.removeEventListener('abort', listener);
  }
  return { __proto__: null, [Symbol.dispose ?? Symbol.for('nodejs.dispose')]: stop };
}

module.exports = { addAbortListener, capture, getEventListeners, on, once, setMaxListeners };
