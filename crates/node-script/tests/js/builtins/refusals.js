// What built-ins say of receivers and arguments that they cannot use.
function t(n, f) { let r; try { r = String(f()); } catch (e) { r = `${e.name}: ${e.message}`; } console.log(n, '->', r); }
const odd = [4n, 's', null, undefined, {}, 5, true, Symbol('q'), [], () => 1, new Map()];
for (const v of odd) {
  const s = typeof v === 'symbol' ? 'symbol' : typeof v;
  if (typeof v !== 'function') t(`Reflect.apply ${s}`, () => Reflect.apply(v, null, []));
  if (typeof v !== 'function') t(`apply ${s}`, () => Function.prototype.apply.call(v, null, []));
  for (const k of ['getTime', 'getYear', 'getUTCDay', 'valueOf', 'setTime', 'setUTCHours', 'setYear', 'toISOString', 'toUTCString', 'toString', 'toDateString']) t(`Date ${k} ${s}`, () => Date.prototype[k].call(v));
  if (v !== null && v !== undefined) t(`toJSON ${s}`, () => Date.prototype.toJSON.call(v));
  t(`byteLength ${s}`, () => Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get.call(v));
  t(`shared byteLength ${s}`, () => Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, 'byteLength').get.call(v));
  if (typeof v !== 'function') t(`Map forEach ${s}`, () => new Map([[1, 2]]).forEach(v));
  if (typeof v !== 'function') t(`Set forEach ${s}`, () => new Set().forEach(v));
}
for (const v of [null, undefined]) { t('fromEntries', () => Object.fromEntries(v)); for (const k of ['trimStart', 'trimEnd', 'trimLeft', 'trimRight']) t(k, () => String.prototype[k].call(v)); }
for (const n of [1, 19, 20, 21, 22, 40, 41]) { t(`JSON ${n}`, () => JSON.parse('x'.repeat(n))); t(`JSON end ${n}`, () => JSON.parse(`[${'1,'.repeat(n)}x]`)); t(`JSON middle ${n}`, () => JSON.parse(`[${'1,'.repeat(n)}x${',1'.repeat(n)}]`)); }
t('flatMap', () => [1].flatMap(5)); t('toSorted', () => [1].toSorted(null)); t('bound', () => Map.prototype.get.call((() => 1).bind()));
