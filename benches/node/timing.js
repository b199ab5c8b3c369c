'use strict';
// What the programs that time parts of themselves share: clocks, medians and lines `NAME VALUE`.

// Runs `part` so many times; gives the medians of its milliseconds of CPU time (all threads) and wall
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

module.exports = { median, middle, report };
