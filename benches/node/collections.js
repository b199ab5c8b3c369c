'use strict';
// Maps, arrays and strings: node collections.js WORKLOAD SIZE; prints the result and the figures.
const [workload, size] = [process.argv[2], Number(process.argv[3])];
const assert = require('node:assert');
const { report } = require('./timing.js');
const HELD = 1000, NAMES = 10000;
const figures = {};

function time(name, part) {
  const start = process.hrtime.bigint();
  const result = part();
  figures[name] = Number(process.hrtime.bigint() - start) / 1e6;
  return result;
}

const key = (i) => Math.imul(i, 0x9E3779B1);
const sum = (n) => n * (n - 1) / 2;

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

function maps(n) {
  const other = shuffled(n), map = new Map();
  time('insert ms', () => { for (let i = 0; i < n; i++) map.set(key(i), i); });
  let all = time('get ms', () => { let s = 0; for (let i = 0; i < n; i++) s += map.get(key(i)); return s; });
  assert.strictEqual(all, sum(n));
  all = time('get-shuffled ms', () => { let s = 0; for (const i of other) s += map.get(key(i)); return s; });
  assert.strictEqual(all, sum(n));
  all = time('iterate ms', () => { let s = 0; map.forEach((value) => { s += value; }); return s; });
  assert.strictEqual(all, sum(n));
  const queue = new Map();
  for (let i = 0; i < HELD; i++) queue.set(key(i), 0);
  time('queue ms', () => {
    for (let i = 0; i < n; i++) {
      queue.delete(key(i));
      queue.set(key(i + HELD), 0);
    }
  });
  assert.strictEqual(queue.size, HELD);
  return n;
}

function strings(n) {
  const list = [];
  time('push ms', () => { for (let i = 0; i < n; i++) list.push(i); });
  assert.strictEqual(list.length, n);
  const long = time('append ms', () => {
    let text = 'a part, ';
    for (let i = 1; i < n; i++) text += 'a part, ';
    text.charCodeAt(n); // Flattens it.
    return text;
  });
  assert.strictEqual(long.length, 8 * n);
  const texts = Array.from({ length: NAMES }, (_, i) => Buffer.from(`property number ${i}`));
  const object = Object.create(null);
  // Names from bytes, as a parser has them.
  time('intern ms', () => { for (let i = 0; i < n; i++) object[texts[i % NAMES].latin1Slice()]; });
  const names = new Map();
  const total = time('text-keys ms', () => {
    let total = 0;
    for (let i = 0; i < n; i++) {
      const name = texts[i % NAMES].latin1Slice(), count = names.get(name) ?? 0;
      names.set(name, count + 1);
      total += count;
    }
    return total;
  });
  assert.strictEqual(names.size, Math.min(n, NAMES));
  return total;
}

report({ maps, strings }[workload](size), figures);
