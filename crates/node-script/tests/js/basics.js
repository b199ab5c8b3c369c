console.log('hello', 1 + 2, 'x' + 1.5);
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
console.log(fib(20));
const o = { a: 1, b: { c: 'deep' }, get d() { return this.a + 10; } };
console.log(o.a, o.b.c, o.d);
let s = 0;
for (let i = 0; i < 10; i++) { if (i === 5) continue; s += i; }
console.log(s);
const fs = [];
for (let i = 0; i < 3; i++) fs.push(() => i);
console.log(fs.map((f) => f()).join());
class A { constructor(x) { this.x = x; } get y() { return this.x * 2; } static make() { return new A(7); } m() { return 'm' + this.x; } }
class B extends A { constructor() { super(3); this.z = 4; } m() { return super.m() + '!'; } }
console.log(new B().m(), new B().y, A.make().x, new B() instanceof A);
try { null.foo; } catch (e) { console.log(e.message, e instanceof TypeError); }
try { undefinedVar; } catch (e) { console.log(e.name + ': ' + e.message); }
const [p, q = 5, ...r] = [1, undefined, 3, 4];
console.log(p, q, r.join('-'));
const { a, b: { c }, ...rest } = o;
console.log(a, c, Object.keys(rest).join());
console.log(`t ${a} ${c}`, typeof o, typeof fib, typeof undefined);
console.log([...'abc', ...[1, 2]].join('|'), Math.max(...[3, 9, 2]));
label: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j == 1) continue label; if (i == 2) break label; console.log(i, j); } }
function f() { try { return 'try'; } finally { console.log('finally'); } }
console.log(f());
switch (3) { case 1: console.log('one'); case 3: console.log('three'); case 4: console.log('four'); break; default: console.log('d'); }
console.log(JSON.stringify({ x: [1, 2, { y: null }], s: 'q"' }), JSON.parse('{"k":[1,2,{"z":3}]}').k[2].z);
function* g() { const x = yield 1; console.log('got', x); yield* [2, 3]; return 4; }
const it = g(); console.log(JSON.stringify(it.next()), JSON.stringify(it.next('hi')), JSON.stringify([...it]));
(async () => { console.log('async start'); const v = await Promise.resolve(42); console.log('awaited', v); try { await Promise.reject(new Error('no')); } catch (e) { console.log('caught', e.message); } })();
console.log('sync end');
Promise.resolve(1).then((v) => { console.log('then', v); });
var x = 10; { function inner() { return 'inner'; } } console.log(inner(), x);
console.log(0.1 + 0.2, 1e21, 5 % 3, -7 % 3, 2 ** 10, 7 >>> 1, ~5, 1 / 3);
console.log([3, 1, 2].length, 'abc'.length, 'abc'[1], [1, [2, 3]].toString());
delete o.a; console.log('a' in o, Object.keys(o).join());
