// When things are looked at: heads of loops, `super`, `with`, returns of constructors, generators that end early.
var print = console.log;

for (var make of [() => { let x = 1; for (const x of [x]) {} }, () => { let y = 1; for (let y in { y }) {} }]) {
  try { make(); print('no error'); } catch (e) { print(e.message); }
}
var before, inside;
for (let i = 0, _ = (before = () => i); i < 2; inside = () => i, i++) ;
print(before(), inside());

function last(a, a) { return a; }
function counted(a, b, a) { return [a, b, arguments.length].join(); }
print(last(1, 2), last(1), counted(1, 2), counted(1, 2, 3));

function returning(value, then) {
  return class extends Object {
    constructor() {
      if (then !== 'late') super();
      try { return value; } catch (e) { print('caught', e.message); if (then === 'late') super(); }
    }
  };
}
for (var [value, then] of [[0], [undefined], [{ a: 1 }], [0, 'late'], [undefined, 'late']]) {
  try { print(new (returning(value, then))()); } catch (e) { print(e.name + ': ' + e.message); }
}

var order = [];
var key = { toString() { order.push('key'); return 'k'; } };
class Base { }
class Derived extends Base {
  write() { super[key] = (order.push('value'), 1); super[key] += 1; super[key]++; ({ a: super[key] } = { a: 3 }); return this.k; }
}
print(new Derived().write(), order.join());
class NoParent extends Object { constructor() { super(order.push('argument')); } }
Object.setPrototypeOf(NoParent, parseInt);
order = [];
try { new NoParent(); } catch (e) { print(e.message, order.join()); }
try { class N extends null {} new N(); } catch (e) { print(e.message); }

var asked = [];
var scope = new Proxy({ f() { return this === scope; }, x: 1 }, {
  has(target, key) { asked.push('has ' + String(key)); return Reflect.has(target, key); },
  get(target, key) { asked.push('get ' + String(key)); return target[key]; },
});
Function('scope', 'print', 'with (scope) { print(f()); x; typeof x; }')(scope, print);
print(asked.filter((what) => what.startsWith('get')).join());

try { /a/.compile(/b/, 'g'); } catch (e) { print(e.name + ': ' + e.message); }
print(String(/a/g.compile(/b/i)), String(/a/.compile('c', 'g')));
for (var text of ['--> a comment\n1', ' /* a */ /* b */--> a comment\n2', '/*\n*/ --> a comment\n4', '({ ...rest, } = {})', '({ ...rest /* , */ } = {}, 5)']) {
  try { print((0, eval)(text)); } catch (e) { print(e.name + ': ' + e.message); }
}

class ProxyBase { constructor() { return new Proxy(this, { get(target, key) { print('trap', key); return target[key]; } }); } }
class Proxied extends ProxyBase {
  #field = 3; #method() { return 'm'; } set #both(value) { print('set', value); }
  run() { this.#both = ++this.#field; return [this.#field, this.#method(), #field in this, #field in {}].join(); }
  static twice(o) { return new (class extends (class { constructor() { return o; } }) { #x = 1; })(); }
}
var proxied = new Proxied();
print(proxied.run(), Reflect.ownKeys(proxied).length);
try { Proxied.prototype.run.call(new Proxy(proxied, {})); } catch (e) { print(e.message); }
Proxied.twice(proxied);

var symbol = Symbol('sym');
var named = { [symbol]: class {}, ['computed']: class { static seen = this.name; }, [Symbol()]: class {}, ['arrow']: () => {}, x: class {} };
print(named[symbol].name, named.computed.name, named.computed.seen, named.arrow.name, named.x.name);
print(Object.values(new (class { [symbol.description] = class {}; ['a' + 1] = function () {}; static s = class {}; })).map((f) => f.name).join());

print(String.fromCharCode.apply(String, Array(100000).fill(97)).length, String.fromCharCode(...Array(100000).fill(97)).length, Math.max.apply(null, Array.from({ length: 100000 }, (_, i) => i)));
print(Array.of.apply(Array, Array(100000)).length, (function () { return arguments.length; }).apply(null, Array(100000)));
try { String.fromCharCode.apply(String, Array(1000000)); } catch (e) { print(e.name + ': ' + e.message); }

(async () => {
  var log = [];
  var tick = (async () => { for (var i = 0; i < 8; i++) { await 0; log.push(i); } })();
  async function* ended() { return; }
  async function* given() { return undefined; }
  ended().next().then(() => log.push('ended'));
  given().next().then(() => log.push('given'));
  async function* passing() { try { yield* inner; } catch (e) { return 'thrown ' + e; } }
  var inner = {
    [Symbol.asyncIterator]() { return this; },
    next() { return { done: false, get value() { throw 'value'; } }; },
    throw() { log.push('throw'); return { done: true, value: 1 }; },
  };
  log.push((await passing().next()).value);
  inner = { [Symbol.asyncIterator]() { return this; }, next() { return { done: false }; }, get return() { log.push('return'); }, get throw() { log.push('throw'); } };
  var it = passing();
  it.next();
  await it.return({ get then() { log.push('then'); } });
  it = passing();
  it.next();
  log.push((await it.return(Promise.reject('no'))).value);
  await tick;
  print(log.join());
  var given = [];
  for await (var _ of { [Symbol.iterator]() { return { next(...list) { given.push(list.length); return { done: given.length > 2 }; } }; } }) ;
  print(given.join());
})();
