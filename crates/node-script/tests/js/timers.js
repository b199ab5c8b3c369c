// The order of ticks, jobs, timers and immediates.
const log = [];
setTimeout((a, b) => log.push('timeout 2 ' + a + b), 2, 'x', 'y');
setTimeout(() => { log.push('timeout 1'); process.nextTick(() => log.push('tick in timeout')); Promise.resolve().then(() => log.push('job in timeout')); }, 1);
setTimeout(() => log.push('timeout 1 second'), 1);
process.nextTick((v) => { log.push('tick ' + v); process.nextTick(() => log.push('tick in tick')); Promise.resolve().then(() => log.push('job in tick')); }, 5);
Promise.resolve().then(() => { log.push('job'); process.nextTick(() => log.push('tick in job')); }).then(() => log.push('job 2'));
queueMicrotask(() => log.push('microtask'));
log.push('main');
const cleared = setTimeout(() => log.push('never'), 3); clearTimeout(cleared); clearTimeout(cleared); clearTimeout(undefined); clearTimeout({});
const stopped = setImmediate(() => log.push('never')); clearImmediate(stopped);
let count = 0; const interval = setInterval(() => { log.push('interval ' + ++count); if (count === 3) clearInterval(interval); }, 10);
setTimeout(() => { setImmediate(() => { log.push('immediate'); setImmediate(() => log.push('immediate in immediate')); }); setTimeout(() => log.push('timeout in timeout'), 0); process.nextTick(() => log.push('tick before immediate')); }, 400);
const unref = setTimeout(() => log.push('never: not waited for'), 1e6); console.log(unref.hasRef(), unref.unref() === unref, unref.hasRef());
const again = setTimeout(() => log.push('refreshed'), 150); setTimeout(() => again.refresh(), 100);
setTimeout(() => { const id = +setTimeout(() => log.push('never'), 5); clearTimeout(id); }, 600);
(async () => { await null; log.push('async 1'); await new Promise((resolve) => setTimeout(resolve, 800)); log.push('async 2'); console.log(log.join('\n')); })();
for (const f of [() => setTimeout(), () => setTimeout('text'), () => process.nextTick({}), () => setImmediate(null), () => setInterval(5)]) { try { f(); } catch (e) { console.log(e.code, e.message); } }
console.log(typeof setTimeout(() => {}, 1)[Symbol.toPrimitive], Object.keys(require('timers')).includes('setTimeout'));
