'use strict';
// Pipes: what a Readable writes to others, and waits for the one that is full.

const { fail } = require('internal/stream/readable_destroy');

// Methods of Readable.
const prototype = {};

prototype.pipe = function pipe(destination, options) {
  const source = this;
  const state = this._readableState;
  if (state.pipes.length === 1 && !state.multiAwaitDrain) {
    state.multiAwaitDrain = true;
    state.awaitDrainWriters = new Set(state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  state.pipes.push(destination);
  const ends = (!options || options.end !== false) && destination !== process.stdout && destination !== process.stderr;
  const onEnd = ends ? onend : unpipe;
  if (state.endEmitted) process.nextTick(onEnd);
  else source.once('end', onEnd);

  destination.on('unpipe', onunpipe);
  function onunpipe(from, info) {
    if (from === source && info && info.hasUnpiped === false) {
      info.hasUnpiped = true;
      cleanup();
    }
  }

  function onend() {
    destination.end();
  }

  let ondrain;
  let cleaned = false;
  function cleanup() {
    destination.removeListener('close', onclose);
    destination.removeListener('finish', onfinish);
    if (ondrain) destination.removeListener('drain', ondrain);
    destination.removeListener('error', onerror);
    destination.removeListener('unpipe', onunpipe);
    source.removeListener('end', onend);
    source.removeListener('end', unpipe);
    source.removeListener('data', ondata);
    cleaned = true;
    // The source waits for nobody else.
    if (ondrain && state.awaitDrainWriters && (!destination._writableState || destination._writableState.needDrain)) {
      ondrain();
    }
  }

  function pause() {
    if (!cleaned) {
      if (state.pipes.length === 1 && state.pipes[0] === destination) {
        state.awaitDrainWriters = destination;
        state.multiAwaitDrain = false;
      } else if (state.pipes.length > 1 && state.pipes.includes(destination)) {
        state.awaitDrainWriters.add(destination);
      }
      source.pause();
    }
    if (!ondrain) {
      ondrain = whenDrained(source, destination);
      destination.on('drain', ondrain);
    }
  }

  source.on('data', ondata);
  function ondata(chunk) {
    if (destination.write(chunk) === false) pause();
  }

  function onerror(error) {
    unpipe();
    destination.removeListener('error', onerror);
    if (destination.listenerCount('error') === 0) {
      const of = destination._writableState || destination._readableState;
      if (of && !of.errorEmitted) fail(destination, error);
      else destination.emit('error', error);
    }
  }
  destination.prependListener('error', onerror);

  function onclose() {
    destination.removeListener('finish', onfinish);
    unpipe();
  }
  destination.once('close', onclose);
  function onfinish() {
    destination.removeListener('close', onclose);
    unpipe();
  }
  destination.once('finish', onfinish);

  function unpipe() {
    source.unpipe(destination);
  }

  destination.emit('pipe', source);
  if (destination.writableNeedDrain === true) pause();
  else if (!state.flowing) source.resume();
  return destination;
};

function whenDrained(source, destination) {
  return function pipeOnDrain() {
    const state = source._readableState;
    if (state.awaitDrainWriters === destination) state.awaitDrainWriters = null;
    else if (state.multiAwaitDrain) state.awaitDrainWriters.delete(destination);
    const waits = state.awaitDrainWriters && state.awaitDrainWriters.size !== 0;
    if (!waits && source.listenerCount('data')) source.resume();
  };
}

prototype.unpipe = function unpipe(destination) {
  const state = this._readableState;
  if (state.pipes.length === 0) return this;
  if (!destination) {
    const all = state.pipes;
    state.pipes = [];
    this.pause();
    for (const one of all) one.emit('unpipe', this, { hasUnpiped: false });
    return this;
  }
  const place = state.pipes.indexOf(destination);
  if (place === -1) return this;
  state.pipes.splice(place, 1);
  if (state.pipes.length === 0) this.pause();
  destination.emit('unpipe', this, { hasUnpiped: false });
  return this;
};

module.exports = { prototype };
