'use strict';
// `worker_threads`: the main thread, which is the only one.

const { nodeError } = require('internal/errors');

const environment = new Map();

function refused(name) {
  return {
    [name]: class {
      constructor() {
        throw nodeError('ERR_NOT_SUPPORTED', `worker_threads.${name}`);
      }
    },
  }[name];
}

module.exports = {
  BroadcastChannel: refused('BroadcastChannel'),
  MessageChannel: refused('MessageChannel'),
  MessagePort: refused('MessagePort'),
  Worker: refused('Worker'),
  SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
  getEnvironmentData: (key) => environment.get(key),
  isMainThread: true,
  markAsUntransferable() {},
  moveMessagePortToContext() {
    throw nodeError('ERR_NOT_SUPPORTED', 'worker_threads.moveMessagePortToContext()');
  },
  parentPort: null,
  receiveMessageOnPort() {
    throw nodeError('ERR_NOT_SUPPORTED', 'worker_threads.receiveMessageOnPort()');
  },
  resourceLimits: {},
  setEnvironmentData(key, value) {
    if (value === undefined) environment.delete(key);
    else environment.set(key, value);
  },
  threadId: 0,
  workerData: null,
};
