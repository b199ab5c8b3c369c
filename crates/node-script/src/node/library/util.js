'use strict';
// What `util` has beside inspecting and formatting.

const { check, nodeError } = require('internal/errors');

const CUSTOM = Symbol.for('nodejs.util.promisify.custom');

function inherits(constructor, parent) {
  if (constructor === undefined || constructor === null) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'ctor', 'Function', constructor);
  }
  if (parent === undefined || parent === null) throw nodeError('ERR_INVALID_ARG_TYPE', 'superCtor', 'Function', parent);
  if (parent.prototype === undefined) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'superCtor.prototype', 'Object', parent.prototype);
  }
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

function promisify(original) {
  check.func(original, 'original');
  for (const name of ['setTimeout', 'setImmediate']) {
    if (original === globalThis[name]) return require('timers/promises')[name];
  }
  if (original[CUSTOM]) {
    const call = original[CUSTOM];
    check.func(call, 'The "util.promisify.custom" argument');
    return Object.defineProperty(call, CUSTOM, { value: call, configurable: true });
  }
  function promisified(...given) {
    return new Promise((resolve, reject) => {
      original.call(this, ...given, (error, ...values) => {
        if (error) reject(error);
        else resolve(values[0]);
      });
    });
  }
  Object.setPrototypeOf(promisified, Object.getPrototypeOf(original));
  Object.defineProperty(promisified, CUSTOM, { value: promisified, configurable: true });
  return Object.defineProperties(promisified, Object.getOwnPropertyDescriptors(original));
}
promisify.custom = CUSTOM;

function callbackify(original) {
  check.func(original, 'original');
  function callbackified(...given) {
    const callback = given.pop();
    check.func(callback, 'last argument');
    original.apply(this, given).then(
      (value) => process.nextTick(callback, null, value),
      (reason) => {
        let error = reason;
        if (!error) {
          error = new Error('Promise was rejected with falsy value');
          error.code = 'ERR_FALSY_VALUE_REJECTION';
          error.reason = reason;
        }
        process.nextTick(callback, error);
      },
    );
  }
  Object.setPrototypeOf(callbackified, Object.getPrototypeOf(original));
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === 'number') descriptors.length.value += 1;
  if (typeof descriptors.name.value === 'string') descriptors.name.value += 'Callbackified';
  return Object.defineProperties(callbackified, descriptors);
}

const warned = new Set();

function deprecate(call, message, code) {
  let done = false;
  function deprecated(...given) {
    if (!done && !process.noDeprecation) {
      done = true;
      if (code === undefined || !warned.has(code)) process.emitWarning(message, 'DeprecationWarning', code, deprecated);
      warned.add(code);
    }
    return new.target ? Reflect.construct(call, given, new.target) : Reflect.apply(call, this, given);
  }
  Object.setPrototypeOf(deprecated, call);
  if (call.prototype) deprecated.prototype = call.prototype;
  return deprecated;
}

function debuglog() {
  const log = () => {};
  Object.defineProperty(log, 'enabled', { get: () => false, configurable: true, enumerable: true });
  return log;
}

// eslint-disable-next-line no-control-regex
const CONTROL = /\u001b\[[0-9;]*[A-Za-z]/g;

function stripVTControlCharacters(text) {
  check.string(text, 'str');
  return text.replace(CONTROL, '');
}

async function aborted(signal, resource) {
  if (signal === undefined) throw nodeError('ERR_INVALID_ARG_TYPE', 'signal', 'AbortSignal', signal);
  check.abortSignal(signal, 'signal');
  check.object(resource, 'resource');
  if (signal.aborted) return;
  await new Promise((resolve) => { signal.addEventListener('abort', resolve, { once: true }); });
}

function getSystemErrorName(number) {
  return { '-2': 'ENOENT', '-13': 'EACCES', '-17': 'EEXIST', '-32': 'EPIPE', '-98': 'EADDRINUSE', '-104': 'ECONNRESET',
    '-111': 'ECONNREFUSED' }[number];
}

const unsupported = (name) => ({
  [name]() {
    throw nodeError('ERR_NOT_SUPPORTED', `util.${name}`);
  },
})[name];

const { types } = require('util');

// Questions that programs asked once (`util.isString`).
const old = {
  isBoolean: (value) => typeof value === 'boolean',
  isBuffer: (value) => Buffer.isBuffer(value),
  isDate: types.isDate,
  isError: (value) => types.isNativeError(value) || value instanceof Error,
  isFunction: (value) => typeof value === 'function',
  isNull: (value) => value === null,
  isNullOrUndefined: (value) => value === null || value === undefined,
  isNumber: (value) => typeof value === 'number',
  isObject: (value) => value !== null && typeof value === 'object',
  isPrimitive: (value) => value === null || (typeof value !== 'object' && typeof value !== 'function'),
  isRegExp: types.isRegExp,
  isString: (value) => typeof value === 'string',
  isSymbol: (value) => typeof value === 'symbol',
  isUndefined: (value) => value === undefined,
  _extend: (target, source) => (source !== null && typeof source === 'object' ? Object.assign(target, source) : target),
};

module.exports = {
  ...old,
  aborted,
  callbackify,
  debug: debuglog,
  debuglog,
  deprecate,
  getSystemErrorName,
  inherits,
  get isDeepStrictEqual() { return require('internal/deep').isDeepStrictEqual; },
  MIMEType: unsupported('MIMEType'),
  parseArgs: unsupported('parseArgs'),
  promisify,
  stripVTControlCharacters,
  styleText: (format, text) => {
    const codes = require('util').inspect.colors;
    const formats = [format].flat();
    return formats.reduceRight((shown, name) => `\u001b[${codes[name][0]}m${shown}\u001b[${codes[name][1]}m`, text);
  },
  toUSVString: (text) => `${text}`.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd'),
  get TextDecoder() { return require('internal/encoding').TextDecoder; },
  get TextEncoder() { return require('internal/encoding').TextEncoder; },
};
