const shutdown = new Promise(() => {});
const listening = new Set();
function stop(callback) {
  listening.add(callback);
  return () => listening.delete(callback);
}
async function race(rounds) {
  for (let i = 0; i < rounds; i++) {
    await Promise.race([shutdown, Promise.resolve(new Array(1000).fill(i))]);
  }
}
async function listen(rounds) {
  for (let i = 0; i < rounds; i++) {
    await new Promise((resolve) => {
      const forget = stop(resolve);
      Promise.resolve(new Array(1000).fill(i)).then((value) => { forget(); resolve(value); });
    });
  }
}
async function main() {
  global.gc();
  console.log(process.memoryUsage());
  // Each race leaves a reaction, and so its result, with the promise that never settles.
  await race(500);
  global.gc();
  console.log(process.memoryUsage());
  // The mend: a set of callbacks, out of which each wait takes its own.
  await listen(500);
  global.gc();
  console.log(process.memoryUsage());
}
main();
