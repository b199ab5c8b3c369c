'use strict';
// `fs`: the system's calls are Rust's; here are their forms with callbacks and promises, and the streams.

const { AbortError, check, nodeError } = require('internal/errors');

const { readdirSync: names, lstatSync } = internal.sync;
const sync = { ...internal.sync, readdirSync };

const kType = Symbol('type');
const TYPES = { isFile: 1, isDirectory: 2, isSymbolicLink: 3, isFIFO: 4, isSocket: 5, isCharacterDevice: 6, isBlockDevice: 7 };

// An entry of a directory, with its type.
class Dirent {
  constructor(name, path, type) {
    this.name = name;
    this.parentPath = path;
    this.path = path;
    this[kType] = type;
  }
}
for (const [name, type] of Object.entries(TYPES)) {
  const { value } = Object.getOwnPropertyDescriptor({ [name]() { return this[kType] === type; } }, name);
  Object.defineProperty(Dirent.prototype, name, { value, writable: true, configurable: true });
}

function readdirSync(path, options) {
  const found = names(path);
  if (!options?.withFileTypes) return found;
  return found.map((name) => {
    const stat = lstatSync(require('path').join(pathOf(path).toString(), name));
    const type = Object.keys(TYPES).find((is) => stat[is]?.());
    return new Dirent(name, path, type ? TYPES[type] : 0);
  });
}

// Callbacks come in a later turn of the event loop, as the thread pool's do.
function later(callback, ...given) {
  setImmediate(setImmediate, callback, ...given);
}

const NAMES = ['access', 'appendFile', 'close', 'copyFile', 'fstat', 'fsync', 'ftruncate', 'lstat', 'mkdir', 'mkdtemp',
  'open', 'readFile', 'readdir', 'realpath', 'rename', 'rm', 'rmdir', 'stat', 'truncate', 'unlink', 'writeFile'];

const constants = {
  F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512,
  O_APPEND: 1024, COPYFILE_EXCL: 1,
};

const fs = { ...sync, constants, Dirent };

for (const name of NAMES) {
  const call = sync[`${name}Sync`];
  fs[name] = {
    [name](...given) {
      const callback = given.pop();
      check.func(callback, 'cb');
      checkNames(name, given);
      let result;
      try {
        result = call(...given);
      } catch (error) {
        if (!isSystem(error)) throw error;
        later(callback, error);
        return;
      }
      if (result === undefined) later(callback, null);
      else later(callback, null, result);
    },
  }[name];
}

// Errors of the system are the callback's, those of the arguments the caller's.
const isSystem = (error) => typeof error.errno === 'number' || error.syscall !== undefined;

function checkNames(name, [path]) {
  const takesNumber = ['readFile', 'writeFile', 'appendFile', 'close', 'fstat', 'fsync', 'ftruncate'].includes(name);
  if (typeof path === 'string' || Buffer.isBuffer(path) || path instanceof URL) return;
  if (takesNumber && typeof path === 'number') return;
  const argument = ['close', 'fstat', 'fsync', 'ftruncate'].includes(name) ? ['fd', 'number']
    : ['path', ['string', 'Buffer', 'URL']];
  throw nodeError('ERR_INVALID_ARG_TYPE', ...argument, path);
}

fs.exists = (path, callback) => later(callback, sync.existsSync(path));

fs.read = (descriptor, ...given) => {
  const callback = given.pop();
  check.func(callback, 'cb');
  let [bytes, offset, length, position] = given;
  if (!ArrayBuffer.isView(bytes)) {
    ({ buffer: bytes = Buffer.alloc(16384), offset, length, position } = bytes ?? {});
  } else if (offset !== null && typeof offset === 'object') {
    ({ offset, length, position } = offset);
  }
  let count;
  try {
    count = sync.readSync(descriptor, bytes, offset, length, position);
  } catch (error) {
    if (!isSystem(error)) throw error;
    later(callback, error);
    return;
  }
  later(callback, null, count, bytes);
};

fs.write = (descriptor, bytes, ...given) => {
  const callback = given.pop();
  check.func(callback, 'cb');
  let count;
  try {
    count = sync.writeSync(descriptor, bytes, ...given);
  } catch (error) {
    if (!isSystem(error)) throw error;
    later(callback, error);
    return;
  }
  later(callback, null, count, bytes);
};

fs.writev = (descriptor, list, position, callback = position) => {
  check.func(callback, 'cb');
  fs.write(descriptor, Buffer.concat(list), 0, undefined, typeof position === 'number' ? position : null,
    (error, count) => callback(error, count, list));
};

// -- promises ---------------------------------------------------------------------------------------------------

const promised = (call) => (...given) => new Promise((resolve, reject) => {
  call(...given, (error, value) => (error ? reject(error) : resolve(value)));
});

class FileHandle {
  constructor(descriptor) {
    this.fd = descriptor;
  }

  appendFile(data, options) { return promises.appendFile(this.fd, data, options); }
  async close() {
    const { fd } = this;
    this.fd = -1;
    if (fd >= 0) await promised(fs.close)(fd);
  }
  createReadStream(options) { return new ReadStream(undefined, { ...options, fd: this.fd }); }
  createWriteStream(options) { return new WriteStream(undefined, { ...options, fd: this.fd }); }
  read(...given) {
    return new Promise((resolve, reject) => {
      fs.read(this.fd, ...given, (error, bytesRead, buffer) => (error ? reject(error) : resolve({ bytesRead, buffer })));
    });
  }
  readFile(options) { return promised(fs.readFile)(this.fd, options); }
  stat() { return promised(fs.fstat)(this.fd); }
  sync() { return promised(fs.fsync)(this.fd); }
  truncate(length) { return promised(fs.ftruncate)(this.fd, length); }
  write(...given) {
    return new Promise((resolve, reject) => {
      fs.write(this.fd, ...given, (error, bytesWritten, buffer) => (error ? reject(error) : resolve({ bytesWritten, buffer })));
    });
  }
  writeFile(data, options) { return promised(fs.writeFile)(this.fd, data, options); }
}

const promises = {};
for (const name of NAMES) {
  if (['close', 'fstat', 'fsync', 'ftruncate', 'open'].includes(name)) continue;
  promises[name] = async (...given) => {
    const { signal } = (typeof given.at(-1) === 'object' && given.at(-1)) || {};
    if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
    const plain = given.map((value) => (value instanceof FileHandle ? value.fd : value));
    return promised(fs[name])(...plain);
  };
}
promises.open = async (path, flags = 'r', mode = 0o666) => new FileHandle(await promised(fs.open)(path, flags, mode));
promises.constants = constants;
fs.promises = promises;

// -- streams ----------------------------------------------------------------------------------------------------

const { Readable, Writable, finished } = require('stream');

function openWhenMade(stream) {
  stream._construct = function _construct(callback) {
    if (typeof this.fd === 'number') {
      callback();
      return;
    }
    fs.open(this.path, this.flags, this.mode, (error, descriptor) => {
      if (error) {
        callback(error);
        return;
      }
      this.fd = descriptor;
      callback();
      this.emit('open', descriptor);
      this.emit('ready');
    });
  };
}

function close(stream, error, callback) {
  const { fd } = stream;
  stream.fd = null;
  if (typeof fd !== 'number' || fd <= 2) {
    callback(error);
    return;
  }
  fs.close(fd, (other) => callback(other || error));
}

function pathOf(path) {
  return path instanceof URL ? require('url').fileURLToPath(path) : path;
}

function takeOptions(options) {
  if (options === null || options === undefined) return {};
  if (typeof options === 'string') return { encoding: options };
  check.object(options, 'options');
  return options;
}

function ReadStream(path, given) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, given);
  const options = { highWaterMark: 64 * 1024, emitClose: true, ...takeOptions(given) };
  this.fd = typeof options.fd === 'object' && options.fd ? options.fd.fd : options.fd ?? null;
  this.path = pathOf(path);
  this.flags = options.flags ?? 'r';
  this.mode = options.mode ?? 0o666;
  this.start = options.start;
  this.end = options.end ?? Infinity;
  this.pos = undefined;
  this.bytesRead = 0;
  if (this.start !== undefined) {
    check.integer(this.start, 'start', 0);
    this.pos = this.start;
  }
  if (this.end !== Infinity) {
    check.integer(this.end, 'end', 0);
    if (this.start !== undefined && this.start > this.end) {
      throw nodeError('ERR_OUT_OF_RANGE', 'start', `<= "end" (here: ${this.end})`, this.start);
    }
  }
  options.autoDestroy = options.autoClose ?? options.autoDestroy ?? true;
  if (typeof this.fd !== 'number') openWhenMade(this);
  Readable.call(this, options);
  if (options.encoding) this.setEncoding(options.encoding);
}
Object.setPrototypeOf(ReadStream.prototype, Readable.prototype);
Object.setPrototypeOf(ReadStream, Readable);

ReadStream.prototype._read = function _read(size) {
  const at = this.pos !== undefined ? this.end - this.pos + 1 : this.end - this.bytesRead + 1;
  const count = Math.min(at, size);
  if (count <= 0) {
    this.push(null);
    return;
  }
  const bytes = Buffer.allocUnsafeSlow(count);
  fs.read(this.fd, bytes, 0, count, this.pos, (error, read) => {
    if (error) {
      this.destroy(error);
      return;
    }
    if (read > 0) {
      this.bytesRead += read;
      if (this.pos !== undefined) this.pos += read;
      // What was not filled is given back.
      this.push(read === bytes.length ? bytes : Buffer.from(bytes.subarray(0, read)));
    } else {
      this.push(null);
    }
  });
};

ReadStream.prototype._destroy = function _destroy(error, callback) {
  close(this, error, callback);
};

ReadStream.prototype.close = function closeStream(callback) {
  if (callback) finished(this, callback);
  this.destroy();
};

function WriteStream(path, given) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, given);
  const options = { decodeStrings: true, emitClose: true, ...takeOptions(given) };
  this.fd = typeof options.fd === 'object' && options.fd ? options.fd.fd : options.fd ?? null;
  this.path = pathOf(path);
  this.flags = options.flags ?? 'w';
  this.mode = options.mode ?? 0o666;
  this.start = options.start;
  this.pos = undefined;
  this.bytesWritten = 0;
  if (this.start !== undefined) {
    check.integer(this.start, 'start', 0);
    this.pos = this.start;
  }
  options.autoDestroy = options.autoClose ?? options.autoDestroy ?? true;
  if (typeof this.fd !== 'number') openWhenMade(this);
  internal.initWritable(this, options);
  require('stream').Stream.call(this, options);
  internal.startWritable(this, options);
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}
Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);
Object.setPrototypeOf(WriteStream, Writable);

function writeAll(stream, bytes, callback) {
  fs.write(stream.fd, bytes, 0, bytes.length, stream.pos ?? null, (error, count) => {
    if (error) {
      callback(error);
      return;
    }
    stream.bytesWritten += count;
    if (stream.pos !== undefined) stream.pos += count;
    if (count < bytes.length) writeAll(stream, bytes.subarray(count), callback);
    else callback();
  });
}

WriteStream.prototype._write = function _write(chunk, encoding, callback) {
  writeAll(this, chunk, callback);
};

WriteStream.prototype._writev = function _writev(chunks, callback) {
  writeAll(this, Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
};

WriteStream.prototype._destroy = ReadStream.prototype._destroy;

WriteStream.prototype.close = function closeStream(callback) {
  if (callback) {
    if (this.closed) process.nextTick(callback);
    else this.on('close', callback);
  }
  if (this.autoClose !== false) this.end();
};
WriteStream.prototype.destroySoon = WriteStream.prototype.end;

for (const Stream of [ReadStream, WriteStream]) {
  Object.defineProperty(Stream.prototype, 'pending', { configurable: true, get() { return this.fd === null; } });
}

fs.ReadStream = ReadStream;
fs.WriteStream = WriteStream;
fs.createReadStream = (path, options) => new ReadStream(path, options);
fs.createWriteStream = (path, options) => new WriteStream(path, options);

for (const name of ['chmod', 'chmodSync', 'chown', 'link', 'linkSync', 'opendir', 'readlink', 'readlinkSync', 'symlink',
  'symlinkSync', 'utimes', 'utimesSync', 'watch', 'watchFile']) {
  fs[name] = () => { throw nodeError('ERR_NOT_SUPPORTED', `fs.${name}`); };
}

module.exports = fs;
