const { Writable } = require('stream');
const EventEmitter = require('events');
const log = [];
const L = (...a) => log.push(a.map((x) => x instanceof Error ? `${x.code || x.name}:${x.message}` : Buffer.isBuffer(x) ? `<${x.toString()}>` : String(x)).join(' '));
function watch(name, s) { for (const e of ['drain', 'finish', 'error', 'close', 'prefinish']) s.on(e, (x) => L(name, e, x)); return s; }
// sync sink, drain
{
  const s = watch('a', new Writable({ highWaterMark: 5, write(c, e, n) { L('a write', c, e); n(); } }));
  L('a', s.write('abc', () => L('a cb1')), s.writableLength);
  L('a', s.write('defgh', 'utf8', (x) => L('a cb2', x)), s.writableNeedDrain);
  s.end('end', () => L('a end cb'));
  L('a', s.writable, s.writableEnded, s.writableFinished);
}
// async sink, buffering
{
  const s = watch('b', new Writable({ highWaterMark: 4, write(c, e, n) { L('b write', c, e, s.writableLength); setTimeout(() => { L('b done'); n(); }, 1); } }));
  for (const x of ['aa', 'bb', 'cc']) L('b', s.write(x, () => L('b cb', x)), s.writableBuffer.length);
  s.end();
}
// cork, writev
{
  const s = watch('c', new Writable({ writev(cs, n) { L('c writev', cs.map((x) => x.chunk.toString() + x.encoding).join()); n(); } }));
  s.cork(); s.cork(); s.write('1'); s.write('2', () => L('c cb2')); s.uncork(); L('c', s.writableCorked, s.writableLength); s.uncork(); s.write('3'); s.end('4');
}
// error
{
  const s = watch('d', new Writable({ write(c, e, n) { L('d write', c); n(new Error('bad')); } }));
  L('d', s.write('x', (e) => L('d cb', e)), s.errored);
  L('d', s.write('y', (e) => L('d cb y', e)));
  setTimeout(() => { L('d late', s.errored, s.destroyed, s.closed, s.writableAborted); }, 1);
}
// write after end
{
  const s = watch('e', new Writable({ write(c, e, n) { n(); } }));
  s.end(); L('e', s.write('x', (e) => L('e cb', e)));
  s.end((e) => L('e end again', e));
}
// destroy
{
  const s = watch('f', new Writable({ write(c, e, n) { L('f write', c); }, destroy(e, cb) { L('f destroy', e); cb(e); } }));
  s.write('1', (e) => L('f cb1', e)); s.write('2', (e) => L('f cb2', e)); s.end((e) => L('f end', e)); s.destroy(new Error('gone')); L('f', s.destroyed);
  s.write('3', (e) => L('f cb3', e));
}
// final
{
  const s = watch('g', new Writable({ write(c, e, n) { n(); }, final(cb) { L('g final'); setTimeout(cb, 1); } }));
  s.end('x'); 
}
// object mode, decodeStrings
{
  const s = watch('h', new Writable({ objectMode: true, highWaterMark: 2, write(c, e, n) { L('h', JSON.stringify(c), e); n(); } }));
  L('h', s.write({ a: 1 }), s.write('str'), s.write(5, 'latin1'), s.writableHighWaterMark, s.writableObjectMode);
  try { s.write(null); } catch (e) { L('h', e); }
  const t = watch('i', new Writable({ decodeStrings: false, write(c, e, n) { L('i', typeof c, c, e); n(); } }));
  t.write('abc', 'hex'); t.write('x'); t.setDefaultEncoding('latin1'); t.write('y'); t.write(Buffer.from('z')); t.write(new Uint8Array([65]));
  try { t.write(5); } catch (e) { L('i', e); }
  try { t.write('a', 'nope'); } catch (e) { L('i', e); }
  try { t.setDefaultEncoding('nope'); } catch (e) { L('i', e); }
  try { new Writable({ highWaterMark: -1 }); } catch (e) { L('i', e); }
}
// construct
{
  const s = watch('j', new Writable({ construct(cb) { L('j construct'); setTimeout(cb, 1); }, write(c, e, n) { L('j write', c); n(); } }));
  s.write('early'); s.end();
}
// subclass, re-entrancy
{
  class W extends Writable {
    constructor() { super({ highWaterMark: 3 }); this.n = 0; }
    _write(c, e, n) { L('k write', c); if (this.n++ < 2) { L('k inner', this.write('in' + this.n, () => L('k inner cb'))); } n(); }
    _final(cb) { L('k final'); cb(); }
  }
  const s = watch('k', new W());
  s.write('out', () => { L('k out cb'); s.end(); });
  L('k', s instanceof Writable, s instanceof EventEmitter, s.writableHighWaterMark);
}
// throw in final, multiple callback, not implemented, autoDestroy false
{
  const s = watch('l', new Writable({ write(c, e, n) { n(); }, final() { throw new Error('in final'); } })); s.end();
  const t = watch('m', new Writable({ write(c, e, n) { n(); n(); } })); t.write('x');
  const u = watch('n', new Writable()); try { u.write('x'); } catch (e) { L('n', e); }
  const v = watch('o', new Writable({ autoDestroy: false, emitClose: false, write(c, e, n) { n(); } })); v.end('x');
  const w = watch('p', new Writable({ write(c, e, n) { n(); } })); w.pipe();
}
// same callbacks share a tick
{
  const s = watch('q', new Writable({ write(c, e, n) { n(); } }));
  const f = () => L('q f'), g = () => L('q g');
  s.write('1', f); s.write('2', f); s.write('3', g); s.write('4', f); process.nextTick(() => L('q tick'));
}
// drain listener that writes
{
  let n = 0;
  const s = watch('r', new Writable({ highWaterMark: 1, write(c, e, cb) { L('r write', c); setTimeout(cb, 1); } }));
  s.on('drain', () => { if (n++ < 2) L('r more', s.write('m' + n)); else s.end(); });
  s.write('first');
}
let turns = 0; const turn = () => { if (turns++ < 60) setTimeout(turn, 1); else console.log(log.join("\n")); }; turn();
