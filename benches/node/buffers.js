// alloc-LENGTH: allocates, writes one byte and drops, SIZE million times; ring-LENGTH: keeps the last
// thousand.
'use strict';
const [workload, size] = process.argv.slice(2);
const [kind, unit] = workload.split('-');
const length = { '64B': 64, '1KiB': 1024, '4KiB': 4096, '64KiB': 65536 }[unit];
const ring = new Array(kind === 'ring' ? 1000 : 1).fill(null);
let at = 0;
for (let left = size * 1e6; left > 0; left--) {
  const buffer = Buffer.allocUnsafe(length);
  buffer[0] = 1;
  ring[at] = buffer;
  at = at + 1 === ring.length ? 0 : at + 1;
}
console.log(size);
