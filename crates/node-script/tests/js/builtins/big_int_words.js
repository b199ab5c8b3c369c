// Operators where results pass from one word to two, and signs meet.
'use strict';

const magnitudes = [0n, 1n, 2n, 3n, 63n, 64n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n,
  2n ** 63n + 1n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 65n + 3n, 2n ** 127n, 2n ** 128n - 1n];
const values = [...magnitudes, ...magnitudes.map((value) => -value)];
const operators = {
  '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b,
  '&': (a, b) => a & b, '|': (a, b) => a | b, '^': (a, b) => a ^ b, '<': (a, b) => a < b, '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
};
const small = (value) => value > -200n && value < 200n;
for (const [sign, operator] of Object.entries(operators)) {
  let sum = 0n;
  for (const a of values) {
    for (const b of values) {
      let result;
      try {
        result = BigInt(operator(a, b));
      } catch (error) {
        result = BigInt(error.message.length);
      }
      sum = BigInt.asUintN(200, sum * 31n + result);
    }
  }
  console.log(sign, sum);
}
for (const [sign, operator] of [['<<', (a, b) => a << b], ['>>', (a, b) => a >> b]]) {
  let sum = 0n;
  for (const a of values) {
    for (const b of values) if (small(b)) sum = BigInt.asUintN(200, sum * 31n + operator(a, b));
  }
  console.log(sign, sum);
}
console.log((2n ** 64n - 1n) * (2n ** 64n - 1n), -(2n ** 63n) / -1n, (-5n) % 3n, -1n >> 200n, -1n << 62n, -(2n ** 64n - 1n) << 62n);
let counted = 2n ** 64n - 3n;
for (let i = 0; i < 5; i++) console.log(counted++, -counted);
// By counts of more than a digit.
const tries = [() => 5n >> (1n << 64n), () => -5n >> (1n << 70n), () => 1n << -(1n << 64n), () => -1n << -(1n << 70n),
  () => 0n << (1n << 31n), () => 0n >> -(1n << 70n), () => 1n << (1n << 64n), () => 5n >> -(1n << 64n), () => 0n >> (1n << 99n)];
for (const attempt of tries) {
  try {
    console.log(attempt());
  } catch (error) {
    console.log(String(error));
  }
}
