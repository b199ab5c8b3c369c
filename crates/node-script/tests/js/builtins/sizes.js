// Bytes of the heap that one object of a kind keeps, as recorded from Node v20.20.2. Prints what is more than a hundredth off.
const key = {}, shared = new ArrayBuffer(64), map = new Map([[1, 1]]), set = new Set([1]), array = [1];
const call = () => {};
const keys = Array.from({ length: 1000 }, (_, i) => ({ i }));
const registry = new FinalizationRegistry(() => {});
const mapOf = (n) => { const m = new Map(); for (let k = 0; k < n; k++) m.set(k, k); return m; };
const setOf = (n) => { const s = new Set(); for (let k = 0; k < n; k++) s.add(k); return s; };
const weakOf = (n) => { const m = new WeakMap(); for (let k = 0; k < n; k++) m.set(keys[k], 1); return m; };
const weakSetOf = (n) => { const s = new WeakSet(); for (let k = 0; k < n; k++) s.add(keys[k]); return s; };
class Extended extends Map {}
const rows = [
  ['WeakRef', 32, () => new WeakRef(key)],
  ['FinalizationRegistry', 80 + 40, () => new FinalizationRegistry(call)], // V8 makes its table, of 40 bytes here, later.
  ['MapIterator', 40, () => map.entries()], ['SetIterator', 40, () => set.values()], ['ArrayIterator', 48, () => array.values()],
  ['iterator result', 40, () => map.keys().next()],
  ['class that extends Map', 184, () => new Extended()],
  ['Map, cleared', 184, () => { const m = mapOf(1000); m.clear(); return m; }],
  ['Map, all deleted', 184, () => { const m = mapOf(1000); for (let k = 0; k < 1000; k++) m.delete(k); return m; }],
  ['Date of a small integer', 96, (i) => new Date(i)], ['Date of a double', 112, () => new Date(1.6e12)],
  ['RegExp', 56, () => /ab/], ['new RegExp', 56, () => new RegExp('ab')], ['match with a group', 112, (i) => /(a)/.exec('a')],
  ['String wrapper', 32, () => new String('abc')], ['Number wrapper', 32, () => new Number(1)],
  ['ArrayBuffer of 0', 88, () => new ArrayBuffer(0)], ['ArrayBuffer of 64', 88, () => new ArrayBuffer(64)],
  ['SharedArrayBuffer', 88, () => new SharedArrayBuffer(64)],
  ['Uint8Array of 0', 184, () => new Uint8Array(0)], ['Uint8Array of 8', 208, () => new Uint8Array(8)],
  ['Uint8Array of 64', 264, () => new Uint8Array(64)], ['Uint8Array of 65', 184, () => new Uint8Array(65)],
  ['Uint8Array of 8 whose buffer was seen', 184, () => { const a = new Uint8Array(8); a.buffer; return a; }],
  ['Float64Array of 100', 184, () => new Float64Array(100)], ['Uint8Array on a buffer', 96, () => new Uint8Array(shared)],
  ['DataView', 80, () => new DataView(shared)], ['BigInt of one word', 24, (i) => BigInt(i + 1)], ['BigInt 0n', 16, () => BigInt(0)],
  ['class', 480, () => class {}], ['class of two methods', 656, () => class { m() {} n() {} }],
  ['class of a getter', 584, () => class { get g() { return 1; } }], ['class of two static methods', 656, () => class { static s() {} static t() {} }],
  ['class of a field', 584, () => class { a = 1; }], ['class that extends', 480, () => class extends Object {}],
  ['class that knows its name', 576, () => class X { m() { return X; } }],
  ['strict class', 448, () => { 'use strict'; return class {}; }],
  ['instance of a class of its own', 744, () => new (class { m() {} })()],
  ['instance with a field of a class of its own', 936, () => new (class { constructor() { this.x = 1; } m() {} })()],
  ['instance with fields of a class of its own', 1408, () => new (class { constructor() { this.a = 1; this.b = 1; this.c = 1; this.d = 1; this.e = 1; this.f = 1; } })()],
  ['instances of classes of their own', 1888, () => new (class { constructor(x) { this.x = x; this.y = new (class { constructor(x) { this.x = x; this.y = true; } })(null); } })(1)],
  ['{} that was a key', 56, () => { const o = {}; set.add(o); set.delete(o); return o; }],
];
for (const [n, bytes] of [[0, 184], [4, 184], [5, 296], [9, 520], [17, 968], [33, 1864], [1000, 28744]]) rows.push([`Map of ${n}`, bytes, () => mapOf(n)]);
for (const [n, bytes] of [[0, 152], [4, 152], [5, 232], [9, 392], [17, 712], [33, 1352], [1000, 20552]]) rows.push([`Set of ${n}`, bytes, () => setOf(n)]);
for (const [n, bytes] of [[0, 136], [1, 136], [4, 200], [6, 328], [12, 584], [22, 1096], [44, 2120], [1000, 32840]]) rows.push([`WeakMap of ${n}`, bytes, () => weakOf(n)], [`WeakSet of ${n}`, bytes, () => weakSetOf(n)]);
function measure([name, bytes, make]) {
  const count = Math.max(20, Math.min(1000, Math.floor(2e6 / bytes)));
  const held = new Array(count).fill(null);
  for (let i = 0; i < count; i++) held[i] = make(i);
  held.fill(null);
  gc(); gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < count; i++) held[i] = make(i);
  gc(); gc();
  const found = (process.memoryUsage().heapUsed - before) / count;
  if (Math.abs(found - bytes) > Math.max(0.5, bytes / 100)) console.log(`${name}: ${found} bytes, not ${bytes}`);
}
process.memoryUsage(); // Its result's maps are there from now on.
rows.forEach(measure);
console.log(rows.length, 'kinds');
