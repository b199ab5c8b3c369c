let queue = [];
function enqueue(number) {
  const input = new Array(10000).fill(number);
  queue.push(() => input.length);
}
function enqueueResult(number) {
  const input = new Array(10000).fill(number);
  const length = input.length;
  queue.push(() => length);
}
global.gc();
console.log(process.memoryUsage());
// Each job that waits keeps its whole input.
for (let i = 0; i < 100; i++) enqueue(i);
global.gc();
console.log(process.memoryUsage());
queue = [];
global.gc();
console.log(process.memoryUsage());
// The mend: a job captures the number that it needs.
for (let i = 0; i < 100; i++) enqueueResult(i);
global.gc();
console.log(process.memoryUsage());
