// Buffers' methods with odd arguments.
function t(f) {
  let r; try { r = f(); r = Buffer.isBuffer(r) ? r.toString('hex') : String(r); }
  catch (e) { r = `${e.name} ${e.code} ${e.message}`; }
  console.log(String(f).replace(/^\(\) => /, '').slice(0, 90), '->', r);
}
const odd = [1.5, 1.999, -0.5, -1, -0, NaN, Infinity, -Infinity, '2', '1.5', 'x', null, undefined, true, {}, 1n, 2 ** 31, 2 ** 32, 2 ** 53, 9, 10, 11];
const show = (v) => typeof v === 'bigint' ? v + 'n' : typeof v === 'string' ? JSON.stringify(v) : Object.is(v, -0) ? '-0' : String(v);
function each(name, f) {
  for (const v of odd) {
    let r; try { r = f(v); r = Buffer.isBuffer(r) ? r.toString('hex') : String(r); } catch (e) { r = `${e.name} ${e.code} ${e.message}`; }
    console.log(name, show(v), '->', r);
  }
}
const ten = () => Buffer.from('0123456789');
each('fill offset', (v) => Buffer.alloc(10).fill(1, v));
each('fill end', (v) => Buffer.alloc(10).fill(1, 0, v));
each('fill both', (v) => Buffer.alloc(10).fill(1, v, v));
each('fill text offset', (v) => Buffer.alloc(10).fill('abc', v));
each('fill enc', (v) => Buffer.alloc(10).fill('abc', 0, 10, v));
each('copy to', (v) => { const b = Buffer.alloc(10); return ten().copy(b, v) + ' ' + b.toString('latin1'); });
each('copy from', (v) => { const b = Buffer.alloc(10); return ten().copy(b, 0, v) + ' ' + b.toString('latin1'); });
each('copy end', (v) => { const b = Buffer.alloc(10); return ten().copy(b, 0, 0, v) + ' ' + b.toString('latin1'); });
each('write value', (v) => { const b = Buffer.alloc(6); return b.write(v) + ' ' + b.toString('hex'); });
each('latin1Slice', (v) => ten().latin1Slice(v));
each('latin1Slice2', (v) => ten().latin1Slice(2, v));
each('lastIndexOf empty', (v) => ten().lastIndexOf('', v));
each('indexOf empty buffer', (v) => ten().indexOf(Buffer.alloc(0), v));
each('indexOf 16', (v) => Buffer.from('abcabc', 'utf16le').indexOf('b', v, 'utf16le'));
each('lastIndexOf 16', (v) => Buffer.from('abcabc', 'utf16le').lastIndexOf('b', v, 'utf16le'));
each('concat', (v) => v > 11 ? 'big' : Buffer.concat([ten()], v));
each('readUInt8', (v) => ten().readUInt8(v));
each('readUIntLE', (v) => ten().readUIntLE(0, v));
each('writeUInt8 at', (v) => Buffer.alloc(2).writeUInt8(1, v));
each('writeBigInt64LE', (v) => { const b = Buffer.alloc(8); b.writeBigInt64LE(v); return b; });
each('writeIntBE', (v) => { const b = Buffer.alloc(8); b.writeIntBE(1, 0, v); return b; });
each('compare', (v) => ten().compare(ten(), v));
each('compare3', (v) => ten().compare(ten(), 0, 10, v));
each('from ab', (v) => Buffer.from(new ArrayBuffer(10), v).length);
each('from ab len', (v) => Buffer.from(new ArrayBuffer(10), 2, v).length);
for (const v of [new Uint8Array([1, 2, 3]), new Uint16Array([257, 2]), new Float64Array([1]), new DataView(new ArrayBuffer(4)), new ArrayBuffer(3), new Uint8Array(0), Buffer.alloc(0), [1, 2], ['7'], '', 'ñ', '\u0222', '\u0222a', new String('ab'), Symbol('q'), () => 1, new BigInt64Array([257n]), new Int8Array([-1, 2]), new Uint8ClampedArray([5, 6])]) {
  const n = typeof v === 'symbol' ? 'sym' : Object.prototype.toString.call(v) + (v instanceof BigInt64Array ? '' : JSON.stringify(v));
  const f = (what, g) => { let r; try { r = g(); r = Buffer.isBuffer(r) ? r.toString('hex') : String(r); } catch (e) { r = `${e.name} ${e.code} ${e.message}`; } console.log(what, n, '->', r); };
  f('fill', () => Buffer.alloc(7).fill(v));
  f('alloc', () => Buffer.alloc(7, v));
  for (const enc of ['hex', 'nope', 5]) f('fill ' + enc, () => Buffer.alloc(7).fill(v, enc)), f('alloc ' + enc, () => Buffer.alloc(7, v, enc));
  f('indexOf', () => Buffer.from([0, 1, 2, 3, 0x22, 2, 97, 0]).indexOf(v));
  f('indexOf 16', () => Buffer.from([0, 1, 2, 3, 0x22, 2, 97, 0]).indexOf(v, 0, 'utf16le'));
  f('copy', () => Buffer.from([9, 8, 7, 6]).copy(v) + ' ' + (v.buffer ? Buffer.from(v.buffer).toString('hex') : ''));
}
const wide = Buffer.from('aXbYcZ', 'utf16le'), odds = Buffer.from([0, 97, 0, 98, 0, 99, 0, 97, 0]);
for (const hay of [wide, odds, Buffer.alloc(0)])
  for (const needle of ['a', 'b', 'ab', '', '\u6100', '\u0061', Buffer.from([97]), Buffer.from([0, 97]), Buffer.from([97, 0, 98]), Buffer.from([98, 0, 99]), Buffer.from([0])])
    for (const at of [undefined, 0, 1, 3, -2, -100])
      console.log(hay.length, JSON.stringify(needle), at, ['indexOf', 'lastIndexOf', 'includes'].map((m) => ['utf16le', 'latin1'].map((e) => hay[m](needle, at, e)).join()).join(' '));
for (const hay of [wide, odds]) for (const n of ['6100', '61', '610', 'zz', '006200', '6200590063', '62']) console.log(n, hay.indexOf(n, 'hex'), hay.lastIndexOf(n, 'hex'), hay.indexOf(n, 1, 'hex'), hay.indexOf(Buffer.from(n, 'hex'), 0, 'utf16le'), hay.lastIndexOf(Buffer.from(n, 'hex'), undefined, 'ucs2'));
