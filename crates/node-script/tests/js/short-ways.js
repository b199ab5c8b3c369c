// What has a short way: the same sites see objects, functions and arguments of other kinds.

// Literals of plain values, whose class the site remembers.
function point(x, y) { return { x, y }; }
const points = [point(1, 2), point('a', null), point([1], { z: 1 })];
console.log(points, Object.keys(points[2]).join());
points[0].x = 5;
Object.defineProperty(points[1], 'y', { get() { return 'got'; } });
delete points[2].x;
console.log(points[0].x, points[1].y, 'x' in points[2], point(7, 8));
for (let i = 0; i < 3; i++) console.log({ i, half: 0.5, text: 't', none: undefined, no: false });
function literals(a) { return [{ a, a: 2 }, { __proto__: null, a }, { 1: a, b: 1 }, { constructor: 1 }]; }
console.log(literals(1), literals({}));
function early() { try { return { value }; } catch (e) { return e.name; } let value; }
console.log(early(), early());

// Properties that sites read and write.
function read(o) { return o.p; }
class Own { constructor() { this.p = 'own'; } }
class Inherits extends Own { constructor() { super(); delete this.p; } get p() { return "inherited"; } set p(_) {} }
Inherits.prototype.q = 1;
const frozen = Object.freeze({ p: 'frozen' });
const proxy = new Proxy({}, { get: (_, key) => 'proxy ' + String(key) });
const all = [new Own(), new Inherits(), frozen, proxy, { q: 1, p: 2 }, [1], 'text', 5, function p() {}, Object.create({ p: 'far' })];
for (let turn = 0; turn < 2; turn++) console.log(all.map(read).join());
Object.prototype.p = 'root';
console.log(all.map(read).join());
delete Object.prototype.p;
console.log(all.map(read).join());
function write(o, value) { 'use strict'; o.p = value; return o.p; }
for (const o of [{}, { p: 1 }, { q: 1 }, new Own(), {}, { p: 2 }, frozen, Object.create(frozen)]) {
  try { console.log(write(o, 'new'), Object.keys(o).join()); } catch (e) { console.log(e.message); }
}
const lengths = [[1, 2], 'abc', { length: 'own' }, new Uint8Array(4), function (a, b) {}, [, ,]];
console.log(lengths.map((o) => o.length).join());
const getters = { get n() { return ++this.count; }, count: 0 };
let sum = 0;
for (let i = 0; i < 5; i++) sum += getters.n;
console.log(sum, getters.count);

// Calls: too many and too few arguments, `this` of each kind, constructors, built-ins, bound functions, no functions.
function sloppy(a, b) { return [this === globalThis, typeof this, a, b, arguments.length]; }
function strict(a, b) { 'use strict'; return [this, a, b, arguments.length]; }
for (const f of [sloppy, strict]) console.log(f(), f(1), f(1, 2, 3), f.call(5, 1), f.bind('t', 9)(8));
class Only { constructor() { return { made: new.target === Only }; } }
function call(f, x) { return f(x); }
for (const f of [Math.abs, String, (x) => x + 1, sloppy.bind(null, 0), Only, 5, undefined, proxy]) {
  try { console.log(call(f, -2)); } catch (e) { console.log(e.message); }
}
console.log(new Only(), [1, 2, 3].map((x) => call((y) => y * x, x)));
function deep(n) { return n === 0 ? 0 : 1 + deep(n - 1); }
console.log(deep(5000));
try { (function forever() { forever(); })(); } catch (e) { console.log(e.name, e.message); }
try { (() => { const thrower = () => { throw new Error('thrown'); }; thrower(); })(); } catch (e) {
  console.log(e.stack.split('\n').slice(0, 3).map((line) => line.replace(/\(.*\/|at \/.*\//, '(')).join());
}
const self = { f() { return call(() => this === self, 0); } };
console.log(self.f(), (0, self.f)() === undefined || 'called');

// Conditional results, with what is around a `return`.
function conditional(x) { try { return x ? 'yes' : x === 0 ? 'zero' : 'no'; } finally { if (x === 'other') return 'finally'; } }
console.log([1, 0, '', 'other'].map(conditional).join());
function* generator(x) { return x ? yield 'asked' : 'not asked'; }
console.log([...generator(1)], generator(0).next());
(async (x) => x ? await 'awaited' : 1)(1).then(console.log);
class Derived extends Own { constructor(x) { super(); return x ? undefined : { other: true }; } }
console.log(new Derived(1), new Derived(0));

// Variables of the closure's context, few and many.
let counter = 0;
const bump = () => { counter++; return counter; };
const get = () => counter;
const twice = () => counter + counter;
const many = () => counter + counter + counter + counter;
const looped = () => { let s = 0; for (let i = 0; i < 3; i++) s += counter; return s; };
bump();
console.log(get(), twice(), many(), looped(), bump());
const nested = (a) => (b) => (c) => () => [a, b, c, counter].join();
console.log(nested(1)(2)(3)());
try { (() => { const late = () => inner; late(); let inner = 1; })(); } catch (e) { console.log(e.message); }

// Iteration: results that a program makes, changes and refuses; arrays whose iterator was given a `return`.
const iterator = { [Symbol.iterator]() { return this; }, next() { return this.results.pop() ?? { done: true }; } };
iterator.results = [{ done: 0, value: 3 }, { value: 2 }, { done: false, value: 1 }];
console.log([...iterator]);
function* results() { yield 1; yield 2; }
const made = results();
const result = made.next();
result.done = 'truthy';
console.log(result, [...{ [Symbol.iterator]: () => ({ next: () => result }) }]);
const [first] = new Map([['k', 'v']]);
console.log(first, [...new Set([1, 1, 2])], [...new Map([[1, 2]]).entries()]);
const prototype = Object.getPrototypeOf([][Symbol.iterator]());
prototype.return = function () { console.log('returned'); return {}; };
const [one] = [1, 2];
delete prototype.return;
const [another] = [3, 4];
console.log(one, another);

// Arrays that grow in place, and those that may not.
const list = [];
for (const value of [1, 'two', 3.5, undefined, , { four: 4 }]) list.push(value);
console.log(list, list.push(), list.push(7, 8), list.length);
console.log(list.push(...'abcdefghijklmnop'), list.slice(-4).join());
for (const array of [Object.freeze([1]), Object.seal([1]), Object.preventExtensions([1])]) {
  try { array.push(2); } catch (e) { console.log(e.message); }
}
const numbers = [1.5];
numbers.push(2);
numbers.push('x');
console.log(numbers, Array.prototype.push.call({ length: 2 }, 'c'));

// Matches that go on behind each other.
console.log('a1b22c333'.replace(/\d+/g, (digits, at, text) => `<${digits}@${at}/${text.length}>`), 'aXbX'.split(/x/i), 'abc'.match(/./g));
console.log('\u{1F600}x'.replace(/(?:)/gu, '-'), [...'a-b-c'.matchAll(/-/g)].map((m) => m.index));
const own = /b/g;
own.exec = function (text) { this.calls = (this.calls ?? 0) + 1; return this.calls > 2 ? null : { 0: 'b', index: 1, length: 1 }; };
console.log('abc'.replace(own, 'B'), own.calls);
