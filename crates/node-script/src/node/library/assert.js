'use strict';
// `assert`: what it checks, and the messages of AssertionError.

const { check, nodeError } = require('internal/errors');
const { isDeepEqual, isDeepStrictEqual } = require('internal/deep');
const { inspect, types } = require('util');

const OPERATORS = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
};

// Characters of both values together that still go on one line.
const SHORT = 12;
// Lines of a difference, or of a value, that are shown at the most.
const MOST_LINES = 50;

const show = (value) => inspect(value, {
  compact: false,
  customInspect: false,
  depth: 1000,
  maxArrayLength: Infinity,
  showHidden: false,
  showProxy: false,
  sorted: true,
  getters: true,
});

const isObject = (value) => typeof value === 'object' && value !== null;

// One short line, a mark below the first character that differs, or nothing.
function onOneLine(actual, expected, left, right, head) {
  const length = left.length + right.length;
  if (length <= SHORT) {
    const simple = !isObject(actual) && !isObject(expected) && (actual !== 0 || expected !== 0);
    return simple ? { whole: `${head}\n\n${left} !== ${right}\n` } : {};
  }
  if (length >= 80) return {};
  let place = 0;
  while (left[place] === right[place]) place += 1;
  return place > 2 ? { mark: `\n  ${' '.repeat(place)}^` } : {};
}

// The lines of two values, those of the same place beside each other.
class Difference {
  text = '';
  missing = '';
  printed = 0;
  skipped = false;
  // Lines that were the same since the last that was not.
  same = 0;

  line(text) {
    this.text += `\n  ${text}`;
    this.printed += 1;
  }

  // Before a difference: two lines that are the same, and what is left out between them and those behind the last one.
  bridge(lines, place) {
    if (this.same > 5) {
      this.text += '\n...';
      this.skipped = true;
    } else if (this.same === 5) {
      this.line(lines[place - 3]);
    }
    if (this.same > 3) this.line(lines[place - 2]);
    if (this.same > 2) this.line(lines[place - 1]);
    this.same = 0;
  }
}

function difference(actual, expected, given, message) {
  let operator = given;
  const left = show(actual).split('\n');
  const right = show(expected).split('\n');
  if (operator === 'strictEqual' && ((isObject(actual) && isObject(expected))
    || (typeof actual === 'function' && typeof expected === 'function'))) {
    operator = 'strictEqualObject';
  }
  const head = message ?? OPERATORS[operator];
  let mark = '';
  if (left.length === 1 && right.length === 1 && left[0] !== right[0]) {
    const line = onOneLine(actual, expected, left[0], right[0], head);
    if (line.whole) return line.whole;
    mark = line.mark ?? '';
  }
  // The lines that both end with, the last first.
  const ending = [];
  while (left.length && right.length && left[left.length - 1] === right[right.length - 1]) {
    ending.push(left.pop());
    right.pop();
  }
  if (left.length === 0 && right.length === 0) {
    return `${OPERATORS.notIdentical}\n\n${firstLines(ending.reverse())}\n`;
  }
  const made = compareLines(left, right);
  let end = ending.slice(0, 3).map((line) => `\n  ${line}`).reverse().join('');
  if (ending.length > 4) {
    end = `\n...${end}`;
    made.skipped = true;
  }
  if (ending.length > 3) end = `\n  ${ending[ending.length - 1]}${end}`;
  const told = made.skipped ? ' ... Lines skipped' : '';
  return `${head}\n+ actual - expected${told}\n${made.text}${made.missing}${made.cut ? '' : end}${made.cut ? '' : mark}`;
}

function firstLines(lines) {
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 4), '...'].join('\n') : lines.join('\n');
}

function compareLines(left, right) {
  const made = new Difference();
  const count = Math.max(left.length, right.length);
  for (let place = 0; place < count; place += 1) {
    const [mine, yours] = [left[place], right[place]];
    if (mine === undefined) {
      made.bridge(right, place);
      made.missing += `\n- ${yours}`;
      made.printed += 1;
    } else if (yours === undefined) {
      made.bridge(left, place);
      made.text += `\n+ ${mine}`;
      made.printed += 1;
    } else {
      // A comma alone makes no difference.
      const comma = (line, other) => line.endsWith(',') && line.slice(0, -1) === other;
      if (mine !== yours && !comma(mine, yours) && !comma(yours, mine)) {
        made.bridge(left, place);
        made.text += `\n+ ${mine}`;
        made.missing += `\n- ${yours}`;
        made.printed += 2;
      } else {
        made.text += made.missing;
        made.missing = '';
        made.same += 1;
        // The first two behind a difference.
        if (made.same <= 2) made.line(comma(yours, mine) ? yours : mine);
      }
    }
    if (made.printed > MOST_LINES && place < count - 2) {
      made.text += '\n...';
      made.missing += '\n...';
      made.skipped = true;
      made.cut = true;
      return made;
    }
  }
  return made;
}

function shorten(text, most = 512) {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

function messageOf(actual, expected, operator) {
  if (operator === 'deepStrictEqual' || operator === 'strictEqual') return difference(actual, expected, operator);
  if (operator === 'notDeepStrictEqual' || operator === 'notStrictEqual') {
    let head = OPERATORS[operator];
    if (operator === 'notStrictEqual' && (isObject(actual) || typeof actual === 'function')) {
      head = OPERATORS.notStrictEqualObject;
    }
    const lines = show(actual).split('\n');
    if (lines.length === 1) return `${head}${lines[0].length > 5 ? '\n\n' : ' '}${lines[0]}`;
    return `${head}\n\n${firstLines(lines)}\n`;
  }
  let left = show(actual);
  let right = show(expected);
  const head = OPERATORS[operator];
  if (operator === 'notDeepEqual' && left === right) {
    left = `${head}\n\n${left}`;
    return left.length > 1024 ? `${left.slice(0, 1024)}...` : left;
  }
  left = shorten(left);
  right = shorten(right);
  if (operator === 'deepEqual') return `${head}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  if (operator === 'notDeepEqual') {
    return `${OPERATORS.notDeepEqualUnequal}\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  }
  return `${left} ${operator} ${right}`;
}

// What of an error is compared by its text.
function withoutStack(error) {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(error)), error);
  return Object.defineProperty(copy, 'message', { value: error.message });
}

class AssertionError extends Error {
  constructor(options) {
    check.object(options, 'options');
    const { message, operator, stackStartFn } = options;
    let { actual, expected } = options;
    const shows = operator === 'deepStrictEqual' || operator === 'strictEqual';
    if (shows && actual instanceof Error && expected instanceof Error) {
      [actual, expected] = [withoutStack(actual), withoutStack(expected)];
    }
    if (message == null) super(messageOf(actual, expected, operator));
    else super(shows ? difference(actual, expected, operator, String(message)) : String(message));
    ({ actual, expected } = options);
    this.generatedMessage = message == null;
    Object.defineProperty(this, 'name', {
      value: 'AssertionError [ERR_ASSERTION]', enumerable: false, writable: true, configurable: true,
    });
    this.code = 'ERR_ASSERTION';
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    Error.captureStackTrace(this, stackStartFn);
    // The name with the code is for the stack alone.
    void this.stack;
    this.name = 'AssertionError';
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [inspect.custom](depth, context) {
    return inspect(this, { ...context, customInspect: false, depth: 0 });
  }
}

function failWith(options) {
  if (options.message instanceof Error) throw options.message;
  throw new AssertionError(options);
}

// -- truth ------------------------------------------------------------------------------------------------------

function checkTruth(name, start, given) {
  const [value] = given;
  let [, message] = given;
  if (value) return;
  let generated = false;
  if (given.length === 0) {
    generated = true;
    message = 'No value argument passed to `assert.ok()`';
  } else if (message == null) {
    generated = true;
    const source = internal.callText(1);
    message = 'The expression evaluated to a falsy value:\n\n';
    message += source === undefined ? `  ${name}(${show(value)})\n` : `  ${source.replace(/\n/g, '\n  ')}\n`;
  } else if (message instanceof Error) {
    throw message;
  }
  const error = new AssertionError({ actual: value, expected: true, message, operator: '==', stackStartFn: start });
  error.generatedMessage = generated;
  throw error;
}

function assert(...given) {
  checkTruth('assert', assert, given);
}

function ok(...given) {
  checkTruth('assert.ok', ok, given);
}

function fail(message = 'Failed') {
  if (message instanceof Error) throw message;
  const error = new AssertionError({ message, operator: 'fail', stackStartFn: fail });
  error.generatedMessage = arguments.length === 0;
  throw error;
}

// -- equality ---------------------------------------------------------------------------------------------------

function defineComparison(name, operator, holds) {
  const compare = {
    [name](actual, expected, message) {
      if (arguments.length < 2) throw nodeError('ERR_MISSING_ARGS', 'actual', 'expected');
      if (!holds(actual, expected)) {
        failWith({ actual, expected, message, operator, stackStartFn: compare });
      }
    },
  }[name];
  assert[name] = compare;
}

// eslint-disable-next-line eqeqeq
const looselyEqual = (one, other) => one == other || (Number.isNaN(one) && Number.isNaN(other));

// -- exceptions -------------------------------------------------------------------------------------------------

// What of an error is compared.
class Comparison {
  constructor(object, keys, actual) {
    for (const key of keys) {
      if (!(key in object)) continue;
      const byPattern = actual !== undefined && typeof actual[key] === 'string'
        && types.isRegExp(object[key]) && object[key].exec(actual[key]) !== null;
      this[key] = byPattern ? actual[key] : object[key];
    }
  }
}

function compareKey(actual, expected, key, message, keys, start) {
  if (key in actual && isDeepStrictEqual(actual[key], expected[key])) return;
  if (message) {
    failWith({ actual, expected, message, operator: start.name, stackStartFn: start });
  }
  const one = new Comparison(actual, keys);
  const other = new Comparison(expected, keys, actual);
  const error = new AssertionError({ actual: one, expected: other, operator: 'deepStrictEqual', stackStartFn: start });
  error.actual = actual;
  error.expected = expected;
  error.operator = start.name;
  throw error;
}

function isExpected(actual, expected, message, start) {
  const failing = (text, generated) => {
    const error = new AssertionError({ actual, expected, message: text, operator: start.name, stackStartFn: start });
    error.generatedMessage = generated;
    throw error;
  };
  if (typeof expected !== 'function') {
    if (types.isRegExp(expected)) {
      const text = String(actual);
      if (expected.exec(text) !== null) return;
      if (message instanceof Error) throw message;
      failing(message
        || `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`, !message);
    }
    if (typeof actual !== 'object' || actual === null) {
      const error = new AssertionError({ actual, expected, message, operator: 'deepStrictEqual', stackStartFn: start });
      error.operator = start.name;
      throw error;
    }
    const keys = Object.keys(expected);
    if (expected instanceof Error) keys.push('name', 'message');
    else if (keys.length === 0) throw nodeError('ERR_INVALID_ARG_VALUE', 'error', expected, 'may not be an empty object');
    for (const key of keys) {
      if (typeof actual[key] === 'string' && types.isRegExp(expected[key]) && expected[key].exec(actual[key]) !== null) {
        continue;
      }
      compareKey(actual, expected, key, message, keys, start);
    }
    return;
  }
  if (expected.prototype !== undefined && actual instanceof expected) return;
  if (Object.prototype.isPrototypeOf.call(Error, expected) || expected === Error) {
    if (message instanceof Error) throw message;
    if (message) failing(message, false);
    let text = `The error is expected to be an instance of "${expected.name}". Received `;
    if (actual instanceof Error || types.isNativeError(actual)) text += `"${actual.name}"`;
    else text += `"${inspect(actual, { depth: -1 })}"`;
    if (actual instanceof Error) text += `\n\nError message:\n\n${actual.message}`;
    failing(text, true);
  }
  const result = expected.call({}, actual);
  if (result === true) return;
  if (message instanceof Error) throw message;
  if (message) failing(message, false);
  const name = expected.name ? `"${expected.name}" ` : '';
  const text = `The ${name}validation function is expected to return "true". Received ${inspect(result)}`;
  failing(actual instanceof Error ? `${text}\n\nCaught error:\n\n${actual}` : text, true);
}

const NOTHING = {};

function caught(call) {
  check.func(call, 'fn');
  try {
    call();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

async function rejection(given) {
  let promise = given;
  if (typeof given === 'function') {
    promise = given();
    if (!isPromise(promise)) {
      throw nodeError('ERR_INVALID_RETURN_VALUE', 'instance of Promise', 'promiseFn', promise);
    }
  } else if (!isPromise(given)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'promiseFn', ['Function', 'Promise'], given);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

function isPromise(value) {
  return types.isPromise(value)
    || (isObject(value) && typeof value.then === 'function' && typeof value.catch === 'function');
}

function expectError(start, actual, error, given) {
  let [expected, message] = [error, given];
  if (typeof expected === 'string') {
    if (message !== undefined) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'error', ['Object', 'Error', 'Function', 'RegExp'], error);
    }
    const same = isObject(actual) ? actual.message === expected : actual === expected;
    if (same && actual !== NOTHING) {
      const what = isObject(actual) ? `The error message "${actual.message}"` : `The error "${actual}"`;
      throw nodeError('ERR_AMBIGUOUS_ARGUMENT', 'error/message', `${what} is identical to the message.`);
    }
    message = expected;
    expected = undefined;
  } else if (expected != null && typeof expected !== 'object' && typeof expected !== 'function') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'error', ['Object', 'Error', 'Function', 'RegExp'], error);
  }
  if (actual === NOTHING) {
    const named = expected && expected.name ? ` (${expected.name})` : '';
    const kind = start.name === 'rejects' ? 'rejection' : 'exception';
    failWith({
      actual: undefined,
      expected,
      operator: start.name,
      message: `Missing expected ${kind}${named}${message ? `: ${message}` : '.'}`,
      stackStartFn: start,
    });
  }
  if (expected) isExpected(actual, expected, message, start);
}

function expectNoError(start, actual, error, given) {
  if (actual === NOTHING) return;
  let [expected, message] = [error, given];
  if (typeof expected === 'string') {
    message = expected;
    expected = undefined;
  }
  const matches = !expected || (types.isRegExp(expected) ? expected.exec(String(actual)) !== null
    : expected.prototype !== undefined && actual instanceof expected);
  if (!matches) throw actual;
  const kind = start.name === 'doesNotReject' ? 'rejection' : 'exception';
  failWith({
    actual,
    expected,
    operator: start.name,
    message: `Got unwanted ${kind}${message ? `: ${message}` : '.'}\nActual message: "${actual && actual.message}"`,
    stackStartFn: start,
  });
}

function throws(call, ...expected) {
  expectError(throws, caught(call), ...expected);
}

async function rejects(promise, ...expected) {
  expectError(rejects, await rejection(promise), ...expected);
}

function doesNotThrow(call, ...expected) {
  expectNoError(doesNotThrow, caught(call), ...expected);
}

async function doesNotReject(promise, ...expected) {
  expectNoError(doesNotReject, await rejection(promise), ...expected);
}

function ifError(error) {
  if (error === null || error === undefined) return;
  let message = 'ifError got unwanted exception: ';
  if (typeof error === 'object' && typeof error.message === 'string') {
    message += error.message.length === 0 && error.constructor ? error.constructor.name : error.message;
  } else {
    message += inspect(error);
  }
  const thrown = new AssertionError({
    actual: error, expected: null, operator: 'ifError', message, stackStartFn: ifError,
  });
  thrown.generatedMessage = false;
  throw thrown;
}

function matchText(text, pattern, given, start) {
  if (!types.isRegExp(pattern)) throw nodeError('ERR_INVALID_ARG_TYPE', 'regexp', 'RegExp', pattern);
  const wanted = start.name === 'match';
  if (typeof text === 'string' && (pattern.exec(text) !== null) === wanted) return;
  if (given instanceof Error) throw given;
  let message = given;
  if (!message) {
    if (typeof text !== 'string') {
      message = `The "string" argument must be of type string. Received type ${typeof text} (${inspect(text)})`;
    } else {
      message = `The input ${wanted ? 'did not match' : 'was expected to not match'} the regular expression `
        + `${inspect(pattern)}. Input:\n\n${inspect(text)}\n`;
    }
  }
  const error = new AssertionError({
    actual: text, expected: pattern, message, operator: start.name, stackStartFn: start,
  });
  error.generatedMessage = !given;
  throw error;
}

function match(text, pattern, message) {
  matchText(text, pattern, message, match);
}

function doesNotMatch(text, pattern, message) {
  matchText(text, pattern, message, doesNotMatch);
}

// -- the module -------------------------------------------------------------------------------------------------

assert.fail = fail;
assert.AssertionError = AssertionError;
assert.ok = ok;
defineComparison('equal', '==', looselyEqual);
defineComparison('notEqual', '!=', (one, other) => !looselyEqual(one, other));
defineComparison('deepEqual', 'deepEqual', isDeepEqual);
defineComparison('notDeepEqual', 'notDeepEqual', (one, other) => !isDeepEqual(one, other));
defineComparison('deepStrictEqual', 'deepStrictEqual', isDeepStrictEqual);
defineComparison('notDeepStrictEqual', 'notDeepStrictEqual', (one, other) => !isDeepStrictEqual(one, other));
defineComparison('strictEqual', 'strictEqual', Object.is);
defineComparison('notStrictEqual', 'notStrictEqual', (one, other) => !Object.is(one, other));
Object.assign(assert, { throws, rejects, doesNotThrow, doesNotReject, ifError, match, doesNotMatch });

function strict(...given) {
  checkTruth('assert', strict, given);
}

assert.CallTracker = class CallTracker {
  constructor() {
    throw nodeError('ERR_NOT_SUPPORTED', 'assert.CallTracker');
  }
};

assert.strict = Object.assign(strict, assert, {
  equal: assert.strictEqual,
  deepEqual: assert.deepStrictEqual,
  notEqual: assert.notStrictEqual,
  notDeepEqual: assert.notDeepStrictEqual,
});
assert.strict.strict = assert.strict;

module.exports = assert;
