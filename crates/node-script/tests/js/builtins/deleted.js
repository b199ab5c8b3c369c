// What was deleted from an object is not kept by it; names with surrogates that stand alone.
console.log(JSON.stringify({'\ud83d':1,'a\ude00':2, 'é':3, 'q"':4}));
let alive=[]; const fr=new FinalizationRegistry((n)=>alive.push(n));
function mk(n){ const o={n}; fr.register(o,n); return o; }
const o={a:1,b:mk('b'),c:2}; delete o.b; const p={a:mk('a'),c:2,d:3}; delete p.a; class K{constructor(){this.x=mk('x');this.y=1;this.z=2}} const k=new K(); delete k.x;
setTimeout(()=>{ gc(); setTimeout(()=>{ console.log(alive.sort(), o, p, k, o.c+p.d+k.z); o.n=1; console.log(o); },20)},10);
