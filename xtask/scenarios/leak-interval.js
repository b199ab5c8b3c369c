let timers = [];
function watch() {
  const data = new Array(10000).fill(0);
  return setInterval(() => data.length, 1000000);
}
global.gc();
console.log(process.memoryUsage());
// The handles are dropped, the timers run on.
for (let i = 0; i < 50; i++) timers.push(watch());
const forgotten = timers;
timers = [];
global.gc();
console.log(process.memoryUsage());
// The mend: each interval is cleared.
forgotten.forEach(clearInterval);
forgotten.length = 0;
global.gc();
console.log(process.memoryUsage());
