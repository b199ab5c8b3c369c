// What a generator at its end keeps: its context, parameters and `this`, and what it was given last.
const alive = (name, ref) => `${name}:${ref.deref() !== undefined}`;
const turn = () => new Promise((d) => setImmediate(d));
const out = [];
const refs = {};
const ref = (name, o) => { refs[name] = new WeakRef(o); return o; };
const kept = [];
(function () {
  // context variable
  { const a = ref('ctx', { a: 1 }); function* g() { yield 1; return a.a; } const i = g(); i.next(); i.next(); i.next(); kept.push(i); }
  // own context
  { function* g() { const b = ref('own', { b: 1 }); const f = () => b; yield 1; return 3; } const i = g(); i.next(); i.next(); kept.push(i); }
  // local register
  { function* g() { const b = ref('local', { b: 1 }); yield 1; b.b = 2; return 3; } const i = g(); i.next(); i.next(); kept.push(i); }
  // parameter
  { function* g(p) { yield 1; p.x = 1; return 3; } const i = g(ref('param', {})); i.next(); i.next(); kept.push(i); }
  // receiver
  { function* g() { yield 1; return this; } const i = g.call(ref('this', {})); i.next(); i.next(); kept.push(i); }
  // closed by return before start
  { function* g(p) { yield 1; return p; } const i = g(ref('unstarted', {})); i.return(1); kept.push(i); }
  // closed by return
  { function* g(p) { const l = ref('retlocal', {}); yield 1; return l; } const i = g(ref('retparam', {})); i.next(); i.return(1); kept.push(i); }
  // closed by throw
  { function* g(p) { const l = ref('throwlocal', {}); yield 1; return l; } const i = g(ref('throwparam', {})); i.next(); try { i.throw(1); } catch {} kept.push(i); }
  // return with finally & yield
  { function* g(p) { const l = ref('finlocal', {}); try { yield 1; } finally { yield 2; } return l; } const i = g(ref('finparam', {})); i.next(); i.return(ref('retval', {})); i.next(); i.next(); kept.push(i); }
  // input
  { function* g(p) { yield 1; yield 2;} const i = g(); i.next(); i.next(ref('input', {})); i.next(); i.next(); kept.push(i); }
  { function* g(p) { yield 1; yield 2;} const i = g(); i.next(); i.next(1); i.next(ref('lastinput', {})); kept.push(i); }
  // result value
  { function* g(p) { yield 1; return ref('result', {});} const i = g(); i.next(); i.next(1); kept.push(i); }
})();
// async function with promise kept
const asyncs = [];
(async function () {
  const a = ref('asyncctx', {});
  const f = async () => { await null; return a; };
  // async generator
  async function* ag(p) { const l = ref('aglocal', {}); yield 1; return l.x ?? a.x; }
  const i = ag(ref('agparam', {}));
  asyncs.push(i);
  await i.next(); await i.next(); await i.next();
})();
(async () => {
  await turn(); await turn();
  for (let i = 0; i < 3; i++) { gc(); await turn(); }
  for (const [name, r] of Object.entries(refs)) console.log(alive(name, r));
  console.log(kept.length, asyncs.length);
})();
