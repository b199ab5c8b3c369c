'use strict';
// A Readable as an iterator, and other things as a Readable.

const { bothErrors, check, nodeError } = require('internal/errors');
const { fail } = require('internal/stream/readable_destroy');

// Methods of Readable.
const prototype = {};

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

const wrap = (source, options) => new (require('internal/stream/readable').Readable)({
  objectMode: source.readableObjectMode ?? source.objectMode ?? true,
  ...options,
  destroy(error, callback) {
    require('internal/stream/finished').destroyer(source, error);
    callback(error);
  },
}).wrap(source);

const from = (iterable, options) => {
  const { Readable } = require('internal/stream/readable');
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

module.exports = { from, prototype, wrap };
