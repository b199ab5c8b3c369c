// A Map that grows and shrinks: entries by number and by text, a third of them deleted.
'use strict';

let sum = 0;
const map = new Map();
for (let i = 0; i < 400000; i++) {
  map.set(i, { number: i });
  if (i % 3 === 0) map.delete(i >> 1);
  if (i % 7 === 0 && map.has(i - 5)) sum += map.get(i - 5).number % 10;
}
const names = new Map();
for (let round = 0; round < 3; round++) {
  for (let i = 0; i < 60000; i++) names.set('name' + i, i);
  for (let i = 0; i < 60000; i += 2) names.delete('name' + i);
}
const set = new Set();
for (const [key] of map) set.add(key % 1000);
console.log(map.size, names.size, set.size, sum);
