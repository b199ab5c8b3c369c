'use strict';
// `stream/promises`.

const { check } = require('internal/errors');
const { eos } = require('internal/stream/finished');
const { run } = require('internal/stream/pipeline');
const { isIterable, isNodeStream } = require('internal/stream/state');

function finished(stream, options) {
  let autoCleanup = false;
  if (options?.cleanup) {
    check.boolean(options.cleanup, 'cleanup');
    autoCleanup = options.cleanup;
  }
  return new Promise((resolve, reject) => {
    const cleanup = eos(stream, options ?? {}, (error) => {
      if (autoCleanup) cleanup();
      if (error) reject(error);
      else resolve();
    });
  });
}

function pipeline(...streams) {
  return new Promise((resolve, reject) => {
    let options;
    const last = streams[streams.length - 1];
    if (last && typeof last === 'object' && !isNodeStream(last) && !isIterable(last)) options = streams.pop();
    run(streams, (error, value) => {
      if (error) reject(error);
      else resolve(value);
    }, options);
  });
}

module.exports = { finished, pipeline };
