// Binary trees (the Benchmarks Game's): short-lived trees beside one that lives.
'use strict';

function tree(depth) {
  return depth === 0 ? { left: null, right: null } : { left: tree(depth - 1), right: tree(depth - 1) };
}

function check(node) {
  return node.left === null ? 1 : 1 + check(node.left) + check(node.right);
}

const DEEPEST = 15;
let sum = check(tree(DEEPEST + 1));
const long = tree(DEEPEST);
for (let depth = 4; depth <= DEEPEST; depth += 2) {
  const trees = 1 << (DEEPEST - depth + 4);
  for (let i = 0; i < trees; i++) sum += check(tree(depth));
}
console.log(sum, check(long));
