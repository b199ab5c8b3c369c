'use strict';
function show(v) { return typeof v === 'bigint' ? v + 'n' : typeof v === 'symbol' ? String(v) : ArrayBuffer.isView(v) ? v.constructor.name + '[' + Array.prototype.join.call(v) + ']' : Array.isArray(v) ? '[' + v.map(show).join() + ']' : typeof v === 'object' && v ? JSON.stringify(v) : String(v); }
function t(n, f) { let r; try { r = show(f()); } catch (e) { r = `${e.name}: ${e.message}`; } console.log(n, '->', r); }
for (const strict of [true, false]) for (const key of ['0', '2', '-0', '1.5', 'NaN', '1e3', '1e+21', 'foo', '4294967296']) {
  const set = strict ? (o, k, v) => { 'use strict'; o[k] = v; } : Function('o', 'k', 'v', 'o[k] = v');
  for (const [name, make] of [['u8', () => new Uint8Array(2)]]) {
    const v = name === 'big' ? 7n : 7;
    t(`${strict} child ${name} ${String(key)}`, () => { const ta = make(); const o = Object.create(ta); set(o, key, v); return [ta, Reflect.ownKeys(o).map(String)]; });
    t(`${strict} child bad ${name} ${String(key)}`, () => { const ta = make(); const o = Object.create(ta); set(o, key, 7); return [ta, Reflect.ownKeys(o).map(String)]; });
    t(`${strict} grandchild ${name} ${String(key)}`, () => { const ta = make(); const o = Object.create(Object.create(ta)); set(o, key, v); return [ta, Reflect.ownKeys(o).map(String)]; });
    t(`${strict} array child ${name} ${String(key)}`, () => { const ta = make(); const o = Object.setPrototypeOf([5], ta); set(o, key, v); return [ta, Reflect.ownKeys(o).map(String), o]; });
    t(`${strict} own ${name} ${String(key)}`, () => { const ta = make(); set(ta, key, v); return [ta, Reflect.ownKeys(ta).map(String)]; });
    t(`${strict} proxy child ${name} ${String(key)}`, () => { const ta = make(); const o = Object.create(new Proxy(ta, {})); set(o, key, v); return [ta, Reflect.ownKeys(o).map(String)]; });
    t(`${strict} proxy ${name} ${String(key)}`, () => { const ta = make(); const o = new Proxy(ta, {}); set(o, key, v); return [ta, Reflect.ownKeys(o).map(String)]; });
    t(`${strict} typed on typed ${name} ${String(key)}`, () => { const ta = make(); const o = Object.setPrototypeOf(make(), ta); set(o, key, v); return [ta, o, Reflect.ownKeys(o).map(String)]; });
    if (strict) {
      t(`reflect other ${name} ${String(key)}`, () => { const ta = make(); const o = {}; const r = Reflect.set(ta, key, v, o); return [r, ta, Reflect.ownKeys(o).map(String)]; });
      t(`reflect same ${name} ${String(key)}`, () => { const ta = make(); const r = Reflect.set(ta, key, v, ta); return [r, ta, Reflect.ownKeys(ta).map(String)]; });
      t(`reflect typed ${name} ${String(key)}`, () => { const ta = make(); const o = make(); const r = Reflect.set(ta, key, v, o); return [r, ta, o]; });
      t(`reflect onto typed ${name} ${String(key)}`, () => { const o = make(); const r = Reflect.set({}, key, v, o); return [r, o, Reflect.ownKeys(o).map(String)]; });
      t(`reflect setter onto typed ${name} ${String(key)}`, () => { const o = make(); const r = Reflect.set({ set [key](v) { throw 1; } }, key, v, o); return [r, o]; });
      t(`reflect primitive ${name} ${String(key)}`, () => { const ta = make(); const r = Reflect.set(ta, key, v, 5); return [r, ta]; });
      t(`reflect frozen ${name} ${String(key)}`, () => { const ta = make(); const o = Object.freeze({ 0: 1 }); const r = Reflect.set(ta, key, v, o); return [r, ta]; });
      t(`has ${name} ${String(key)}`, () => { const ta = make(); return [key in ta, key in Object.create(ta), Reflect.has(ta, key)]; });
      t(`get ${name} ${String(key)}`, () => { const ta = make(); ta.__proto__ = { [key]: 'proto' }; return [ta[key], Object.create(ta)[key], Reflect.get(ta, key, {})]; });
      t(`define ${name} ${String(key)}`, () => { const ta = make(); return [Reflect.defineProperty(ta, key, { value: v }), ta, Reflect.defineProperty(ta, key, { value: v, configurable: false }), Reflect.defineProperty(ta, key, { get() {} }), Reflect.defineProperty(ta, key, { value: v, writable: false }), Reflect.defineProperty(ta, key, { value: v, enumerable: false })]; });
      t(`define throw ${name} ${String(key)}`, () => { const ta = make(); return Object.defineProperty(ta, key, { value: v, configurable: false }); });
      t(`define throw2 ${name} ${String(key)}`, () => { const ta = make(); return Object.defineProperty(ta, key, { get() {} }); });
      t(`delete ${name} ${String(key)}`, () => { const ta = make(); return [Reflect.deleteProperty(ta, key)]; });
      t(`delete throw ${name} ${String(key)}`, () => { const ta = make(); return delete ta[key]; });
      t(`desc ${name} ${String(key)}`, () => { const ta = make(); const d = Object.getOwnPropertyDescriptor(ta, key); return d && [d.value, d.writable, d.enumerable, d.configurable]; });
      t(`assign ${name} ${String(key)}`, () => { const ta = make(); return [Object.assign(ta, { [key]: v }), Reflect.ownKeys(ta).map(String)]; });
    }
  }
}
for (const f of ['freeze', 'seal', 'preventExtensions', 'isFrozen', 'isSealed', 'isExtensible']) for (const n of [0, 2]) t(f + n, () => Object[f](new Uint8Array(n)));
t('resizable freeze', () => Object.freeze(new Uint8Array(new ArrayBuffer(0, { maxByteLength: 4 }))));
t('resizable seal', () => Object.seal(new Uint8Array(new ArrayBuffer(2, { maxByteLength: 4 }))));
t('resizable prevent', () => Object.isExtensible(Object.preventExtensions(new Uint8Array(new ArrayBuffer(2, { maxByteLength: 4 })))));
const names = ['at', 'concat', 'copyWithin', 'entries', 'every', 'fill', 'filter', 'find', 'findIndex', 'findLast', 'findLastIndex', 'flat', 'flatMap', 'forEach', 'includes', 'indexOf', 'join', 'keys', 'lastIndexOf', 'map', 'pop', 'push', 'reduce', 'reduceRight', 'reverse', 'shift', 'slice', 'some', 'sort', 'splice', 'toLocaleString', 'toReversed', 'toSorted', 'toSpliced', 'toString', 'unshift', 'values', 'with'];
const args = { at: [0], concat: [[1]], copyWithin: [0, 1], every: [(x) => x > 0], fill: [9], filter: [(x) => x > 1], find: [(x) => x > 1], findIndex: [(x) => x > 1], findLast: [(x) => x > 0], findLastIndex: [(x) => x > 0], flatMap: [(x) => [x, x]], forEach: [() => 1], includes: [2], indexOf: [2], join: ['-'], lastIndexOf: [2], map: [(x) => x * 2], push: [1], reduce: [(a, b) => a + b], reduceRight: [(a, b) => a + b], slice: [1], some: [(x) => x > 2], splice: [0, 1], toSpliced: [0, 1], unshift: [1], with: [0, 5] };
function oob() { const b = new ArrayBuffer(8, { maxByteLength: 16 }); const a = new Uint8Array(b, 4, 4); b.resize(5); return a; }
function detached() { const b = new ArrayBuffer(8); const a = new Uint8Array(b, 4, 4); structuredClone(b, { transfer: [b] }); return a; }
function tracking() { const b = new ArrayBuffer(4, { maxByteLength: 16 }); const a = new Uint8Array(b); a.set([3, 1, 2, 0]); return a; }
for (const n of names) for (const [what, make] of [['plain', () => new Uint8Array([3, 1, 2])], ['oob', oob], ['detached', detached], ['tracking', tracking]]) {
  t(`Array.${n} ${what}`, () => { const a = make(); const r = Array.prototype[n].apply(a, args[n] || []); return typeof r === 'object' && r && !Array.isArray(r) && !ArrayBuffer.isView(r) ? [...r] : [r, a.length ? a : 'empty']; });
  if (Uint8Array.prototype[n]) t(`TA.${n} ${what}`, () => { const a = make(); const r = a[n](...(args[n] || [])); return typeof r === 'object' && r && !Array.isArray(r) && !ArrayBuffer.isView(r) ? [...r] : [r, a.length ? a : 'empty']; });
}
for (const what of [oob, detached, tracking]) { for (const k of ['length', 'byteLength', 'byteOffset']) t(k, () => what()[k]); t('set', () => what().set([1])); t('subarray', () => what().subarray(1)); t('from', () => Uint8Array.from(what())); t('new', () => new Uint16Array(what())); t('of set', () => new Uint8Array(8).set(what())); t('spread', () => [...what()]); t('keys', () => Object.keys(what())); t('for in', () => { const r = []; for (const k in what()) r.push(k); return r; }); t('destr', () => { const [a] = what(); return a; }); t('iterate', () => { const i = what().values(); return i.next().done; }); }
for (const a of [undefined, null, -1, 1.5, NaN, Infinity, 'x', '3', {}, [1, 2], new Set([1, 2]), { length: 2, 0: 5 }, { length: -1 }, 2 ** 33, 2 ** 53, 1n, Symbol.iterator, new ArrayBuffer(8), new ArrayBuffer(7), new Uint8Array(3), 'abc', true, () => 1])
  for (const C of [Uint16Array, Float64Array, BigInt64Array]) { t('new ' + C.name + ' ' + (typeof a === 'function' ? 'fn' : show(a)), () => new C(a)); t('from', () => C.from(a)); t('set', () => { const x = new C(2); x.set(a); return x; }); }
for (const [o, l] of [[1], [2], [-2], [8], [10], [0, 5], [0, 4], [2, 4], [0, -1], [NaN, undefined], [undefined, null], [1.5, 1], [Infinity]]) t('ab ' + o + ',' + l, () => new Uint16Array(new ArrayBuffer(8), o, l));
t('call', () => Uint8Array(1)); t('abstract', () => new (Object.getPrototypeOf(Uint8Array))()); t('abstract2', () => Object.getPrototypeOf(Uint8Array)());
t('set offset', () => new Uint8Array(2).set([1, 2], 1)); t('set neg', () => new Uint8Array(2).set([1], -1)); t('set inf', () => new Uint8Array(2).set([], Infinity)); t('set mix', () => new BigInt64Array(2).set([1])); t('set mix2', () => new BigInt64Array(2).set(new Uint8Array(1))); t('mix3', () => new Uint8Array(new BigInt64Array(1)));
for (const d of [[0], [7], [8], [-1], [Infinity], [NaN], ['1'], [1.9], []]) for (const m of ['getInt8', 'getInt16', 'getFloat64', 'getBigInt64', 'setInt8', 'setFloat64', 'setBigInt64']) t(m + ' ' + d, () => new DataView(new ArrayBuffer(8))[m](...d));
