'use strict';
// Methods of Readable that make streams and promises of a stream: map, filter, forEach and their like.

const { AbortError, check, nodeError } = require('internal/errors');

function checkCall(call, options) {
  if (typeof call !== 'function') throw nodeError('ERR_INVALID_ARG_TYPE', 'fn', ['Function', 'AsyncFunction'], call);
  if (options != null) check.object(options, 'options');
  if (options?.signal != null) check.abortSignal(options.signal, 'options.signal');
}

function checkAborted(signal) {
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
}

// Results in the order of the chunks, so many of which are waited for at a time.
async function* map(call, options) {
  checkCall(call, options);
  const most = Math.floor(options?.concurrency ?? 1);
  check.integer(most, 'options.concurrency', 1);
  const controller = new AbortController();
  const signal = options?.signal ? AbortSignal.any([options.signal, controller.signal]) : controller.signal;
  const waiting = [];
  try {
    for await (const chunk of this) {
      checkAborted(options?.signal);
      const result = Promise.resolve(call(chunk, { signal }));
      result.catch(() => {});
      waiting.push(result);
      if (waiting.length >= most) yield await waiting.shift();
    }
    while (waiting.length) yield await waiting.shift();
  } finally {
    controller.abort();
  }
}

async function* filter(call, options) {
  checkCall(call, options);
  const tested = map.call(this, async (chunk, given) => [chunk, await call(chunk, given)], options);
  for await (const [chunk, holds] of tested) {
    if (holds) yield chunk;
  }
}

async function* flatMap(call, options) {
  for await (const chunks of map.call(this, call, options)) yield* chunks;
}

function countOf(given) {
  const count = Number(given);
  if (Number.isNaN(count)) return 0;
  if (count < 0) throw nodeError('ERR_OUT_OF_RANGE', 'number', '>= 0', count);
  return count;
}

function drop(number, options) {
  const count = countOf(number);
  const stream = this;
  return (async function* dropped() {
    let left = count;
    for await (const chunk of stream) {
      checkAborted(options?.signal);
      if (left > 0) left -= 1;
      else yield chunk;
    }
  }());
}

function takeFirst(number, options) {
  const count = countOf(number);
  const stream = this;
  return (async function* taken() {
    let left = count;
    if (left <= 0) return;
    for await (const chunk of stream) {
      checkAborted(options?.signal);
      yield chunk;
      left -= 1;
      if (left <= 0) return;
    }
  }());
}

async function forEach(call, options) {
  checkCall(call, options);
  // eslint-disable-next-line no-unused-vars
  for await (const chunk of map.call(this, call, options));
}

async function toArray(options) {
  if (options != null) check.object(options, 'options');
  const result = [];
  for await (const chunk of this) {
    checkAborted(options?.signal);
    result.push(chunk);
  }
  return result;
}

async function some(call, options) {
  for await (const chunk of filter.call(this, call, options)) {
    void chunk;
    return true;
  }
  return false;
}

async function every(call, options) {
  checkCall(call, options);
  return !(await some.call(this, async (...given) => !(await call(...given)), options));
}

async function find(call, options) {
  for await (const chunk of filter.call(this, call, options)) return chunk;
  return undefined;
}

async function reduce(call, ...rest) {
  const [initial, options] = rest;
  checkCall(call, options);
  let result = initial;
  let any = rest.length > 0;
  for await (const chunk of this) {
    checkAborted(options?.signal);
    if (any) {
      result = await call(result, chunk, { signal: options?.signal });
    } else {
      result = chunk;
      any = true;
    }
  }
  if (!any) throw new TypeError('Reduce of an empty stream requires an initial value');
  return result;
}

module.exports = {
  operators: { drop, filter, flatMap, map, take: takeFirst },
  promised: { every, find, forEach, reduce, some, toArray },
};
