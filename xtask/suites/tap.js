'use strict';
// What the tests use of tap: a test fails by what it throws.

const pass = () => {};

function fail(message) {
  console.error(message || 'tap.fail()');
  process.exitCode = 1;
}

const assert = require('assert');
const t = {
  pass,
  fail,
  end: pass,
  plan: pass,
  ok: assert.ok,
  equal: assert.strictEqual,
  same: assert.deepEqual,
  throws: assert.throws,
  teardown: (call) => process.on('exit', call),
};

t.test = (name, options, run) => {
  const body = typeof options === 'function' ? options : run;
  if (typeof body !== 'function') return undefined;
  const result = body(t);
  return result;
};

module.exports = t;
