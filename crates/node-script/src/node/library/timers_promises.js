'use strict';
// `timers/promises`.

const { AbortError, check } = require('internal/errors');

function later(start, stop) {
  return (value, options, ...given) => {
    const { signal, ref = true } = options ?? {};
    try {
      if (options != null) check.object(options, 'options');
      check.abortSignal(signal, 'options.signal');
      check.boolean(ref, 'options.ref');
    } catch (error) {
      return Promise.reject(error);
    }
    if (signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: signal.reason }));
    return new Promise((resolve, reject) => {
      let abort;
      const timer = start(() => {
        if (abort) signal.removeEventListener('abort', abort);
        resolve(value);
      }, ...given);
      if (!ref) timer.unref();
      if (signal) {
        abort = () => {
          stop(timer);
          reject(new AbortError(undefined, { cause: signal.reason }));
        };
        signal.addEventListener('abort', abort, { once: true });
      }
    });
  };
}

const timeout = later(globalThis.setTimeout, globalThis.clearTimeout);
const immediate = later(globalThis.setImmediate, globalThis.clearImmediate);

module.exports = {
  setTimeout: (delay, value, options) => timeout(value, options, delay),
  setImmediate: (value, options) => immediate(value, options),
  async* setInterval(delay, value, options) {
    const { signal, ref = true } = options ?? {};
    if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
    let due = 0;
    let wake;
    const timer = globalThis.setInterval(() => {
      due += 1;
      wake?.();
    }, delay);
    if (!ref) timer.unref();
    const abort = () => wake?.();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      while (!signal?.aborted) {
        if (due === 0) await new Promise((resolve) => { wake = resolve; });
        for (; due > 0; due -= 1) yield value;
      }
      throw new AbortError(undefined, { cause: signal.reason });
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', abort);
    }
  },
  scheduler: {
    wait: (delay, options) => timeout(undefined, options, delay),
    yield: () => immediate(),
  },
};
