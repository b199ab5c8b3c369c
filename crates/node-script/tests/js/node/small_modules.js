// Small modules: `querystring`, `punycode`, `diagnostics_channel`, `worker_threads` and parts of others.
const q = require('querystring');
console.log(q.parse('a=1&b=2&a=3&c&=x&d=%20+y&e=%zz&f=%E4%BD%A0&&g==h'), q.stringify({ a: [1, 'b', true], b: 10n, c: null, d: undefined, e: NaN, f: {}, 'ö ': "!'()*~-._", g: [] }), q.escape('a b&'), q.unescape('%41%'), q.parse('a:1;b:2', ';', ':'), q.stringify({ a: 1, b: 2 }, ';', ':'));
console.log(q.parse('a=1&b=2&c=3', null, null, { maxKeys: 2 }), q.parse('a=%FF&b=%e4%bd'), q.parse(5), q.stringify('x'), q.parse('a=1', '&', '=', { decodeURIComponent: (s) => `<${s}>` }), q.stringify({ 'a b': 'c d' }, '&', '=', { encodeURIComponent: (s) => `[${s}]` }), Object.keys(q), q.unescapeBuffer('a%20b%').toString());
try { q.escape('\ud800'); } catch (e) { console.log(e.name, e.code, e.message); }
const p = require('punycode');
for (const t of ['mañana', 'bücher', '☃-⌘', '日本語', 'abc', '', 'π', '💩a']) console.log(p.encode(t), p.decode(p.encode(t)) === t, p.toASCII(t + '.com'), p.toUnicode(p.toASCII(t + '.com')));
console.log(p.ucs2.decode('a💩'), p.ucs2.encode([97, 0x1f4a9]), p.toASCII('джумла@mañana。com'), p.version, Object.keys(p)); for (const b of ['\x80', 'ls8h=', 'zzzzzzzzzzz9999']) try { console.log(p.decode(b)); } catch (e) { console.log(e.name, e.message); }
const d = require('diagnostics_channel'); const c = d.channel('x'); console.log(c.hasSubscribers, c.name, d.hasSubscribers('x'), d.channel('x') === c, c instanceof d.Channel);
const l = (m, n) => console.log('got', m, n); d.subscribe('x', l); console.log(c.hasSubscribers); c.publish({ a: 1 }); console.log(d.unsubscribe('x', l), d.unsubscribe('x', l), c.hasSubscribers); c.publish(1);
const tc = d.tracingChannel('t'); tc.subscribe({ start: (m) => console.log('start', m), end: (m) => console.log('end', m), error: (m) => console.log('error', m.error.message), asyncStart: (m) => console.log('as', m), asyncEnd: (m) => console.log('ae', m) }); console.log(tc.traceSync((a) => a + 1, { z: 1 }, null, 5)); 
try { d.channel(5); } catch (e) { console.log(e.code, e.message); }
const w = require('worker_threads'); console.log(w.isMainThread, w.parentPort, w.workerData, w.threadId, w.resourceLimits, typeof w.SHARE_ENV); w.setEnvironmentData('a', 1); console.log(w.getEnvironmentData('a'));
console.log(require('path/posix') === require('path').posix, require('util/types') === require('util').types, require('_stream_readable') === require('stream').Readable, require('node:readline/promises') === require('readline').promises);
const k = require('constants'); console.log(k.O_RDONLY, k.SIGTERM, k.ENOENT, Object.isFrozen(k));
