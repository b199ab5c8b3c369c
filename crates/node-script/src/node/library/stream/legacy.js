'use strict';
// The `pipe` of streams that are neither a Readable nor a Writable, as those of Node 0.8 were: by their events alone.

const { listenerCount } = require('events');

function pipe(destination, options) {
  const source = this;
  let ended = false;

  function onData(chunk) {
    if (destination.writable && destination.write(chunk) === false) source.pause?.();
  }
  function onDrain() {
    if (source.readable) source.resume?.();
  }
  function onEnd() {
    if (ended) return;
    ended = true;
    destination.end();
  }
  function onClose() {
    if (ended) return;
    ended = true;
    if (typeof destination.destroy === 'function') destination.destroy();
  }
  function onError(error) {
    cleanUp();
    if (listenerCount(this, 'error') === 0) this.emit('error', error);
  }

  const listeners = [[source, 'data', onData], [destination, 'drain', onDrain]];
  if (!destination._isStdio && options?.end !== false) listeners.push([source, 'end', onEnd], [source, 'close', onClose]);
  listeners.push([source, 'end', cleanUp], [source, 'close', cleanUp], [destination, 'close', cleanUp]);
  const first = [[source, 'error', onError], [destination, 'error', onError]];
  for (const [emitter, event, listener] of listeners) emitter.on(event, listener);
  for (const [emitter, event, listener] of first) emitter.prependListener(event, listener);

  function cleanUp() {
    for (const [emitter, event, listener] of [...listeners, ...first]) emitter.removeListener(event, listener);
  }

  destination.emit('pipe', source);
  return destination;
}

module.exports = { pipe };
