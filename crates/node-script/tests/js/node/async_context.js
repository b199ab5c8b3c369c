// What is kept along asynchronous calls.
const { AsyncLocalStorage, AsyncResource, executionAsyncId, triggerAsyncId, createHook } = require('async_hooks');
const als = new AsyncLocalStorage(), other = new AsyncLocalStorage(); console.log(als.getStore(), executionAsyncId(), triggerAsyncId());
const show = (n) => console.log(n, als.getStore(), other.getStore());
als.run({ id: 1 }, () => { show('sync'); setTimeout(() => show("timeout"), 30); process.nextTick(() => show('tick')); queueMicrotask(() => show('micro')); Promise.resolve().then(() => show('then')); (async () => { show('async'); await null; show('after await'); await new Promise((r) => setTimeout(r, 2)); show('after timer'); })(); other.run('o', () => { Promise.resolve().then(() => show('both')); }); als.exit(() => { show('exit'); Promise.resolve().then(() => show('exit then')); }); new (require('events'))().on('e', () => show('emit')).emit('e'); });
show('outside'); let go; const pending = new Promise((r) => { go = r; }); als.run('at then', () => pending.then(() => show('pending then'))); als.run('at resolve', () => go());
als.run('thenable', () => { Promise.resolve({ then(f) { show('thenable job'); f(); } }); });
console.log(als.run(5, (a, b) => [als.getStore(), a, b], 1, 2)); try { als.run(6, () => { throw new Error('thrown'); }); } catch (e) { show(e.message); }
const r = als.run('resource', () => new AsyncResource('R')); r.runInAsyncScope(function (x) { show('scope'); console.log(this.t, x); }, { t: 1 }, 2); console.log(typeof r.asyncId(), r.triggerAsyncId());
const b = als.run('bound', () => AsyncResource.bind(function (x) { show('bound'); return [typeof this, x]; })); console.log(b(3), b.length); const snap = als.run('snap', () => AsyncLocalStorage.snapshot()); snap(() => show('snapshot')); const ab = als.run('alsbind', () => AsyncLocalStorage.bind((x) => show(x))); ab('als bind');
async function* g() { for (let i = 0; i < 2; i++) { await null; yield als.getStore(); } } setTimeout(() => als.run('gen', async () => { for await (const s of g()) console.log('gen', s); }), 200);
setTimeout(() => { als.enterWith('entered'); show('enter'); setTimeout(() => { show('entered later'); als.disable(); show('disabled'); }); }, 60); setTimeout(() => show("not entered"), 120);
try { new AsyncResource(5); } catch (e) { console.log(e.code); } try { createHook({ init: 5 }); } catch (e) { console.log(e.code, e.message); }
