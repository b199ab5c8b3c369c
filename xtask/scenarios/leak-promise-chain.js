let link = null;
function forever(round, resolve) {
  if (round === 0) { resolve(); return; }
  const state = new Array(100).fill(round);
  const next = new Promise((done) => setImmediate(() => done(state.length)));
  return next.then(() => forever(round - 1, resolve));
}
async function loop(rounds) {
  for (let round = rounds; round > 0; round--) {
    const state = new Array(100).fill(round);
    await new Promise((done) => setImmediate(() => done(state.length)));
  }
}
global.gc();
console.log(process.memoryUsage());
// Each round returns the promise of the next one, so none is settled before the last.
link = forever(2000, () => {
  global.gc();
  console.log(process.memoryUsage());
});
link.then(() => {
  link = null;
  setImmediate(() => {
    global.gc();
    console.log(process.memoryUsage());
    // The mend: a loop that awaits.
    loop(2000).then(() => {
      global.gc();
      console.log(process.memoryUsage());
    });
  });
});
