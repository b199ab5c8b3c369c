const application = new AbortController();
function serve(signal) {
  const state = new Array(1000).fill(0);
  const onAbort = () => { state.length = 0; };
  signal.addEventListener('abort', onAbort);
  return () => signal.removeEventListener('abort', onAbort);
}
global.gc();
console.log(process.memoryUsage());
// Each request listens to the long-lived signal and never stops.
for (let i = 0; i < 200; i++) serve(application.signal);
global.gc();
console.log(process.memoryUsage());
// The mend: it stops listening when it is done.
for (let i = 0; i < 200; i++) serve(application.signal)();
global.gc();
console.log(process.memoryUsage());
