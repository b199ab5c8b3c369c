'use strict';
// `diagnostics_channel`: messages by name, for whoever listens.

const { check, nodeError } = require('internal/errors');

const channels = new Map();

class Channel {
  #subscribers = [];
  #stores = new Map();

  constructor(name) {
    this.name = name;
  }

  get hasSubscribers() {
    return this.#subscribers.length > 0 || this.#stores.size > 0;
  }

  subscribe(listener) {
    check.func(listener, 'subscription');
    this.#subscribers = [...this.#subscribers, listener];
  }

  unsubscribe(listener) {
    const at = this.#subscribers.indexOf(listener);
    if (at < 0) return false;
    this.#subscribers = this.#subscribers.filter((_, place) => place !== at);
    return true;
  }

  bindStore(store, transform) {
    this.#stores.set(store, transform);
  }

  unbindStore(store) {
    return this.#stores.delete(store);
  }

  publish(data) {
    for (const listener of this.#subscribers) {
      try {
        listener(data, this.name);
      } catch (error) {
        process.nextTick(() => { throw error; });
      }
    }
  }

  runStores(data, callback, self, ...args) {
    let run = () => {
      this.publish(data);
      return Reflect.apply(callback, self, args);
    };
    for (const [store, transform] of this.#stores) {
      const inner = run;
      run = () => {
        let kept;
        try {
          kept = transform ? transform(data) : data;
        } catch (error) {
          process.nextTick(() => { throw error; });
          return inner();
        }
        return store.run(kept, inner);
      };
    }
    return run();
  }
}

function channel(name) {
  if (typeof name !== 'string' && typeof name !== 'symbol') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'channel', ['string', 'symbol'], name);
  }
  if (!channels.has(name)) channels.set(name, new Channel(name));
  return channels.get(name);
}

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

class TracingChannel {
  constructor(name) {
    for (const event of EVENTS) {
      this[event] = typeof name === 'string' ? channel(`tracing:${name}:${event}`) : name[event];
      if (!(this[event] instanceof Channel)) {
        throw nodeError('ERR_INVALID_ARG_TYPE', `nameOrChannels.${event}`, 'Channel', this[event]);
      }
    }
  }

  get hasSubscribers() {
    return EVENTS.some((event) => this[event].hasSubscribers);
  }

  subscribe(handlers) {
    for (const event of EVENTS) if (handlers[event]) this[event].subscribe(handlers[event]);
  }

  unsubscribe(handlers) {
    let done = true;
    for (const event of EVENTS) if (handlers[event] && !this[event].unsubscribe(handlers[event])) done = false;
    return done;
  }

  traceSync(run, data = {}, self = undefined, ...args) {
    return this.start.runStores(data, () => {
      try {
        data.result = Reflect.apply(run, self, args);
        return data.result;
      } catch (error) {
        data.error = error;
        this.error.publish(data);
        throw error;
      } finally {
        this.end.publish(data);
      }
    });
  }

  tracePromise(run, data = {}, self = undefined, ...args) {
    const ended = (key) => (value) => {
      data[key] = value;
      if (key === 'error') this.error.publish(data);
      this.asyncStart.publish(data);
      this.asyncEnd.publish(data);
      if (key === 'error') throw value;
      return value;
    };
    return this.start.runStores(data, () => {
      try {
        const promise = Promise.resolve(Reflect.apply(run, self, args));
        return promise.then(ended('result'), ended('error'));
      } catch (error) {
        data.error = error;
        this.error.publish(data);
        throw error;
      } finally {
        this.end.publish(data);
      }
    });
  }

  traceCallback(run, position = -1, data = {}, self = undefined, ...args) {
    const callback = args.at(position);
    check.func(callback, 'callback');
    const trace = this;
    function wrapped(error, result, ...rest) {
      if (error) {
        data.error = error;
        trace.error.publish(data);
      } else {
        data.result = result;
      }
      return trace.asyncStart.runStores(data, () => {
        try {
          return Reflect.apply(callback, this, [error, result, ...rest]);
        } finally {
          trace.asyncEnd.publish(data);
        }
      });
    }
    args.splice(position, 1, wrapped);
    return this.start.runStores(data, () => {
      try {
        return Reflect.apply(run, self, args);
      } catch (error) {
        data.error = error;
        this.error.publish(data);
        throw error;
      } finally {
        this.end.publish(data);
      }
    });
  }
}

module.exports = {
  channel,
  hasSubscribers: (name) => channels.get(name)?.hasSubscribers ?? false,
  subscribe: (name, listener) => channel(name).subscribe(listener),
  tracingChannel: (name) => new TracingChannel(name),
  unsubscribe: (name, listener) => channel(name).unsubscribe(listener),
  Channel,
};
