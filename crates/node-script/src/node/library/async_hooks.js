'use strict';
// `async_hooks`: what is kept along asynchronous calls, and resources that run callbacks where they were made. The calls
// themselves are not told: a hook cannot be enabled.

const { check, nodeError } = require('internal/errors');

const { context } = internal;

// A map from storages to what they keep is never changed: another takes its place.
function stored(storage, store) {
  const map = new Map(context.get());
  map.set(storage, store);
  return map;
}

// Calls a function where something else is kept.
function within(map, run, self, args) {
  const before = context.get();
  context.set(map);
  try {
    return Reflect.apply(run, self, args);
  } finally {
    context.set(before);
  }
}

class AsyncLocalStorage {
  static bind(callback) {
    return AsyncResource.bind(callback);
  }

  static snapshot() {
    const map = context.get();
    return (run, ...args) => within(map, run, undefined, args);
  }

  disable() {
    const map = new Map(context.get());
    if (map.delete(this)) context.set(map.size ? map : undefined);
  }

  enterWith(store) {
    context.set(stored(this, store));
  }

  run(store, callback, ...args) {
    return within(stored(this, store), callback, null, args);
  }

  exit(callback, ...args) {
    const map = new Map(context.get());
    map.delete(this);
    return within(map.size ? map : undefined, callback, null, args);
  }

  getStore() {
    return context.get()?.get(this);
  }
}

let last = 1;
let running = { id: 1, trigger: 0, resource: {} };

class AsyncResource {
  #id = ++last;
  #trigger;
  #map = context.get();

  constructor(type, options = {}) {
    check.string(type, 'type');
    const trigger = typeof options === 'number' ? options : options.triggerAsyncId;
    if (trigger !== undefined && (!Number.isSafeInteger(trigger) || trigger < -1)) {
      throw makeRangeError('triggerAsyncId', trigger);
    }
    this.#trigger = trigger ?? running.id;
  }

  runInAsyncScope(callback, self, ...args) {
    const before = running;
    running = { id: this.#id, trigger: this.#trigger, resource: this };
    try {
      return within(this.#map, callback, self, args);
    } finally {
      running = before;
    }
  }

  emitDestroy() {
    return this;
  }

  asyncId() {
    return this.#id;
  }

  triggerAsyncId() {
    return this.#trigger;
  }

  bind(callback, self = undefined) {
    check.func(callback, 'fn');
    const resource = this;
    const bound = self === undefined
      ? function (...args) { return resource.runInAsyncScope(callback, this, ...args); }
      : (...args) => resource.runInAsyncScope(callback, self, ...args);
    Object.defineProperty(bound, 'length', {
      configurable: true, enumerable: false, value: callback.length, writable: false,
    });
    return bound;
  }

  static bind(callback, type, self) {
    return new AsyncResource(type || callback.name || 'bound-anonymous-fn').bind(callback, self);
  }
}

function makeRangeError(name, value) {
  return internal.makeError('RangeError', 'ERR_INVALID_ASYNC_ID', `Invalid ${name} value: ${value}`);
}

const HOOKS = ['init', 'before', 'after', 'destroy', 'promiseResolve'];

function createHook(hooks) {
  for (const name of HOOKS) {
    if (hooks[name] !== undefined && typeof hooks[name] !== 'function') {
      throw internal.makeError('TypeError', 'ERR_ASYNC_CALLBACK', `hook.${name} must be a function`);
    }
  }
  return {
    enable() {
      throw nodeError('ERR_NOT_SUPPORTED', 'A hook of async_hooks');
    },
    disable() {
      return this;
    },
  };
}

module.exports = {
  AsyncLocalStorage,
  createHook,
  executionAsyncId: () => running.id,
  triggerAsyncId: () => running.trigger,
  executionAsyncResource: () => running.resource,
  asyncWrapProviders: Object.freeze({ __proto__: null, NONE: 0 }),
  AsyncResource,
};
