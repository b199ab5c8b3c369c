'use strict';
// What the tests of Node's streams use of Node's `test/common`: functions that count their calls, and checks of errors.

const assert = require('assert');
const { inspect } = require('util');

const counted = [];

process.on('exit', (code) => {
  if (code !== 0) return;
  const wrong = counted.filter(({ calls, least, most }) => calls < least || calls > most);
  for (const { name, calls, least, most, stack } of wrong) {
    const wanted = least === most ? `exactly ${least}` : `at least ${least}`;
    console.error(`Error: ${name} was called ${calls} times, expected ${wanted}\n${stack}`);
  }
  if (wrong.length) process.exit(1);
});

function count(call, least, most) {
  const { stack } = new Error('made');
  const entry = { name: (call && call.name) || '<anonymous>', calls: 0, least, most, stack };
  counted.push(entry);
  return function (...given) {
    entry.calls += 1;
    return call && call.apply(this, given);
  };
}

function mustCall(call, times = 1) {
  return typeof call === 'number' ? count(undefined, call, call) : count(call, times, times);
}

function mustCallAtLeast(call, least = 1) {
  return typeof call === 'number' ? count(undefined, call, Infinity) : count(call, least, Infinity);
}

function mustSucceed(call, times) {
  return mustCall(function (error, ...given) {
    assert.ifError(error);
    return call && call.apply(this, given);
  }, times);
}

function mustNotCall(message) {
  const { stack } = new Error('made');
  return (...given) => {
    const told = given.length ? ` with ${given.map((value) => inspect(value)).join(', ')}` : '';
    assert.fail(`${message || 'function should not have been called'}${told}\n${stack}`);
  };
}

function expectsError(expected, times) {
  return mustCall((...given) => {
    assert.strictEqual(given.length, 1, `Expected one argument, got ${inspect(given)}`);
    assert.throws(() => { throw given[0]; }, expected);
    return true;
  }, times);
}

function invalidArgTypeHelper(value) {
  if (value == null) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    if (value.constructor && value.constructor.name) return ` Received an instance of ${value.constructor.name}`;
    return ` Received ${inspect(value, { depth: -1 })}`;
  }
  let shown = inspect(value, { colors: false });
  if (shown.length > 28) shown = `${shown.slice(0, 25)}...`;
  return ` Received type ${typeof value} (${shown})`;
}

module.exports = {
  allowGlobals() {},
  expectWarning() {},
  expectsError,
  hasCrypto: false,
  hasIntl: true,
  invalidArgTypeHelper,
  isLinux: process.platform === 'linux',
  isOSX: process.platform === 'darwin',
  isWindows: process.platform === 'win32',
  mustCall,
  mustCallAtLeast,
  mustNotCall,
  mustSucceed,
  platformTimeout: (milliseconds) => milliseconds,
  skip(message) {
    console.log(`1..0 # Skipped: ${message}`);
    process.exit(0);
  },
};
