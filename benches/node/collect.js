'use strict';
// One full collection among millions of objects: node --expose-gc collect.js collect-list|collect-graph
// MILLIONS; prints the number of references and the time.
const { median, report, Random } = require('./timing.js');
const [, , workload, size] = process.argv;
const millions = Number(size);
const objects = millions * 1e6;
const COLLECTIONS = 5;

const random = new Random();
function below(bound) {
  random.next();
  return random.middle % bound;
}

function list() {
  let first = { next: null };
  for (let i = 1; i < objects; i++) first = { next: first };
  return first;
}

function graph() {
  const all = new Array(objects);
  for (let i = 0; i < objects; i++) all[i] = { a: null, b: null, c: null };
  for (const vertex of all) {
    vertex.a = all[below(objects)];
    vertex.b = all[below(objects)];
    vertex.c = all[below(objects)];
  }
  return all;
}

const held = workload === 'collect-list' ? list() : graph();
gc();
const { cpu, wall } = median(COLLECTIONS, gc);
let references = 0;
if (workload === 'collect-list') {
  for (let link = held.next; link !== null; link = link.next) references += 1;
} else {
  for (const { a, b, c } of held) references += (a !== null) + (b !== null) + (c !== null);
}
report(references, { 'CPU ms/million': cpu / millions, 'wall ms/million': wall / millions });
