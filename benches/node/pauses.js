'use strict';
// The longest stops under allocation: node --expose-gc pauses.js pauses MEGABYTES; prints how many
// cells replaced living ones, and the longest time that a batch of allocations took.
const { report, Random } = require('./timing.js');
const WIDTH = 1000, WORDS = 6, ALLOCATIONS = 20e6, BATCH = 256;
const arrays = Math.floor(Number(process.argv[3]) * 1e6 / (WIDTH * (8 + 8 * WORDS + 8)));

function cell(array) { return { array, b: 0, c: 0, d: 0, e: 0 }; }

const all = new Array(arrays);
for (let index = 0; index < arrays; index++) {
  const array = new Array(WIDTH);
  for (let slot = 0; slot < WIDTH; slot++) array[slot] = cell(array);
  all[index] = array;
}
gc();
const random = new Random();
let replaced = 0, longest = 0, last = cell(null);
const usage = process.cpuUsage();
let start = process.hrtime.bigint();
for (let batch = 0; batch < Math.floor(ALLOCATIONS / BATCH); batch++) {
  for (let i = 0; i < BATCH; i++) {
    random.next();
    const array = all[random.middle % arrays];
    last = cell(array);
    if ((random.low & 7) === 0) {
      array[(random.high >>> 0) % WIDTH] = last;
      replaced += 1;
    }
  }
  const end = process.hrtime.bigint();
  longest = Math.max(longest, Number(end - start));
  start = end;
}
const { user, system } = process.cpuUsage(usage);
report(replaced, { 'longest stop, wall ms': longest / 1e6, 'CPU s': (user + system) / 1e6 });
