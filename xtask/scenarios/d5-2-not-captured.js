let keep = null;
function make() {
  const big = new Array(131072).fill(1);
  const length = big.length;
  keep = () => length;
}
global.gc();
console.log(process.memoryUsage());
make();
global.gc();
console.log(process.memoryUsage());
