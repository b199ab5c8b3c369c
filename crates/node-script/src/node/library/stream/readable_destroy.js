'use strict';
// How a Readable is made ready, fails and is destroyed. In a Duplex this is the writable side's business.

const { AbortError, bothErrors, nodeError } = require('internal/errors');

const Writable = internal.root('Writable');

const CONSTRUCTED = Symbol('kConstruct');
const DESTROYED = Symbol('kDestroy');

// Methods of Readable.
const prototype = {};

function construct(stream, state) {
  state.constructed = false;
  stream.once(CONSTRUCTED, () => {
    if (state.needReadable) require('internal/stream/reading').maybeReadMore(stream, state);
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

module.exports = { construct, fail, prototype };
