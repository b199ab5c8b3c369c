const show = (f) => { try { console.log(String(f())); } catch (e) { console.log(e.name + ': ' + e.message); } };
const keys = Array.from({ length: 200 }, (_, i) => ({ i }));
const wm = new WeakMap(keys.map((k) => [k, k.i * 2]));
show(() => keys.every((k) => wm.get(k) === k.i * 2 && wm.has(k)));
show(() => wm.delete(keys[5]) + ' ' + wm.delete(keys[5]) + ' ' + wm.has(keys[5]) + ' ' + wm.get(keys[5]));
show(() => wm.get(1) + ' ' + wm.has('x') + ' ' + wm.delete(null) + ' ' + wm.get(1.5));
show(() => wm.set(1, 2)); show(() => new WeakMap([[1, 2]])); show(() => WeakMap()); show(() => WeakMap.prototype.get.call(new Map()));
const sym = Symbol('s'); show(() => wm.set(sym, 3).get(sym)); show(() => wm.set(Symbol.for('shared'), 3));
show(() => Object.getOwnPropertyNames(WeakMap.prototype).join() + Object.prototype.toString.call(wm));
const ws = new WeakSet([keys[0], keys[1]]);
show(() => ws.has(keys[0]) + ' ' + ws.has(keys[2]) + ' ' + ws.add(keys[2]).has(keys[2]) + ' ' + ws.delete(keys[0]) + ' ' + ws.has(keys[0]));
show(() => ws.add('x')); show(() => new WeakSet([1])); show(() => Object.getOwnPropertyNames(WeakSet.prototype).join());
wm.own = 1; ws.own = 2; show(() => wm.own + ws.own + ' ' + wm.get(keys[7]));
class W extends WeakMap { y = 4; } show(() => { const w = new W(); w.set(keys[0], 1); return w.y + ' ' + w.get(keys[0]); });
show(() => new WeakRef(1)); show(() => new WeakRef(keys[3]).deref() === keys[3]); show(() => WeakRef.prototype.deref.call({}));
show(() => new FinalizationRegistry(1)); const fr = new FinalizationRegistry((held) => console.log('cleaned', held));
show(() => fr.register(1)); show(() => fr.register(keys, keys)); show(() => fr.register(keys, 1, 1)); show(() => fr.unregister(1));
show(() => fr.register(keys, 'never', keys)); show(() => fr.unregister(keys) + ' ' + fr.unregister(keys));
show(() => Object.prototype.toString.call(fr) + Object.prototype.toString.call(new WeakRef(fr)));
function target1() {} for (const odd of [undefined, null, 1, '', true]) { target1.prototype = odd; show(() => Object.getPrototypeOf(Reflect.construct(WeakSet, [], target1)) === WeakSet.prototype && target1.prototype === odd); }
{
  // Weak references and registries are ordinary objects beside.
  const target = { name: 'held' }, ref = new WeakRef(target), registry = new FinalizationRegistry(() => {});
  for (const one of [ref, registry]) {
    for (const [place, key] of ['a', 'b', 'c', 'd', 'length', 0, 5].entries()) one[key] = { place };
    show(() => Object.keys(one).join() + ' ' + Object.values(one).map((value) => value.place).join());
    show(() => (delete one.b) + ' ' + (delete one[0]) + ' ' + Object.keys(one).join() + one.b + one[0]);
    show(() => { one.a = 1; one.a += 1; return one.a + ' ' + one.missing + ' ' + ('c' in one) + ' ' + one.d.place; });
    for (let i = 0; i < 3; i++) { one.c = { i }; gc(); show(() => one.c.i + ' ' + one[5].place); }
    Object.defineProperty(one, 'hidden', { value: 5 }); Object.defineProperty(one, 'got', { get() { return this === one; } });
    show(() => one.hidden + ' ' + one.got); Object.freeze(one); one.a = 7; show(() => one.a + ' ' + Object.isFrozen(one));
  }
  show(() => ref.deref() === target);
  class Named extends WeakRef { #inner = 3; label = 'x'; get inner() { return this.#inner; } }
  const named = new Named(target); named.other = { deep: 1 };
  show(() => named.label + named.inner + named.other.deep + (named.deref() === target));
  const child = Object.create(named); show(() => child.label + child.other.deep);
}
