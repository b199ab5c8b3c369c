'use strict';
// What a Readable knows of itself, alone or as a side of a Duplex. As in Node all that is true or false is in a word of flags,
// and what is seldom there is a property only then.

const { nodeError } = require('internal/errors');

const PAUSED = Symbol('kPaused');
const FLAGS = Symbol('kState');
const WRITABLE = Symbol('kWritable');

// The flags, each a bit of the word.
const NAMES = ['objectMode', 'errorEmitted', 'autoDestroy', 'emitClose', 'destroyed', 'closed', 'closeEmitted', 'isErrored',
  'constructed', 'ended', 'endEmitted', 'reading', 'sync', 'needReadable', 'emittedReadable', 'readableListening',
  'resumeScheduled', 'multiAwaitDrain', 'readingMore', 'dataEmitted', 'isUtf8', 'hasDecoder', 'hasEncoding', 'hasFlowing',
  'isFlowing', 'hasPaused', 'isPaused', 'dataListening'];

const bitOf = (name) => 1 << NAMES.indexOf(name);

const CONSTRUCTED = bitOf('constructed');
const SYNC = bitOf('sync');
const OBJECT_MODE = bitOf('objectMode');
const EMIT_CLOSE = bitOf('emitClose');
const AUTO_DESTROY = bitOf('autoDestroy');
const IS_UTF8 = bitOf('isUtf8');

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
  let flags = CONSTRUCTED | SYNC;
  const objectMode = !!(options?.objectMode || (isDuplex && options?.readableObjectMode));
  if (objectMode) flags |= OBJECT_MODE;
  if (options?.emitClose !== false) flags |= EMIT_CLOSE;
  if (options?.autoDestroy !== false) flags |= AUTO_DESTROY;
  const encoding = options?.defaultEncoding;
  if (encoding == null || encoding === 'utf8' || encoding === 'utf-8') flags |= IS_UTF8;
  this[FLAGS] = flags;
  this.highWaterMark = highWaterMark(options, objectMode, isDuplex);
  this.buffer = [];
  // Chunks at the beginning of the buffer that have been read.
  this.bufferIndex = 0;
  this.length = 0;
  this.pipes = [];
  // What of the pipes' ends is full.
  this.awaitDrainWriters = null;
  if (!(flags & IS_UTF8)) this[DEFAULT_ENCODING] = encoding;
  if (options?.encoding) {
    const { StringDecoder } = require('string_decoder');
    this.decoder = new StringDecoder(options.encoding);
    this.encoding = options.encoding;
  }
}

const { prototype } = ReadableState;

for (const name of NAMES) {
  const bit = bitOf(name);
  Object.defineProperty(prototype, name, {
    configurable: true,
    get() { return (this[FLAGS] & bit) !== 0; },
    set(value) {
      if (value) this[FLAGS] |= bit;
      else this[FLAGS] &= ~bit;
    },
  });
}

// A value with a flag that tells whether it is there.
function defineValue(name, flag, symbol) {
  Object.defineProperty(prototype, name, {
    configurable: true,
    get() { return this[flag] ? this[symbol] : null; },
    set(value) {
      this[flag] = !!value;
      if (value) this[symbol] = value;
    },
  });
}

const DEFAULT_ENCODING = Symbol('kDefaultEncodingValue');
defineValue('errored', 'isErrored', Symbol('kErroredValue'));
defineValue('decoder', 'hasDecoder', Symbol('kDecoderValue'));
defineValue('encoding', 'hasEncoding', Symbol('kEncodingValue'));

// What is true, false or not said yet.
function defineSaid(name, said, flag) {
  Object.defineProperty(prototype, name, {
    configurable: true,
    get() { return this[said] ? this[flag] : null; },
    set(value) {
      this[said] = value !== null;
      this[flag] = !!value;
    },
  });
}

defineSaid('flowing', 'hasFlowing', 'isFlowing');
defineSaid(PAUSED, 'hasPaused', 'isPaused');

Object.defineProperties(prototype, {
  defaultEncoding: { get() { return this.isUtf8 ? 'utf8' : this[DEFAULT_ENCODING]; } },
  pipesCount: { get() { return this.pipes.length; } },
  paused: {
    get() { return this[PAUSED] !== false; },
    set(value) { this[PAUSED] = !!value; },
  },
});

// The state of the readable side of a Duplex: how the stream ends is the writable side's.
function SharedState(options, stream) {
  ReadableState.call(this, options, stream, true);
  Object.defineProperty(this, WRITABLE, { value: stream._writableState });
}
SharedState.prototype = Object.create(prototype, {
  constructor: { value: ReadableState, configurable: true, writable: true },
});
for (const name of ['errorEmitted', 'destroyed', 'errored', 'closed', 'closeEmitted']) {
  Object.defineProperty(SharedState.prototype, name, { get() { return this[WRITABLE][name]; } });
}
SharedState.prototype.onconstructed = function onconstructed(stream) {
  this.constructed = true;
  if (this.needReadable) require('internal/stream/reading').maybeReadMore(stream, this);
};

module.exports = { PAUSED, ReadableState, SharedState };
