class Point {
  #x; #y = 2; static count = 0; static #secret = 'shh'; z = this.#y * 10;
  constructor(x) { this.#x = x; Point.count++; }
  get x() { return this.#x; } set x(v) { this.#x = v; }
  #hidden(n) { return n + this.#x; }
  call(n) { return this.#hidden(n); }
  static reveal() { return Point.#secret; }
  static isPoint(o) { return #x in o; }
  get #acc() { return 'acc' + this.#y; } set #acc(v) { this.#y = v; }
  acc(v) { if (v !== undefined) this.#acc = v; return this.#acc; }
  static { this.fromBlock = 'block ' + this.count; }
  ['comp' + 'uted']() { return 'computed'; }
  static ['s' + 1] = 'static computed';
}
const p = new Point(5);
console.log(p.x, p.z, p.call(10), Point.reveal(), Point.count, Point.fromBlock, p.computed(), Point.s1);
p.x = 9; console.log(p.x, Point.isPoint(p), Point.isPoint({}), p.acc(), p.acc(4));
try { Point.prototype.call.call({}, 1); } catch (e) { console.log(e.name); }
try { Point(); } catch (e) { console.log(e.message); }
class Animal { constructor(name) { this.name = name; } speak() { return this.name + ' makes a sound'; } static create(n) { return new this(n); } get loud() { return this.speak().toUpperCase(); } }
class Dog extends Animal { constructor(name) { super(name); this.tricks = []; } speak() { return super.speak() + ' (woof)'; } add(t) { this.tricks.push(t); return this; } get loud() { return super.loud + '!'; } }
const d = Dog.create('Rex');
console.log(d.speak(), d.loud, d.add('sit').add('roll').tricks.join(), d instanceof Animal, Object.getPrototypeOf(Dog) === Animal);
class NoCtor extends Dog {} console.log(new NoCtor('Zed').name, NoCtor.name, NoCtor.length, Animal.length);
class Bad extends Animal { constructor() { } }
try { new Bad(); } catch (e) { console.log(e.name + ': ' + e.message); }
class Twice extends Animal { constructor() { super('a'); try { super('b'); } catch (e) { console.log(e.message); } } }
new Twice();
class ArrowThis extends Animal { constructor() { const f = () => super('arrow'); f(); this.g = () => this.name; } }
console.log(new ArrowThis().g());
const C = class Inner { static me() { return Inner === C; } }; console.log(C.me(), C.name);
const anon = class {}; console.log(anon.name, typeof anon);
class Fields extends Animal { own = this.name; fn = () => this.own; ['k' + 1] = 1; } const f = new Fields('fff'); console.log(f.own, f.fn(), Object.keys(f).join());
const o = { __proto__: { inherited: 1 }, m() { return super.inherited; }, get g() { return 'g'; }, set g(v) { this.s = v; }, ['x' + 1]: 1, async am() {}, *gm() { yield 1; } };
console.log(o.m(), o.g, (o.g = 3, o.s), o.x1, Object.keys(o).join(), [...o.gm()].join());
console.log(class { static name = 'custom' }.name, (class { m() {} }).prototype.m.name, o.m.name, Object.getOwnPropertyDescriptor(o, 'g').get.name);
function Old(a) { this.a = a; } Old.prototype.get = function () { return this.a; }; Old.prototype.constructor === Old;
console.log(new Old(3).get(), Old.prototype.constructor === Old, Object.keys(new Old(1)).join());
function ReturnsObject() { this.a = 1; return { b: 2 }; } console.log(JSON.stringify(new ReturnsObject()));
class ExtArray extends Array { sum() { return this.reduce((a, b) => a + b, 0); } } const ea = new ExtArray(); ea.push(1, 2, 3); console.log(ea.sum(), ea.length, ea instanceof Array, ea.map((x) => x * 2) instanceof ExtArray);
class MyErr extends Error { constructor(m) { super(m); this.name = 'MyErr'; this.extra = 1; } } try { throw new MyErr('boom'); } catch (e) { console.log(e.name, e.message, e instanceof MyErr, e instanceof Error, String(e), e.stack.split('\n')[0]); }
console.log(Object.getOwnPropertyNames(class { static a() {} static b = 1; }).join(), Object.getOwnPropertyNames(Point.prototype).join());
class Sym { static [Symbol.hasInstance](x) { return x === 1; } get [Symbol.toStringTag]() { return 'Tagged'; } } console.log(1 instanceof Sym, String(new Sym()));
const bound = Animal.prototype.speak.bind({ name: 'bound' }); console.log(bound(), bound.name, bound.length);
function Vec(x, y) { this.x = x; this.y = y; } const BV = Vec.bind(null, 1); console.log(new BV(2).y, new BV(2) instanceof Vec);
console.log(Reflect.construct(Animal, ['r'], Dog) instanceof Dog, new.target === undefined);
