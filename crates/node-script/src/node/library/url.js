'use strict';
// `url`: URL and URLSearchParams of the URL standard, and paths of files.

const { check, nodeError } = require('internal/errors');
const path = require('path');

const { parse, parts: partsOf, set } = internal.url;
const { inspect } = require('util');

const PARTS = ['protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];

// -- queries ----------------------------------------------------------------------------------------------------

const UNESCAPED = /[^A-Za-z0-9*\-._]/g;

function encode(text) {
  return String(text).toWellFormed?.().replace(UNESCAPED, escapeAll) ?? String(text).replace(UNESCAPED, escapeAll);
}

function escapeAll(character) {
  if (character === ' ') return '+';
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function decode(text) {
  const bytes = [];
  const plain = Buffer.from(text.replaceAll('+', ' '));
  for (let place = 0; place < plain.length; place += 1) {
    const hex = plain[place] === 0x25 ? plain.toString('latin1', place + 1, place + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes.push(parseInt(hex, 16));
      place += 2;
    } else {
      bytes.push(plain[place]);
    }
  }
  return Buffer.from(bytes).toString();
}

function parseQuery(text) {
  const pairs = [];
  for (const piece of text.split('&')) {
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    pairs.push(equals < 0 ? [decode(piece), ''] : [decode(piece.slice(0, equals)), decode(piece.slice(equals + 1))]);
  }
  return pairs;
}

// The surrogate pairs of a text are one character each for what is escaped.
const whole = (text) => Array.from(String(text), (character) => encode(character)).join('');

let queryOf;
let resetQuery;

class URLSearchParams {
  #pairs = [];
  #owner = null;

  constructor(init = undefined) {
    if (init === undefined || init === null) return;
    if (typeof init === 'object' || typeof init === 'function') {
      const iterate = init[Symbol.iterator];
      if (iterate === null || iterate === undefined) {
        for (const key of Reflect.ownKeys(init)) {
          if (typeof key === 'string' && Object.prototype.propertyIsEnumerable.call(init, key)) {
            this.#pairs.push([key, `${init[key]}`]);
          }
        }
        return;
      }
      if (typeof iterate !== 'function') throw makeTypeError('ERR_ARG_NOT_ITERABLE', 'Query pairs must be iterable');
      for (const pair of init) {
        if (pair === null || typeof pair !== 'object' || typeof pair[Symbol.iterator] !== 'function') {
          throw makeTypeError('ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');
        }
        const list = [...pair];
        if (list.length !== 2) {
          throw makeTypeError('ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');
        }
        this.#pairs.push(list.map((text) => `${text}`));
      }
      return;
    }
    const text = `${init}`;
    this.#pairs = parseQuery(text.startsWith('?') ? text.slice(1) : text);
  }

  static {
    queryOf = (owner, query) => {
      const made = new URLSearchParams(query);
      made.#owner = owner;
      return made;
    };
    resetQuery = (params, query) => {
      params.#pairs = parseQuery(query.startsWith('?') ? query.slice(1) : query);
    };
  }

  #changed() {
    if (this.#owner) this.#owner(this.toString());
  }

  get size() { return this.#pairs.length; }

  append(name, value) {
    if (arguments.length < 2) throw nodeError('ERR_MISSING_ARGS', 'name', 'value');
    this.#pairs.push([`${name}`, `${value}`]);
    this.#changed();
  }

  delete(name, value = undefined) {
    if (arguments.length < 1) throw nodeError('ERR_MISSING_ARGS', 'name');
    this.#pairs = this.#pairs.filter(([key, held]) => key !== `${name}` || (value !== undefined && held !== `${value}`));
    this.#changed();
  }

  get(name) {
    if (arguments.length < 1) throw nodeError('ERR_MISSING_ARGS', 'name');
    return this.#pairs.find(([key]) => key === `${name}`)?.[1] ?? null;
  }

  getAll(name) {
    if (arguments.length < 1) throw nodeError('ERR_MISSING_ARGS', 'name');
    return this.#pairs.filter(([key]) => key === `${name}`).map(([, value]) => value);
  }

  has(name, value = undefined) {
    if (arguments.length < 1) throw nodeError('ERR_MISSING_ARGS', 'name');
    return this.#pairs.some(([key, held]) => key === `${name}` && (value === undefined || held === `${value}`));
  }

  set(name, value) {
    if (arguments.length < 2) throw nodeError('ERR_MISSING_ARGS', 'name', 'value');
    const first = this.#pairs.find(([key]) => key === `${name}`);
    if (first) {
      first[1] = `${value}`;
      this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== `${name}`);
    } else {
      this.#pairs.push([`${name}`, `${value}`]);
    }
    this.#changed();
  }

  sort() {
    this.#pairs.sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
    this.#changed();
  }

  forEach(call, receiver = undefined) {
    check.func(call, 'callback');
    for (const [key, value] of this.#pairs) call.call(receiver, value, key, this);
  }

  * entries() { for (const [key, value] of this.#pairs) yield [key, value]; }

  * keys() { for (const [key] of this.#pairs) yield key; }

  * values() { for (const [, value] of this.#pairs) yield value; }

  toString() {
    return this.#pairs.map(([key, value]) => `${whole(key)}=${whole(value)}`).join('&');
  }

  [inspect.custom](depth, options) {
    if (depth < 0) return '[Object]';
    const shown = this.#pairs.map(([key, value]) => `${inspect(key, options)} => ${inspect(value, options)}`);
    return shown.length ? `URLSearchParams { ${shown.join(', ')} }` : 'URLSearchParams {}';
  }
}
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
  configurable: true, writable: true, value: URLSearchParams.prototype.entries,
});
Object.defineProperty(URLSearchParams.prototype, Symbol.toStringTag, { configurable: true, value: 'URLSearchParams' });

function makeTypeError(code, message) {
  return internal.makeError('TypeError', code, message);
}

// -- URLs -------------------------------------------------------------------------------------------------------

let part;
let change;

class URL {
  #href;
  #parts;
  #query = null;

  constructor(input, base = undefined) {
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'url');
    const href = parse(`${input}`, base === undefined ? undefined : `${base}`);
    if (href === undefined) {
      const error = makeTypeError('ERR_INVALID_URL', 'Invalid URL');
      error.input = `${input}`;
      if (base !== undefined) error.base = `${base}`;
      throw error;
    }
    this.#take(href);
  }

  static canParse(input, base = undefined) {
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'url');
    return parse(`${input}`, base === undefined ? undefined : `${base}`) !== undefined;
  }

  #take(href) {
    this.#href = href;
    this.#parts = partsOf(href);
  }

  get href() { return this.#href; }

  set href(value) {
    const href = parse(`${value}`, undefined);
    if (href === undefined) {
      const error = makeTypeError('ERR_INVALID_URL', 'Invalid URL');
      error.input = `${value}`;
      throw error;
    }
    this.#take(href);
    if (this.#query) resetQuery(this.#query, this.search);
  }

  get origin() { return this.#parts[9]; }

  get searchParams() {
    this.#query ??= queryOf((text) => this.#take(set(this.#href, 'search', text)), this.search);
    return this.#query;
  }

  toString() { return this.#href; }

  toJSON() { return this.#href; }

  static {
    part = (url, place) => url.#parts[place];
    change = (url, name, value) => {
      url.#take(set(url.#href, name, `${value}`));
      if (name === 'search' && url.#query) resetQuery(url.#query, url.search);
    };
  }

  [inspect.custom](depth, options) {
    if (depth < 0) return `${options.stylize ? options.stylize('[URL]', 'special') : '[URL]'}`;
    const shown = {};
    for (const name of ['href', 'origin', ...PARTS.slice(0, 8), 'searchParams', 'hash']) shown[name] = this[name];
    class Shown {}
    Object.defineProperty(Shown, 'name', { value: 'URL' });
    return inspect(Object.assign(new Shown(), shown), options);
  }
}

for (const [place, name] of PARTS.entries()) {
  Object.defineProperty(URL.prototype, name, {
    configurable: true,
    enumerable: true,
    get() { return part(this, place); },
    set(value) { change(this, name, value); },
  });
}
for (const name of ['href', 'origin', 'searchParams', 'toString', 'toJSON']) {
  Object.defineProperty(URL.prototype, name, { enumerable: true });
}
Object.defineProperty(URL.prototype, Symbol.toStringTag, { configurable: true, value: 'URL' });

function fileURLToPath(given) {
  const url = typeof given === 'string' ? new URL(given) : given;
  if (!(url instanceof URL)) throw nodeError('ERR_INVALID_ARG_TYPE', 'path', ['string', 'URL'], given);
  if (url.protocol !== 'file:') throw makeTypeError('ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
  return decode(url.pathname.replaceAll('+', '%2B'));
}

function pathToFileURL(given) {
  const resolved = path.resolve(given);
  const ending = given.endsWith('/') && !resolved.endsWith('/') ? '/' : '';
  const escaped = (resolved + ending).replace(/[%\\\n\r\t?#]/g, (character) =>
    `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return new URL(`file://${escaped}`);
}

module.exports = {
  URL,
  URLSearchParams,
  domainToASCII: (domain) => internal.url.toASCII(`${domain}`),
  domainToUnicode: (domain) => internal.url.toUnicode(`${domain}`),
  fileURLToPath,
  parse() { throw nodeError('ERR_NOT_SUPPORTED', 'url.parse'); },
  pathToFileURL,
};
