'use strict';
// The interpreter's programs, as JavaScript: node interpret.js interpret-fields THOUSANDS | interpret-calls NUMBER.
const [, , workload, argument] = process.argv;
const size = Number(argument);
function fields(rounds) {
  const object = { a: 0, b: 0, c: 0, sum: 0 };
  for (let i = 0; i < rounds; i++) object.sum += 7;
  return object.sum;
}
function fibonacci(number) {
  return number < 2 ? number : fibonacci(number - 1) + fibonacci(number - 2);
}
console.log(workload === 'interpret-fields' ? fields(size * 1000) : fibonacci(size));
