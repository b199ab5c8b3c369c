const details = new Map();
const weakDetails = new WeakMap();
global.gc();
console.log(process.memoryUsage());
// What is known of a request outlives the request.
for (let i = 0; i < 200; i++) details.set({ request: i }, new Array(1000).fill(i));
global.gc();
console.log(process.memoryUsage());
details.clear();
global.gc();
console.log(process.memoryUsage());
// The mend: a WeakMap.
for (let i = 0; i < 200; i++) weakDetails.set({ request: i }, new Array(1000).fill(i));
global.gc();
console.log(process.memoryUsage());
