'use strict';
// Weak collections: node --expose-gc weak.js WORKLOAD SIZE; prints the size and the figures.
const [workload, size] = [process.argv[2], Number(process.argv[3])];
const assert = require('node:assert');
const { report } = require('./timing.js');
const MAPS = 1000;

const used = () => process.memoryUsage().heapUsed;
const figures = {};

// By the wall clock: the collector's helper threads are not charged.
function time(name, part) {
  const start = process.hrtime.bigint();
  const result = part();
  figures[name] = Number(process.hrtime.bigint() - start) / 1e6;
  return result;
}

function objects(n) {
  const list = new Array(n);
  for (let i = 0; i < n; i++) list[i] = {};
  return list;
}

function shuffled(n) {
  const order = Array.from({ length: n }, (_, i) => i);
  let state = 1;
  for (let i = n - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor(state / 2 ** 32 * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function insert(map, keys) {
  for (let i = 0; i < keys.length; i++) map.set(keys[i], i);
}

function get(map, keys) {
  let sum = 0;
  for (let i = 0; i < keys.length; i++) sum += map.get(keys[i]);
  return sum;
}

function has(map, keys) {
  let count = 0;
  for (let i = 0; i < keys.length; i++) if (map.has(keys[i])) count++;
  return count;
}

function live() {
  const keys = objects(size);
  const other = shuffled(size).map((i) => keys[i]);
  gc();
  const before = used();
  const map = new WeakMap();
  const sum = size * (size - 1) / 2;
  time('insert ms', () => insert(map, keys));
  assert.equal(time('get ms', () => get(map, keys)), sum);
  assert.equal(time('has ms', () => has(map, keys)), size);
  assert.equal(time('get-shuffled ms', () => get(map, other)), sum);
  assert.equal(time('has-shuffled ms', () => has(map, other)), size);
  gc();
  time('collect ms', gc);
  figures['hold bytes/entry'] = (used() - before) / size;
  assert.equal(has(map, keys), size);
}

const job = () => new Promise(setImmediate);

async function dropped() {
  gc();
  const before = used();
  const map = new WeakMap();
  let keys = objects(size);
  const last = new WeakRef(keys[size - 1]);
  insert(map, keys);
  // In a job of its own, so that the WeakRef does not keep its target.
  await job();
  gc();
  keys = null;
  time('collect ms', gc);
  figures['hold bytes'] = used() - before;
  assert.equal(last.deref(), undefined);
  assert(!map.has({}));
}

const ORDERS = {
  'in-order': (n) => Array.from({ length: n }, (_, i) => i),
  'reversed': (n) => Array.from({ length: n }, (_, i) => n - 1 - i),
  'shuffled': shuffled,
};

function build(maps, order) {
  const keys = objects(size + 1);
  order.forEach((i, turn) => maps[turn % maps.length].set(keys[i], keys[i + 1]));
  gc();
  return keys[0];
}

function chain() {
  for (const [spread, count] of [['one', 1], ['many', MAPS]]) {
    for (const [name, order] of Object.entries(ORDERS)) {
      const maps = Array.from({ length: count }, () => new WeakMap());
      let next = build(maps, order(size));
      time(`${name}-${spread} ms`, gc);
      let links = 0;
      // Of many maps each would have to be asked.
      for (; count === 1 && (next = maps[0].get(next)) !== undefined;) links++;
      assert.equal(links, count === 1 ? size : 0);
    }
  }
}

async function registrations() {
  const targets = objects(size);
  gc();
  const before = used();
  let [called, sum] = [0, 0];
  const registry = new FinalizationRegistry((held) => { called++; sum += held; });
  time('register ms', () => {
    for (let i = 0; i < size; i++) registry.register(targets[i], i, targets[i]);
  });
  gc();
  figures['hold bytes/entry'] = (used() - before) / size;
  for (let i = 1; i < size; i += 2) targets[i] = null;
  await job();
  time('collect ms', gc);
  const start = process.hrtime.bigint();
  while (called < size / 2) await job();
  figures['cleanup ms'] = Number(process.hrtime.bigint() - start) / 1e6;
  assert.equal(called, size / 2);
  assert.equal(sum, size * size / 4);
  assert(!registry.unregister({}));
}

const workloads = { live, dropped, chain, registrations };
Promise.resolve(workloads[workload.replace('weak-', '')]()).then(() => report(size, figures));
