// hold-64B: holds SIZE filled buffers of 64 bytes.
'use strict';
const size = Number(process.argv[3]);
const held = new Array(size);
for (let i = 0; i < size; i++) held[i] = Buffer.allocUnsafe(64).fill(i);
console.log(held.length);
