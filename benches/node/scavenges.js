'use strict';
// Scavenges of which little survives: node scavenges.js scavenges MILLIONS; prints how many cells were
// held, and the times of V8's scavenges.
const { PerformanceObserver, constants } = require('perf_hooks');
const { middle, report } = require('./timing.js');
const HELD = 1024, ONE_OF = 256;

const times = [];
const observer = new PerformanceObserver((list) => {
  for (const { detail, duration } of list.getEntries()) {
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) times.push(duration);
  }
});
observer.observe({ entryTypes: ['gc'] });

function allocate(count) {
  const ring = new Array(HELD);
  let held = 0, last = null;
  for (let index = 0; index < count; index++) {
    last = { a: index, b: 0, c: 0, d: 0, e: 0 };
    if (index % ONE_OF === 0) ring[held++ % HELD] = last;
  }
  // `last` is used, or nothing would be allocated.
  return last.a === count - 1 ? held : 0;
}

const held = allocate(Number(process.argv[3]) * 1e6);
// The observer hears of collections in turns of the event loop.
setTimeout(() => {
  report(held, { 'longest, wall ms': Math.max(...times), 'median, wall ms': middle(times) });
}, 100);
