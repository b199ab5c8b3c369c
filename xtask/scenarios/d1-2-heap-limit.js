const kept = [];
console.log(process.memoryUsage());
for (;;) {
  // 2 MiB: 256 arrays of 8 KiB.
  for (let i = 0; i < 256; i++) kept.push(new Array(1021).fill(i));
  console.log(process.memoryUsage());
}
