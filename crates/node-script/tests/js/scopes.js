// Closures, blocks, loops, hoisting, dead zones.
function counter() { let n = 0; return { inc: () => ++n, get: () => n }; }
const c1 = counter(), c2 = counter();
c1.inc(); c1.inc(); c2.inc();
console.log(c1.get(), c2.get());
const fs = [];
for (let i = 0, j = 10; i < 3; i++, j--) fs.push(() => i + ':' + j);
console.log(fs.map((f) => f()).join());
for (var v = 0; v < 3; v++) fs[v] = () => v;
console.log(fs.map((f) => f()).join());
const gs = [];
for (const x of ['a', 'b']) gs.push(() => x);
for (const k in { p: 1, q: 2 }) gs.push(() => k);
console.log(gs.map((f) => f()).join());
try { tdz; let tdz = 1; } catch (e) { console.log(e.name, e.message); }
try { (() => later)(); let later; } catch (e) { console.log(e.message); }
try { const k = 1; k = 2; } catch (e) { console.log(e.message); }
console.log(typeof hoisted, hoisted());
function hoisted() { return 'hoisted'; }
{ function inBlock() { return 1; } }
console.log(typeof inBlock);
console.log(typeof notThere, (function () { return typeof arguments; })());
(function named(n) { if (n) return named(n - 1); console.log('named', typeof named); named = 1; })(2);
function args(a, b) { arguments[0] = 'changed'; b = 'b2'; return [a, arguments[1], arguments.length].join(); }
console.log(args('a', 'b', 'c'), args('x'));
function strictArgs(a) { 'use strict'; arguments[0] = 'changed'; return a; }
console.log(strictArgs('same'));
function defaults(a, b = a + 1, c = () => a + b) { a = 10; return c() + ',' + b; }
console.log(defaults(1), defaults(1, 5));
function rest(first, ...others) { return first + ':' + others.length + ':' + others.join('/'); }
console.log(rest(1), rest(1, 2, 3));
console.log(((a, { b, c: [d] }, [e = 'E'] = []) => [a, b, d, e].join())(1, { b: 2, c: [3] }));
let outer = 'outer';
{ let outer = 'inner'; console.log(outer); }
console.log(outer);
switch (1) { case 0: let z = 1; break; case 1: try { z; } catch (e) { console.log(e.message); } }
try { throw 1; } catch (e) { var e2 = e; let f = () => e; console.log(f(), e2); }
try { throw { a: 1, b: [2, 3] }; } catch ({ a, b: [x, y] }) { console.log(a, x, y); }
var self = this; console.log((() => this === self)());
function ctor() { if (!new.target) return 'called'; this.made = (() => new.target === ctor)(); }
console.log(ctor(), new ctor().made);
let { length } = 'hello', [h, ...t] = 'hi!'; console.log(length, h, t.join(''));
let a = 1, b = 2; [a, b] = [b, a]; console.log(a, b);
({ a, x: b = 7 } = { a: 'A' }); console.log(a, b);
const obj = {}; [obj.p, obj['q']] = [1, 2]; ({ r: obj.r } = { r: 3 }); console.log(JSON.stringify(obj));
for (const [k, v] of Object.entries({ one: 1, two: 2 })) console.log(k, v);
var i = 0; do { i++; if (i === 2) continue; if (i > 3) break; } while (true); console.log(i);
while (i-- > 0) { if (i === 1) break; } console.log(i);
outerLoop: while (true) { while (true) { break outerLoop; } }
block: { if (i) break block; console.log('not reached'); }
console.log([, 1, , 2].length, [1, , 3][1], 1 in [1, , 3]);
console.log(((x) => { switch (x) { default: return 'd'; case 1: return 'one'; } })(5));
console.log(void 0, (1, 2), !0, +'3', -'4', +[], +{}, 1 + '2', '3' * '4');
console.log(null ?? 'n', 0 ?? 'z', undefined?.x, null?.[1], obj?.p, obj.nope?.x.y.z, obj.nope?.());
let n1 = null; n1 ??= 5; n1 ||= 6; n1 &&= 7; console.log(n1);
console.log([1, 2, 3].includes(2), 2 ** 3 ** 2, (-2) ** 2, 7 % -3, -7 >> 1, -7 >>> 28, 1 << 31);
