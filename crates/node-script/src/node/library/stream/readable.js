'use strict';
// stream.Readable: a source that is read from by `read`, 'data' or a pipe, and that is asked for more below its mark.
// Its methods lie in files of their own.

const { from, prototype: iterating, wrap } = require('internal/stream/iterate');
const { operators, promised } = require('internal/stream/operators');
const { prototype: piping } = require('internal/stream/pipe');
const { construct, fail, prototype: destroying } = require('internal/stream/readable_destroy');
const { ReadableState, SharedState } = require('internal/stream/readable_state');
const { prototype: reading } = require('internal/stream/reading');

const Stream = Object.getPrototypeOf(internal.root('Writable'));

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

Readable.prototype = Object.create(Stream.prototype, {
  constructor: { value: Readable, writable: true, configurable: true },
});
Object.setPrototypeOf(Readable, Stream);
Readable.ReadableState = ReadableState;

const { prototype } = Readable;

Object.assign(prototype, destroying, reading, piping, iterating);
Readable.from = from;
Readable.wrap = wrap;

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
  readableBuffer: stateOf((state) => state.buffer.slice(state.bufferIndex)),
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

for (const [name, operator] of Object.entries(operators)) {
  const method = { [name](...given) { return Readable.from(operator.apply(this, given)); } }[name];
  Object.defineProperty(prototype, name, { value: method, configurable: true, writable: true });
}
for (const [name, operator] of Object.entries(promised)) {
  Object.defineProperty(prototype, name, { value: operator, configurable: true, writable: true });
}

module.exports = { Readable, ReadableState, SharedState, fail, takeMethods, takeSignal };
