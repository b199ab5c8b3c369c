'use strict';
// net on loopback: a server and its sockets, the end, errors, and a socket that nobody reads.
const net = require('net');
const { once } = require('events');
const log = (...given) => console.log(...given);

(async () => {
  const server = net.createServer((socket) => {
    socket.setEncoding('utf8');
    socket.on('data', (text) => {
      log('server got', text);
      socket.write(text.toUpperCase());
    });
    socket.on('end', () => log('server: end'));
    socket.on('close', (failed) => log('server: close', failed));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port, address, family } = server.address();
  log(port > 0, address, family, server.listening);
  const client = net.connect(port, '127.0.0.1');
  log(client.connecting, client.writable, client.readyState);
  await once(client, 'connect');
  log(client.connecting, client.readyState, client.remotePort === port, client.remoteAddress, client.remoteFamily);
  client.write('hello');
  const [bytes] = await once(client, 'data');
  log('client got', String(bytes), client.bytesWritten, client.bytesRead);
  client.end();
  const [failed] = await once(client, 'close');
  log('client: close', failed, client.destroyed, client.readableEnded, client.writableFinished);
  server.close();
  await once(server, 'close');
  log('server closed', server.listening);

  const refused = net.connect(port, '127.0.0.1');
  refused.on('close', (hadError) => log('refused: close', hadError));
  const [error] = await once(refused, 'error').catch((thrown) => [thrown]);
  log(error.code, error.syscall, error.address, error.port === port, error.message === `connect ECONNREFUSED 127.0.0.1:${port}`);

  // A socket whose other side does not read: writes are buffered, and 'drain' comes when it reads.
  let other;
  const quiet = net.createServer((socket) => {
    other = socket;
    socket.pause();
  });
  quiet.listen(0);
  await once(quiet, 'listening');
  const writer = net.connect(quiet.address().port);
  await once(writer, 'connect');
  const chunk = Buffer.alloc(1 << 20, 'x');
  let written = 0;
  let more = true;
  while (more) {
    more = writer.write(chunk);
    written += chunk.length;
    if (more) await new Promise((resolve) => { setImmediate(resolve); });
  }
  log('full', writer.writableNeedDrain, writer.writableLength > 0);
  await new Promise((resolve) => { setTimeout(resolve, 10); });
  log('still full', writer.writableNeedDrain);
  let got = 0;
  other.on('data', (data) => { got += data.length; });
  other.resume();
  await once(writer, 'drain');
  log('drain', writer.writableLength, writer.writableNeedDrain);
  writer.end();
  await once(other, 'end');
  log(got === written);
  writer.destroy();
  quiet.close();
  await once(quiet, 'close');

  try {
    net.connect(70000);
  } catch (thrown) {
    log(thrown.code, thrown.message);
  }
  log(net.isIP('127.0.0.1'), net.isIP('::1'), net.isIP('x'), net.isIPv4('1.2.3.4'));
})();
