// Objects of all kinds, as errors show them.
'use strict';
const t=(f)=>{try{f()}catch(e){console.log(e.message)}};
const ro=(o)=>{Object.defineProperty(o,'x',{value:1}); t(()=>{o.x=2})};
class A{}; class B{toString(){return 'b'}}; class C{get [Symbol.toStringTag](){return 'Tag'}}; class D extends Array{}; class E extends Error{}; class F extends Map{};
ro(new A); ro(new B); ro(new C); ro(new D); ro(new E('e')); ro(new F); ro({}); ro([]); ro(/a/); ro(new Date(0)); ro(new Map); ro(new Set); ro(Promise.resolve()); ro(new Uint8Array(2)); ro(new ArrayBuffer(1)); ro(function f(){}); ro(class G{}); ro(()=>1); ro(Object.create(null)); ro({toString(){return 'q'}}); ro({toString:1}); ro(new (class{})); ro(Object(1)); ro(Object('s')); ro(Object(true)); ro(Object(Symbol('q'))); ro(Object(1n)); ro(Math); ro(JSON); ro(Reflect); ro(globalThis); ro(new Error('m')); ro(new TypeError('m')); ro((function(){return arguments})()); ro(new Proxy({}, {})); ro(new WeakMap); ro(new DataView(new ArrayBuffer(1))); ro(function*(){}()); ro(Buffer.alloc(1)); ro(new Proxy(function(){}, {})); ro(Object.create({toString(){return 'w'}})); ro(Object.create(A.prototype)); ro(new URL('http://a/'));
