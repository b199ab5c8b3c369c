let keep = [];
global.gc();
console.log(process.memoryUsage());
(function () {
  for (let i = 0; i < 10; i++) {
    let big = new Array(13107).fill(i);
    keep.push(() => big);
  }
})();
global.gc();
console.log(process.memoryUsage());
keep = [];
(function () {
  for (var i = 0; i < 10; i++) {
    var big = new Array(13107).fill(i);
    keep.push(() => big);
  }
})();
global.gc();
console.log(process.memoryUsage());
