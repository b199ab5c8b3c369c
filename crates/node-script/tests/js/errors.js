const tryit = (f) => { try { return f(); } catch (e) { return e.constructor.name + ': ' + e.message; } };
const u = undefined, o = {}, n = 5;
for (const f of [() => u.x, () => null[1], () => u.x = 1, () => o.foo(), () => o.a.b, () => n(), () => (void 0)(), () => new n(), () => new (() => 1)(), () => [...5], () => { const [a] = 1; }, () => { const { a } = null; }, () => 'x' in 'y', () => 1 instanceof 2, () => Symbol() + '', () => 1n + 1, () => { 'use strict'; undeclared = 1; }, () => { 'use strict'; Object.freeze([1])[0] = 2; }, () => { 'use strict'; delete Object.freeze({ a: 1 }).a; }, () => new Array(-1), () => 'x'.repeat(-1), () => (5).toString(99), () => null.foo(), () => o.x.y.z, () => JSON.parse('{bad'), () => { class A { constructor() { this.x; } } A(); }, () => Object.defineProperty(1, 'x', {}), () => Reflect.ownKeys(1), () => new Proxy(1, {}), () => { for (const x of {}) ; }, () => [].reduce((a) => a), () => o[Symbol.iterator](), () => { let x = 1; { x; let y = x; } return y; }, () => Object.setPrototypeOf(Object.preventExtensions({}), {}), () => { 'use strict'; ({ get a() { return 1; } }).a = 2; }]) console.log(tryit(f));
function deep() { return deep() + 1; } console.log(tryit(deep));
const e = new Error('with cause', { cause: 'the cause' }); console.log(e.cause, Object.keys(e).length, e.hasOwnProperty('stack'), Object.prototype.toString.call(e));
console.log(String(new TypeError('t')), new RangeError('r').name, new Error() + '', Error('no new') instanceof Error);
function order() { const log = []; try { try { log.push('t'); throw 1; } catch (x) { log.push('c' + x); throw 2; } finally { log.push('f'); } } catch (x) { log.push('o' + x); } return log.join(); } console.log(order());
function fr() { for (const i of [1, 2, 3]) { try { if (i === 2) return 'r' + i; continue; } finally { console.log('fin', i); } } } console.log(fr());
function override() { try { return 1; } finally { return 2; } } console.log(override());
function nested() { l: for (;;) { try { try { break l; } finally { console.log('inner f'); } } finally { console.log('outer f'); } } return 'done'; } console.log(nested());
function brk() { for (let i = 0; i < 3; i++) { try { if (i == 1) continue; if (i == 2) break; } finally { console.log('f' + i); } } } brk();
console.log(new Error('x').stack.split('\n')[0]);
try { eval('var x = ;'); } catch (e) { console.log(e.name); }
try { new Function('return }')(); } catch (e) { console.log(e.name); }
var ex; try { throw null; } catch (x) { ex = x; } console.log(ex);
const err = Object.assign(new Error('m'), { code: 'E' }); console.log(err.code, JSON.stringify(err));
console.log((() => { try { throw new Error('a'); } catch { return 'no binding'; } })());
