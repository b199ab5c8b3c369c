const EventEmitter = require('events');
function request(milliseconds) {
  const body = new Array(1000).fill(0);
  const socket = new EventEmitter();
  socket.timer = setTimeout(() => socket.emit('timeout', body.length), milliseconds);
  return socket;
}
global.gc();
console.log(process.memoryUsage());
// The answers have come, but each timeout keeps its request until it fires.
let sockets = [];
for (let i = 0; i < 200; i++) sockets.push(request(60000));
sockets.forEach((socket) => socket.emit('answer'));
let timers = sockets.map((socket) => socket.timer);
sockets = null;
global.gc();
console.log(process.memoryUsage());
// The mend: the answer clears the timeout.
timers.forEach(clearTimeout);
timers = null;
global.gc();
console.log(process.memoryUsage());
