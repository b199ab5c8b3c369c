// Queues of closures that capture objects: each waits behind some thousands of others.
'use strict';

function job(number) {
  const request = { number, parts: [number, number + 1], done: false };
  return (factor) => {
    request.done = true;
    return (request.parts[0] + request.parts[1]) * factor + request.number;
  };
}

let sum = 0;
for (let round = 0; round < 10; round++) {
  const queue = [];
  let first = 0;
  for (let i = 0; i < 100000; i++) {
    queue.push(job(i));
    if (queue.length - first > 5000) {
      sum = (sum + queue[first](3)) % 1000003;
      queue[first++] = undefined;
    }
  }
  while (first < queue.length) sum = (sum + queue[first++](2)) % 1000003;
}
console.log(sum);
