let keep = null;
function make() {
  const big = new Array(131072).fill(1);
  keep = () => big.length;
}
global.gc();
console.log(process.memoryUsage());
make();
global.gc();
console.log(process.memoryUsage());
keep = null;
global.gc();
console.log(process.memoryUsage());
