let cache = new Map();
const MOST = 100;
function lookUp(key) {
  if (!cache.has(key)) cache.set(key, new Array(1000).fill(key));
  return cache.get(key);
}
function lookUpBounded(key) {
  const value = lookUp(key);
  if (cache.size > MOST) cache.delete(cache.keys().next().value);
  return value;
}
global.gc();
console.log(process.memoryUsage());
// Each key is new, and nothing is ever removed.
for (let i = 0; i < 1000; i++) lookUp(i);
global.gc();
console.log(process.memoryUsage());
cache = new Map();
global.gc();
console.log(process.memoryUsage());
// The mend: the oldest entry goes when there are more than a hundred.
for (let i = 0; i < 1000; i++) lookUpBounded(i);
global.gc();
console.log(process.memoryUsage());
