// Methods of arrays, called at random on arrays of all kinds: what they give, and what they leave.
'use strict';
let seed = 1;
function rnd(n) { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n; }
function show(x) {
  const u = (v) => typeof v === 'bigint' ? v + 'n' : typeof v === 'symbol' ? 'sym' : typeof v === 'object' && v !== null && !Array.isArray(v) ? 'o' : Array.isArray(v) ? show(v) : Object.is(v, -0) ? '-0' : typeof v === 'string' ? JSON.stringify(v) : String(v);
  if (!Array.isArray(x)) return u(x);
  const parts = [];
  for (let i = 0; i < x.length; i++) parts.push(i in x ? u(x[i]) : '_');
  const extra = Object.keys(x).filter((k) => String(k >>> 0) !== k).join();
  return '[' + parts.join() + (extra ? ';' + extra : '') + ']' + (Object.isExtensible(x) ? '' : 'X');
}
const objs = [{}, { a: 1 }, () => 1], syms = [Symbol()];
function value(k) {
  switch (k === undefined ? rnd(12) : k) {
    case 0: case 1: case 2: return rnd(10);
    case 3: return rnd(10) + 0.5;
    case 4: return 'abcdefghij'.slice(0, rnd(10));
    case 5: return objs[rnd(3)];
    case 6: return undefined;
    case 7: return null;
    case 8: return NaN;
    case 9: return [true, false, -0, 1e10, 10n, syms[0]][rnd(6)];
    case 10: return rnd(1000) - 500;
    case 11: return 'x' + rnd(5);
  }
}
function make() {
  const n = rnd(20), kind = rnd(8), a = [];
  if (rnd(10) === 0) return [1, 2, 3, 4, 5];
  if (rnd(10) === 0) return [1.5, 2.5, 3];
  for (let i = 0; i < n; i++) a.push(value(kind === 0 ? 0 : kind === 1 ? 3 : kind === 2 ? 5 : kind === 3 ? 11 : undefined));
  if (rnd(4) === 0 && n > 2) delete a[rnd(n)];
  if (rnd(12) === 0) a[n + rnd(30)] = value();
  if (rnd(30) === 0) a[5000] = 1;
  if (rnd(20) === 0) a.name = 1;
  switch (rnd(40)) { case 0: Object.freeze(a); break; case 1: Object.seal(a); break; case 2: Object.preventExtensions(a); break;
    case 3: Object.defineProperty(a, 'length', { writable: false }); break;
    case 4: Object.setPrototypeOf(a, [7, 8, 9]); break;
    case 5: if (n > 3) Object.defineProperty(a, 2, { get() { return 'got'; }, configurable: true }); break;
    case 6: return new (class Sub extends Array {})(...a.slice(0, 3)); 
    case 7: a.constructor = { [Symbol.species]: function (n) { this.length = n; } }; break;
    case 8: a[Symbol.isConcatSpreadable] = false; break; }
  return a;
}
const evil = (a) => ({ valueOf() { a.length = Math.min(a.length, 1); return 0; } });
const ops = [
  (a) => a.push(value(), value()), (a) => a.pop(), (a) => a.shift(), (a) => a.unshift(value()), (a) => a.unshift(value(), value(), value()),
  (a) => a.slice(rnd(10) - 3, rnd(15) - 3), (a) => a.slice(), (a) => a.splice(rnd(10) - 2, rnd(4)), (a) => a.splice(rnd(10) - 2, rnd(3), value(), value()),
  (a) => a.splice(rnd(5), 1, value()), (a) => a.splice(rnd(5), 0, value(), value(), value()), (a) => a.concat(make(), value(), make()), (a) => a.concat(),
  (a) => a.indexOf(value()), (a) => a.indexOf(value(), rnd(10) - 4), (a) => a.includes(value()), (a) => a.includes(value(), rnd(8) - 3), (a) => a.lastIndexOf(value()),
  (a) => a.sort(), (a) => a.sort((x, y) => (x > y) - (x < y)), (a) => a.sort(() => 0), (a) => { let n = 0; return a.sort((x, y) => { if (n++ === 0) a.length = 1; return (x > y) - (x < y); }) },
  (a) => { let n = 0; return a.sort((x, y) => { if (n++ === 0) a.unshift(0.5, 'q'); return String(x) < String(y) ? -1 : 1; }) },
  (a) => a.toSorted(), (a) => a.toSorted((x, y) => String(x) < String(y) ? -1 : 1), (a) => a.map((x) => [x].length + String(x)), (a) => a.filter((x, i) => i % 2), (a) => a.reverse(), (a) => a.toReversed(),
  (a) => a.fill(value(), rnd(5), rnd(9)), (a) => a.copyWithin(rnd(5), rnd(5), rnd(9)), (a) => a.flat(), (a) => a.join('-'), (a) => a.with(0, value()), (a) => a.toSpliced(1, 1, value()),
  (a) => a.at(rnd(10) - 5), (a) => a.find((x) => x > 3), (a) => a.findLastIndex((x) => x === undefined), (a) => a.every((x) => x), (a) => a.reduce((s, x) => s + String(typeof x), ''),
  (a) => a.splice(evil(a), 2, 9), (a) => a.slice(0, evil(a)), (a) => a.indexOf(value(), evil(a)), (a) => a.includes(undefined, evil(a)), (a) => a.length, (a) => a.splice(0, { valueOf() { a.push(1, 2, 3); return 1; } }, 8, 8, 8),
  (a) => Array.from(a), (a) => [...a], (a) => a.entries().next().value, (a) => a.length = rnd(20), (a) => a[rnd(a.length + 2)] = value(), (a) => Array.prototype.concat.call(a, [1.5]), (a) => [].concat(a, a),
];
for (let t = 0; t < 40; t++) {
  const a = make(); let line = show(a);
  for (let k = 0; k < 12; k++) {
    seed = t * 1000 + k * 7 + 3000009;
    rnd(2);
    rnd(2);
    const o = rnd(ops.length); let r;
    try { r = show(ops[o](a)); } catch (e) { r = e.name + ':' + e.message; }
    if (typeof r === 'string' && r.length > 300) r = r.length + r.slice(0, 100);
    let s = show(a); if (s.length > 400) s = s.length + s.slice(0, 100);
    console.log(t, k, o, r, s);
  }
}
