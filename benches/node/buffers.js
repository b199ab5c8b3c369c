// alloc-LENGTH: allocates, writes one byte and drops, SIZE million times.
'use strict';
const [workload, size] = process.argv.slice(2);
const length = { '64B': 64, '1KiB': 1024, '4KiB': 4096, '64KiB': 65536 }[workload.split('-')[1]];
let last;
for (let left = size * 1e6; left > 0; left--) {
  last = Buffer.allocUnsafe(length);
  last[0] = 1;
}
console.log(size);
