// Bytes that objects keep by what their fields have held. Recorded with the flags of `cargo xtask conform --programs`: a
// compiled function knows more of its numbers.
const v = [];
async function measure(name, make, count = 4000) {
  const few = make(4);
  for (let i = 0; i < 2; i++) { await new Promise((d) => setImmediate(d)); gc(); }
  const before = process.memoryUsage().heapUsed;
  const many = make(count);
  for (let i = 0; i < 2; i++) { await new Promise((d) => setImmediate(d)); gc(); }
  const after = process.memoryUsage().heapUsed;
  // What Node's own code takes meanwhile is less than half a byte of each.
  if (name !== 'warm') console.log(name, Math.round((after - before) / count - 0.2));
  v.push(few, many);
}
(async () => {
  await measure('warm', (n) => Array.from({ length: n }, (_, i) => [i, null, null, null]));
  await measure('keyed', (n) => { const a = []; for (let i = 0; i < n; i++) a.push([((o) => { for (let k = 0; k < 6; k++) o[`p${k}`] = i; return o; })({}), ((o) => { for (let k = 0; k < 4; k++) o[`p${k}`] = i + 0.5; return o; })({}), i]); return a; });
  await measure('keyed2', (n) => { const a = []; for (let i = 0; i < n; i++) a.push([((o) => { for (let k = 0; k < 6; k++) o[`q${k}`] = i; return o; })({}), i]); return a; });
  await measure('keyed3', (n) => { const a = []; for (let i = 0; i < n; i++) a.push([((o) => { for (let k = 0; k < 6; k++) o[`q${k}`] = i + .5; return o; })({}), i]); return a; });
  await measure('keyed4', (n) => { const a = []; for (let i = 0; i < n; i++) a.push([((o) => { for (let k = 0; k < 6; k++) o[`q${k}`] = i; return o; })({}), i]); return a; });
  await measure('literal', (n) => { const a = []; for (let i = 0; i < n; i++) a.push({ s: i, t: 1 }); return a; });
  await measure('literal d', (n) => { const a = []; for (let i = 0; i < n; i++) a.push({ s: i + .5, t: 1 }); return a; });
  await measure('literal s', (n) => { const a = []; for (let i = 0; i < n; i++) a.push({ s: i, t: 1 }); return a; });
  await measure('literal o', (n) => { const a = []; for (let i = 0; i < n; i++) a.push({ s: null, t: 1 }); return a; });
  await measure('literal s', (n) => { const a = []; for (let i = 0; i < n; i++) a.push({ s: i, t: 1 }); return a; });
  await measure('class', (n) => { class A { constructor(x) { this.x = x; this.y = 0; } } const a = []; for (let i = 0; i < n; i++) { a.push(new A(i)); a[i].y += 0.5; } return a; });
  await measure('class s', (n) => { class A { constructor(x) { this.x = x; this.y = 0; } } const a = []; for (let i = 0; i < n; i++) { a.push(new A(i)); } a[0].y = 0.5; for (let i = 0; i < n; i++) { a.push(new A(i)); } return a; });
  await measure('fields', (n) => { class A { x = 0; y = 1; } const a = []; for (let i = 0; i < n; i++) { a.push(new A()); a[i].x += 0.5; } return a; });
  await measure('spread', (n) => { const a = []; for (let i = 0; i < n; i++) { a.push({ ...{ u: i + .5, w: 1 } }); } return a; });
  await measure('assign', (n) => { const a = []; for (let i = 0; i < n; i++) { a.push(Object.assign({}, { u: i + .5, w: 1 })); } return a; });
  await measure('shared', (n) => { const a = []; for (let i = 0; i < n; i++) { const d = i + .5; a.push({ aa: d, bb: d, cc: d }); } return a; });
  await measure('loaded', (n) => { const a = []; for (let i = 0; i < n; i++) { const d = { dd: i + .5 }; a.push(d, [d.dd, null]); } return a; });
  await measure('loaded s', (n) => { const a = []; for (let i = 0; i < n; i++) { const d = { dd: i }; a.push(d, [d.dd, null]); } return a; });
  await measure('defined', (n) => { const a = []; for (let i = 0; i < n; i++) { a.push(Object.defineProperty({}, 'ee', { value: i ? i : 0.5 })); } return a; });
  await measure('json', (n) => JSON.parse(JSON.stringify(Array.from({ length: n }, (_, i) => ({ ff: i ? i : 0.5 })))));
  await measure('json2', (n) => JSON.parse(JSON.stringify(Array.from({ length: n }, (_, i) => ({ gg: i ? i + 0.5 : 1 })))));
  await measure('null first', (n) => { const a = []; for (let i = 0; i < n; i++) { a.push({ hh: i ? i > 2 ? i : 0.5 : null }); } return a; });
  await measure('array prop', (n) => { const a = []; for (let i = 0; i < n; i++) { const b = []; b.x = i ? i : 0.5; a.push(b); } return a; });
  await measure('function prop', (n) => { const a = []; for (let i = 0; i < n; i++) { const b = () => 1; b.x = i ? i : 0.5; a.push(b); } return a; });
  await measure('deleted last', (n) => { const a = []; for (let i = 0; i < n; i++) { const b = { jj: i ? i : 0.5, kk: 1, ll: 0.5}; delete b.ll; a.push(b); } return a; });
  await measure('frozen', (n) => { const a = []; for (let i = 0; i < n; i++) { const b = { mm: i ? i : 0.5 }; a.push(Object.freeze(b)); } return a; });
  await measure('fromEntries', (n) => { const a = []; for (let i = 0; i < n; i++) { a.push(Object.fromEntries([['nn', i ? i : 0.5]])); } return a; });
  await measure('create', (n) => { const a = []; const p = {}; for (let i = 0; i < n; i++) { const b = Object.create(p); b.oo = i ? i : 0.5; a.push(b); } return a; });
  await measure('clone', (n) => structuredClone(Array.from({ length: n }, (_, i) => ({ pp: i ? i : 0.5 }))));
  await measure('int ops', (n) => { const a = []; for (let i = 0; i < n; i++) { a.push([(i + 0.5) * 2, null], [2 ** i, null], [-(i + .5) * 2, null], [Math.floor(i + .5), null], [(i + 0.5) / 0.5, null], [(i + 0.5) - 0.5, null], [i * 1e10 / 1e10, null], [(i * 1e10) % 3, null], [(i * 1e10) | 0, null], [+('1' + i), null], [i / 2 + i / 2, null]); } return a; });
  v.push({ a: 123456.789, b: 5e-324, ['b']: null });
  await measure('a literal with a computed key has room for it', (n) => { const a = []; for (let i = 0; i < n; i++) a.push({ a: i, b: 1, c: 1 }); return a; });
  await measure('another room is another class', (n) => { const a = []; for (let i = 0; i < n; i++) a.push({ a: i, b: 1 }); return a; });
  await measure('appended together', (n) => { const a = []; for (let i = 0; i < n; i++) { const b = []; b.push(1, 2); a.push(b); } return a; });
  await measure('appended to one', (n) => { const a = []; for (let i = 0; i < n; i++) a.push(1, 2, 3); return a; });
  v.length = 0;
  await measure('trues that die', (n) => { const a = []; for (let i = 0; i < n; i++) { const o = {}; for (let k = 0; k < 4; k++) o[`r${k}`] = true; a.push(o); } return a; });
  v.length = 0;
  for (let i = 0; i < 4; i++) { await new Promise((d) => setImmediate(d)); gc(); }
  await measure('numbers after them', (n) => { const a = []; for (let i = 0; i < n; i++) { const o = {}; for (let k = 0; k < 4; k++) o[`r${k}`] = i ? i : 0.5; a.push(o); } return a; });
})();
