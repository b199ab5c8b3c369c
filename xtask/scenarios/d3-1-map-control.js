global.gc();
console.log(process.memoryUsage())

const a = new Map();
let b = new Object();
a.set(b,new Array(1024*1024))

global.gc();
console.log(process.memoryUsage())
b = null;
global.gc();
console.log(process.memoryUsage())
