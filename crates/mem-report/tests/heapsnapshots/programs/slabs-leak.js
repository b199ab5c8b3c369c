// Keeps ten bytes of each message; each keeps the slab of the pool that it was cut from.
const kept = [];
function receive(message) {
  kept.push(message.subarray(0, 10));
}
for (let i = 0; i < 40; i++) {
  receive(Buffer.from('header ' + i + ' '.repeat(100)));
  // Other messages fill the rest of the slab, and are dropped.
  for (let used = 0; used < Buffer.poolSize; used += 2000) Buffer.allocUnsafe(2000);
}
globalThis.receive = receive;
