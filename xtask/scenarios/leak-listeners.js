const EventEmitter = require('events');
const emitter = new EventEmitter();
emitter.setMaxListeners(0);
function handle() {
  const matrix = new Array(1024).fill(0);
  emitter.on('data', () => matrix.length);
}
function handleOnce() {
  const matrix = new Array(1024).fill(0);
  emitter.once('data', () => matrix.length);
}
global.gc();
console.log(process.memoryUsage());
// Each request adds a listener that is never removed.
for (let i = 0; i < 200; i++) { handle(); emitter.emit('data'); }
global.gc();
console.log(process.memoryUsage());
emitter.removeAllListeners('data');
global.gc();
console.log(process.memoryUsage());
// The mend: a listener for one event.
for (let i = 0; i < 200; i++) { handleOnce(); emitter.emit('data'); }
global.gc();
console.log(process.memoryUsage());
