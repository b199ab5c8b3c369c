// node make.js MILLIONS FILE: a heap snapshot of so many million small objects, half of them of a class with six fields, the
// others their numbers and strings.
'use strict';
const v8 = require('v8');

const [, , millions, file] = process.argv;
class Item {
  constructor(index) {
    this.id = index;
    this.name = `item ${index}`;
    this.next = null;
    this.pair = null;
    this.other = null;
    this.third = null;
  }
}
const items = [];
let last = null;
for (let index = 0; index < millions * 500000; index++) {
  const item = new Item(index);
  const at = (factor) => items[(index * factor) % (items.length || 1)];
  item.next = last;
  item.pair = at(7);
  item.other = at(13);
  item.third = at(31);
  items.push(item);
  last = item;
}
globalThis.items = items;
v8.writeHeapSnapshot(file);
