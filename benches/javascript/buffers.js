// Byte arrays of many sizes, of which a few hundred live at a time.
'use strict';

const ring = new Array(256).fill(null);
let sum = 0;
for (let i = 0; i < 300000; i++) {
  const bytes = new Uint8Array(16 + (i * 37) % 2000);
  bytes[0] = i & 255;
  bytes[bytes.length - 1] = 1;
  const place = i & 255;
  if (ring[place] !== null) sum += ring[place][0] + ring[place].length;
  ring[place] = bytes.subarray(0, bytes.length - 1);
}
console.log(sum);
