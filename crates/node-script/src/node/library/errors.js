'use strict';
// Errors of Node's: codes, classes and messages.

const { makeError, received } = internal;

const PRIMITIVES = ['string', 'function', 'number', 'object', 'boolean', 'bigint', 'symbol'];

function oneOf(words) {
  if (words.length <= 2) return words.join(' or ');
  return `${words.slice(0, -1).join(', ')}, or ${words[words.length - 1]}`;
}

// What an argument must be: names of types, of classes, and other words.
function mustBe(expected) {
  const all = Array.isArray(expected) ? expected : [expected];
  const types = all.filter((name) => PRIMITIVES.includes(name) || name === 'Function')
    .map((name) => name.toLowerCase());
  const classes = all.filter((name) => /^([A-Z][a-z0-9]*)+$/.test(name) && name !== 'Function');
  const others = all.filter((name) => !types.includes(name.toLowerCase()) && !classes.includes(name));
  if (classes.length && types.includes('object')) {
    types.splice(types.indexOf('object'), 1);
    classes.push('Object');
  }
  const parts = [];
  if (types.length) parts.push(types.length > 1 ? `one of type ${oneOf(types)}` : `of type ${types[0]}`);
  if (classes.length) parts.push(`an instance of ${oneOf(classes)}`);
  if (others.length) parts.push(others.length > 1 ? `one of ${oneOf(others)}` : others[0]);
  return parts.join(' or ');
}

const MESSAGES = {
  ERR_AMBIGUOUS_ARGUMENT: ['TypeError', (name, why) => `The "${name}" argument is ambiguous. ${why}`],
  ERR_INVALID_ARG_TYPE: ['TypeError', (name, expected, value) => {
    const what = name.endsWith(' argument') ? name : `"${name}" ${name.includes('.') ? 'property' : 'argument'}`;
    return `The ${what} must be ${mustBe(expected)}. Received ${received(value)}`;
  }],
  ERR_INVALID_ARG_VALUE: ['TypeError', (name, value, why = 'is invalid') => {
    const what = name.includes('.') ? 'property' : 'argument';
    let shown = require('util').inspect(value);
    if (shown.length > 128) shown = `${shown.slice(0, 128)}...`;
    return `The ${what} '${name}' ${why}. Received ${shown}`;
  }],
  ERR_INVALID_CALLBACK: ['TypeError', (value) => `Callback must be a function. Received ${received(value)}`],
  ERR_INVALID_RETURN_VALUE: ['TypeError', (expected, name, value) => {
    return `Expected ${expected} to be returned from the "${name}" function but got ${received(value)}.`;
  }],
  ERR_INVALID_STATE: ['Error', (why) => `Invalid state: ${why}`],
  ERR_INVALID_THIS: ['TypeError', (name) => `Value of "this" must be of type ${name}`],
  ERR_METHOD_NOT_IMPLEMENTED: ['Error', (name) => `The ${name} method is not implemented`],
  ERR_MISSING_ARGS: ['TypeError', (...names) => {
    const shown = names.map((name) => (Array.isArray(name) ? name.map((one) => `"${one}"`).join(' or ') : `"${name}"`));
    if (shown.length === 1) return `The ${shown[0]} argument must be specified`;
    const last = shown.pop();
    return `The ${shown.join(', ')}${shown.length > 1 ? ',' : ''} and ${last} arguments must be specified`;
  }],
  ERR_MULTIPLE_CALLBACK: ['Error', () => 'Callback called multiple times'],
  ERR_NOT_SUPPORTED: ['Error', (what) => `${what} is not supported`],
  ERR_OUT_OF_RANGE: ['RangeError', (name, range, value) => {
    let shown = require('util').inspect(value);
    if (Number.isInteger(value) && Math.abs(value) > 2 ** 32) shown = shown.replace(/\B(?=(\d{3})+$)/g, '_');
    return `The value of "${name}" is out of range. It must be ${range}. Received ${shown}`;
  }],
  ERR_SERVER_ALREADY_LISTEN: ['Error', () => 'Listen method has been called more than once without closing.'],
  ERR_SERVER_NOT_RUNNING: ['Error', () => 'Server is not running.'],
  ERR_SOCKET_BAD_PORT: ['RangeError', (name, port) =>
    `${name} should be >= 0 and < 65536. Received ${received(port)}.`],
  ERR_SOCKET_CLOSED: ['Error', () => 'Socket is closed'],
  ERR_STREAM_CANNOT_PIPE: ['Error', () => 'Cannot pipe, not readable'],
  ERR_STREAM_DESTROYED: ['Error', (name) => `Cannot call ${name} after a stream was destroyed`],
  ERR_STREAM_NULL_VALUES: ['TypeError', () => 'May not write null values to stream'],
  ERR_STREAM_PREMATURE_CLOSE: ['Error', () => 'Premature close'],
  ERR_STREAM_PUSH_AFTER_EOF: ['Error', () => 'stream.push() after EOF'],
  ERR_STREAM_UNABLE_TO_PIPE: ['Error', () => 'Cannot pipe to a closed or destroyed stream'],
  ERR_STREAM_UNSHIFT_AFTER_END_EVENT: ['Error', () => 'stream.unshift() after end event'],
  ERR_STREAM_WRAP: ['Error', () => 'Stream has StringDecoder set or is in objectMode'],
  ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET: ['Error', () => '`process.setupUncaughtExceptionCapture()` was called while a ' +
    'capture callback was already active'],
  ERR_UNHANDLED_ERROR: ['Error', (shown) => `Unhandled error. (${shown})`],
  ERR_UNKNOWN_ENCODING: ['TypeError', (name) => `Unknown encoding: ${name}`],
};

function nodeError(code, ...given) {
  const [kind, message] = MESSAGES[code];
  return makeError(kind, code, message(...given));
}

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    if (options !== undefined && typeof options !== 'object') {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'options', 'Object', options);
    }
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

// What an inner failure adds to an outer one.
function bothErrors(inner, outer) {
  if (!inner || !outer || inner === outer) return inner || outer;
  if (Array.isArray(outer.errors)) {
    outer.errors.push(inner);
    return outer;
  }
  const error = new AggregateError([outer, inner], outer.message);
  error.code = outer.code;
  return error;
}

const check = {
  abortSignal(signal, name) {
    if (signal !== undefined && (signal === null || typeof signal !== 'object' || !('aborted' in signal))) {
      throw nodeError('ERR_INVALID_ARG_TYPE', name, 'AbortSignal', signal);
    }
  },
  boolean(value, name) {
    if (typeof value !== 'boolean') throw nodeError('ERR_INVALID_ARG_TYPE', name, 'boolean', value);
  },
  func(value, name) {
    if (typeof value !== 'function') throw nodeError('ERR_INVALID_ARG_TYPE', name, 'Function', value);
  },
  integer(value, name, low = Number.MIN_SAFE_INTEGER, high = Number.MAX_SAFE_INTEGER) {
    if (typeof value !== 'number') throw nodeError('ERR_INVALID_ARG_TYPE', name, 'number', value);
    if (!Number.isInteger(value)) throw nodeError('ERR_OUT_OF_RANGE', name, 'an integer', value);
    if (value < low || value > high) throw nodeError('ERR_OUT_OF_RANGE', name, `>= ${low} && <= ${high}`, value);
  },
  object(value, name) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw nodeError('ERR_INVALID_ARG_TYPE', name, 'Object', value);
    }
  },
  string(value, name) {
    if (typeof value !== 'string') throw nodeError('ERR_INVALID_ARG_TYPE', name, 'string', value);
  },
};

module.exports = { AbortError, bothErrors, check, nodeError };
