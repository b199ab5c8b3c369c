// `Error.prepareStackTrace`, `captureStackTrace` and `stackTraceLimit`.
Error.prepareStackTrace = (e, s) => s;
const P = (n, s) => { console.log('==', n); for (const c of s.filter((c) => !/^node:/.test(c.getFileName()))) { const o = {}; for (const k of ['getTypeName', 'getFunctionName', 'getMethodName', 'getFileName', 'getLineNumber', 'getColumnNumber', 'getEvalOrigin', 'isToplevel', 'isEval', 'isNative', 'isConstructor', 'isAsync', 'isPromiseAll', 'getPromiseIndex', 'getScriptNameOrSourceURL', 'getPosition', 'getEnclosingLineNumber']) { try { let v = c[k](); if (typeof v === 'string') v = v.replace(/\/[^ ()]*\//, '/'); o[k] = v; } catch (e) { o[k] = 'throws ' + e.message; } } o.fn = typeof c.getFunction(); o.this_ = typeof c.getThis(); console.log(String(c).replace(/\/[^ ()]*\//, '/'), JSON.stringify(o)); } };
const { log } = console;
const e = () => new Error('x').stack;
P('top', new Error('x').stack);
P('map', [1].map(() => new Error().stack)[0]);
P('new Function', new Function('return new Error().stack')());
class A { static s() { return new Error().stack; } m() { return new Error().stack; } constructor() { this.x = new Error().stack; } static n() { 'use strict'; return this; } }
P('static', A.s()); P('m', new A().m()); P('ctor', new A().x);
function F() {} F.named = function named() { return new Error().stack; }; P('fn named', F.named());
const sl = function sl() { return new Error().stack; }; P('sloppy', sl()); P('sloppy obj', sl.call({ a: 1 })); P('str', (function st() { 'use strict'; return new Error().stack; })());
log(Object.getOwnPropertyNames(Object.getPrototypeOf(new Error().stack[0])).sort().join());
const cs = new Error().stack[0]; log(cs.constructor.name, Object.prototype.toString.call(cs), require('util').inspect(cs), Object.keys(cs));
try { cs.getFileName.call({}); } catch (e) { log(e.message); } try { cs.toString.call({}); } catch (e) { log(e.message); }
try { cs.constructor(); log('ok'); } catch (e) { log(e.message); }
Error.prepareStackTrace = undefined;
const d = {}; Error.captureStackTrace(d); log(JSON.stringify(Object.getOwnPropertyDescriptor(d, 'stack')).replace(/\\n.*"/, '"'), d.stack.split('\n')[0]);
const d2 = { name: 'N', message: 'M' }; Error.captureStackTrace(d2); d2.message = 'later'; log(d2.stack.split('\n')[0]); d2.message = 'again'; log(d2.stack.split('\n')[0]);
try { Error.captureStackTrace(Object.freeze({})); } catch (e) { log(e.name, e.message); }
try { Error.captureStackTrace(1); } catch (e) { log(e.name, e.message); }
const a = []; Error.captureStackTrace(a); log(a.stack.split('\n')[0]);
for (const l of [0, 1, -1, '3', undefined, null, NaN, 1.5, true]) { Error.stackTraceLimit = l; const s = new Error('lim').stack; log(String(l), s === undefined ? 'undefined' : Math.min(s.split('\n').length, 3)); const q = {}; Error.captureStackTrace(q); log(typeof q.stack, 'stack' in q); }
delete Error.stackTraceLimit; log(typeof new Error('x').stack); Error.stackTraceLimit = 10;
let n = 0; Error.prepareStackTrace = function (er, st) { n++; return `${this === Error} ${er.message} ${Array.isArray(st)} ${new Error('inner').stack.split('\n')[0]}`; };
const er = new Error('lazy'); log(n); log(er.stack); log(er.stack, n);
Error.prepareStackTrace = () => { throw new TypeError('in prepare'); };
const er2 = new Error('z'); try { er2.stack; } catch (q) { log('thrown', q.message); }
Error.prepareStackTrace = 5; log(er2.stack.split('\n')[0]);
Error.prepareStackTrace = undefined;
const er3 = new RangeError('abc'); er3.name = 'Changed'; er3.message = 'def'; log(er3.stack.split('\n')[0]); er3.message = 'ghi'; log(er3.stack.split('\n')[0]);
er3.stack = 5; log(er3.stack); log(Object.getOwnPropertyDescriptor(er3, 'stack'));
const er4 = new Error('del'); log(delete er4.stack, er4.stack, Object.getOwnPropertyNames(new Error('x')));
const inh = Object.create(new Error('inh')); log(inh.stack.split('\n')[0], Object.getOwnPropertyNames(inh));
function Outer() { return Inner(); } function Inner() { const o = {}; Error.captureStackTrace(o, Outer); return o.stack; } log(Outer().split('\n')[1].replace(/\/.*\//, ''));
const o5 = {}; Error.captureStackTrace(o5, function never() {}); log(JSON.stringify(o5.stack));
log(JSON.stringify(Reflect.construct(Error, ['rc'], F).stack));
const nul = Object.create(null); Error.captureStackTrace(nul); log(nul.stack.split('\n')[0]);
const pr = new Proxy({}, { defineProperty(t, k, d) { log('dp', k); return Reflect.defineProperty(t, k, d); } }); try { Error.captureStackTrace(pr); log(typeof pr.stack); } catch (e) { log(e.message); }
const big = {}; for (let i = 0; i < 2000; i++) big['k' + i] = 1; Error.captureStackTrace(big); log(typeof big.stack, Object.keys(big).length); delete big.k1; log(typeof big.stack);
function fx() {} Error.captureStackTrace(fx); log(fx.stack.split('\n')[0]);
Error.prepareStackTrace = (e, s) => s; log(new Error('x').stack.slice(1).map((c) => c.getFileName()).join(), new Error('x').stack.length); Error.stackTraceLimit = 2; log(new Error('x').stack.map((c) => c.getFileName() === __filename).join()); Error.prepareStackTrace = undefined;
