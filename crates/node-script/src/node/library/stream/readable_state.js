'use strict';
// What a Readable knows of itself, alone or as a side of a Duplex.

const { nodeError } = require('internal/errors');

const PAUSED = Symbol('kPaused');

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
  if (this.needReadable) require('internal/stream/reading').maybeReadMore(stream, this);
};

module.exports = { PAUSED, ReadableState, SharedState };
