// Keeps a copy of the ten bytes, with memory of its own.
const kept = [];
function receive(message) {
  const copy = Buffer.alloc(10);
  message.copy(copy, 0, 0, 10);
  kept.push(copy);
}
for (let i = 0; i < 40; i++) {
  receive(Buffer.from('header ' + i + ' '.repeat(100)));
  for (let used = 0; used < Buffer.poolSize; used += 2000) Buffer.allocUnsafe(2000);
}
globalThis.receive = receive;
