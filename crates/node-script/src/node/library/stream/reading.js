'use strict';
// What a source gives to a Readable, how it is read, and how it flows: the buffer between the two.

const { nodeError } = require('internal/errors');
const { fail } = require('internal/stream/readable_destroy');
const { PAUSED } = require('internal/stream/readable_state');

const { prototype: legacy } = Object.getPrototypeOf(internal.root('Writable'));

// The largest mark that `read(n)` raises it to.
const MOST = 0x40000000;

// Methods of Readable.
const prototype = {};

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
    } else if (state.bufferIndex > 0) {
      state.bufferIndex -= 1;
      state.buffer[state.bufferIndex] = chunk;
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
  for (const chunk of state.buffer.slice(state.bufferIndex)) text += decoder.write(chunk);
  state.buffer = text === '' ? [] : [text];
  state.bufferIndex = 0;
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
  if (Number.isNaN(size)) return state.flowing && state.length ? state.buffer[state.bufferIndex].length : state.length;
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
    const chunks = state.bufferIndex > 0 ? buffer.slice(state.bufferIndex) : buffer;
    if (state.decoder) result = chunks.join('');
    else result = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, state.length);
    state.buffer = [];
    state.bufferIndex = 0;
  } else {
    result = takePart(size, state);
  }
  return result;
}

function shift(state) {
  const { buffer } = state;
  const chunk = buffer[state.bufferIndex];
  buffer[state.bufferIndex] = null;
  state.bufferIndex += 1;
  if (state.bufferIndex === buffer.length) {
    state.buffer = [];
    state.bufferIndex = 0;
  } else if (state.bufferIndex > 1024) {
    buffer.splice(0, state.bufferIndex);
    state.bufferIndex = 0;
  }
  return chunk;
}

function takePart(size, state) {
  const parts = [];
  let left = size;
  while (left > 0) {
    const chunk = state.buffer[state.bufferIndex];
    if (chunk.length <= left) {
      parts.push(shift(state));
      left -= chunk.length;
    } else {
      parts.push(state.decoder ? chunk.slice(0, left) : chunk.subarray(0, left));
      state.buffer[state.bufferIndex] = state.decoder ? chunk.slice(left) : chunk.subarray(left);
      left = 0;
    }
  }
  if (parts.length === 1) return parts[0];
  return state.decoder ? parts.join('') : Buffer.concat(parts, size);
}

prototype._read = function _read() {
  throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', '_read()');
};

// -- flowing ----------------------------------------------------------------------------------------------------

prototype.on = function on(event, listener) {
  const result = legacy.on.call(this, event, listener);
  const state = this._readableState;
  if (event === 'data') {
    state.dataListening = true;
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
  else if (event === 'data' && this.listenerCount('data') === 0) this._readableState.dataListening = false;
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

module.exports = { maybeReadMore, prototype };
