// What `caller` tells of functions that run.
function f(){ return f.caller; } function g(){ return f(); } function s(){ 'use strict'; return f(); } const arrow=()=>f(); function h(){ return arrow(); } class C { m(){ return f(); } } const o={ m(){ return f(); } };
const n=(x)=>x===null?'null':typeof x==='function'?x.name||'anon':String(x);
console.log(n(f.caller), n(g()), n(s()), n(arrow()), n(h()), n(new C().m()), n(o.m()), n([1].map(f)[0]), n((function(){return [1].map(f)[0]})()), n(g.caller));
function r(d){ return d ? r(d-1) : r.caller; } console.log(n(r(0)===null?null:r(2)));
function t1(flag){ if(flag!==true){ return t2(); } return 'called'; } function t2(){ return arguments.callee.caller(true); } console.log(t1());
console.log(Object.getOwnPropertyDescriptor(f,'caller'));
