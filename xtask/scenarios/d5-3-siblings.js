let keep = null;
function make() {
  const big = new Array(131072).fill(1);
  function unused() { return big; }
  keep = () => 1;
}
global.gc();
console.log(process.memoryUsage());
make();
global.gc();
console.log(process.memoryUsage());
keep = null;
global.gc();
console.log(process.memoryUsage());
