'use strict';
// What a stream is and how far it is: questions that `finished`, `pipeline` and programs ask.

const { nodeError } = require('internal/errors');

const hasMethods = (value, ...names) => value != null && names.every((name) => typeof value[name] === 'function');

// An object of a library that follows an old form of streams counts as well.
function isReadableNodeStream(value, strict = false) {
  if (!hasMethods(value, 'pipe', 'on')) return false;
  if (strict && !hasMethods(value, 'pause', 'resume')) return false;
  if (value._writableState && value._readableState?.readable === false) return false;
  return !value._writableState || !!value._readableState;
}

function isWritableNodeStream(value) {
  return hasMethods(value, 'write', 'on') && (!value._readableState || value._writableState?.writable !== false);
}

function isDuplexNodeStream(value) {
  return hasMethods(value, 'pipe', 'on', 'write') && !!value._readableState;
}

function isNodeStream(value) {
  return value != null && !!(value._readableState || value._writableState
    || hasMethods(value, 'write', 'on') || hasMethods(value, 'pipe', 'on'));
}

function isIterable(value, isAsync) {
  if (value == null) return false;
  if (isAsync === true) return typeof value[Symbol.asyncIterator] === 'function';
  if (isAsync === false) return typeof value[Symbol.iterator] === 'function';
  return typeof value[Symbol.asyncIterator] === 'function' || typeof value[Symbol.iterator] === 'function';
}

function isDestroyed(stream) {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  return !!(stream.destroyed || state?.destroyed);
}

function isWritableEnded(stream) {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableEnded === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  return typeof state?.ended === 'boolean' ? state.ended : null;
}

function isWritableFinished(stream, strict) {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableFinished === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  if (typeof state?.finished !== 'boolean') return null;
  return !!(state.finished || (strict === false && state.ended === true && state.length === 0));
}

function isReadableFinished(stream, strict) {
  if (!isReadableNodeStream(stream)) return null;
  const state = stream._readableState;
  if (state?.errored) return false;
  if (typeof state?.endEmitted !== 'boolean') return null;
  return !!(state.endEmitted || (strict === false && state.ended === true && state.length === 0));
}

function isReadable(stream) {
  if (typeof stream?.readable !== 'boolean') return null;
  if (isDestroyed(stream)) return false;
  return isReadableNodeStream(stream) && stream.readable && !isReadableFinished(stream);
}

function isWritable(stream) {
  if (typeof stream?.writable !== 'boolean') return null;
  if (isDestroyed(stream)) return false;
  return isWritableNodeStream(stream) && stream.writable && !isWritableEnded(stream);
}

function isFinished(stream, options) {
  if (!isNodeStream(stream)) return null;
  if (isDestroyed(stream)) return true;
  if (options?.readable !== false && isReadable(stream)) return false;
  return !(options?.writable !== false && isWritable(stream));
}

function readableError(stream) {
  return isNodeStream(stream) ? stream.readableErrored ?? stream._readableState?.errored ?? null : null;
}

function writableError(stream) {
  return isNodeStream(stream) ? stream.writableErrored ?? stream._writableState?.errored ?? null : null;
}

function isClosed(stream) {
  if (!isNodeStream(stream)) return null;
  if (typeof stream.closed === 'boolean') return stream.closed;
  const [writable, readable] = [stream._writableState, stream._readableState];
  if (typeof writable?.closed === 'boolean' || typeof readable?.closed === 'boolean') {
    return writable?.closed || readable?.closed;
  }
  return null;
}

function willEmitClose(stream) {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  return !!(state?.autoDestroy && state.emitClose && state.closed === false);
}

function isErrored(stream) {
  return !!(stream && (stream.readableErrored ?? stream.writableErrored
    ?? stream._readableState?.errored ?? stream._writableState?.errored));
}

function isDisturbed(stream) {
  return !!(stream && (stream.readableDidRead || stream.readableAborted));
}

module.exports = {
  _isUint8Array: (value) => value instanceof Uint8Array,
  _uint8ArrayToBuffer: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  getDefaultHighWaterMark: (objectMode) => internal.defaultHighWaterMark(!!objectMode),
  get promises() { return require('stream/promises'); },
  setDefaultHighWaterMark() { throw nodeError('ERR_NOT_SUPPORTED', 'stream.setDefaultHighWaterMark'); },
  isClosed,
  isDestroyed,
  isDisturbed,
  isDuplexNodeStream,
  isErrored,
  isFinished,
  isIterable,
  isNodeStream,
  isReadable,
  isReadableFinished,
  isReadableNodeStream,
  isWritable,
  isWritableEnded,
  isWritableFinished,
  isWritableNodeStream,
  readableError,
  willEmitClose,
  writableError,
};
