// A WeakMap whose keys die: some thousands live at a time.
'use strict';

const data = new WeakMap();
const living = new Array(20000).fill(null);
let sum = 0;
for (let i = 0; i < 600000; i++) {
  const key = { number: i };
  data.set(key, { text: 'value', number: i });
  const place = (i * 7919) % living.length;
  const old = living[place];
  if (old !== null && data.has(old)) sum += data.get(old).number % 10;
  living[place] = key;
}
console.log(sum);
