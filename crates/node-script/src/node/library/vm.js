'use strict';
// `vm`: scripts in the program's own world. A context has a global object of its own and shares the built-in objects, which
// Node's contexts have for themselves.

const { check, nodeError } = require('internal/errors');

const CONTEXT = Symbol('context');

// eslint-disable-next-line no-eval
const indirect = globalThis.eval;

// Runs a text with the names of an object as its global ones.
function runIn(context, code) {
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
  return Function('world$', 'code$', 'with (world$) { return eval(code$); }')(world, code);
}

class Script {
  #code;

  constructor(code, options = undefined) {
    this.#code = String(code);
    if (typeof options === 'object' && options?.importModuleDynamically) {
      throw nodeError('ERR_NOT_SUPPORTED', 'importModuleDynamically');
    }
    // What does not parse is told before it runs.
    Function(`if (0) { ${this.#code}\n}`);
  }

  runInThisContext() {
    return indirect(this.#code);
  }

  runInContext(context) {
    check.object(context, 'contextifiedObject');
    return runIn(context, this.#code);
  }

  runInNewContext(context = {}) {
    return runIn(createContext(context), this.#code);
  }
}

function createContext(context = {}) {
  check.object(context, 'contextObject');
  Object.defineProperty(context, CONTEXT, { value: true, configurable: true });
  return context;
}

module.exports = {
  Script,
  createContext,
  isContext: (object) => CONTEXT in object,
  runInContext: (code, context) => new Script(code).runInContext(context),
  runInNewContext: (code, context) => new Script(code).runInNewContext(context),
  runInThisContext: (code) => new Script(code).runInThisContext(),
};
