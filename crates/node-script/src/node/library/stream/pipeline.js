'use strict';
// `pipeline`, which joins streams, iterables and functions, and destroys all of them if one fails; `compose`.

const { AbortError, bothErrors, check, nodeError } = require('internal/errors');
const { Readable, fail } = require('internal/stream/readable');
const { Duplex, PassThrough } = require('internal/stream/duplex');
const { destroyer, eos } = require('internal/stream/finished');
const {
  isIterable, isNodeStream, isReadable, isReadableFinished, isReadableNodeStream, isWritableNodeStream,
} = require('internal/stream/state');

function once(call) {
  let called = false;
  return (...given) => {
    if (called) return;
    called = true;
    call(...given);
  };
}

// Watches a stream of a pipeline; gives the function that destroys it.
function watch(stream, reading, writing) {
  let over = false;
  stream.on('close', () => {
    over = true;
  });
  const cleanup = eos(stream, { readable: reading, writable: writing }, (error) => {
    over = !error;
  });
  return {
    cleanup,
    destroy(error) {
      if (over) return;
      over = true;
      destroyer(stream, error || nodeError('ERR_STREAM_DESTROYED', 'pipe'));
    },
  };
}

function iterableOf(value) {
  if (isIterable(value)) return value;
  if (isReadableNodeStream(value)) return Readable.prototype[Symbol.asyncIterator].call(value);
  throw nodeError('ERR_INVALID_ARG_TYPE', 'val', ['Readable', 'Iterable', 'AsyncIterable'], value);
}

// Writes what an iterable gives to a stream, as fast as the stream takes it.
async function pump(iterable, writable, finish, { end }) {
  let error;
  let wake = null;
  const resume = (failure) => {
    if (failure) error = failure;
    if (wake) {
      const call = wake;
      wake = null;
      call();
    }
  };
  const wait = () => new Promise((resolve, reject) => {
    if (error) {
      reject(error);
    } else {
      wake = () => (error ? reject(error) : resolve());
    }
  });
  writable.on('drain', resume);
  const cleanup = eos(writable, { readable: false }, resume);
  try {
    if (writable.writableNeedDrain) await wait();
    for await (const chunk of iterable) {
      if (!writable.write(chunk)) await wait();
    }
    if (end) {
      writable.end();
      await wait();
    }
    finish();
  } catch (failure) {
    finish(error !== failure ? bothErrors(error, failure) : failure);
  } finally {
    cleanup();
    writable.off('drain', resume);
  }
}

function pipeline(...streams) {
  const callback = streams.pop();
  check.func(callback, 'streams[stream.length - 1]');
  return run(streams, once(callback));
}

function run(given, callback, options) {
  const streams = given.length === 1 && Array.isArray(given[0]) ? given[0] : given;
  if (streams.length < 2) throw nodeError('ERR_MISSING_ARGS', 'streams');
  const controller = new AbortController();
  const { signal } = controller;
  const outer = options?.signal;
  const lastEnds = [];
  check.abortSignal(outer, 'options.signal');
  const abort = () => finishWith(new AbortError(undefined, { cause: outer?.reason }));
  outer?.addEventListener('abort', abort);

  let error;
  let value;
  const destroyers = [];
  let left = 0;
  const finish = (failure) => finishAll(failure, --left === 0);
  const finishWith = (failure) => finishAll(failure, true);
  function finishAll(failure, final) {
    if (failure && (!error || error.code === 'ERR_STREAM_PREMATURE_CLOSE')) error = failure;
    if (!error && !final) return;
    while (destroyers.length) destroyers.shift()(error);
    outer?.removeEventListener('abort', abort);
    controller.abort();
    if (final) {
      if (!error) lastEnds.forEach((end) => end());
      process.nextTick(callback, error, value);
    }
  }

  let result;
  for (let place = 0; place < streams.length; place += 1) {
    const stream = streams[place];
    const reading = place < streams.length - 1;
    const writing = place > 0;
    const end = reading || options?.end !== false;
    const isLast = place === streams.length - 1;
    if (isNodeStream(stream)) {
      if (end) {
        const { destroy, cleanup } = watch(stream, reading, writing);
        destroyers.push(destroy);
        if (isReadable(stream) && isLast) lastEnds.push(cleanup);
      }
      // What fails after it was joined, and has not been destroyed yet.
      const onError = (failure) => {
        if (failure && failure.name !== 'AbortError' && failure.code !== 'ERR_STREAM_PREMATURE_CLOSE') finish(failure);
      };
      stream.on('error', onError);
      if (isReadable(stream) && isLast) lastEnds.push(() => stream.removeListener('error', onError));
    }
    if (place === 0) {
      if (typeof stream === 'function') {
        result = stream({ signal });
        if (!isIterable(result)) {
          throw nodeError('ERR_INVALID_RETURN_VALUE', 'Iterable, AsyncIterable or Stream', 'source', result);
        }
      } else if (isIterable(stream) || isReadableNodeStream(stream)) {
        result = stream;
      } else {
        result = Duplex.from(stream);
      }
    } else if (typeof stream === 'function') {
      result = stream(iterableOf(result), { signal });
      if (reading) {
        if (!isIterable(result, true)) {
          throw nodeError('ERR_INVALID_RETURN_VALUE', 'AsyncIterable', `transform[${place - 1}]`, result);
        }
      } else {
        // The last one may give a promise, whose value is the pipeline's.
        const through = new PassThrough({ objectMode: true });
        const { then } = result ?? {};
        if (typeof then === 'function') {
          left += 1;
          then.call(result, (settled) => {
            value = settled;
            if (settled != null) through.write(settled);
            if (end) through.end();
            process.nextTick(finish);
          }, (failure) => {
            through.destroy(failure);
            process.nextTick(finish, failure);
          });
        } else if (isIterable(result, true)) {
          left += 1;
          pump(result, through, finish, { end });
        } else {
          throw nodeError('ERR_INVALID_RETURN_VALUE', 'AsyncIterable or Promise', 'destination', result);
        }
        result = through;
        const { destroy, cleanup } = watch(result, false, true);
        destroyers.push(destroy);
        if (isLast) lastEnds.push(cleanup);
      }
    } else if (isNodeStream(stream)) {
      if (isReadableNodeStream(result)) {
        left += 2;
        const cleanup = join(result, stream, finish, { end });
        if (isReadable(stream) && isLast) lastEnds.push(cleanup);
      } else if (isIterable(result)) {
        left += 1;
        pump(result, stream, finish, { end });
      } else {
        throw nodeError('ERR_INVALID_ARG_TYPE', 'val', ['Readable', 'Iterable', 'AsyncIterable'], result);
      }
      result = stream;
    } else {
      result = Duplex.from(stream);
    }
  }
  if (signal.aborted || outer?.aborted) process.nextTick(abort);
  return result;
}

// Pipes a stream into the next.
function join(source, destination, finish, { end }) {
  let ended = false;
  destination.on('close', () => {
    if (!ended) finish(nodeError('ERR_STREAM_PREMATURE_CLOSE'));
  });
  source.pipe(destination, { end: false });
  if (end) {
    const endAll = () => {
      ended = true;
      destination.end();
    };
    if (isReadableFinished(source)) process.nextTick(endAll);
    else source.once('end', endAll);
  } else {
    finish();
  }
  eos(source, { readable: true, writable: false }, (error) => {
    const state = source._readableState;
    if (error && error.code === 'ERR_STREAM_PREMATURE_CLOSE' && state?.ended && !state.errored && !state.errorEmitted) {
      // It was closed after all was read.
      source.once('end', finish).once('error', finish);
    } else {
      finish(error);
    }
  });
  return eos(destination, { readable: false, writable: true }, finish);
}

// One Duplex of several streams in a row.
function compose(...streams) {
  if (streams.length === 0) throw nodeError('ERR_MISSING_ARGS', 'streams');
  const all = streams.map((stream, place) => {
    if (typeof stream !== 'function') return isNodeStream(stream) ? stream : Duplex.from(stream);
    return throughFunction(stream, place);
  });
  if (all.length === 1) return all[0];
  const [first] = all;
  const last = all[all.length - 1];
  all.slice(0, -1).forEach((stream, place) => {
    if (!isReadable(stream)) throw nodeError('ERR_INVALID_ARG_VALUE', `streams[${place}]`, stream, 'must be readable');
  });
  all.slice(1).forEach((stream, place) => {
    if (!isWritableNodeStream(stream)) {
      throw nodeError('ERR_INVALID_ARG_VALUE', `streams[${place + 1}]`, stream, 'must be writable');
    }
  });
  const pair = Duplex.from({
    readable: isReadableNodeStream(last) ? last : undefined,
    writable: isWritableNodeStream(first) ? first : undefined,
  });
  run(all, (error) => {
    if (error) pair.destroy(error);
  });
  return pair;
}

// A function from an iterable to one as a Duplex.
function throughFunction(call) {
  const input = new PassThrough({ objectMode: true });
  const output = call(input, { signal: new AbortController().signal });
  if (isIterable(output)) {
    const readable = Readable.from(output);
    return Duplex.from({ readable, writable: input });
  }
  if (typeof output?.then === 'function') {
    const duplex = Duplex.from({ writable: input });
    output.then(undefined, (error) => fail(duplex, error));
    return duplex;
  }
  throw nodeError('ERR_INVALID_RETURN_VALUE', 'Iterable, AsyncIterable or AsyncFunction', 'body', output);
}

module.exports = { compose, pipeline, run };
