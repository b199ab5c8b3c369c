// Texts of `vm` have files, lines and columns of their own.
'use strict';

const vm = require('vm');
const first = (error) => error.stack.split('\n').slice(0, 2).join(' | ');
const attempts = [
  () => vm.runInThisContext('throw new Error("plain")', 'named.js'),
  () => vm.runInThisContext('\n  throw new Error("moved")', { filename: 'moved.js', lineOffset: 10 }),
  () => new vm.Script('null.x', { filename: 'script.js' }).runInThisContext(),
  () => vm.compileFunction('return a.b.c', ['a'], { filename: 'function.js' })({}),
];
for (const attempt of attempts) {
  try {
    console.log(attempt());
  } catch (error) {
    console.log(first(error));
  }
}
console.log(vm.compileFunction('return a + b', ['a', 'b'])(1, 2), vm.runInThisContext('var declared = 7; declared + 1'), globalThis.declared);
for (const wrong of [() => new vm.Script('1', { filename: 5 }), () => new vm.Script('1', { lineOffset: 'x' }), () => vm.compileFunction(1)]) {
  try {
    wrong();
    console.log('taken');
  } catch (error) {
    console.log(error.code, error.message);
  }
}
