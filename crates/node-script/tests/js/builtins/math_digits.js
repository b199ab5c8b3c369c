// The last digits of Math's functions: a sum over the bits of what they give.
let seed = 1;
const view = new DataView(new ArrayBuffer(8));
function random() { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return seed / 4294967296; }
function number() {
  switch (random() * 5 | 0) {
    case 0: return random() * 2 - 1;
    case 1: return (random() - 0.5) * 100;
    case 2: return (random() - 0.5) * 2 ** ((random() * 100 | 0) - 50);
    case 3: view.setUint32(0, random() * 4294967296); view.setUint32(4, random() * 4294967296); return view.getFloat64(0);
    default: return Math.round((random() - 0.5) * 2000) / 4;
  }
}
function add(sum, x) {
  if (x !== x) return sum + 1 | 0;
  view.setFloat64(0, x);
  return Math.imul(sum, 31) + view.getInt32(0) + Math.imul(view.getInt32(4), 7) | 0;
}
const ones = ['acos', 'acosh', 'asin', 'atan', 'cbrt', 'cosh', 'exp', 'expm1', 'log', 'log10', 'log2', 'sinh', 'tan', 'tanh', 'sqrt', 'round'];
for (const name of ones) {
  let sum = 0;
  seed = 7;
  for (let i = 0; i < 3000; i++) {
    let x = number();
    if (/^(acos|asin)$/.test(name)) x %= 1;
    if (/^log|^acosh/.test(name)) x = Math.abs(x);
    sum = add(sum, Math[name](x));
  }
  console.log(name, sum);
}
let sum = 0;
for (let i = 0; i < 3000; i++) sum = add(add(sum, Math.hypot(number(), number())), Math.hypot(number(), number(), number()));
console.log('hypot', sum);
for (const x of [0, -0, NaN, Infinity, -Infinity, 1, -1, 2, 0.5, 1e-310, -1e-310, 5e-324, 1e308, 710, -711])
  console.log(x, [...ones, 'sin', 'cos', 'asinh', 'atanh', 'log1p'].map((name) => `${name} ${Object.is(Math[name](x), -0) ? '-0' : Math[name](x)}`).join(', '));
console.log(Math.pow(2, 0.5), 10 ** -5, 2 ** 1023, (-8) ** (1 / 3), Math.atan2(-0, -0), Math.atan2(1, -1), Math.hypot(), Math.hypot(-0), Math.hypot(NaN, Infinity), Math.hypot(3, 4), Math.hypot(1e200, 1e200));
