function f(a) { let b = 2; var r = eval('a + b'); eval('var c = 3; b = 5'); return [r, b, c].join(); } console.log(f(1));
var g = 'global-ish'; console.log(eval('1;2;3'), eval('var q1 = 7; q1'), q1);
console.log((0, eval)('typeof g'), eval('typeof g'));
const fn = new Function('a', 'b', 'return a * b'); console.log(fn(3, 4), fn.name, fn.length, fn.toString());
function strict() { 'use strict'; eval('var hidden = 1'); return typeof hidden; } console.log(strict());
with ({ w: 1, x: { y: 2 } }) { console.log(w, x.y); w = 5; var fromWith = w; } console.log(fromWith);
const scope = { v: 1, m() { return this === scope; } }; with (scope) { v = 2; console.log(m(), (() => v)()); } console.log(scope.v);
function closureEval() { let secret = 's'; return (code) => eval(code); } console.log(closureEval()('secret + "!"'));
console.log(eval('(function () { return this; })()') === globalThis, eval('({ a: 1 })').a, eval(''), eval(5));
function evalArrow() { return eval('(() => arguments.length)()'); } console.log(evalArrow(1, 2));
function evalThis() { return eval('this.k'); } console.log(evalThis.call({ k: 'kk' }));
eval('function declared() { return "d"; }'); console.log(declared());
console.log(delete globalThis.nothing, typeof globalThis, (function () { return delete this.zzz; })());
{ let x = 1; eval('x = 2; let y = 3;'); console.log(x, typeof y); }
for (let i = 0; i < 2; i++) eval('console.log(i)');

// `super()` and `this` of a derived constructor.
(() => {
  class A{constructor(){this.a=1}} class S extends A{constructor(){eval("super()")}} console.log(new S());
  class T extends A{constructor(){const f=()=>eval("super(); this.x=2; eval('this.y=3')"); f(); }} console.log(new T());
  class U extends A{constructor(){try{eval("this")}catch(e){console.log(e.message)} try{(()=>eval("this.q"))()}catch(e){console.log(e.message)} super(); console.log(eval("this")===this, eval("() => this")()===this);try{eval("super()")}catch(e){console.log(e.message)}}} new U();
  function f(){return eval("this")} console.log(f.call(5)==5, typeof f());
  console.log(eval("this")===exports);
  class V extends A{constructor(){eval("super()"); return}} console.log(new V().a);
  try{ new (class extends A{constructor(){eval("1")}}) }catch(e){console.log(e.message)}
})();
