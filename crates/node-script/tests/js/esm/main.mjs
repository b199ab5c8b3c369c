// Modules: live bindings, cycles, namespaces, CommonJS and Node's modules, top-level await.
import def, { count, increment, Later, late as renamed } from './counter.mjs';
import * as counter from './counter.mjs';
import { a, readB } from './cycle-a.mjs';
import * as all from './star.mjs';
import common, { named, other } from './common.cjs';
import { basename } from 'node:path';
import path from 'path';
import { createRequire } from './counter.mjs';

console.log(def, count, increment(), count, counter.count);
console.log(new Later().hello(), renamed());
console.log(a, readB());
console.log(Object.keys(all), all.own, all.inner.count);
console.log(common, named, other);
console.log(basename('/x/y.js'), path.basename === basename);
console.log(typeof this, typeof require, typeof arguments, typeof module);
console.log(typeof import.meta.url, import.meta.url.endsWith('/esm/main.mjs'), import.meta.filename.endsWith('main.mjs'));
console.log(import.meta.resolve('./counter.mjs').endsWith('/esm/counter.mjs'), Object.keys(import.meta));
console.log(counter[Symbol.toStringTag], Object.isFrozen(counter), Object.isSealed(counter), 'count' in counter, 'no' in counter);
console.log(Object.getOwnPropertyDescriptor(counter, 'count'));
for (const change of [() => { counter.count = 1; }, () => { count = 1; }, () => { delete counter.count; }, () => { counter.neu = 1; }]) {
  try { change(); console.log('changed'); } catch (error) { console.log(error.constructor.name, error.message); }
}
console.log(createRequire);
const before = await Promise.resolve('awaited');
console.log(before);
const dynamic = await import('./counter.mjs');
console.log(dynamic === counter, dynamic.default);
for (const specifier of ['./missing.mjs', 'no-such-package', 'node:nothing', './broken.mjs', './throws.mjs', './no-export.mjs']) {
  try { await import(specifier); console.log('loaded'); }
  catch (error) { console.log(error.constructor.name, error.code, error.message.replace(/\/\S*\/esm\//g, '')); }
}
const order = [];
await Promise.all([import('./slow.mjs').then((ns) => order.push(ns.name)), import('./quick.mjs').then((ns) => order.push(ns.name))]);
console.log(order.sort());
for await (const value of (async function* () { yield 1; yield 2; })()) console.log(value);
console.log((await import('./quick.mjs')).default);
export { count as default };

import { last } from './no-semicolon.mjs';
import * as again from './re-exports.cjs';
import { two } from './re-exports.cjs';
console.log(last, Object.keys(again), two);
