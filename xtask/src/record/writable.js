// Records Writable programs: what each call returns, what it causes, and the stream's properties.
//
// Beyond the sample's programs: sinks with `construct`, text with encodings and decodeStrings, several
// listeners, callbacks that are the same function, answers given twice, and operations nested in
// every callback, event and method of the sink (`hooks`).
//
// One thing is not recorded: `uncork` or `end` from within a callback that gives up a write of a
// stream that has failed and is not destroyed. Node then writes the very chunks that it is giving up,
// calls their callbacks a second time, and counts their lengths down twice, below zero.
'use strict';

const { Writable } = require('node:stream');

const TEXTS = ['', 'x', 'abc', '6869', 'YWJj', 'héllo', '€uro', '\u{1f600}', 'a\u{1f600}b', 'zz zz=', '0g'];
const ENCODINGS = ['utf8', 'utf-8', 'latin1', 'binary', 'ascii', 'ucs2', 'ucs-2', 'utf16le',
  'utf-16le', 'hex', 'base64', 'base64url'];

const chance = (n, of) => below(of) < n;
const pick = (...choices) => choices[below(choices.length)];

function chooseOptions() {
  const objectMode = chance(1, 4);
  return {
    objectMode,
    highWaterMark: chance(1, 30) ? undefined :
      chance(1, 60) ? pick(-1, 0.5) : pick(0, 1, 2, 3, 4, 8, 16, 64),
    decodeStrings: !chance(1, 3),
    defaultEncoding: chance(1, 5) ? pick(...ENCODINGS, 'unknown') : undefined,
    sink: pick('sync', 'sync', 'tick', 'manual', 'manual'),
    writev: chance(2, 5),
    final: pick('none', 'none', 'sync', 'tick', 'manual', 'error'),
    destroy: pick('none', 'none', 'sync', 'tick', 'manual', 'replaceError', 'swallow'),
    construct: chance(1, 3) ? pick('sync', 'tick', 'manual', 'manual', 'error') : 'none',
    autoDestroy: !chance(1, 4),
    emitClose: !chance(1, 8),
    failAt: chance(1, 4) ? 1 + below(5) : 0,
    listeners: chance(1, 3) ? 2 + below(2) : 1,
    hooks: chooseHooks(),
  };
}

function chooseHooks() {
  const hooks = [];
  while (chance(1, 2) && hooks.length < 5) {
    const at = pick('drain', 'drain', 'finish', 'error', 'close', 'prefinish', 'cb', 'cb', 'cb',
      'sinkWrite', 'sinkWrite', 'sinkWritten', 'sinkFinal', 'sinkDestroy', 'sinkConstruct');
    const ops = [];
    do ops.push(chooseOp(true)); while (chance(1, 3));
    hooks.push({ at, nth: 1 + below(pick(1, 2, 4)), ops });
  }
  return hooks;
}

// An id of a callback; the same id is the same function.
const chooseCallback = () => chance(1, 2) ? 0 : chance(1, 3) ? 1 + below(3) : 10 + below(1e6);

function chooseOp(nested) {
  return weighted(
    [nested ? 12 : 30, () => ['write', pick(0, 1, 2, 3, 5, 8, 17, below(70)), chooseCallback()]],
    [6, () => ['writeText', pick(...TEXTS),
      chance(1, 2) ? null : chance(1, 12) ? pick('buffer', 'unknown') : pick(...ENCODINGS),
      chooseCallback()]],
    [1, () => ['writeNull']],
    [1, () => ['writeOther', below(9), chooseCallback()]],
    [6, () => ['cork']],
    [7, () => ['uncork']],
    [nested ? 3 : 4, () => chance(1, 4) ? ['end'] : ['end', pick(-1, -1, below(9)), chooseCallback()]],
    [nested ? 2 : 1, () => ['destroy', pick('', 'given')]],
    [nested ? 3 : 18, () => ['complete']],
    [1, () => ['fail']],
    [1, () => chance(1, 4) ? ['completeTwice'] : ['complete']],
    [1, () => chance(1, 4) ? ['pipe'] : ['setDefaultEncoding', pick(...ENCODINGS, 'unknown')]],
    [nested ? 0 : 28, () => ['tick']],
  )();
}

const shown = (error) => error == null ? null : error.code ?? error.message;

// What a chunk is to the log: the length of zeros or an object's number, else its bytes or text.
function logged(chunk, encoding) {
  if (typeof chunk === 'string') return [chunk, encoding ?? null];
  if (!Buffer.isBuffer(chunk)) return chunk.number;
  return chunk.every((byte) => byte === 0) ? chunk.length : chunk.toString('hex');
}

function make(options, run) {
  const { sink, writev, final, destroy, construct, failAt, hooks, listeners, ...own } = options;
  const { log, kept } = run;
  const happened = {};
  let sinkCalls = 0;

  function hook(at) {
    happened[at] = (happened[at] ?? 0) + 1;
    const count = happened[at];
    for (const { ops } of hooks.filter((hook) => hook.at === at && hook.nth === count)) {
      for (const op of ops) {
        const ret = perform(run, op);
        log.push(['nested', op[0], ret]);
      }
    }
  }

  function dispatch(way, callback, error) {
    if (way === 'tick') process.nextTick(callback, error);
    else if (way === 'manual') kept.push({ callback, error });
    else callback(error);
  }

  function sinkCall(entry, callback) {
    log.push(entry);
    const error = ++sinkCalls === failAt ? new Error('sink') : undefined;
    hook('sinkWrite');
    dispatch(sink, callback, error);
    hook('sinkWritten');
  }

  run.hook = hook;
  own.write = (chunk, encoding, callback) =>
    sinkCall(['sinkWrite', logged(chunk, encoding)], callback);
  if (writev) {
    own.writev = (chunks, callback) => {
      const all = chunks.map(({ chunk, encoding }) => logged(chunk, encoding));
      sinkCall(['sinkWritev', all], callback);
    };
  }
  if (final !== 'none') {
    own.final = (callback) => {
      log.push(['sinkFinal']);
      hook('sinkFinal');
      dispatch(final, callback, final === 'error' ? new Error('final') : undefined);
    };
  }
  if (destroy !== 'none') {
    own.destroy = (error, callback) => {
      log.push(['sinkDestroy', shown(error)]);
      hook('sinkDestroy');
      if (destroy === 'replaceError') callback(new Error('replaced'));
      else if (destroy === 'swallow') callback();
      else dispatch(destroy, callback, error);
    };
  }
  if (construct !== 'none') {
    own.construct = (callback) => {
      log.push(['sinkConstruct']);
      hook('sinkConstruct');
      dispatch(construct, callback, construct === 'error' ? new Error('construct') : undefined);
    };
  }
  const stream = new Writable(own);
  for (let left = listeners; left > 0; left--) {
    for (const name of ['drain', 'finish', 'close']) {
      stream.on(name, () => { log.push([name]); hook(name); });
    }
    stream.on('error', (error) => { log.push(['error', shown(error)]); hook('error'); });
    if (listeners > 1) {
      stream.on('prefinish', () => { log.push(['prefinish']); hook('prefinish'); });
    }
  }
  return stream;
}

function callback(run, id) {
  if (!id) return undefined;
  return run.callbacks[id] ??= (error) => {
    run.log.push(['cb', id, shown(error)]);
    run.givingUp = error != null;
    run.hook('cb');
    run.givingUp = false;
  };
}

function perform(run, op) {
  const { stream, kept } = run;
  const chunk = (n) => stream.writableObjectMode ? { number: n } : Buffer.alloc(n);
  const [name, a, b, c] = op;
  run.twice ||= run.givingUp && (name === 'uncork' || name === 'end') && !stream.destroyed;
  try {
    switch (name) {
      case 'write': return stream.write(chunk(a), callback(run, b));
      case 'writeText': return stream.write(a, b ?? undefined, callback(run, c));
      case 'writeNull': return stream.write(null);
      case 'writeOther': return stream.write({ number: a }, callback(run, b));
      case 'cork': stream.cork(); return null;
      case 'uncork': stream.uncork(); return null;
      case 'end':
        if (a === undefined) stream.end();
        else stream.end(a < 0 ? undefined : chunk(a), callback(run, b));
        return null;
      case 'destroy': stream.destroy(a === '' ? undefined : new Error(a)); return null;
      case 'pipe': stream.pipe(); return null;
      case 'setDefaultEncoding': stream.setDefaultEncoding(a); return null;
    }
  } catch (error) {
    return { throws: shown(error) };
  }
  const oldest = kept.shift();
  if (oldest === undefined) return false;
  const error = name === 'fail' ? new Error('fail') : oldest.error;
  oldest.callback(error);
  if (name === 'completeTwice') oldest.callback(error);
  return true;
}

const properties = (stream) => ({
  length: stream.writableLength,
  needDrain: stream.writableNeedDrain,
  corked: stream.writableCorked,
  writable: stream.writable,
  ended: stream.writableEnded,
  finished: stream.writableFinished,
  destroyed: stream.destroyed,
  closed: stream.closed,
  errored: shown(stream.errored),
  aborted: stream.writableAborted,
  hwm: stream.writableHighWaterMark,
  buffered: stream.writableBuffer.length,
});

// Emits one program; says whether it did.
async function record(number) {
  const options = chooseOptions();
  const ops = Array.from({ length: 12 + below(24) }, () => chooseOp(false));
  ops.push(['tick'], ['complete'], ['tick'], ['complete'], ['tick']);
  const program = { seed, index: number, node: process.version, options, steps: [] };
  const run = { log: [], kept: [], callbacks: {} };
  try {
    run.stream = make(options, run);
  } catch (error) {
    emit({ ...program, throws: shown(error) });
    return true;
  }
  for (const op of ops) {
    let ret = null;
    if (op[0] === 'tick') await new Promise((resolve) => setImmediate(resolve));
    else ret = perform(run, op);
    program.steps.push({ op, ret, log: run.log.splice(0), state: properties(run.stream) });
  }
  if (!run.twice) emit(program);
  return !run.twice;
}

(async () => {
  for (let number = 0; number < programs;) number += await record(number) ? 1 : 0;
})();
