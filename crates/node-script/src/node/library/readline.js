'use strict';
// `readline`: the lines of a stream. A terminal's keys are not read: what is typed comes line by line.

const EventEmitter = require('events');
const { StringDecoder } = require('string_decoder');
const { AbortError, check, nodeError } = require('internal/errors');

const LINE = /\r\n|\n|\r|\u2028|\u2029/g;

class Interface extends EventEmitter {
  #decoder = new StringDecoder('utf8');
  #left = '';
  #afterReturn = false;
  #asked = undefined;
  #stop;

  constructor(input, output, completer, terminal) {
    super();
    const options = input?.input ? input : { input, output, completer, terminal };
    if (options.input === undefined || options.input === null) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'input', 'Stream', options.input);
    }
    this.line = '';
    this.input = options.input;
    this.output = options.output;
    this.terminal = false;
    this.closed = false;
    this.paused = false;
    this.history = [];
    this.crlfDelay = options.crlfDelay ? Math.max(100, options.crlfDelay) : 100;
    this.setPrompt(options.prompt === undefined ? '> ' : String(options.prompt));
    const read = (chunk) => this.#take(typeof chunk === 'string' ? chunk : this.#decoder.write(chunk));
    const end = () => {
      this.#take(this.#decoder.end());
      const rest = this.#left;
      this.#left = '';
      if (rest.length > 0) this.#tell(rest);
      this.close();
    };
    const failed = (error) => this.emit('error', error);
    this.input.on('error', failed);
    this.input.on('data', read);
    this.input.on('end', end);
    this.#stop = () => {
      this.input.removeListener('error', failed);
      this.input.removeListener('data', read);
      this.input.removeListener('end', end);
    };
    const { signal } = options;
    if (signal) {
      check.abortSignal(signal, 'options.signal');
      if (signal.aborted) process.nextTick(() => this.close());
      else signal.addEventListener('abort', () => this.close(), { once: true });
    }
    this.input.resume();
  }

  #take(piece) {
    let text = piece;
    // The two parts of a line's end may come apart.
    if (this.#afterReturn && text.startsWith('\n')) text = text.slice(1);
    if (text.length === 0) return;
    this.#afterReturn = text.endsWith('\r');
    text = this.#left + text;
    let from = 0;
    const lines = [];
    for (const end of text.matchAll(LINE)) {
      lines.push(text.slice(from, end.index));
      from = end.index + end[0].length;
    }
    this.#left = text.slice(from);
    for (const line of lines) this.#tell(line);
  }

  #tell(line) {
    if (this.#asked) {
      const asked = this.#asked;
      this.#asked = undefined;
      this.setPrompt(asked.prompt);
      asked.answer(line);
    } else {
      this.emit('line', line);
    }
  }

  get columns() {
    return this.output?.columns ?? Infinity;
  }

  getPrompt() {
    return this.prompted;
  }

  setPrompt(prompt) {
    Object.defineProperty(this, 'prompted', { value: prompt, configurable: true, writable: true });
  }

  prompt() {
    if (this.paused) this.resume();
    this.output?.write(this.prompted);
  }

  question(query, options, callback) {
    const answer = typeof options === 'function' ? options : callback;
    if (this.closed) throw internal.makeError('Error', 'ERR_USE_AFTER_CLOSE', 'readline was closed');
    if (typeof answer !== 'function') return;
    const { signal } = typeof options === 'object' && options !== null ? options : {};
    if (signal?.aborted) return;
    if (this.#asked) {
      this.prompt();
      return;
    }
    const asked = { prompt: this.prompted, answer };
    this.#asked = asked;
    signal?.addEventListener('abort', () => {
      if (this.#asked === asked) this.#asked = undefined;
    }, { once: true });
    this.setPrompt(query);
    this.prompt();
  }

  pause() {
    if (this.paused) return this;
    this.input.pause();
    this.paused = true;
    this.emit('pause');
    return this;
  }

  resume() {
    if (!this.paused) return this;
    this.input.resume();
    this.paused = false;
    this.emit('resume');
    return this;
  }

  write(data) {
    if (this.paused) this.resume();
    this.#take(String(data));
  }

  close() {
    if (this.closed) return;
    this.pause();
    this.closed = true;
    this.#stop();
    this.emit('close');
  }

  [Symbol.asyncIterator]() {
    return linesOf(this);
  }
}

async function* linesOf(reader) {
  const lines = [];
  let told = () => {};
  let [ended, failure] = [reader.closed, undefined];
  const line = (text) => {
    lines.push(text);
    if (lines.length > 1024) reader.pause();
    told();
  };
  const close = () => {
    ended = true;
    told();
  };
  const error = (reason) => {
    failure = { reason };
    told();
  };
  reader.on('line', line);
  reader.on('close', close);
  reader.on('error', error);
  try {
    for (;;) {
      while (lines.length) {
        yield lines.shift();
        if (!lines.length && reader.paused && !reader.closed) reader.resume();
      }
      if (failure) throw failure.reason;
      if (ended) return;
      await new Promise((go) => { told = go; });
    }
  } finally {
    reader.removeListener('line', line);
    reader.removeListener('close', close);
    reader.removeListener('error', error);
    reader.close();
  }
}

// Writes what moves a terminal's mark.
function send(stream, text, callback) {
  if (callback !== undefined) check.func(callback, 'callback');
  if (stream === null || stream === undefined || text === '') {
    if (typeof callback === 'function') process.nextTick(callback, null);
    return true;
  }
  return stream.write(text, callback);
}

function cursorTo(stream, x, y, callback) {
  if (typeof y === 'function') return cursorTo(stream, x, undefined, y);
  check.integer(x, 'x');
  return send(stream, y === undefined ? `\x1b[${x + 1}G` : `\x1b[${y + 1};${x + 1}H`, callback);
}

function moveCursor(stream, dx, dy, callback) {
  let text = '';
  if (dx) text += dx < 0 ? `\x1b[${-dx}D` : `\x1b[${dx}C`;
  if (dy) text += dy < 0 ? `\x1b[${-dy}A` : `\x1b[${dy}B`;
  return send(stream, text, callback);
}

const clearLine = (stream, direction, callback) =>
  send(stream, direction < 0 ? '\x1b[1K' : direction > 0 ? '\x1b[0K' : '\x1b[2K', callback);

const createInterface = (input, output, completer, terminal) => new Interface(input, output, completer, terminal);

class Asking extends Interface {
  question(query, options = {}) {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted) {
        reject(new AbortError(undefined, { cause: signal.reason }));
        return;
      }
      signal?.addEventListener('abort', () => reject(new AbortError(undefined, { cause: signal.reason })), { once: true });
      super.question(query, options, resolve);
    });
  }
}

class Readline {
  #stream;
  #parts = [];

  constructor(stream) {
    this.#stream = stream;
  }

  #add(write) {
    write({ write: (text) => this.#parts.push(text) });
    return this;
  }

  cursorTo(x, y) {
    return this.#add((to) => cursorTo(to, x, y));
  }

  moveCursor(dx, dy) {
    return this.#add((to) => moveCursor(to, dx, dy));
  }

  clearLine(direction) {
    return this.#add((to) => clearLine(to, direction));
  }

  clearScreenDown() {
    return this.#add((to) => to.write('\x1b[0J'));
  }

  commit() {
    return new Promise((resolve) => {
      this.#stream.write(this.#parts.join(''), resolve);
      this.#parts = [];
    });
  }

  rollback() {
    this.#parts = [];
    return this;
  }
}

module.exports = {
  Interface,
  clearLine,
  clearScreenDown: (stream, callback) => send(stream, '\x1b[0J', callback),
  createInterface,
  cursorTo,
  emitKeypressEvents() {
    throw nodeError('ERR_NOT_SUPPORTED', 'readline.emitKeypressEvents()');
  },
  moveCursor,
  promises: {
    Interface: Asking,
    Readline,
    createInterface: (input, output, completer, terminal) => new Asking(input, output, completer, terminal),
  },
};
