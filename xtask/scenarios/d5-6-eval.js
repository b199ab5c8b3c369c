let keep = null;
function plain() {
  const big = new Array(131072).fill(1);
  keep = () => 1;
}
function evaluating() {
  const big = new Array(131072).fill(1);
  keep = (text) => eval(text);
}
global.gc();
console.log(process.memoryUsage());
plain();
global.gc();
console.log(process.memoryUsage());
evaluating();
global.gc();
console.log(process.memoryUsage());
console.log('eval reaches big: ' + keep('big.length'));
