// structuredClone: what is moved, what is cloned, and what is refused.
function t(name, f) {
  try { console.log(name, f()); }
  catch (e) { console.log(name, 'threw', e.name, e.code, e.message, e instanceof Error, e.constructor.name, Object.prototype.toString.call(e)); }
}
t('none', () => structuredClone());
t('nothing but undefined', () => structuredClone(undefined));
t('moved', () => { const b = new ArrayBuffer(8); const c = structuredClone(b, { transfer: [b] }); return [b.byteLength, b.detached, c.byteLength]; });
t('moved but not within', () => { const b = new ArrayBuffer(8); const c = structuredClone(1, { transfer: [b] }); return [b.byteLength, c]; });
t('twice', () => { const b = new ArrayBuffer(8); return structuredClone(b, { transfer: [b, b] }); });
t('object', () => structuredClone(1, { transfer: [{}] }));
t('number', () => structuredClone(1, { transfer: [1] }));
t('null in list', () => structuredClone(1, { transfer: [null] }));
t('view', () => { const b = new Uint8Array(8); return structuredClone(b, { transfer: [b] }); });
t('shared', () => { const b = new SharedArrayBuffer(8); return structuredClone(b, { transfer: [b] }); });
t('shared', () => { const b = new SharedArrayBuffer(8); const c = structuredClone(b); new Uint8Array(b)[0] = 5; return new Uint8Array(c)[0]; });
t('detached', () => { const b = new ArrayBuffer(8); structuredClone(b, { transfer: [b] }); return structuredClone(b, { transfer: [b] }); });
t('detached2', () => { const b = new ArrayBuffer(8); structuredClone(b, { transfer: [b] }); return structuredClone(b); });
t('view of detached', () => { const b = new Uint8Array(8); structuredClone(b, { transfer: [b.buffer] }); return structuredClone(b); });
t('dv of detached', () => { const b = new DataView(new ArrayBuffer(8)); structuredClone(b, { transfer: [b.buffer] }); return structuredClone(b); });
t('view moved', () => { const b = new Uint8Array([1, 2, 3, 4]).subarray(1, 3); const c = structuredClone(b, { transfer: [b.buffer] }); return [b.length, c, c.byteOffset, c.buffer.byteLength]; });
for (const o of [null, undefined, 1, 'x', true, [], {}, { transfer: null }, { transfer: undefined }, { transfer: 1 }, { transfer: 'ab' }, { transfer: '' }, { transfer: {} }, { transfer: new Set() }, { transfer: new Set([new ArrayBuffer(1)]) }, () => 1, { transfer: { length: 1, 0: new ArrayBuffer(1) } }, Symbol('s'), 1n, { transfer: true }, { transfer: Symbol() }, { get transfer() { throw new TypeError('mine'); } }, { transfer: { [Symbol.iterator]: 1 } }, { transfer: { *[Symbol.iterator]() { yield new ArrayBuffer(3); } } }, { transfer: { *[Symbol.iterator]() { throw new RangeError('in'); } } }])
  t('options', () => structuredClone(7, o));
t('resizable', () => { const b = new ArrayBuffer(8, { maxByteLength: 16 }); const c = structuredClone(b); return [c.resizable, c.maxByteLength, c.byteLength]; });
t('resizable moved', () => { const b = new ArrayBuffer(8, { maxByteLength: 16 }); const c = structuredClone(b, { transfer: [b] }); return [c.resizable, c.maxByteLength, c.byteLength, b.byteLength, b.maxByteLength, b.resizable]; });
t('resizable view', () => { const b = new ArrayBuffer(8, { maxByteLength: 16 }); const v = new Uint8Array(b); const c = structuredClone(v); c.buffer.resize(12); return [c.length, c.buffer.maxByteLength]; });
t('resizable fixed view', () => { const b = new ArrayBuffer(8, { maxByteLength: 16 }); const v = new Uint8Array(b, 2, 4); const c = structuredClone(v); c.buffer.resize(12); return [c.length, c.buffer.maxByteLength]; });
t('resizable out of bounds', () => { const b = new ArrayBuffer(8, { maxByteLength: 16 }); const v = new Uint8Array(b, 2, 4); b.resize(3); const c = structuredClone(v); return [c.length, c.buffer.maxByteLength]; });
t('resizable out dv', () => { const b = new ArrayBuffer(8, { maxByteLength: 16 }); const v = new DataView(b, 2, 4); b.resize(3); const c = structuredClone(v); return [c.buffer.maxByteLength]; });
t('resizable dv', () => { const b = new ArrayBuffer(8, { maxByteLength: 16 }); const v = new DataView(b); const c = structuredClone(v); c.buffer.resize(12); return [c.byteLength]; });
t('growable shared', () => { const b = new SharedArrayBuffer(8, { maxByteLength: 16 }); const c = structuredClone(b); b.grow(12); return [c.byteLength, c.growable]; });
t('dv', () => { const v = new DataView(new ArrayBuffer(8), 2, 4); const c = structuredClone(v); return [c, c.byteOffset, c.byteLength, c.buffer.byteLength]; });
t('buffer', () => { const c = structuredClone(Buffer.from('abc')); return [c.constructor.name, c.buffer.byteLength]; });
t('slow buffer', () => { const c = structuredClone(Buffer.alloc(3)); return [c.constructor.name, c.buffer.byteLength]; });
t('pool', () => structuredClone(1, { transfer: [Buffer.from('abc').buffer] }));
class P { #x = 1; y = 2; get z() { return 3; } }
t('class', () => { const c = structuredClone(new P()); return [c, c.constructor.name]; });
for (const v of [() => 1, function f() {}, class A {}, Symbol('q'), Symbol.iterator, { a: () => 1 }, [function g() {}], new WeakMap(), new WeakSet(), new WeakRef({}), Promise.resolve(1), new Proxy({ a: 1 }, {}), new Proxy([1], {}), new Proxy(() => 1, {}), (function* () {})(), Object(Symbol('o')), new FinalizationRegistry(() => 1), { __proto__: { a: 1 }, b: 2 }, Object.create(null), Math, JSON, Reflect, [].values(), new Map().entries(), new Map([[1, () => 1]]), new Set([Symbol('in')]), async () => 1, { a: { b: [Symbol()] } }, 1, new (class Foo extends Map {})([[1, 2]]), new (class Bar extends Array {})(1, 2, 3), new (class Own { a = 1; })()])
  t('kinds', () => structuredClone(v));
t('getter', () => structuredClone({ get a() { return 5; }, [Symbol('s')]: 1, __proto__: { z: 1 } }));
t('thrower', () => structuredClone({ get a() { throw new Error('no'); } }));
t('deleting getter', () => structuredClone({ get a() { delete this.b; this.c = 3; return 5; }, b: 2 }));
t('hidden', () => structuredClone(Object.defineProperty({ a: 1 }, 'h', { value: 2, enumerable: false })));
t('circle', () => { const o = { a: 1 }; o.self = o; o.list = [o]; const c = structuredClone(o); return [c, c.self === c, c.list[0] === c]; });
t('same', () => { const x = {}; const c = structuredClone([x, x]); return c[0] === c[1]; });
t('same buffer', () => { const b = new ArrayBuffer(8); const c = structuredClone([new Uint8Array(b), new Float32Array(b, 4), new DataView(b, 1), b]); c[0][7] = 64; return [c[1][0], c[2].getUint8(6), c[0].buffer === c[3], c[1].buffer === c[3], c[2].buffer === c[3]]; });
t('sparse', () => { const a = [1, , 3]; a.name = 'n'; a[-1] = 2; return structuredClone(a); });
t('huge sparse', () => { const a = []; a[4294967294] = 1; const c = structuredClone(a); return [c.length, Object.keys(c)]; });
t('arguments', () => (function () { const c = structuredClone(arguments); return [c, Array.isArray(c), c.constructor.name]; })(1, 2));
t('boxed', () => [new Number(-0), new String('s'), new Boolean(false), Object(3n)].map((x) => structuredClone(x)));
t('boxed with', () => structuredClone(Object.assign(new String('ab'), { x: 1 })));
t('date', () => { const d = new Date(5); d.x = 1; const c = structuredClone(d); return [c, c.getTime(), Object.keys(c)]; });
t('bad date', () => structuredClone(new Date(NaN)).getTime());
t('regexp', () => { const r = /a(?<n>b)/giy; r.lastIndex = 7; r.x = 1; const c = structuredClone(r); return [c, c.lastIndex, Object.keys(c)]; });
t('map', () => { const m = new Map([[{ a: 1 }, new Set([1, [2]])], ['k', NaN]]); m.x = 1; m.set('self', m); const c = structuredClone(m); return [c, c.get('self') === c, c.x]; });
t('set', () => { const s = new Set([1, 'a', {}]); s.add(s); return structuredClone(s); });
t('numbers', () => [-0, NaN, Infinity, 2 ** 40, 1.5, 10n, -(2n ** 70n), 'é\ud800', null, undefined, true].map((x) => structuredClone(x)));
function err(e) { return [e.name, e.message, e.constructor.name, Object.prototype.toString.call(e), Object.getOwnPropertyNames(e).join(), 'cause' in e, e.cause, typeof e.stack === 'string' ? e.stack.split('\n')[0] : e.stack]; }
t('error', () => err(structuredClone(new Error('m'))));
t('error2', () => err(structuredClone(new RangeError('m', { cause: { a: 1 } }))));
t('error3', () => { const c = structuredClone(new Error('m', { cause: new TypeError('c') })); return [err(c).slice(0, 6), err(c.cause)]; });
t('error cause fn', () => err(structuredClone(new Error('m', { cause: () => 1 }))));
t('error4', () => { const e = new TypeError('x'); e.name = 'Mine'; e.code = 'C'; return err(structuredClone(e)); });
t('error5', () => { const e = new Error('x'); e.name = 'EvalError'; return err(structuredClone(e)); });
t('error6', () => err(structuredClone(new EvalError())));
t('error7', () => err(structuredClone(new URIError(''))));
t('error8', () => { const e = new Error('x'); e.message = 5; return err(structuredClone(e)); });
t('error9', () => { const e = new Error('x'); delete e.message; return err(structuredClone(e)); });
t('error10', () => { const e = new Error('x'); e.stack = 'st'; return err(structuredClone(e)); });
t('error11', () => { const e = new Error('x'); e.stack = 5; return err(structuredClone(e)); });
t('error12', () => { const e = new Error('x'); delete e.stack; return err(structuredClone(e)); });
t('error13', () => { const e = new Error('x'); Object.defineProperty(e, 'message', { get() { return 'got'; } }); return err(structuredClone(e)); });
t('error14', () => { const e = new Error('x'); e.name = 5; return err(structuredClone(e)); });
t('error15', () => err(structuredClone(new AggregateError([1, new Error('q')], 'agg'))));
t('error16', () => { const e = new Error('x'); e.name = 'DataCloneError'; return err(structuredClone(e)); });
t('error17', () => { const e = new Error('x'); e.name = Symbol(); return err(structuredClone(e)); });
t('error class', () => { class My extends RangeError { constructor() { super('own'); this.name = 'RangeError'; } } return err(structuredClone(new My())); });
t('error circle', () => { const e = new Error('x'); const c = structuredClone({ e, a: e }); return c.e === c.a; });
t('error in itself', () => { const e = new Error('x'); e.cause = e; const c = structuredClone(e); return c.cause === c; });
t('no thrown transfer', () => { const b = new ArrayBuffer(8); try { structuredClone({ b, f() {} }, { transfer: [b] }); } catch { } return b.byteLength; });
t('order', () => { const seen = []; const b = new ArrayBuffer(8); try { structuredClone({ get a() { seen.push('a'); return b.byteLength; }, get f() { seen.push('f', b.byteLength); return () => 1; } }, { get transfer() { seen.push('transfer'); return [b]; } }); } catch (e) { seen.push(e.name); } return seen; });
try { structuredClone(() => 1); } catch (e) { console.log(Object.getOwnPropertyNames(e), Object.getOwnPropertySymbols(e).length, e.code, e.constructor === DOMException, String(e), e instanceof DOMException, DOMException.DATA_CLONE_ERR, e.stack.split('\n')[0]); }
console.log(structuredClone.length, structuredClone.name, Object.getOwnPropertyDescriptor(globalThis, 'structuredClone'));
t('new', () => new structuredClone(1));
t('this', () => structuredClone.call(null, 1));
