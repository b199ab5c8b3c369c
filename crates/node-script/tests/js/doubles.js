// Whole numbers among doubles stay numbers of their own, and are used as others are.
const d = [0.5, 1, 2, 3, -0, 1e3]; const one = [...d][1]; const two = d.concat([1.5])[2]; let it; for (const x of d) if (x === 3) it = x;
const [, p1, p2] = d;
for (const n of [one, two, it, p1, p2]) {
  console.log(n === 1, n == 2, Object.is(n, 3), typeof n, String(n), `${n}`, n + 1, n | 0, n >>> 1, -n, ~n, n ** 2, n % 2, n / 2, n * n, n - 1);
  const a = ['a', 'b', 'c', 'd', 'e']; console.log(a[n], a.at(n), a.slice(n), a.indexOf('c', n), 'abcdef'[n], 'abcdef'.slice(n), 'ab'.repeat(n), 'abc'.charCodeAt(n), String.fromCharCode(64 + n), 'x'.padEnd(n + 2, '.'));
  a[n] = 'set'; delete a[n]; console.log(a, n in a, a.hasOwnProperty(n), Object.keys({ [n]: 1 }));
  const m = new Map([[1, 'one'], [2, 'two'], [3, 'three']]); console.log(m.get(n), new Set([1, 2, 3]).has(n), new Map([[n, 1]]).get(Number(String(n))), [1, 2, 3].includes(n), [1, 2, 3].indexOf(n));
  switch (n) { case 1: console.log('one'); break; case 2: console.log('two'); break; case 3: console.log('three'); break; default: console.log('none'); }
  console.log(JSON.stringify({ n, a: [n] }), new Uint8Array([n]), new Uint8Array(n).length, BigInt(n), Buffer.alloc(n).length, Buffer.from([n]), new Array(n).length, n.toString(2), n.toFixed(1), Math.max(n, 0), Math.imul(n, 3), Number.isInteger(n), Number.isSafeInteger(n), parseInt(n), [n].join(), n < 2, n <= 2, n > 1, n >= 2, n ? 1 : 0, !n, n && 5, n ?? 1);
  let q = n; q++; q += 1; q--; console.log(q, q++, ++q, [5, 6, 7, 8][q - 3], Reflect.ownKeys({ [n]: 1 }), Array.from({ length: n }, (_, i) => i), new DataView(new ArrayBuffer(8)).getInt8(n), structuredClone(n), new Date(n).getTime(), Symbol.for(n).description, [..."abc"].splice(n, 1), [1, 2, 3, 4].with?.(n - 1, 'w'));
}
console.log([3.5, 2, 1].sort(), [1.5, 2, 3].map((x) => x + 1), [1.5, 2].reverse(), d.find((x) => x === 2), d.indexOf(2), d.includes(0), Object.is(d.find((x) => x === 0), -0), d.at(-2), d.pop(), d.shift(), d.flat(), d.fill(2, 1, 2), d.lastIndexOf(2), Math.max(...d), Math.min.apply(null, d));
function f(a, b) { return arguments[0] + b; } console.log(f(...[1.5, 2]), f.apply(null, [1, 2.5]), ((a, b) => b)(...[1.5, 2]) === 2);
const o = {}; o.x = [1.5, 7][1]; o.x++; console.log(o.x, o);
for (let i = [0.5, 0][1]; i < 3; i++) console.log(['a', 'b', 'c'][i]);
