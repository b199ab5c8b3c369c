'use strict';
// `net`: sockets of TCP, whose system calls are Rust's. A socket is a Duplex: what the system does not take yet waits, and
// 'drain' follows when it has.

const { check, nodeError } = require('internal/errors');
const EventEmitter = require('events');
const { Duplex } = require('stream');

const system = internal.net;
// Sockets and servers by the numbers of their handles.
const open = new Map();

system.listen((number, event, value) => {
  const owner = open.get(number);
  if (owner) owner[HANDLERS[event]](value);
});

const HANDLERS = { connection: 'onconnection', connect: 'onconnect', data: 'ondata', written: 'onwritten', error: 'onerror' };
for (const [event, name] of Object.entries(HANDLERS)) HANDLERS[event] = Symbol(name);

const HANDLE = Symbol('handle');
const WRITING = Symbol('kPending');

// An error of the system as Node words it.
function systemError({ code, errno }, call, address, port) {
  const where = address === undefined ? '' : ` ${address}:${port}`;
  const error = new Error(`${call} ${code}${where}`);
  Object.assign(error, { errno, code, syscall: call });
  if (address !== undefined) Object.assign(error, { address, port });
  return error;
}

function checkPort(port) {
  if ((typeof port !== 'number' && typeof port !== 'string') || String(port).trim() === ''
    || +port !== +port >>> 0 || +port > 65535) {
    throw nodeError('ERR_SOCKET_BAD_PORT', 'Port', port);
  }
  return +port;
}

function hostOf(name) {
  if (name === undefined || name === 'localhost') return '127.0.0.1';
  return String(name);
}

// -- sockets ----------------------------------------------------------------------------------------------------

function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  this.connecting = false;
  this._host = null;
  this[HANDLE] = options?.[HANDLE] ?? null;
  this[WRITING] = null;
  this.bytesRead = 0;
  this.bytesWritten = 0;
  this.timeout = 0;
  this.server = null;
  const { allowHalfOpen = false, ...rest } = options ?? {};
  Duplex.call(this, { ...rest, allowHalfOpen, emitClose: false, autoDestroy: true, decodeStrings: false });
  this.on('end', () => {
    if (!this.allowHalfOpen) this.write = writeAfterEnd;
  });
  if (this[HANDLE] !== null) {
    open.set(this[HANDLE], this);
    system.startReading(this[HANDLE]);
  }
  options?.signal?.addEventListener('abort', () => this.destroy(options.signal.reason), { once: true });
}
Object.setPrototypeOf(Socket.prototype, Duplex.prototype);
Object.setPrototypeOf(Socket, Duplex);

function writeAfterEnd(chunk, encoding, callback) {
  const error = new Error('This socket has been ended by the other party');
  error.code = 'EPIPE';
  if (typeof encoding === 'function') process.nextTick(encoding, error);
  else if (typeof callback === 'function') process.nextTick(callback, error);
  this.destroy(error);
  return false;
}

function connectArguments(given) {
  const list = [...given];
  const callback = typeof list[list.length - 1] === 'function' ? list.pop() : undefined;
  const [first, second] = list;
  if (first !== null && typeof first === 'object') return [first, callback];
  if (typeof first === 'string' && !/^\d+$/.test(first)) return [{ path: first }, callback];
  return [{ port: first, host: typeof second === 'string' ? second : undefined }, callback];
}

Socket.prototype.connect = function connect(...given) {
  const [options, callback] = connectArguments(given);
  if (options.path) throw nodeError('ERR_NOT_SUPPORTED', 'net.connect of a path');
  if (options.port === undefined) throw nodeError('ERR_MISSING_ARGS', ['options', 'port', 'path']);
  const port = checkPort(options.port);
  if (callback) this.once('connect', callback);
  this.connecting = true;
  const address = hostOf(options.host);
  this._peer = { address, port };
  process.nextTick(() => {
    if (this.destroyed) return;
    const made = system.connect(address, port);
    if (typeof made !== 'number') {
      this.destroy(systemError(made, 'connect', address, port));
      return;
    }
    this[HANDLE] = made;
    open.set(made, this);
  });
  return this;
};

Socket.prototype[HANDLERS.connect] = function onconnect() {
  this.connecting = false;
  system.startReading(this[HANDLE]);
  this.emit('connect');
  this.emit('ready');
  if (!this.isPaused()) this.read(0);
};

Socket.prototype[HANDLERS.error] = function onerror(error) {
  const { address, port } = this.connecting ? this._peer : {};
  this.destroy(systemError(error, this.connecting ? 'connect' : error.call, address, port));
};

Socket.prototype[HANDLERS.data] = function ondata(bytes) {
  this._touch();
  if (bytes === null) {
    this.push(null);
    this.read(0);
    return;
  }
  this.bytesRead += bytes.length;
  if (!this.push(bytes)) system.stopReading(this[HANDLE]);
};

Socket.prototype._read = function _read() {
  if (this.connecting || this[HANDLE] === null) {
    if (this.connecting) this.once('connect', () => this._read());
    return;
  }
  system.startReading(this[HANDLE]);
};

Socket.prototype._write = function _write(chunk, encoding, callback) {
  if (this.connecting) {
    this.once('connect', () => this._write(chunk, encoding, callback));
    return;
  }
  if (this[HANDLE] === null) {
    callback(nodeError('ERR_SOCKET_CLOSED'));
    return;
  }
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
  this._touch();
  const result = system.write(this[HANDLE], bytes);
  this.bytesWritten += bytes.length;
  if (typeof result === 'object') callback(systemError(result, 'write'));
  else if (result) callback();
  // The chunk stays until the system has it.
  else this[WRITING] = { bytes, callback };
};

Socket.prototype._writev = function _writev(chunks, callback) {
  const all = chunks.map(({ chunk, encoding }) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk));
  this._write(Buffer.concat(all), 'buffer', callback);
};

Socket.prototype[HANDLERS.written] = function onwritten(error) {
  const writing = this[WRITING];
  this[WRITING] = null;
  this._touch();
  if (writing) writing.callback(error ? systemError(error, 'write') : null);
};

Socket.prototype._final = function _final(callback) {
  if (this.connecting) {
    this.once('connect', () => this._final(callback));
    return;
  }
  if (this[HANDLE] !== null) system.shutdown(this[HANDLE]);
  callback();
};

Socket.prototype._destroy = function _destroy(error, callback) {
  this.connecting = false;
  clearTimeout(this._timer);
  const number = this[HANDLE];
  if (number !== null) {
    this[HANDLE] = null;
    open.delete(number);
    system.close(number);
  }
  const writing = this[WRITING];
  this[WRITING] = null;
  if (writing) process.nextTick(writing.callback, error ?? nodeError('ERR_STREAM_DESTROYED', 'write'));
  callback(error);
  // A handle is closed in a later turn.
  setImmediate(() => {
    this.emit('close', !!error);
    if (this.server) this.server._left();
  });
};

Socket.prototype.destroySoon = function destroySoon() {
  if (this.writable) this.end();
  if (this.writableFinished) this.destroy();
  else this.once('finish', () => this.destroy());
};

Socket.prototype.resetAndDestroy = function resetAndDestroy() {
  return this.destroy();
};

Socket.prototype.pause = function pause() {
  if (this[HANDLE] !== null && !this.connecting && !this.destroyed) system.stopReading(this[HANDLE]);
  return Duplex.prototype.pause.call(this);
};

Socket.prototype.resume = function resume() {
  if (this[HANDLE] !== null && !this.connecting) system.startReading(this[HANDLE]);
  return Duplex.prototype.resume.call(this);
};

Socket.prototype.ref = function ref() {
  if (this[HANDLE] !== null) system.setRef(this[HANDLE], true);
  else this.once('connect', () => this.ref());
  return this;
};

Socket.prototype.unref = function unref() {
  if (this[HANDLE] !== null) system.setRef(this[HANDLE], false);
  else this.once('connect', () => this.unref());
  return this;
};

Socket.prototype.setNoDelay = function setNoDelay() {
  return this;
};
Socket.prototype.setKeepAlive = Socket.prototype.setNoDelay;

Socket.prototype.setTimeout = function setSocketTimeout(milliseconds, callback) {
  this.timeout = milliseconds;
  if (callback) {
    if (milliseconds) this.once('timeout', callback);
    else this.removeListener('timeout', callback);
  }
  this._touch();
  return this;
};

// Something has happened: the timeout begins again.
Socket.prototype._touch = function _touch() {
  clearTimeout(this._timer);
  if (this.timeout > 0 && !this.destroyed) {
    this._timer = setTimeout(() => this.emit('timeout'), this.timeout).unref();
  }
};

Socket.prototype.address = function address() {
  return this[HANDLE] === null ? {} : system.address(this[HANDLE], false);
};

const part = (peer, name) => ({
  configurable: true,
  enumerable: true,
  get() {
    if (this[HANDLE] === null) return undefined;
    return system.address(this[HANDLE], peer)[name];
  },
});

Object.defineProperties(Socket.prototype, {
  localAddress: part(false, 'address'),
  localPort: part(false, 'port'),
  localFamily: part(false, 'family'),
  remoteAddress: part(true, 'address'),
  remotePort: part(true, 'port'),
  remoteFamily: part(true, 'family'),
  pending: { configurable: true, get() { return this[HANDLE] === null || this.connecting; } },
  readyState: {
    configurable: true,
    get() {
      if (this.connecting) return 'opening';
      if (this.readable && this.writable) return 'open';
      if (this.readable) return 'readOnly';
      return this.writable ? 'writeOnly' : 'closed';
    },
  },
  bufferSize: { configurable: true, get() { return this.writableLength; } },
});

// -- servers ----------------------------------------------------------------------------------------------------

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  EventEmitter.call(this);
  const call = typeof options === 'function' ? options : listener;
  const settings = typeof options === 'function' ? {} : options ?? {};
  if (call !== undefined) this.on('connection', call);
  this.allowHalfOpen = settings.allowHalfOpen ?? false;
  this.pauseOnConnect = !!settings.pauseOnConnect;
  this.highWaterMark = settings.highWaterMark;
  this.maxConnections = undefined;
  this._connections = 0;
  this[HANDLE] = null;
}
Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Server, EventEmitter);

Server.prototype.listen = function listen(...given) {
  const [options, callback] = connectArguments(given.length ? given : [0]);
  if (this[HANDLE] !== null) throw nodeError('ERR_SERVER_ALREADY_LISTEN');
  if (options.path) throw nodeError('ERR_NOT_SUPPORTED', 'server.listen of a path');
  if (callback) this.once('listening', callback);
  const port = checkPort(options.port ?? 0);
  const address = options.host === undefined ? '0.0.0.0' : hostOf(options.host);
  const made = system.bind(address, port);
  if (typeof made !== 'number') {
    const error = systemError(made, 'listen', address, port);
    error.message = `listen ${made.code}: ${made.text} ${address}:${port}`;
    process.nextTick(() => this.emit('error', error));
    return this;
  }
  this[HANDLE] = made;
  open.set(made, this);
  process.nextTick(() => {
    if (this[HANDLE] !== null) this.emit('listening');
  });
  return this;
};

Server.prototype[HANDLERS.connection] = function onconnection(number) {
  if (this.maxConnections !== undefined && this._connections >= this.maxConnections) {
    system.close(number);
    this.emit('drop', {});
    return;
  }
  const socket = new Socket({ allowHalfOpen: this.allowHalfOpen, highWaterMark: this.highWaterMark, [HANDLE]: number });
  if (this.pauseOnConnect) socket.pause();
  this._connections += 1;
  socket.server = this;
  this.emit('connection', socket);
};

Server.prototype.address = function address() {
  return this[HANDLE] === null ? null : system.address(this[HANDLE], false);
};

Server.prototype.close = function close(callback) {
  if (typeof callback === 'function') {
    if (this[HANDLE] === null) this.once('close', () => callback(nodeError('ERR_SERVER_NOT_RUNNING')));
    else this.once('close', callback);
  }
  if (this[HANDLE] !== null) {
    open.delete(this[HANDLE]);
    system.close(this[HANDLE]);
    this[HANDLE] = null;
  }
  this._emitCloseIfDrained();
  return this;
};

Server.prototype._emitCloseIfDrained = function emitCloseIfDrained() {
  if (this[HANDLE] === null && this._connections === 0) {
    process.nextTick(() => this.emit('close'));
  }
};

Server.prototype._left = function left() {
  this._connections -= 1;
  this._emitCloseIfDrained();
};

Server.prototype.getConnections = function getConnections(callback) {
  process.nextTick(callback, null, this._connections);
  return this;
};

Server.prototype.ref = Socket.prototype.ref;
Server.prototype.unref = function unref() {
  if (this[HANDLE] !== null) system.setRef(this[HANDLE], false);
  return this;
};

Object.defineProperty(Server.prototype, 'listening', {
  configurable: true,
  enumerable: true,
  get() { return this[HANDLE] !== null; },
});

function connect(...given) {
  const [options] = connectArguments(given);
  if (options.path === undefined && options.port !== undefined) check.object(options, 'options');
  return new Socket(options).connect(...given);
}

const isIPv4 = (text) => /^(\d{1,3}\.){3}\d{1,3}$/.test(text) && String(text).split('.').every((part) => part <= 255);
const isIPv6 = (text) => /^[0-9a-f:.]+(%.+)?$/i.test(text) && String(text).includes(':');

module.exports = {
  Server,
  Socket,
  Stream: Socket,
  connect,
  createConnection: connect,
  createServer: (options, listener) => new Server(options, listener),
  isIP: (text) => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0),
  isIPv4,
  isIPv6,
};
