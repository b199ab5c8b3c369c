'use strict';
// Streams: node streams.js WORKLOAD SIZE; prints the bytes that reached the sink.
const { Writable } = require('node:stream');
const [workload, size] = [process.argv[2], Number(process.argv[3])];
const length = workload.endsWith('1KiB') ? 1024 : 16;
const chunk = Buffer.alloc(length, 7);
const STEP = 1024;
const writes = Math.floor(size * 1e6 / STEP) * STEP;
let passed = 0;

const take = (chunk) => { passed += chunk.length; };
const takeAll = (chunks) => { for (const { chunk } of chunks) passed += chunk.length; };
const print = () => console.log(passed);

if (workload.startsWith('write-sync')) {
  const writable = new Writable({ write(chunk, encoding, done) { take(chunk); done(); } });
  for (let i = 0; i < writes; i++) writable.write(chunk);
  print();
} else if (workload.startsWith('write-corked')) {
  const writable = new Writable({
    write(chunk, encoding, done) { take(chunk); done(); },
    writev(chunks, done) { takeAll(chunks); done(); },
  });
  let left = writes;
  (function step() {
    for (let i = 0; i < 16; i++) {
      writable.cork();
      for (let j = 0; j < 64; j++) writable.write(chunk);
      writable.uncork();
    }
    left -= STEP;
    if (left > 0) process.nextTick(step);
    else print();
  })();
} else if (workload.startsWith('backlog')) {
  const kept = [];
  const writable = new Writable({ write(chunk, encoding, done) { take(chunk); kept.push(done); } });
  for (let i = 0; i < size; i++) writable.write(Buffer.allocUnsafeSlow(length).fill(7));
  while (kept.length > 0) kept.pop()();
  print();
} else {
  const options = {
    write(chunk, encoding, done) { take(chunk); setImmediate(done); },
  };
  if (workload.startsWith('write-writev')) {
    options.writev = (chunks, done) => { takeAll(chunks); setImmediate(done); };
  }
  const writable = new Writable(options);
  let left = writes;
  const more = () => {
    while (left > 0) {
      left--;
      if (!writable.write(chunk)) return;
    }
    writable.end();
  };
  writable.on('drain', more).on('finish', print);
  more();
}
