'use strict';
// `vm`: scripts in the program's own world. A context has a global object of its own and shares the built-in objects, which
// Node's contexts have for themselves.

const { nodeError } = require('internal/errors');

const engine = internal.vm;
const CONTEXT = Symbol('context');
const DEFAULT_NAME = 'evalmachine.<anonymous>';

// Runs a text with the names of an object as its global ones.
const inside = engine.compileFunction('with (world$) { return eval(code$); }', ['world$', 'code$'], 'node:vm', 0);

function runIn(context, code, name) {
  const world = new Proxy(context, {
    has: (object, name) => typeof name === 'string' && name !== 'world$' && name !== 'code$',
    get: (object, name) => {
      if (name === Symbol.unscopables) return undefined;
      return name in object ? object[name] : globalThis[name];
    },
    set: (object, name, value) => {
      object[name] = value;
      return true;
    },
  });
  return engine.runAs(name, inside, world, code);
}

function checkObject(value, name) {
  if (value === null || typeof value !== 'object') throw nodeError('ERR_INVALID_ARG_TYPE', name, 'object', value);
}

function checkInteger(value, name, low, high) {
  if (typeof value !== 'number') throw nodeError('ERR_INVALID_ARG_TYPE', name, 'number', value);
  if (!Number.isInteger(value)) throw nodeError('ERR_OUT_OF_RANGE', name, 'an integer', value);
  if (value < low || value > high) throw nodeError('ERR_OUT_OF_RANGE', name, `>= ${low} && <= ${high}`, value);
}

// The file's name and the lines before the text in it.
function placeOf(given, otherwise) {
  const options = typeof given === 'string' ? { filename: given } : given;
  checkObject(options, 'options');
  const { filename = otherwise, lineOffset = 0, columnOffset = 0 } = options;
  if (typeof filename !== 'string') throw nodeError('ERR_INVALID_ARG_TYPE', 'options.filename', 'string', filename);
  checkInteger(lineOffset, 'options.lineOffset', -(2 ** 31), 2 ** 31 - 1);
  checkInteger(columnOffset, 'options.columnOffset', -(2 ** 31), 2 ** 31 - 1);
  if (options.importModuleDynamically) throw nodeError('ERR_NOT_SUPPORTED', 'importModuleDynamically');
  return { filename, lineOffset };
}

function checkRun(options) {
  if (options === undefined || typeof options === 'string') return;
  checkObject(options, 'options');
  if (options.timeout !== undefined) checkInteger(options.timeout, 'options.timeout', 1, 2 ** 32 - 1);
}

class Script {
  #code;
  #place;
  #function;

  constructor(code, options = {}) {
    this.#place = placeOf(options, DEFAULT_NAME);
    this.#code = `${code}`;
    this.#function = engine.compile(this.#code, this.#place.filename, this.#place.lineOffset);
    this.sourceMapURL = /\/\/[#@] sourceMappingURL=(\S+)/.exec(this.#code)?.[1];
  }

  runInThisContext(options = undefined) {
    checkRun(options);
    return engine.run(this.#function);
  }

  runInContext(context, options = undefined) {
    checkContext(context);
    checkRun(options);
    const lines = '\n'.repeat(Math.min(Math.max(this.#place.lineOffset, 0), 1e6));
    return runIn(context, lines + this.#code, this.#place.filename);
  }

  runInNewContext(context = {}, options = undefined) {
    return this.runInContext(createContext(context), options);
  }

  createCachedData() {
    throw nodeError('ERR_NOT_SUPPORTED', 'createCachedData');
  }
}

function isContext(object) {
  checkObject(object, 'object');
  return CONTEXT in object;
}

function checkContext(context) {
  checkObject(context, 'contextifiedObject');
  if (!(CONTEXT in context)) {
    throw internal.makeError('TypeError', 'ERR_INVALID_ARG_TYPE', 'The "contextifiedObject" argument must be an vm.Context. ' +
      `Received ${internal.received(context)}`);
  }
}

function createContext(context = {}) {
  if (!isContext(context)) Object.defineProperty(context, CONTEXT, { value: true, configurable: true });
  return context;
}

function compileFunction(code, params = [], options = {}) {
  if (typeof code !== 'string') throw nodeError('ERR_INVALID_ARG_TYPE', 'code', 'string', code);
  if (!Array.isArray(params)) throw nodeError('ERR_INVALID_ARG_TYPE', 'params', 'Array', params);
  params.forEach((name, place) => {
    if (typeof name !== 'string') throw nodeError('ERR_INVALID_ARG_TYPE', `params[${place}]`, 'string', name);
  });
  const { filename, lineOffset } = placeOf(options, '');
  return engine.compileFunction(code, params, filename, lineOffset);
}

module.exports = {
  Script,
  createContext,
  createScript: (code, options) => new Script(code, options),
  runInContext: (code, context, options) => {
    checkContext(context);
    return new Script(code, options).runInContext(context, options);
  },
  runInNewContext: (code, context, options) => new Script(code, options).runInNewContext(context, options),
  runInThisContext: (code, options) => new Script(code, options).runInThisContext(options),
  isContext,
  compileFunction,
};
