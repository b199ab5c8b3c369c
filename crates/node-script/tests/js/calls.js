// Calls with more arguments than a window has room for: spread, bound, by a tick.
function f(...r){ return r.length }
const g = f.bind(null,1,2);
console.log(g(3,4,5,6,7,8,9,10));
const a=[1,2,3,4,5,6,7,8,9,10,11,12];
console.log(f(...a));
const h=(...x)=>f(...x); console.log(h(1,2,3,4,5,6,7,8,9,10,11));
process.nextTick(f,1,2,3,4,5,6,7,8,9,10,11,12);
process.nextTick((...q)=>console.log(f(...q), q.length),1,2,3,4,5,6,7,8,9,10,11,12);
const once=(call)=>{let c=false; return (...given)=>{ if(c) return; c=true; call(...given)}};
process.nextTick(once((...a)=>console.log(a.length)), undefined, undefined);
process.nextTick(once((a)=>console.log(a)), undefined, undefined);
