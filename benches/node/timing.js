'use strict';
// What the programs that time parts of themselves share: clocks, medians, random numbers, and lines
// `NAME VALUE`.

// Runs `part` a number of times; gives the medians of its milliseconds of CPU time (all threads) and wall
// time. A helper thread's work after `part` has returned counts with the next run.
function median(runs, part) {
  const cpu = [], wall = [];
  let usage = process.cpuUsage(), start = process.hrtime.bigint();
  for (let i = 0; i < runs; i++) {
    part();
    const { user, system } = process.cpuUsage(usage), end = process.hrtime.bigint();
    cpu.push((user + system) / 1e3);
    wall.push(Number(end - start) / 1e6);
    usage = process.cpuUsage();
    start = process.hrtime.bigint();
  }
  return { cpu: middle(cpu), wall: middle(wall) };
}

function middle(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function report(result, figures) {
  console.log(`result ${result}`);
  for (const [name, value] of Object.entries(figures)) console.log(`${name} ${value}`);
}

// The same numbers as the others': xorshift of 64 bits in two halves.
class Random {
  high = Number(88172645463325252n >> 32n) | 0;
  low = Number(88172645463325252n & 0xffffffffn) | 0;

  next() {
    let { high, low } = this, h = (high << 13) | (low >>> 19), l = low << 13;
    high ^= h; low ^= l;
    h = high >>> 7; l = (low >>> 7) | (high << 25);
    high ^= h; low ^= l;
    h = (high << 17) | (low >>> 15); l = low << 17;
    this.high = high ^ h;
    this.low = low ^ l;
  }

  // The 48 bits above the lowest 16.
  get middle() { return (this.high >>> 0) * 65536 + (this.low >>> 16); }
}

module.exports = { median, middle, report, Random };
