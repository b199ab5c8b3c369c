'use strict';
// The binary-trees workload: node binary-trees.js binary-trees DEPTH; prints the number of nodes.
const depth = Number(process.argv[3]);
function build(depth) {
  return depth === 0 ? { left: null, right: null } : { left: build(depth - 1), right: build(depth - 1) };
}
function count(tree) {
  return tree.left === null ? 1 : 1 + count(tree.left) + count(tree.right);
}
let nodes = count(build(depth + 1));
const long = build(depth);
for (let shallow = 4; shallow <= depth; shallow += 2) {
  const trees = 2 ** (depth - shallow + 4);
  for (let i = 0; i < trees; i++) nodes += count(build(shallow));
}
console.log(nodes + count(long));
