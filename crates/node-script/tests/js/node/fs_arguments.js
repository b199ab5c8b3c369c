// What fs's functions say of descriptors that are not open, and of what is no descriptor, path, buffer or encoding.
const fs = require('fs');
function t(n, f) {
  let r; try { r = String(f()); } catch (e) { r = [e.name, e.code, e.message, e.errno, e.syscall, e.path, e.dest].join('|'); }
  console.log(n, '->', r);
}
const odd = [99, 1000000, -1, 1.5, NaN, 2 ** 31, '', 'no-such/x', null, undefined, true, {}, [], new String('x'), new Uint8Array([0]), new URL('http://x/y'), new URL('file:///no/such')];
const shown = (v) => `${typeof v} ${v instanceof URL ? v.href : JSON.stringify(v)}`;
for (const v of odd) {
  const s = shown(v);
  const exists = ['readFileSync', 'closeSync', 'fstatSync', 'fsyncSync', 'ftruncateSync', 'statSync', 'lstatSync', 'accessSync', 'existsSync', 'openSync', 'readdirSync', 'rmdirSync', 'unlinkSync'];
  for (const m of exists) t(`${m} ${s}`, () => fs[m](v));
  t(`readSync ${s}`, () => fs.readSync(v, Buffer.alloc(3)));
  t(`writeSync ${s}`, () => fs.writeSync(v, 'x'));
  t(`writeFileSync ${s}`, () => fs.writeFileSync(v, 'x'));
  t(`appendFileSync ${s}`, () => fs.appendFileSync(v, 'x'));
  t(`renameSync ${s}`, () => fs.renameSync('no-such-q', v));
  t(`copyFileSync ${s}`, () => fs.copyFileSync('no-such-q', v));
  if (typeof v === 'object' && !(v instanceof URL)) t(`mkdtempSync ${s}`, () => fs.mkdtempSync(v));
  t(`read into ${s}`, () => fs.readSync(99, v));
  if (typeof v !== 'string' && !(v instanceof Uint8Array)) t(`write ${s}`, () => fs.writeFileSync(99, v));
  if (typeof v !== 'object' && v !== '') t(`encoding ${s}`, () => fs.readFileSync('/no-such', v));
  if (v !== '' && v) t(`encoding in options ${s}`, () => fs.readFileSync('/no-such', { encoding: v instanceof URL ? 7 : v }));
  if (typeof v !== 'number' && v) t(`flags ${s}`, () => fs.openSync('/no-such', v instanceof URL ? true : v));
}
t('length', () => fs.readSync(99, Buffer.alloc(4), 0, 5));
t('negative length', () => fs.readSync(99, Buffer.alloc(4), 0, -1));
t('offset', () => fs.readSync(99, Buffer.alloc(4), 5, 1));
t('position', () => fs.readSync(99, Buffer.alloc(4), 0, 1, 'x'));
t('write offset', () => fs.writeSync(99, Buffer.alloc(4), 5));
t('write length', () => fs.writeSync(99, Buffer.alloc(4), 0, 5));
t('nothing to read', () => fs.readSync(99, Buffer.alloc(4), 0, 0));
t('no room', () => fs.readSync(99, Buffer.alloc(0), 0, 1));
