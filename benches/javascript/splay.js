// A splay tree whose nodes are replaced one by one, with a payload each (after V8's benchmark of that name).
'use strict';

let seed = 49734321;
function random() {
  seed = ((seed + 0x7ed55d16) + (seed << 12)) & 0xffffffff;
  seed = ((seed ^ 0xc761c23c) ^ (seed >>> 19)) & 0xffffffff;
  seed = ((seed + 0x165667b1) + (seed << 5)) & 0xffffffff;
  seed = ((seed + 0xd3a2646c) ^ (seed << 9)) & 0xffffffff;
  seed = ((seed + 0xfd7046c5) + (seed << 3)) & 0xffffffff;
  seed = ((seed ^ 0xb55a4f09) ^ (seed >>> 16)) & 0xffffffff;
  return (seed & 0xfffffff) / 0x10000000;
}

function payload(depth, tag) {
  if (depth === 0) {
    return { array: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], string: 'String for key ' + tag + ' in leaf node' };
  }
  return { left: payload(depth - 1, tag), right: payload(depth - 1, tag) };
}

class Node {
  constructor(key, value) {
    this.key = key;
    this.value = value;
    this.left = null;
    this.right = null;
  }
}

class SplayTree {
  constructor() {
    this.root = null;
  }

  insert(key, value) {
    if (this.root === null) {
      this.root = new Node(key, value);
      return;
    }
    this.splay(key);
    if (this.root.key === key) return;
    const node = new Node(key, value);
    if (key > this.root.key) {
      node.left = this.root;
      node.right = this.root.right;
      this.root.right = null;
    } else {
      node.right = this.root;
      node.left = this.root.left;
      this.root.left = null;
    }
    this.root = node;
  }

  remove(key) {
    this.splay(key);
    if (this.root.key !== key) throw new Error('no such key');
    const removed = this.root;
    if (this.root.left === null) {
      this.root = this.root.right;
    } else {
      const right = this.root.right;
      this.root = this.root.left;
      this.splay(key);
      this.root.right = right;
    }
    return removed;
  }

  find(key) {
    if (this.root === null) return null;
    this.splay(key);
    return this.root.key === key ? this.root : null;
  }

  greatestBelow(key) {
    if (this.root === null) return null;
    this.splay(key);
    if (this.root.key < key) return this.root;
    let node = this.root.left;
    while (node !== null && node.right !== null) node = node.right;
    return node;
  }

  splay(key) {
    const dummy = new Node(null, null);
    let left = dummy, right = dummy, current = this.root;
    for (;;) {
      if (key < current.key) {
        if (current.left === null) break;
        if (key < current.left.key) {
          const other = current.left;
          current.left = other.right;
          other.right = current;
          current = other;
          if (current.left === null) break;
        }
        right.left = current;
        right = current;
        current = current.left;
      } else if (key > current.key) {
        if (current.right === null) break;
        if (key > current.right.key) {
          const other = current.right;
          current.right = other.left;
          other.left = current;
          current = other;
          if (current.right === null) break;
        }
        left.right = current;
        left = current;
        current = current.right;
      } else {
        break;
      }
    }
    left.right = current.left;
    right.left = current.right;
    current.left = dummy.right;
    current.right = dummy.left;
    this.root = current;
  }
}

const tree = new SplayTree();
function insertNew() {
  let key;
  do { key = random(); } while (tree.find(key) !== null);
  tree.insert(key, payload(5, key));
  return key;
}
const NODES = 4000, CHANGES = 12000;
for (let i = 0; i < NODES; i++) insertNew();
for (let i = 0; i < CHANGES; i++) {
  const key = insertNew();
  const below = tree.greatestBelow(key);
  tree.remove(below === null ? key : below.key);
}
let count = 0;
(function walk(node) {
  if (node === null) return;
  walk(node.left);
  count++;
  walk(node.right);
})(tree.root);
console.log(count);
