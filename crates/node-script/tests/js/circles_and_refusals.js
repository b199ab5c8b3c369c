// What closes a circle in JSON, what is not deleted, and digits that a number does not tell.
const t = (f) => { try { console.log(f()); } catch (e) { console.log(`${e.name}: ${e.message}`); } };
console.log(delete 'abc'[0], delete 'abc'.length, delete 'abc'[3], delete 'abc'.x, delete (5).x);
t(() => { 'use strict'; delete 'abc'[0]; });
t(() => { 'use strict'; delete 'abc'.length; });
t(() => { 'use strict'; return delete 'abc'[3]; });
const a = {}; a.a = a; t(() => JSON.stringify(a));
const b = []; b[2] = b; t(() => JSON.stringify(b));
class C {} const c = new C(); c.x = [{ y: new Map() }]; c.x[0].z = { c }; t(() => JSON.stringify(c));
c.x[0].z = { '': { q: { r: { s: c } } } }; t(() => JSON.stringify(c));
t(() => JSON.stringify({ toJSON() { return { w: [a] }; } }));
const n = Object.create(null); n[1] = n; t(() => JSON.stringify({ k: { n } }));
t(() => JSON.stringify({ 1: a }));
const d = { '': 1 }; d[''] = d; t(() => JSON.stringify(d));
t(() => JSON.stringify(1, () => a));
for (const v of [Number.MAX_VALUE, 2 ** 53, 2 ** 54, 1e21, 123456789012345680000, 2 ** 60 + 2 ** 10, -255.5, 1 / 3]) {
  for (const r of [3, 7, 16, 25, 36]) console.log(v.toString(r));
}
