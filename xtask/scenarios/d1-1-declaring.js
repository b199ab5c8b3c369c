let objects = null;
let text = null;
let numbers = null;
function declareObjects() {
  objects = [];
  for (let i = 0; i < 10000; i++) objects.push({ number: i, next: null });
}
function declareText() {
  text = Buffer.alloc(100000, 'a').toString('latin1');
}
function declareNumbers() {
  numbers = new Array(100000).fill(1);
}
global.gc();
console.log(process.memoryUsage());
declareObjects();
global.gc();
console.log(process.memoryUsage());
declareText();
global.gc();
console.log(process.memoryUsage());
declareNumbers();
global.gc();
console.log(process.memoryUsage());
objects = text = numbers = null;
global.gc();
console.log(process.memoryUsage());
