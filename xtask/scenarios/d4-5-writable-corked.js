const { Writable } = require('stream');
let writable2 = new Writable({
  write(data,enc,next){
    next()
  }
})
console.log(process.memoryUsage())
let S_OVERFLOW = '-'.repeat(writable2.writableHighWaterMark+1)
writable2.cork()
writable2.write(S_OVERFLOW)
writable2.write(S_OVERFLOW)
writable2.write(S_OVERFLOW)

console.log(process.memoryUsage())
global.gc();
writable2 = null;
console.log(process.memoryUsage())
global.gc();
console.log(process.memoryUsage())
