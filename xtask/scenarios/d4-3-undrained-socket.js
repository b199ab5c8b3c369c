const net = require('net');
const CHUNK = 65536;
// The peer accepts the connection and never reads.
const server = net.createServer({ pauseOnConnect: true }, (peer) => peer.on('error', () => {}));

function connect(then) {
  const socket = net.connect(server.address().port, '127.0.0.1', () => then(socket));
  socket.on('error', () => {});
}

// Writes 32 MiB; with a cap it gives up when more than that waits.
function pour(socket, cap) {
  for (let i = 0; i < 512; i++) {
    if (socket.writableLength > cap) return i;
    socket.write(Buffer.alloc(CHUNK, i));
  }
  return 512;
}

server.listen(0, '127.0.0.1', () => connect((socket) => {
  global.gc();
  console.log(process.memoryUsage());
  pour(socket, Infinity);
  setTimeout(() => {
    console.log('more than 16 MiB wait: ' + (socket.writableLength > 16 << 20));
    console.log(process.memoryUsage());
    socket.destroy();
    setTimeout(() => {
      global.gc();
      global.gc();
      console.log(process.memoryUsage());
      connect((capped) => {
        const written = pour(capped, 1 << 20);
        console.log('with a cap it has given up: ' + (written < 512));
        setTimeout(() => {
          global.gc();
          global.gc();
          console.log(process.memoryUsage());
          capped.destroy();
          server.close();
          process.exit(0);
        }, 20);
      });
    }, 20);
  }, 20);
}));
