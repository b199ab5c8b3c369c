// Names that are declared twice, and labels and powers that are refused.
for (const text of ['function f() { let a; let a; }', 'function f() { let a; var a; }', '() => { let a; let a; }', 'class A { m() { let a; let a; } }', 'async function f() { let a, b; var b; }', 'function f() { let a; { var a; } }', 'function f() { break; }', 'var a; function a() {} var a;', 'function f(a) { var a; function a() {} }', 'function f() { let a; { let a; } }', 'let f; { function f() {} }', 'x: { break y; }', 'a: a: ;', 'super.x'])
  try { new Function(text); console.log(text, 'ok'); } catch (error) { console.log(text, '|', error.name, error.message); }
for (const power of [() => 2n ** (2n ** 40n), () => 1n << (2n ** 40n), () => 0n ** (2n ** 70n), () => (-1n) ** (2n ** 70n + 1n), () => (7n ** 5000n) / (3n ** 3000n) % 1000007n, () => 0n ** 0n])
  try { console.log(power()); } catch (error) { console.log(error.name, error.message); }
