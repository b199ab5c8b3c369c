const byKey = new WeakMap();
let key = null;
function remember() {
  key = {};
  byKey.set(key, new Array(131072).fill(1));
}
function isThere() {
  return byKey.has(key);
}
global.gc();
console.log(process.memoryUsage());
remember();
global.gc();
console.log(process.memoryUsage());
console.log('the map has the key: ' + isThere());
key = null;
global.gc();
console.log(process.memoryUsage());
