'use strict';
// stream.Readable: a source that is read from by `read`, 'data' or a pipe, and that is asked for more below its mark.

const { AbortError, bothErrors, check, nodeError } = require('internal/errors');

const Writable = internal.root('Writable');
const Stream = Object.getPrototypeOf(Writable);
const { prototype: legacy } = Stream;

const PAUSED = Symbol('kPaused');
const CONSTRUCTED = Symbol('kConstruct');
const DESTROYED = Symbol('kDestroy');

// The largest mark that `read(n)` raises it to.
const MOST = 0x40000000;

function highWaterMark(options, objectMode, isDuplex) {
  const name = isDuplex ? 'readableHighWaterMark' : 'highWaterMark';
  const given = options?.highWaterMark ?? (isDuplex ? options?.[name] : null);
  if (given == null) return internal.defaultHighWaterMark(!!objectMode);
  if (!Number.isInteger(given) || given < 0) {
    const shown = options?.highWaterMark != null ? 'options.highWaterMark' : `options.${name}`;
    throw nodeError('ERR_INVALID_ARG_VALUE', shown, given);
  }
  return Math.floor(given);
}

function ReadableState(options, stream, isDuplex) {
  this.objectMode = !!(options?.objectMode || (isDuplex && options?.readableObjectMode));
  this.highWaterMark = highWaterMark(options, this.objectMode, isDuplex);
  this.buffer = [];
  // Chunks at the beginning of the buffer that have been read.
  this.first = 0;
  this.length = 0;
  this.pipes = [];
  this.flowing = null;
  this.ended = false;
  this.endEmitted = false;
  this.reading = false;
  this.constructed = true;
  // The source's method is on the stack, so what it gives is not emitted immediately.
  this.sync = true;
  this.needReadable = false;
  this.emittedReadable = false;
  this.readableListening = false;
  this.resumeScheduled = false;
  this[PAUSED] = null;
  this.emitClose = options?.emitClose !== false;
  this.autoDestroy = options?.autoDestroy !== false;
  if (!isDuplex) {
    this.errorEmitted = false;
    this.destroyed = false;
    this.errored = null;
    this.closed = false;
    this.closeEmitted = false;
  }
  this.defaultEncoding = options?.defaultEncoding || 'utf8';
  // What of the pipes' ends is full.
  this.awaitDrainWriters = null;
  this.multiAwaitDrain = false;
  this.readingMore = false;
  this.dataEmitted = false;
  this.decoder = null;
  this.encoding = null;
  if (options?.encoding) {
    const { StringDecoder } = require('string_decoder');
    this.decoder = new StringDecoder(options.encoding);
    this.encoding = options.encoding;
  }
}

Object.defineProperties(ReadableState.prototype, {
  pipesCount: { get() { return this.pipes.length; } },
  paused: {
    get() { return this[PAUSED] !== false; },
    set(value) { this[PAUSED] = !!value; },
  },
});

// The state of the readable side of a Duplex: how the stream ends is the writable side's.
function SharedState(options, stream) {
  ReadableState.call(this, options, stream, true);
  Object.defineProperty(this, 'writable', { value: stream._writableState, enumerable: false });
}
SharedState.prototype = Object.create(ReadableState.prototype);
for (const name of ['errorEmitted', 'destroyed', 'errored', 'closed', 'closeEmitted']) {
  Object.defineProperty(SharedState.prototype, name, { get() { return this.writable[name]; } });
}
SharedState.prototype.onconstructed = function onconstructed(stream) {
  this.constructed = true;
  if (this.needReadable) maybeReadMore(stream, this);
};

function Readable(options) {
  if (!(this instanceof Readable)) return new Readable(options);
  this._events ??= {
    close: undefined, error: undefined, data: undefined, end: undefined, readable: undefined,
  };
  this._readableState = new ReadableState(options, this, false);
  takeMethods(this, options);
  Stream.call(this, options);
  if (this._construct != null) construct(this, this._readableState);
  takeSignal(this, options);
}

function takeMethods(stream, options) {
  if (!options) return;
  if (typeof options.read === 'function') stream._read = options.read;
  if (typeof options.destroy === 'function') stream._destroy = options.destroy;
  if (typeof options.construct === 'function') stream._construct = options.construct;
}

function takeSignal(stream, options) {
  if (options?.signal) require('internal/stream/finished').addAbortSignal(options.signal, stream);
}

Readable.prototype = Object.create(legacy, {
  constructor: { value: Readable, writable: true, configurable: true },
});
Object.setPrototypeOf(Readable, Stream);
Readable.ReadableState = ReadableState;

const { prototype } = Readable;

// -- how it begins and is destroyed -----------------------------------------------------------------------------

function construct(stream, state) {
  state.constructed = false;
  stream.once(CONSTRUCTED, () => {
    if (state.needReadable) maybeReadMore(stream, state);
  });
  process.nextTick(constructNow, stream, state);
}

function constructNow(stream, state) {
  let called = false;
  const done = (error) => {
    if (called) {
      fail(stream, error ?? nodeError('ERR_MULTIPLE_CALLBACK'));
      return;
    }
    called = true;
    state.constructed = true;
    if (state.destroyed) stream.emit(DESTROYED, error);
    else if (error) fail(stream, error, true);
    else stream.emit(CONSTRUCTED);
  };
  try {
    stream._construct((error) => process.nextTick(done, error));
  } catch (error) {
    process.nextTick(done, error);
  }
}

function destroy(error, callback) {
  const state = this._readableState;
  if (this._writableState) return Writable.prototype.destroy.call(this, error, callback);
  if (state?.destroyed) {
    if (typeof callback === 'function') callback();
    return this;
  }
  note(error, state);
  if (state) state.destroyed = true;
  if (state && !state.constructed) {
    this.once(DESTROYED, (other) => destroyNow(this, bothErrors(other, error), callback));
  } else {
    destroyNow(this, error, callback);
  }
  return this;
}

function note(error, state) {
  if (error) {
    void error.stack;
    if (state && !state.errored) state.errored = error;
  }
}

function destroyNow(stream, given, callback) {
  const state = stream._readableState;
  let called = false;
  const done = (error) => {
    if (called) return;
    called = true;
    note(error, state);
    if (state) state.closed = true;
    if (typeof callback === 'function') callback(error);
    process.nextTick(error ? emitErrorAndClose : emitClose, stream, error);
  };
  try {
    stream._destroy(given || null, done);
  } catch (error) {
    done(error);
  }
}

function emitErrorAndClose(stream, error) {
  emitError(stream, error);
  emitClose(stream);
}

function emitError(stream, error) {
  const state = stream._readableState;
  if (state?.errorEmitted) return;
  if (state) state.errorEmitted = true;
  stream.emit('error', error);
}

function emitClose(stream) {
  const state = stream._readableState;
  if (state) state.closeEmitted = true;
  if (state?.emitClose) stream.emit('close');
}

// Fails a stream: destroys it, if it destroys itself.
function fail(stream, error, sync = false) {
  if (stream._writableState) return internal.failStream(stream, error, sync);
  const state = stream._readableState;
  if (state?.destroyed) return this;
  if (state?.autoDestroy) {
    stream.destroy(error);
  } else if (error) {
    note(error, state);
    if (sync) process.nextTick(emitError, stream, error);
    else emitError(stream, error);
  }
  return undefined;
}

function undestroy() {
  const state = this._readableState;
  if (!state || this._writableState) return;
  Object.assign(state, {
    constructed: true,
    closed: false,
    closeEmitted: false,
    destroyed: false,
    errored: null,
    errorEmitted: false,
    reading: false,
    ended: state.readable === false,
    endEmitted: state.readable === false,
  });
}

prototype.destroy = destroy;
prototype._undestroy = undestroy;
prototype._destroy = function _destroy(error, callback) {
  callback(error);
};
prototype[Symbol.for('nodejs.rejection')] = function rejected(error) {
  this.destroy(error);
};
prototype[Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')] = function asyncDispose() {
  let error = null;
  if (!this.destroyed) {
    error = this.readableEnded ? null : new AbortError();
    this.destroy(error);
  }
  const { eos } = require('internal/stream/finished');
  return new Promise((resolve, reject) => {
    eos(this, (other) => (other && other !== error ? reject(other) : resolve(null)));
  });
};

// -- what the source gives --------------------------------------------------------------------------------------

prototype.push = function push(chunk, encoding) {
  return add(this, chunk, encoding, false);
};

prototype.unshift = function unshift(chunk, encoding) {
  return add(this, chunk, encoding, true);
};

function add(stream, given, name, inFront) {
  const state = stream._readableState;
  let [chunk, encoding] = [given, name];
  if (!state.objectMode) {
    if (typeof chunk === 'string') {
      encoding = encoding || state.defaultEncoding;
      if (state.encoding !== encoding) {
        const bytes = Buffer.from(chunk, encoding);
        if (inFront && state.encoding) {
          chunk = bytes.toString(state.encoding);
        } else {
          chunk = bytes;
          encoding = '';
        }
      }
    } else if (chunk instanceof Buffer) {
      encoding = '';
    } else if (chunk instanceof Uint8Array) {
      chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = '';
    } else if (chunk != null) {
      fail(stream, nodeError('ERR_INVALID_ARG_TYPE', 'chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk));
      return wantsMore(state);
    }
  }
  if (chunk === null) {
    state.reading = false;
    endOfSource(stream, state);
  } else if (state.objectMode || (chunk && chunk.length > 0)) {
    if (inFront) {
      if (state.endEmitted) fail(stream, nodeError('ERR_STREAM_UNSHIFT_AFTER_END_EVENT'));
      else if (state.destroyed || state.errored) return false;
      else addChunk(stream, state, chunk, true);
    } else if (state.ended) {
      fail(stream, nodeError('ERR_STREAM_PUSH_AFTER_EOF'));
    } else if (state.destroyed || state.errored) {
      return false;
    } else {
      state.reading = false;
      if (state.decoder && !encoding) {
        chunk = state.decoder.write(chunk);
        if (state.objectMode || chunk.length !== 0) addChunk(stream, state, chunk, false);
        else maybeReadMore(stream, state);
      } else {
        addChunk(stream, state, chunk, false);
      }
    }
  } else if (!inFront) {
    state.reading = false;
    maybeReadMore(stream, state);
  }
  return wantsMore(state);
}

function wantsMore(state) {
  return !state.ended && (state.length < state.highWaterMark || state.length === 0);
}

function addChunk(stream, state, chunk, inFront) {
  if (state.flowing && state.length === 0 && !state.sync && stream.listenerCount('data') > 0) {
    forgetFull(state);
    state.dataEmitted = true;
    stream.emit('data', chunk);
  } else {
    state.length += state.objectMode ? 1 : chunk.length;
    if (!inFront) {
      state.buffer.push(chunk);
    } else if (state.first > 0) {
      state.first -= 1;
      state.buffer[state.first] = chunk;
    } else {
      state.buffer.unshift(chunk);
    }
    if (state.needReadable) emitReadable(stream);
  }
  maybeReadMore(stream, state);
}

function forgetFull(state) {
  if (state.multiAwaitDrain) state.awaitDrainWriters.clear();
  else state.awaitDrainWriters = null;
}

function endOfSource(stream, state) {
  if (state.ended) return;
  if (state.decoder) {
    const chunk = state.decoder.end();
    if (chunk && chunk.length) {
      state.buffer.push(chunk);
      state.length += state.objectMode ? 1 : chunk.length;
    }
  }
  state.ended = true;
  if (state.sync) {
    emitReadable(stream);
  } else {
    state.needReadable = false;
    state.emittedReadable = true;
    emitReadableNow(stream);
  }
}

function emitReadable(stream) {
  const state = stream._readableState;
  state.needReadable = false;
  if (!state.emittedReadable) {
    state.emittedReadable = true;
    process.nextTick(emitReadableNow, stream);
  }
}

function emitReadableNow(stream) {
  const state = stream._readableState;
  if (!state.destroyed && !state.errored && (state.length || state.ended)) {
    stream.emit('readable');
    state.emittedReadable = false;
  }
  state.needReadable = !state.flowing && !state.ended && state.length <= state.highWaterMark;
  flow(stream);
}

function maybeReadMore(stream, state) {
  if (!state.readingMore && state.constructed) {
    state.readingMore = true;
    process.nextTick(readMore, stream, state);
  }
}

function readMore(stream, state) {
  while (!state.reading && !state.ended
    && (state.length < state.highWaterMark || (state.flowing && state.length === 0))) {
    const { length } = state;
    stream.read(0);
    // The source had nothing.
    if (length === state.length) break;
  }
  state.readingMore = false;
}

// -- reading ----------------------------------------------------------------------------------------------------

prototype.isPaused = function isPaused() {
  return this._readableState[PAUSED] === true || this._readableState.flowing === false;
};

prototype.setEncoding = function setEncoding(encoding) {
  const { StringDecoder } = require('string_decoder');
  const state = this._readableState;
  const decoder = new StringDecoder(encoding);
  state.decoder = decoder;
  state.encoding = decoder.encoding;
  let text = '';
  for (const chunk of state.buffer.slice(state.first)) text += decoder.write(chunk);
  state.buffer = text === '' ? [] : [text];
  state.first = 0;
  state.length = text.length;
  return this;
};

function raisedMark(size) {
  if (size > MOST) throw nodeError('ERR_OUT_OF_RANGE', 'size', '<= 1GiB', size);
  return 2 ** Math.ceil(Math.log2(size));
}

// How many bytes, or objects, a read of `size` gives.
function readable(size, state) {
  if (size <= 0 || (state.length === 0 && state.ended)) return 0;
  if (state.objectMode) return 1;
  if (Number.isNaN(size)) return state.flowing && state.length ? state.buffer[state.first].length : state.length;
  if (size <= state.length) return size;
  return state.ended ? state.length : 0;
}

prototype.read = function read(given) {
  const state = this._readableState;
  let size = given;
  if (size === undefined) size = NaN;
  else if (!Number.isInteger(size)) size = Number.parseInt(size, 10);
  const asked = size;
  if (size > state.highWaterMark) state.highWaterMark = raisedMark(size);
  if (size !== 0) state.emittedReadable = false;
  const full = state.highWaterMark !== 0 ? state.length >= state.highWaterMark : state.length > 0;
  if (size === 0 && state.needReadable && (full || state.ended)) {
    if (state.length === 0 && state.ended) endReadable(this);
    else emitReadable(this);
    return null;
  }
  size = readable(size, state);
  if (size === 0 && state.ended) {
    if (state.length === 0) endReadable(this);
    return null;
  }
  const wanted = state.needReadable || state.length === 0 || state.length - size < state.highWaterMark;
  const able = !state.ended && !state.reading && !state.destroyed && !state.errored && state.constructed;
  if (wanted && able) {
    state.reading = true;
    state.sync = true;
    if (state.length === 0) state.needReadable = true;
    try {
      this._read(state.highWaterMark);
    } catch (error) {
      fail(this, error);
    }
    state.sync = false;
    // A source that gave something immediately may have given more than there was.
    if (!state.reading) size = readable(asked, state);
  }
  const chunk = size > 0 ? take(size, state) : null;
  if (chunk === null) {
    state.needReadable = state.length <= state.highWaterMark;
    size = 0;
  } else {
    state.length -= size;
    forgetFull(state);
  }
  if (state.length === 0) {
    if (!state.ended) state.needReadable = true;
    if (asked !== size && state.ended) endReadable(this);
  }
  if (chunk !== null && !state.errorEmitted && !state.closeEmitted) {
    state.dataEmitted = true;
    this.emit('data', chunk);
  }
  return chunk;
};

// Takes `size` bytes, or an object, out of the buffer.
function take(size, state) {
  if (state.length === 0) return null;
  const { buffer } = state;
  let result;
  if (state.objectMode) {
    result = shift(state);
  } else if (!size || size >= state.length) {
    const chunks = state.first > 0 ? buffer.slice(state.first) : buffer;
    if (state.decoder) result = chunks.join('');
    else result = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, state.length);
    state.buffer = [];
    state.first = 0;
  } else {
    result = takePart(size, state);
  }
  return result;
}

function shift(state) {
  const { buffer } = state;
  const chunk = buffer[state.first];
  buffer[state.first] = null;
  state.first += 1;
  if (state.first === buffer.length) {
    state.buffer = [];
    state.first = 0;
  } else if (state.first > 1024) {
    buffer.splice(0, state.first);
    state.first = 0;
  }
  return chunk;
}

function takePart(size, state) {
  const parts = [];
  let left = size;
  while (left > 0) {
    const chunk = state.buffer[state.first];
    if (chunk.length <= left) {
      parts.push(shift(state));
      left -= chunk.length;
    } else {
      parts.push(state.decoder ? chunk.slice(0, left) : chunk.subarray(0, left));
      state.buffer[state.first] = state.decoder ? chunk.slice(left) : chunk.subarray(left);
      left = 0;
    }
  }
  if (parts.length === 1) return parts[0];
  return state.decoder ? parts.join('') : Buffer.concat(parts, size);
}

prototype._read = function _read() {
  throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', '_read()');
};

// -- pipes ------------------------------------------------------------------------------------------------------

prototype.pipe = function pipe(destination, options) {
  const source = this;
  const state = this._readableState;
  if (state.pipes.length === 1 && !state.multiAwaitDrain) {
    state.multiAwaitDrain = true;
    state.awaitDrainWriters = new Set(state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  state.pipes.push(destination);
  const ends = (!options || options.end !== false) && destination !== process.stdout && destination !== process.stderr;
  const onEnd = ends ? onend : unpipe;
  if (state.endEmitted) process.nextTick(onEnd);
  else source.once('end', onEnd);

  destination.on('unpipe', onunpipe);
  function onunpipe(from, info) {
    if (from === source && info && info.hasUnpiped === false) {
      info.hasUnpiped = true;
      cleanup();
    }
  }

  function onend() {
    destination.end();
  }

  let ondrain;
  let cleaned = false;
  function cleanup() {
    destination.removeListener('close', onclose);
    destination.removeListener('finish', onfinish);
    if (ondrain) destination.removeListener('drain', ondrain);
    destination.removeListener('error', onerror);
    destination.removeListener('unpipe', onunpipe);
    source.removeListener('end', onend);
    source.removeListener('end', unpipe);
    source.removeListener('data', ondata);
    cleaned = true;
    // The source waits for nobody else.
    if (ondrain && state.awaitDrainWriters && (!destination._writableState || destination._writableState.needDrain)) {
      ondrain();
    }
  }

  function pause() {
    if (!cleaned) {
      if (state.pipes.length === 1 && state.pipes[0] === destination) {
        state.awaitDrainWriters = destination;
        state.multiAwaitDrain = false;
      } else if (state.pipes.length > 1 && state.pipes.includes(destination)) {
        state.awaitDrainWriters.add(destination);
      }
      source.pause();
    }
    if (!ondrain) {
      ondrain = whenDrained(source, destination);
      destination.on('drain', ondrain);
    }
  }

  source.on('data', ondata);
  function ondata(chunk) {
    if (destination.write(chunk) === false) pause();
  }

  function onerror(error) {
    unpipe();
    destination.removeListener('error', onerror);
    if (destination.listenerCount('error') === 0) {
      const of = destination._writableState || destination._readableState;
      if (of && !of.errorEmitted) fail(destination, error);
      else destination.emit('error', error);
    }
  }
  destination.prependListener('error', onerror);

  function onclose() {
    destination.removeListener('finish', onfinish);
    unpipe();
  }
  destination.once('close', onclose);
  function onfinish() {
    destination.removeListener('close', onclose);
    unpipe();
  }
  destination.once('finish', onfinish);

  function unpipe() {
    source.unpipe(destination);
  }

  destination.emit('pipe', source);
  if (destination.writableNeedDrain === true) pause();
  else if (!state.flowing) source.resume();
  return destination;
};

function whenDrained(source, destination) {
  return function pipeOnDrain() {
    const state = source._readableState;
    if (state.awaitDrainWriters === destination) state.awaitDrainWriters = null;
    else if (state.multiAwaitDrain) state.awaitDrainWriters.delete(destination);
    const waits = state.awaitDrainWriters && state.awaitDrainWriters.size !== 0;
    if (!waits && source.listenerCount('data')) source.resume();
  };
}

prototype.unpipe = function unpipe(destination) {
  const state = this._readableState;
  if (state.pipes.length === 0) return this;
  if (!destination) {
    const all = state.pipes;
    state.pipes = [];
    this.pause();
    for (const one of all) one.emit('unpipe', this, { hasUnpiped: false });
    return this;
  }
  const place = state.pipes.indexOf(destination);
  if (place === -1) return this;
  state.pipes.splice(place, 1);
  if (state.pipes.length === 0) this.pause();
  destination.emit('unpipe', this, { hasUnpiped: false });
  return this;
};

// -- flowing ----------------------------------------------------------------------------------------------------

prototype.on = function on(event, listener) {
  const result = legacy.on.call(this, event, listener);
  const state = this._readableState;
  if (event === 'data') {
    state.readableListening = this.listenerCount('readable') > 0;
    if (state.flowing !== false) this.resume();
  } else if (event === 'readable' && !state.endEmitted && !state.readableListening) {
    state.readableListening = true;
    state.needReadable = true;
    state.flowing = false;
    state.emittedReadable = false;
    if (state.length) emitReadable(this);
    else if (!state.reading) process.nextTick(readNothing, this);
  }
  return result;
};
prototype.addListener = prototype.on;

function readNothing(stream) {
  stream.read(0);
}

prototype.removeListener = function removeListener(event, listener) {
  const result = legacy.removeListener.call(this, event, listener);
  if (event === 'readable') process.nextTick(updateListening, this);
  return result;
};
prototype.off = prototype.removeListener;

prototype.removeAllListeners = function removeAllListeners(event) {
  const result = legacy.removeAllListeners.apply(this, arguments);
  if (event === 'readable' || event === undefined) process.nextTick(updateListening, this);
  return result;
};

function updateListening(stream) {
  const state = stream._readableState;
  state.readableListening = stream.listenerCount('readable') > 0;
  if (state.resumeScheduled && state[PAUSED] === false) state.flowing = true;
  else if (stream.listenerCount('data') > 0) stream.resume();
  else if (!state.readableListening) state.flowing = null;
}

prototype.resume = function resume() {
  const state = this._readableState;
  if (!state.flowing) {
    // 'readable' has its listeners decide when to read.
    state.flowing = !state.readableListening;
    if (!state.resumeScheduled) {
      state.resumeScheduled = true;
      process.nextTick(resumeNow, this, state);
    }
  }
  state[PAUSED] = false;
  return this;
};

function resumeNow(stream, state) {
  if (!state.reading) stream.read(0);
  state.resumeScheduled = false;
  stream.emit('resume');
  flow(stream);
  if (state.flowing && !state.reading) stream.read(0);
}

prototype.pause = function pause() {
  const state = this._readableState;
  if (state.flowing !== false) {
    state.flowing = false;
    this.emit('pause');
  }
  state[PAUSED] = true;
  return this;
};

function flow(stream) {
  const state = stream._readableState;
  while (state.flowing && stream.read() !== null);
}

// -- the end ----------------------------------------------------------------------------------------------------

function endReadable(stream) {
  const state = stream._readableState;
  if (!state.endEmitted) {
    state.ended = true;
    process.nextTick(endNow, state, stream);
  }
}

function endNow(state, stream) {
  if (state.errored || state.closeEmitted || state.endEmitted || state.length !== 0) return;
  state.endEmitted = true;
  stream.emit('end');
  if (stream.writable && stream.allowHalfOpen === false) {
    process.nextTick(endWritable, stream);
  } else if (state.autoDestroy) {
    const other = stream._writableState;
    if (!other || (other.autoDestroy && (other.finished || other.writable === false))) stream.destroy();
  }
}

function endWritable(stream) {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}

// -- properties -------------------------------------------------------------------------------------------------

const stateOf = (read) => ({ get() { return this._readableState ? read(this._readableState) : undefined; } });

Object.defineProperties(prototype, {
  readable: {
    get() {
      const state = this._readableState;
      return !!state && state.readable !== false && !state.destroyed && !state.errorEmitted && !state.endEmitted;
    },
    set(value) {
      if (this._readableState) this._readableState.readable = !!value;
    },
  },
  readableDidRead: stateOf((state) => state.dataEmitted),
  readableAborted: stateOf((state) => !!(state.readable !== false && (state.destroyed || state.errored)
    && !state.endEmitted)),
  readableHighWaterMark: stateOf((state) => state.highWaterMark),
  readableBuffer: stateOf((state) => state.buffer.slice(state.first)),
  readableFlowing: {
    get() { return this._readableState.flowing; },
    set(value) {
      if (this._readableState) this._readableState.flowing = value;
    },
  },
  readableLength: stateOf((state) => state.length),
  readableObjectMode: { get() { return this._readableState ? this._readableState.objectMode : false; } },
  readableEncoding: { get() { return this._readableState ? this._readableState.encoding : null; } },
  errored: { get() { return this._readableState ? this._readableState.errored : null; } },
  closed: { get() { return this._readableState ? this._readableState.closed : false; } },
  destroyed: {
    get() { return this._readableState ? this._readableState.destroyed : false; },
    set(value) {
      if (this._readableState) this._readableState.destroyed = value;
    },
  },
  readableEnded: { get() { return this._readableState ? this._readableState.endEmitted : false; } },
});

// -- iteration, and streams of other things ---------------------------------------------------------------------

// A function without a name.
const anonymous = (call) => call;

async function* chunksOf(stream, options) {
  const { eos } = require('internal/stream/finished');
  let wake = () => {};
  function next(resolve) {
    if (this === stream) {
      wake();
      wake = () => {};
    } else {
      wake = resolve;
    }
  }
  stream.on('readable', next);
  let failed;
  const cleanup = eos(stream, { writable: false }, (error) => {
    failed = error ? bothErrors(failed, error) : null;
    wake();
    wake = () => {};
  });
  try {
    while (true) {
      const chunk = stream.destroyed ? null : stream.read();
      if (chunk !== null) yield chunk;
      else if (failed) throw failed;
      else if (failed === null) return;
      else await new Promise(next);
    }
  } catch (error) {
    failed = bothErrors(failed, error);
    throw failed;
  } finally {
    if ((failed || options?.destroyOnReturn !== false) && (failed === undefined || stream._readableState.autoDestroy)) {
      stream.destroy(failed);
    } else {
      stream.off('readable', next);
      cleanup();
    }
  }
}

prototype[Symbol.asyncIterator] = anonymous(function () {
  const iterator = chunksOf(this);
  iterator.stream = this;
  return iterator;
});

prototype.iterator = function iterator(options) {
  if (options !== undefined) check.object(options, 'options');
  const made = chunksOf(this, options);
  made.stream = this;
  return made;
};

// A stream of an old form as a Readable.
prototype.wrap = function wrap(old) {
  let paused = false;
  old.on('data', (chunk) => {
    if (!this.push(chunk) && old.pause) {
      paused = true;
      old.pause();
    }
  });
  old.on('end', () => this.push(null));
  old.on('error', (error) => fail(this, error));
  old.on('close', () => this.destroy());
  old.on('destroy', () => this.destroy());
  this._read = () => {
    if (paused && old.resume) {
      paused = false;
      old.resume();
    }
  };
  for (const name of Object.keys(old)) {
    if (this[name] === undefined && typeof old[name] === 'function') this[name] = old[name].bind(old);
  }
  return this;
};

Readable.wrap = (source, options) => new Readable({
  objectMode: source.readableObjectMode ?? source.objectMode ?? true,
  ...options,
  destroy(error, callback) {
    require('internal/stream/finished').destroyer(source, error);
    callback(error);
  },
}).wrap(source);

Readable.from = (iterable, options) => {
  let iterator;
  if (typeof iterable === 'string' || iterable instanceof Buffer) {
    return new Readable({
      objectMode: true,
      ...options,
      read() {
        this.push(iterable);
        this.push(null);
      },
    });
  }
  const isAsync = !!iterable?.[Symbol.asyncIterator];
  if (isAsync) iterator = iterable[Symbol.asyncIterator]();
  else if (iterable?.[Symbol.iterator]) iterator = iterable[Symbol.iterator]();
  else throw nodeError('ERR_INVALID_ARG_TYPE', 'iterable', ['Iterable'], iterable);
  const stream = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  let reading = false;
  stream._read = function _read() {
    if (!reading) {
      reading = true;
      next();
    }
  };
  stream._destroy = function _destroy(error, callback) {
    close(error).then(
      () => process.nextTick(callback, error),
      (other) => process.nextTick(callback, other || error),
    );
  };
  async function close(error) {
    if (error != null && typeof iterator.throw === 'function') {
      const { value, done } = await iterator.throw(error);
      await value;
      if (done) return;
    }
    if (typeof iterator.return === 'function') {
      const { value } = await iterator.return();
      await value;
    }
  }
  async function next() {
    for (;;) {
      try {
        const { value, done } = isAsync ? await iterator.next() : iterator.next();
        if (done) {
          stream.push(null);
        } else {
          const chunk = value && typeof value.then === 'function' ? await value : value;
          if (chunk === null) {
            reading = false;
            throw nodeError('ERR_STREAM_NULL_VALUES');
          }
          if (stream.push(chunk)) continue;
          reading = false;
        }
      } catch (error) {
        stream.destroy(error);
      }
      break;
    }
  }
  return stream;
};

const { operators, promised } = require('internal/stream/operators');

for (const [name, operator] of Object.entries(operators)) {
  const method = { [name](...given) { return Readable.from(operator.apply(this, given)); } }[name];
  Object.defineProperty(prototype, name, { value: method, configurable: true, writable: true });
}
for (const [name, operator] of Object.entries(promised)) {
  Object.defineProperty(prototype, name, { value: operator, configurable: true, writable: true });
}

module.exports = { Readable, ReadableState, SharedState, fail, takeMethods, takeSignal };
