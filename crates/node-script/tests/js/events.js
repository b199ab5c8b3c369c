const EventEmitter = require('events');
const { once } = EventEmitter;
const L = (...a) => console.log(a.map((x) => typeof x === 'function' ? 'fn ' + x.name : x instanceof Error ? x.name + ' ' + (x.code || '') + ' ' + x.message : Array.isArray(x) ? '[' + x.map(String).join() + ']' : String(x)).join(' | '));
const t = (f) => { try { f(); } catch (e) { L('threw', e); } };
const e = new EventEmitter();
L(Object.getOwnPropertyNames(e), e._eventsCount, e._maxListeners, Object.getPrototypeOf(e._events));
e.on('newListener', (n, f) => L('new', n, f));
e.on('removeListener', (n, f) => L('removed', n, f));
function a(...x) { L('a', this === e, x); }
function b(...x) { L('b', x); }
e.on('x', a); e.once('x', b); e.prependListener('x', function first() { L('first'); }); e.prependOnceListener('x', function zero() { L('zero'); });
L(e.listeners('x'), e.listeners('x').map((f) => f.name), e.rawListeners('x').length, e.listenerCount('x'), e.listenerCount('x', a), e.eventNames());
L(e.emit('x', 1, 2)); L(e.emit('x')); L(e.emit('nobody'));
e.off('x', a); L(e.listenerCount('x')); e.removeAllListeners('x'); L(e.eventNames());
t(() => e.on('y', 5)); t(() => e.emit('error', new TypeError('boom'))); t(() => e.emit('error', 'text')); t(() => e.emit('error', 5)); t(() => e.emit('error'));
t(() => e.setMaxListeners(-1)); t(() => e.setMaxListeners('x')); L(e.setMaxListeners(20) === e, e.getMaxListeners(), new EventEmitter().getMaxListeners(), EventEmitter.defaultMaxListeners);
const s = Symbol('s'); e.on(s, a); L(e.eventNames().map(String)); L(e.emit(s, 'sym'));
e.removeAllListeners(); L(e.eventNames().length, e._eventsCount);
class My extends EventEmitter { constructor() { super(); this.v = 1; } go() { return this.emit('go', this.v); } }
const m = new My(); m.on('go', function (v) { L('go', this.v, v, this instanceof My); }); L(m.go());
m.once('self', function f() { L('self', m.listenerCount('self')); m.emit('self'); }); m.emit('self');
m.on('rm', function r1() { L('r1'); m.off('rm', r2); }); function r2() { L('r2'); } m.on('rm', r2); m.emit('rm'); m.emit('rm');
t(() => { m.on('th', () => { throw new RangeError('in listener'); }); m.emit('th'); });
function Old() { EventEmitter.call(this); } Object.setPrototypeOf(Old.prototype, EventEmitter.prototype); const o = new Old(); o.on('q', (v) => L('old', v)); o.emit('q', 3);
L(EventEmitter.EventEmitter === EventEmitter, require('node:events') === EventEmitter, EventEmitter.name, EventEmitter.length, typeof EventEmitter.errorMonitor);
e.on(EventEmitter.errorMonitor, (x) => L('monitor', x)); t(() => e.emit('error', new Error('seen')));
(async () => { const p = once(m, 'later'); m.emit('later', 1, 2); L(await p); const q = once(m, 'never'); m.emit('error', new Error('bad')); try { await q; } catch (x) { L('rejected', x, m.listenerCount('never'), m.listenerCount('error')); } })();
