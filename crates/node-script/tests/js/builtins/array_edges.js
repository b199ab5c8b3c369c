'use strict';
function show(v) { return typeof v === 'bigint' ? v + 'n' : typeof v === 'symbol' ? String(v) : Array.isArray(v) && v.length > 9999 ? 'long' + v.length : Array.isArray(v) ? '[' + v.map(show).join() + ']' : typeof v === 'object' && v ? JSON.stringify(v) : String(v); }
function t(n, f) { let r; try { r = show(f()); } catch (e) { r = `${e.name}: ${e.message}`; } console.log(n, '->', r.slice(0, 300)); }
function traced(target) {
  const log = [];
  const h = {}; for (const k of Reflect.ownKeys(Reflect)) if (typeof Reflect[k] === 'function' && !['apply', 'construct'].includes(k)) h[k] = (...a) => { log.push(k + ':' + (typeof a[1] === 'symbol' ? 'sym' : String(a[1])).slice(0, 12)); return Reflect[k](...a); };
  return [new Proxy(target, h), log];
}
const calls = { at: [0], concat: [[1]], copyWithin: [0, 1], entries: [], every: [(x) => true], fill: [9], filter: [(x) => x > 1], find: [(x) => x > 5], findIndex: [(x) => x > 5], findLast: [(x) => x > 5], findLastIndex: [(x) => x > 5], flat: [], flatMap: [(x) => [x, x]], forEach: [() => 1], includes: [7], indexOf: [7], join: ['-'], keys: [], lastIndexOf: [7], map: [(x) => x * 2], pop: [], push: [1, 2], reduce: [(a, b) => a + b], reduceRight: [(a, b) => a + b], reverse: [], shift: [], slice: [1], some: [(x) => x > 5], sort: [], splice: [1, 1, 8, 9], toLocaleString: [], toReversed: [], toSorted: [], toSpliced: [0, 1], toString: [], unshift: [1], values: [], with: [0, 5] };
for (const n in calls) for (const [what, make] of [['holey', () => [3, , 1, , 2]], ['plain', () => [3, 1, 2]], ['arraylike', () => ({ length: 3, 0: 'b', 2: 'a' })]]) t(`trace ${n} ${what}`, () => { const [p, log] = traced(make()); const r = Array.prototype[n].apply(p, calls[n]); if (r && r.next) [...r]; return log.join(' '); });
t('splice shorter', () => { const [p, log] = traced([1, 2, 3, 4, 5]); p.splice(0, 2); return log.join(' '); });
t('sort undefined', () => { const [p, log] = traced([undefined, 3, , undefined, 1, ,]); p.sort(); return log.join(' '); });
t('sort cmp', () => { const [p, log] = traced([undefined, 3, , undefined, 1, ,]); p.sort((a, b) => b - a); return log.join(' '); });
t('length set', () => { const [p, log] = traced([1, 2, 3]); p.length = 1; return log.join(' '); });
const odd = [null, undefined, 5, 'abc', true, Symbol('s'), 10n, {}, { length: 2 }, { length: -1 }, { length: 2 ** 53 }, { length: Infinity }, { length: '2', 0: 1 }, Object.freeze([1, 2]), Object.seal([1, 2]), Object.preventExtensions([1, 2]), Object.defineProperty([1, 2], 'length', { writable: false }), { length: { valueOf() { throw new Error('len'); } } }, { get length() { return 3; }, 0: 1 }, function f(a, b) {}, Object.freeze({ length: 1, 0: 1 }), new String('ab'), new Proxy([], {})];
const name = (v) => typeof v === 'symbol' ? 'sym' : typeof v === 'bigint' ? '10n' : Array.isArray(v) ? (Object.isFrozen(v) ? 'frozen' : Object.isSealed(v) ? 'sealed' : Object.isExtensible(v) ? 'fixedlen' : 'noext') : typeof v === 'function' ? 'fn' : v && typeof v === 'object' && v.constructor === Object ? 'obj' + odd.indexOf(v) : String(v);
const slow = new Set(['obj10', 'obj11']);
for (const v of odd) for (const n in calls) { if (slow.has(name(v)) && !['push', 'pop', 'at', 'concat', 'slice', 'toReversed', 'toSorted', 'toSpliced', 'unshift', 'with', 'copyWithin'].includes(n) ) continue; if (slow.has(name(v)) && ['slice', 'copyWithin','unshift'].includes(n)) continue; t(`${n} on ${name(v)}`, () => { const c = v && typeof v === 'object' && v.constructor === Object && !Object.isFrozen(v) ? Object.create(Object.prototype, Object.getOwnPropertyDescriptors(v)) : v; const r = Array.prototype[n].apply(c, calls[n]); return r && r.next ? [...r] : r; }); }
for (const cb of [undefined, null, 5, 'x', {}, /r/, Symbol('c'), 1n, [], class A {}]) for (const n of ['every', 'filter', 'find', 'findIndex', 'findLast', 'findLastIndex', 'flatMap', 'forEach', 'map', 'reduce', 'reduceRight', 'some', 'sort', 'toSorted']) { t(`${n} with ${typeof cb === 'symbol' ? 'sym' : typeof cb === 'function' ? 'class' : show(cb)}`, () => [1, 2][n](cb)); t(`empty ${n}`, () => [][n](cb)); }
for (const n of ['toSorted', 'sort']) t(n + ' null on null', () => Array.prototype[n].call(null, null));
t('reduce empty', () => [].reduce((a) => a)); t('reduceRight empty', () => [].reduceRight((a) => a)); t('reduce holes', () => [, ,].reduce((a) => a));
for (const l of [-1, 1.5, NaN, '2', 'x', 2 ** 32, 2 ** 32 - 1, null, undefined, {}, { valueOf() { return 1; } }, true, '1e2', -0, 1n, Symbol('l')]) {
  const s = typeof l === 'symbol' ? 'sym' : show(l);
  t('length = ' + s, () => { const a = [1, 2, 3]; a.length = l; return [a.length]; });
  t('Reflect.set length ' + s, () => { const a = [1, 2, 3]; return [Reflect.set(a, 'length', l), a.length]; });
  t('Reflect.set frozen length ' + s, () => { const a = Object.freeze([1, 2, 3]); return [Reflect.set(a, 'length', l), a.length]; });
  t('frozen length ' + s, () => { const a = Object.freeze([1, 2, 3]); a.length = l; return [a.length]; });
  t('sealed length ' + s, () => { const a = Object.seal([1, 2, 3]); a.length = l; return [a.length]; });
  t('Reflect.set sealed length ' + s, () => { const a = Object.seal([1, 2, 3]); return [Reflect.set(a, 'length', l), a.length]; });
  t('Reflect.set other ' + s, () => { const o = {}; return [Reflect.set([1, 2], 'length', l, o), o]; });
  t('Reflect.set onto ' + s, () => { const a = [1, 2, 3]; return [Reflect.set({}, 'length', l, a), a]; });
  t('define length ' + s, () => { const a = [1, 2, 3]; return [Reflect.defineProperty(a, 'length', { value: l }), a.length]; });
  t('define frozen length ' + s, () => { const a = Object.freeze([1, 2, 3]); return [Reflect.defineProperty(a, 'length', { value: l }), a.length]; });
  t('define throw length ' + s, () => { const a = Object.freeze([1, 2, 3]); return Object.defineProperty(a, 'length', { value: l }).length; });
  t('new Array ' + s, () => new Array(l).length);
  t('Array.of/from ' + s, () => Array.from({ length: l === 2 ** 32 || l === 2 ** 32 - 1 ? 1 : l }).length);
}
for (const d of [{ get() {} }, { writable: true }, { writable: false }, { enumerable: true }, { configurable: true }, { value: 1, writable: false }, { value: 5, writable: false }]) for (const [w, m] of [['plain', () => [1, 2, 3]], ['fixed', () => Object.freeze([1, 2, 3])], ['hole', () => { const a = [1, 2, 3]; Object.defineProperty(a, 1, { configurable: false }); return a; }]]) t(`define ${w} ${JSON.stringify(d)}`, () => { const a = m(); return [Reflect.defineProperty(a, 'length', d), a.length, Object.getOwnPropertyDescriptor(a, 'length').writable]; });
for (const i of [0, 2, 3, 10, 4294967294, 4294967295, 'x']) { t('fixed set ' + i, () => { const a = Object.defineProperty([1, 2, 3], 'length', { writable: false }); a[i] = 5; return a.length; }); t('noext set ' + i, () => { const a = Object.preventExtensions([1, 2, 3]); a[i] = 5; return a.length; }); t('frozen set ' + i, () => { const a = Object.freeze([1, 2, 3]); a[i] = 5; return a.length; }); t('frozen delete ' + i, () => { const a = Object.freeze([1, 2, 3]); return delete a[i]; }); t('define fixed ' + i, () => Object.defineProperty(Object.defineProperty([1, 2, 3], 'length', { writable: false }), i, { value: 1 })); }
for (const n of ['push', 'pop', 'shift', 'unshift', 'splice', 'reverse', 'sort', 'fill', 'copyWithin']) for (const [w, m] of [['getter', () => ({ length: 2, get 0() { return 'a'; }, get 1() { return 'b'; } })], ['lengthgetter', () => ({ get length() { return 2; }, 0: 1, 1: 2 })], ['class', () => new (class Q { get length() { return 2; } get 0() { return 1; } get 1() { return 2; } })()], ['fnlen', () => function (a, b) {}], ['str', () => 'ab'], ['protoset', () => Object.create({ get 0() { return 1; }, get 1() { return 0; }, length: 2 })]]) t(`${n} of ${w}`, () => { const o = m(); const r = Array.prototype[n].apply(o, calls[n]); return [r === o ? 'same' : r, typeof o === 'object' ? o : String(o)]; });
{ const a = []; a[4294967290] = 1; a[5] = 2; const r = [1].concat(a); console.log(r.length, Object.keys(r)); }
{ const a = []; a[4294967290] = 1; try { [1, 2, 3, 4, 5, 6].concat(a); } catch (e) { console.log(e.name, e.message); } }
(async () => { let big = { n: new Array(10) }; let arr = [big]; const it = arr.values(); while (!it.next().done); const r = new WeakRef(arr), m = new WeakRef(big); arr = big = null; await new Promise((f) => setTimeout(f, 1)); gc(); await new Promise((f) => setTimeout(f, 1)); gc(); console.log('iterator keeps', !!r.deref(), !!m.deref(), it.next()); })();
