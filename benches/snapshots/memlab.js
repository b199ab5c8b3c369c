// node memlab.js FILE: the time that memlab takes to read a heap snapshot, and to compute all retained sizes.
// node memlab.js --sizes NAME=FILE...: a line for each file, as crates/mem-report/tests/heapsnapshots/memlab.tsv has them.
'use strict';
const core = require('@memlab/core');
const path = require('path');

const dist = path.join(path.dirname(require.resolve('@memlab/core/package.json')), 'dist');
const HeapParser = require(path.join(dist, 'lib/HeapParser.js')).default;
const TraceFinder = require(path.join(dist, 'paths/TraceFinder.js')).default;
core.config.muteConsole = true;

async function read(file) {
  const start = process.cpuUsage();
  const snapshot = await HeapParser.parse(file);
  const load = process.cpuUsage(start);
  new TraceFinder().calculateAllNodesRetainedSizes(snapshot);
  return { snapshot, load, both: process.cpuUsage(start) };
}

async function main([first, ...rest]) {
  const seconds = ({ user, system }) => (user + system) / 1e6;
  if (first !== '--sizes') {
    const { snapshot, load, both } = await read(first);
    console.log(`load ${seconds(load)}`);
    console.log(`retained ${seconds(both) - seconds(load)}`);
    console.log(`result ${snapshot.nodes.get(0).retainedSize}`);
    return;
  }
  for (const pair of rest) {
    const at = pair.indexOf('=');
    const { snapshot } = await read(pair.slice(at + 1));
    let [nodes, total, sum] = [0, 0, 0n];
    snapshot.nodes.forEach((node) => {
      nodes++;
      total += node.self_size;
      sum = (sum + BigInt(node.id) * BigInt(node.retainedSize)) & 0xffffffffffffffffn;
    });
    console.log([pair.slice(0, at), nodes, total, sum].join('\t'));
  }
}

main(process.argv.slice(2));
