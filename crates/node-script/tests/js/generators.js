function* nums(n) { for (let i = 0; i < n; i++) { const r = yield i; if (r) console.log('received', r); } return 'end'; }
const it = nums(3); console.log(JSON.stringify(it.next()), JSON.stringify(it.next('a')), JSON.stringify(it.return('early')), JSON.stringify(it.next()));
console.log([...nums(4)].join(), Math.max(...nums(5)));
function* fin() { try { yield 1; yield 2; } finally { console.log('cleanup'); } }
for (const x of fin()) { console.log(x); break; }
const t = fin(); t.next(); try { t.throw(new Error('thrown in')); } catch (e) { console.log(e.message); }
function* catches() { while (true) { try { yield 'v'; } catch (e) { console.log('caught', e); } } }
const c = catches(); c.next(); c.throw('e1'); console.log(c.throw('e2').value);
function* deleg() { const r = yield* inner(); console.log('r', r); } function* inner() { yield 'a'; yield 'b'; return 'ret'; }
console.log([...deleg()].join());
const iterable = { from: 1, to: 3, [Symbol.iterator]() { let cur = this.from, last = this.to; return { next: () => cur <= last ? { done: false, value: cur++ } : { done: true, value: undefined }, return() { console.log('closed'); return {}; } }; } };
for (const x of iterable) { if (x === 2) break; console.log(x); }
const [one] = iterable; console.log(one);
try { for (const x of iterable) throw new Error('in loop'); } catch (e) { console.log(e.message); }
function* fibs() { let [a, b] = [0, 1]; for (;;) { yield a; [a, b] = [b, a + b]; } }
const out = []; for (const f of fibs()) { if (f > 50) break; out.push(f); } console.log(out.join());
const g = (function* () { yield this; }).call('this'); console.log(typeof g.next().value);
try { const self = (function* () { self.next(); })(); self.next(); } catch (e) { console.log(e.message); }
console.log(Object.prototype.toString.call(nums(1)), nums(1)[Symbol.iterator]() !== undefined);
function* early() { try { yield 1; } finally { yield 'in finally'; } } const e = early(); e.next(); console.log(JSON.stringify(e.return('x')), JSON.stringify(e.next()), JSON.stringify(e.next()));
const log = (...a) => console.log(...a);
async function af(x) { log('af start', x); await null; log('af after', x); return x * 2; }
af(1).then((v) => log('af result', v)); log('sync');
(async () => { try { await (async () => { throw new TypeError('async throw'); })(); } catch (e) { log('caught', e.message); } finally { log('async finally'); } })();
const sleep = (v) => new Promise((r) => r(v));
(async () => { let s = 0; for (const v of [1, 2, 3]) s += await sleep(v); log('sum', s); const [a, b] = [await sleep('x'), await sleep('y')]; log(a + b); })();
async function* ag() { yield 1; const x = yield sleep(2); log('ag got', x); try { yield 3; } finally { log('ag closed'); } }
(async () => { const seen = []; for await (const v of ag()) { seen.push(v); if (v === 3) break; } log('ag', seen.join()); for await (const v of [sleep('p'), 'q']) log('fa', v); const a = ag(); const rs = [await a.next(), await a.next(), await a.return('r'), await a.next()]; log(JSON.stringify(rs)); })();
Promise.resolve().then(() => log('m1')).then(() => log('m2')); queueMicrotask(() => log('mt'));
new Promise((_, rej) => rej(new Error('rejected'))).catch((e) => log('catch', e.message)).then(() => log('after catch'));
const thenable = { then(res) { log('then called'); res('thenable value'); } }; Promise.resolve(thenable).then((v) => log(v)); (async () => log(await thenable))();
class P2 extends Promise {} log(P2.resolve(1) instanceof P2, P2.resolve(1).then(() => 1) instanceof P2);
