let keep = null;
function make() {
  const big = new Array(131072).fill(1);
  const sibling = () => big;
  keep = (() => {
    const small = 1;
    return () => small;
  })();
}
global.gc();
console.log(process.memoryUsage());
make();
global.gc();
console.log(process.memoryUsage());
keep = null;
global.gc();
console.log(process.memoryUsage());
