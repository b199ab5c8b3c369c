const v8 = require('v8');
const limit = v8.getHeapStatistics().heap_size_limit;
console.log('the heap may grow to ' + Math.round(limit / 1048576) + ' MiB');
console.log(process.memoryUsage());
