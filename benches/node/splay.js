// splay: a splay tree of 8,000 nodes with payloads, and SIZE thousand steps.
'use strict';
const thousands = Number(process.argv[3]);
const NODES = 8000, DEPTH = 5, LEAF = 10;
let state = 2463534242;
function nextKey() {
  state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
  return (state >>> 0) >>> 2;
}
function payload(key, depth) {
  if (depth === 0) {
    return { array: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], string: 'String for key ' + key + ' in leaf node' };
  }
  return { left: payload(key, depth - 1), right: payload(key, depth - 1) };
}
function Node(key, value) { this.key = key; this.left = null; this.right = null; this.value = value; }
let root = null;
function splay(key) {
  if (root === null) return;
  const dummy = new Node(0, null);
  let left = dummy, right = dummy, current = root;
  for (;;) {
    if (key < current.key) {
      let child = current.left;
      if (child === null) break;
      if (key < child.key) {
        current.left = child.right; child.right = current; current = child;
      }
      const next = current.left;
      if (next === null) break;
      right.left = current; right = current; current = next;
    } else if (key > current.key) {
      let child = current.right;
      if (child === null) break;
      if (key > child.key) {
        current.right = child.left; child.left = current; current = child;
      }
      const next = current.right;
      if (next === null) break;
      left.right = current; left = current; current = next;
    } else break;
  }
  left.right = current.left; right.left = current.right;
  current.left = dummy.right; current.right = dummy.left;
  root = current;
}
function insertNew() {
  let key;
  do { key = nextKey(); splay(key); } while (root !== null && root.key === key);
  const node = new Node(key, payload(key, DEPTH));
  if (root !== null) {
    if (key > root.key) { node.left = root; node.right = root.right; root.right = null; }
    else { node.right = root; node.left = root.left; root.left = null; }
  }
  root = node;
  return key;
}
function greatestBelow(key) {
  splay(key);
  if (root.key < key) return root.key;
  let node = root.left;
  if (node === null) return key;
  while (node.right !== null) node = node.right;
  return node.key;
}
function remove(key) {
  splay(key);
  const right = root.right;
  if (root.left !== null) { root = root.left; splay(key); root.right = right; } else root = right;
}
for (let i = 0; i < NODES; i++) insertNew();
for (let i = 0; i < thousands * 1000; i++) remove(greatestBelow(insertNew()));
let sum = 0;
const stack = root === null ? [] : [root];
while (stack.length > 0) {
  const node = stack.pop();
  sum += node.key;
  if (node.left !== null) stack.push(node.left);
  if (node.right !== null) stack.push(node.right);
}
console.log(sum);
