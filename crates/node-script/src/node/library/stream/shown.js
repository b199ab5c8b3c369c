'use strict';
// The state of a Writable as `util.inspect` shows it: as Node's object, most of which is in a word of flags.

const { inspect } = require('util');

class WritableState {}

function writable(state, options) {
  const [flags, writelen, pendingcb, bufferedIndex, onwrite] = internal.writableState(state);
  const { buffered } = state;
  const shown = Object.assign(new WritableState(), {
    highWaterMark: state.highWaterMark,
    length: state.length,
    corked: state.corked,
    onwrite,
    writelen,
    bufferedIndex,
    pendingcb,
    [Symbol('kState')]: flags,
    [Symbol('kBufferedValue')]: buffered.length ? buffered : null,
  });
  if (state.errored) shown[Symbol('kErroredValue')] = state.errored;
  return inspect(shown, options);
}

module.exports = { writable };
