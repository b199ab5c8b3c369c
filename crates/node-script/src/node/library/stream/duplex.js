'use strict';
// stream.Duplex, Transform and PassThrough: the readable side is JavaScript, the writable side stream-backpressure's
// machine, which also says how the stream ends.

const { nodeError } = require('internal/errors');
const { Readable, SharedState, takeMethods, takeSignal } = require('internal/stream/readable');

const Writable = internal.root('Writable');
const Stream = Object.getPrototypeOf(Writable);

const CALLBACK = Symbol('kCallback');

function Duplex(options) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  this._events ??= {
    close: undefined, error: undefined, prefinish: undefined, finish: undefined, drain: undefined,
    data: undefined, end: undefined, readable: undefined,
  };
  internal.initWritable(this, options);
  this._readableState = new SharedState(options, this);
  this.allowHalfOpen = options?.allowHalfOpen !== false;
  if (options?.readable === false) {
    this._readableState.readable = false;
    this._readableState.ended = true;
    this._readableState.endEmitted = true;
  }
  takeMethods(this, options);
  Stream.call(this, options);
  if (internal.startWritable(this, options)) this._readableState.constructed = false;
  if (options?.writable === false) internal.neverWritable(this);
  takeSignal(this, options);
}

Duplex.prototype = Object.create(Readable.prototype, {
  constructor: { value: Duplex, writable: true, configurable: true },
});
Object.setPrototypeOf(Duplex, Readable);

for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(Writable.prototype))) {
  const shared = ['errored', 'closed', 'destroyed', 'writableAborted', 'constructor'].includes(name);
  if (shared || (name in Readable.prototype && descriptor.get === undefined)) continue;
  Object.defineProperty(Duplex.prototype, name, descriptor);
}

Object.defineProperty(Duplex.prototype, 'destroyed', {
  configurable: true,
  get() { return !!this._writableState?.destroyed; },
  set(value) { if (this._writableState) internal.setDestroyed(this, !!value); },
});

// A Duplex of a pair, an iterable, a promise or a function.
Duplex.from = (body) => {
  if (body instanceof Duplex) return body;
  if (body instanceof Readable) return pairOf({ readable: body });
  if (body instanceof Writable) return pairOf({ writable: body });
  if (typeof body === 'function') {
    const { compose } = require('internal/stream/pipeline');
    return compose(body);
  }
  if (typeof body === 'string' || body?.[Symbol.asyncIterator] || body?.[Symbol.iterator]) {
    return pairOf({ readable: Readable.from(body) });
  }
  if (body && (body.readable || body.writable)) return pairOf(body);
  if (typeof body?.then === 'function') {
    return pairOf({ readable: Readable.from((async function* only() {
      const value = await body;
      if (value != null) yield value;
    }())) });
  }
  throw nodeError('ERR_INVALID_ARG_TYPE', 'stream', ['Iterable', 'AsyncIterable', 'Promise', 'Readable', 'Writable'],
    body);
};

// Joins a Readable and a Writable.
function pairOf({ readable, writable }) {
  const { eos, destroyer } = require('internal/stream/finished');
  let drained;
  let ended;
  let more = () => {};
  let left = Number(!!readable) + Number(!!writable);
  const duplex = new Duplex({
    readableObjectMode: !!readable?.readableObjectMode,
    writableObjectMode: !!writable?.writableObjectMode,
    readable: !!readable,
    writable: !!writable,
    write(chunk, encoding, callback) {
      if (writable.write(chunk, encoding)) callback();
      else drained = callback;
    },
    final(callback) {
      writable.end();
      ended = callback;
    },
    read() {
      more();
    },
    destroy(error, callback) {
      if (readable) destroyer(readable, error);
      if (writable) destroyer(writable, error);
      callback(error);
    },
  });
  const over = (error) => {
    left -= 1;
    if (error) duplex.destroy(error);
    else if (left === 0 && ended) ended();
  };
  if (writable) {
    eos(writable, { readable: false }, (error) => {
      const callback = ended;
      ended = undefined;
      if (error) duplex.destroy(error);
      else if (callback) callback();
    });
    writable.on('drain', () => {
      const callback = drained;
      drained = undefined;
      if (callback) callback();
    });
  }
  if (readable) {
    eos(readable, { writable: false }, over);
    more = () => {
      let chunk = readable.read();
      while (chunk !== null && duplex.push(chunk)) chunk = readable.read();
    };
    readable.on('readable', () => more());
    readable.on('end', () => duplex.push(null));
  }
  return duplex;
}

function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);
  let given = options;
  // A readable side that holds nothing has the writable side hold what waits.
  if (options?.readableHighWaterMark === 0) {
    given = { ...options, highWaterMark: null, writableHighWaterMark: options.writableHighWaterMark || 0 };
  }
  Duplex.call(this, given);
  this._readableState.sync = false;
  this[CALLBACK] = null;
  if (options) {
    if (typeof options.transform === 'function') this._transform = options.transform;
    if (typeof options.flush === 'function') this._flush = options.flush;
  }
  this.on('prefinish', prefinish);
}

Transform.prototype = Object.create(Duplex.prototype, {
  constructor: { value: Transform, writable: true, configurable: true },
});
Object.setPrototypeOf(Transform, Duplex);

function final(callback) {
  const end = () => {
    this.push(null);
    if (callback) callback();
  };
  if (typeof this._flush !== 'function' || this.destroyed) {
    end();
    return;
  }
  this._flush((error, chunk) => {
    if (error) {
      if (callback) callback(error);
      else this.destroy(error);
      return;
    }
    if (chunk != null) this.push(chunk);
    end();
  });
}

function prefinish() {
  if (this._final !== final) final.call(this);
}

Transform.prototype._final = final;

Transform.prototype._transform = function _transform() {
  throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', '_transform()');
};

Transform.prototype._write = function _write(chunk, encoding, callback) {
  const state = this._readableState;
  const writable = this._writableState;
  const { length } = state;
  this._transform(chunk, encoding, (error, result) => {
    if (error) {
      callback(error);
      return;
    }
    if (result != null) this.push(result);
    if (writable.ended || length === state.length || state.length < state.highWaterMark) callback();
    else this[CALLBACK] = callback;
  });
};

Transform.prototype._read = function _read() {
  const callback = this[CALLBACK];
  if (callback) {
    this[CALLBACK] = null;
    callback();
  }
};

function PassThrough(options) {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  Transform.call(this, options);
}

PassThrough.prototype = Object.create(Transform.prototype, {
  constructor: { value: PassThrough, writable: true, configurable: true },
});
Object.setPrototypeOf(PassThrough, Transform);

PassThrough.prototype._transform = function _transform(chunk, encoding, callback) {
  callback(null, chunk);
};

module.exports = { Duplex, PassThrough, Transform };
