let last = null;
function link() {
  const previous = last;
  last = () => previous;
}
global.gc();
console.log(process.memoryUsage());
for (let i = 0; i < 10000; i++) link();
global.gc();
console.log(process.memoryUsage());
for (let i = 0; i < 10000; i++) link();
global.gc();
console.log(process.memoryUsage());
last = null;
global.gc();
console.log(process.memoryUsage());
