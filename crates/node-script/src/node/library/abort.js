'use strict';
// Events of the web, and what is aborted by them: Event, EventTarget, AbortSignal, AbortController.

const { check, nodeError } = require('internal/errors');

const LISTENERS = Symbol('kEvents');
const STOPPED = Symbol('kStop');
const TARGET = Symbol('kTarget');
const MAKE = Symbol('kCreate');

const enumerable = (prototype, names) => {
  for (const name of names) Object.defineProperty(prototype, name, { enumerable: true });
};

class Event {
  #type;
  #cancelable;
  #bubbles;
  #composed;
  #prevented = false;
  #time = performance.now();

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'type');
    if (options != null) check.object(options, 'options');
    this.#type = `${type}`;
    this.#cancelable = !!options?.cancelable;
    this.#bubbles = !!options?.bubbles;
    this.#composed = !!options?.composed;
    this[TARGET] = null;
    this[STOPPED] = false;
  }

  get type() { return this.#type; }
  get target() { return this[TARGET]; }
  get currentTarget() { return this[TARGET]; }
  get srcElement() { return this[TARGET]; }
  get cancelable() { return this.#cancelable; }
  get bubbles() { return this.#bubbles; }
  get composed() { return this.#composed; }
  get defaultPrevented() { return this.#cancelable && this.#prevented; }
  get returnValue() { return !this.defaultPrevented; }
  get timeStamp() { return this.#time; }
  get eventPhase() { return this[TARGET] ? 2 : 0; }
  get isTrusted() { return false; }
  preventDefault() { this.#prevented = true; }
  stopPropagation() {}
  stopImmediatePropagation() { this[STOPPED] = true; }
  composedPath() { return this[TARGET] ? [this[TARGET]] : []; }
}
enumerable(Event.prototype, ['type', 'target', 'currentTarget', 'cancelable', 'defaultPrevented', 'timeStamp',
  'composedPath', 'returnValue', 'bubbles', 'composed', 'eventPhase', 'preventDefault', 'stopPropagation',
  'stopImmediatePropagation', 'srcElement']);
Object.defineProperty(Event.prototype, Symbol.toStringTag, { configurable: true, value: 'Event' });

class CustomEvent extends Event {
  #detail;

  constructor(type, options = undefined) {
    super(type, options);
    this.#detail = options?.detail ?? null;
  }

  get detail() { return this.#detail; }
}

class EventTarget {
  constructor() {
    Object.defineProperty(this, LISTENERS, { value: new Map() });
  }

  addEventListener(type, listener, options = {}) {
    if (arguments.length < 2) throw nodeError('ERR_MISSING_ARGS', 'type', 'listener');
    const { once = false, capture = false, signal } = typeof options === 'boolean' ? { capture: options } : options ?? {};
    if (listener === null || listener === undefined) return;
    if (typeof listener !== 'function' && typeof listener !== 'object') {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'listener', 'EventListener', listener);
    }
    check.abortSignal(signal, 'options.signal');
    if (signal?.aborted) return;
    const name = `${type}`;
    const list = this[LISTENERS].get(name) ?? [];
    if (list.some((entry) => entry.listener === listener && entry.capture === !!capture)) return;
    this[LISTENERS].set(name, [...list, { listener, once: !!once, capture: !!capture }]);
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener, options), { once: true });
  }

  removeEventListener(type, listener, options = {}) {
    if (arguments.length < 2) throw nodeError('ERR_MISSING_ARGS', 'type', 'listener');
    const capture = !!(typeof options === 'boolean' ? options : options?.capture);
    const list = this[LISTENERS].get(`${type}`) ?? [];
    const left = list.filter((entry) => entry.listener !== listener || entry.capture !== capture);
    if (left.length) this[LISTENERS].set(`${type}`, left);
    else this[LISTENERS].delete(`${type}`);
  }

  dispatchEvent(event) {
    if (!(event instanceof Event)) throw nodeError('ERR_INVALID_ARG_TYPE', 'event', 'Event', event);
    event[TARGET] = this;
    for (const entry of this[LISTENERS].get(event.type) ?? []) {
      if (entry.once) this.removeEventListener(event.type, entry.listener, { capture: entry.capture });
      try {
        const { listener } = entry;
        const result = typeof listener === 'function' ? listener.call(this, event) : listener.handleEvent(event);
        if (result != null && typeof result.then === 'function') {
          result.then(undefined, (error) => process.nextTick(() => { throw error; }));
        }
      } catch (error) {
        process.nextTick(() => { throw error; });
      }
      if (event[STOPPED]) break;
    }
    return !event.defaultPrevented;
  }
}
enumerable(EventTarget.prototype, ['addEventListener', 'removeEventListener', 'dispatchEvent']);
Object.defineProperty(EventTarget.prototype, Symbol.toStringTag, { configurable: true, value: 'EventTarget' });

// `target.onNAME`, which is a listener that can be replaced.
function defineHandler(prototype, name) {
  const held = Symbol(`on${name}`);
  Object.defineProperty(prototype, `on${name}`, {
    configurable: true,
    enumerable: true,
    get() { return this[held] ?? null; },
    set(listener) {
      if (this[held]) this.removeEventListener(name, this[held]);
      this[held] = typeof listener === 'function' ? listener : null;
      if (this[held]) this.addEventListener(name, this[held]);
    },
  });
}

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  #sources = [];

  constructor(token) {
    if (token !== MAKE) throw new TypeError('Illegal constructor');
    super();
  }

  get aborted() { return this.#aborted; }
  get reason() { return this.#reason; }

  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }

  static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    const signal = new AbortSignal(MAKE);
    signal.#aborted = true;
    signal.#reason = reason;
    return signal;
  }

  static timeout(delay) {
    check.integer(delay, 'delay', 0, 2 ** 32 - 1);
    const signal = new AbortSignal(MAKE);
    const reason = () => new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    setTimeout(() => AbortSignal[MAKE](signal, reason()), delay).unref();
    return signal;
  }

  static any(signals) {
    const whole = new AbortSignal(MAKE);
    const list = [...signals];
    list.forEach((signal, place) => check.abortSignal(signal, `signals[${place}]`));
    const aborted = list.find((signal) => signal.aborted);
    if (aborted) {
      whole.#aborted = true;
      whole.#reason = aborted.reason;
      return whole;
    }
    whole.#sources = list;
    for (const signal of list) {
      signal.addEventListener('abort', () => AbortSignal[MAKE](whole, signal.reason), { once: true });
    }
    return whole;
  }

  static [MAKE](signal, reason) {
    if (signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason;
    signal.dispatchEvent(new Event('abort'));
  }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    return depth < 0 ? '[AbortSignal]' : `AbortSignal ${inspect({ aborted: this.#aborted }, options)}`;
  }
}
enumerable(AbortSignal.prototype, ['aborted', 'reason', 'throwIfAborted']);
Object.defineProperty(AbortSignal.prototype, Symbol.toStringTag, { configurable: true, value: 'AbortSignal' });
defineHandler(AbortSignal.prototype, 'abort');

class AbortController {
  #signal = new AbortSignal(MAKE);

  get signal() { return this.#signal; }

  abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    AbortSignal[MAKE](this.#signal, reason);
  }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    return depth < 0 ? '[AbortController]' : `AbortController ${inspect({ signal: this.#signal }, options)}`;
  }
}
enumerable(AbortController.prototype, ['signal', 'abort']);
Object.defineProperty(AbortController.prototype, Symbol.toStringTag, { configurable: true, value: 'AbortController' });

module.exports = { AbortController, AbortSignal, CustomEvent, Event, EventTarget, LISTENERS };
