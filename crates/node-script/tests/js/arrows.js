// An arrow behind what are no parameters. (The mark below it is tested with the parser.)
for (const s of ['x => x === (x) => x', 'x === async () => 1', '1 + (a, b) => 2', '1 + x => 2', 'f(1)(x) => 2', 'f(x) => 2',
  '!(a)=>1', '1 === async () => 1', 'a || (x) => 1', 'new X() => 1', 'typeof (x) => 1',
  'a, (b) => 1, (c) + (d) => 2', 'a + b + (c) => 1', 'a * b + (c) => 1', 'a + b * (c) => 1', 'a ** b ** (c) => 1',
  'a in (c) => 1', 'f(a)(b, c) + g(d) => 1', 'a.b(c) => 1', 'x = [1, y.find((x) => x === (x) => x)]', 'f(x === async () => 1)', 'f(a.b => 1)',
  'f([].x, (x) => x === async () => 1)', 'f(a\n=> 1)', 'f(a b)', 'new F(1 => 1)']) {
  try { new Function(s); console.log('read'); } catch (e) { console.log(e.name, e.message); }
}
