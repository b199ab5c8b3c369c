'use strict';
// What `console` has beside printing lines: tables, and consoles on other streams.

const { nodeError } = require('internal/errors');
const { formatWithOptions, inspect, types } = require('util');

const cell = (value) => inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth: value !== null
  && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0 });

// The width of a text in columns, as far as wide characters go.
function widthOf(text) {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0);
    const wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3)
      || (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60)
      || (code >= 0x1f300 && code <= 0x1faff);
    width += wide ? 2 : 1;
  }
  return width;
}

function draw(head, columns) {
  const height = Math.max(0, ...columns.map((column) => column.length));
  const widths = head.map((name, place) => 2 + Math.max(widthOf(name),
    ...columns[place].map((text) => widthOf(text ?? ''))));
  const line = (left, middle, right) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
  const row = (texts) => `│${texts.map((text, place) => ` ${text}${' '.repeat(widths[place] - 1 - widthOf(text))}`).join('│')}│`;
  const lines = [line('┌', '┬', '┐'), row(head), line('├', '┼', '┤')];
  for (let place = 0; place < height; place += 1) lines.push(row(columns.map((column) => column[place] ?? '')));
  lines.push(line('└', '┴', '┘'));
  return lines.join('\n');
}

const INDEX = '(index)';
const ITERATION = '(iteration index)';
const VALUES = 'Values';

function drawEntries(data) {
  const entries = [...data];
  const numbers = entries.map((_, place) => String(place));
  if (types.isMap(data) || types.isMapIterator(data)) {
    const pairs = entries.every((entry) => Array.isArray(entry) && entry.length === 2) && (types.isMap(data)
      || inspect(data).startsWith('[Map Entries]'));
    if (pairs) {
      return draw([ITERATION, 'Key', VALUES],
        [numbers, entries.map(([key]) => cell(key)), entries.map(([, value]) => cell(value))]);
    }
  }
  return draw([ITERATION, VALUES], [numbers, entries.map(cell)]);
}

function drawRows(data, wanted) {
  const index = Object.keys(data);
  const columns = new Map();
  const values = [];
  index.forEach((name, place) => {
    const row = data[name];
    const primitive = row === null || (typeof row !== 'object' && typeof row !== 'function');
    if (primitive) {
      values[place] = cell(row);
      return;
    }
    for (const key of wanted ?? Object.keys(row)) {
      if (!columns.has(key)) columns.set(key, []);
      if (Object.prototype.hasOwnProperty.call(row, key)) columns.get(key)[place] = cell(row[key]);
    }
  });
  const head = [INDEX, ...columns.keys()];
  const all = [index, ...columns.values()];
  if (values.length) {
    head.push(VALUES);
    all.push(values);
  }
  // Holes at the end count as rows.
  for (const column of all) column.length = index.length;
  return draw(head, all.map((column) => Array.from(column, (text) => text ?? '')));
}

function table(data, properties) {
  if (properties !== undefined && !Array.isArray(properties)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'properties', 'Array', properties);
  }
  if (data === null || typeof data !== 'object') return this.log(data);
  const iterates = types.isMap(data) || types.isSet(data) || types.isMapIterator(data) || types.isSetIterator(data);
  return this.log(iterates ? drawEntries(data) : drawRows(data, properties?.map(String)));
}

class Console {
  #out;
  #error;
  #indentation = '';
  #width = 2;
  #counts = new Map();
  #timers = new Map();

  constructor(given, error = given?.stdout ? undefined : given, ignore = undefined) {
    const options = typeof given?.write === 'function' ? { stdout: given, stderr: error, ignoreErrors: ignore } : given ?? {};
    const { stdout, stderr = stdout, groupIndentation = 2 } = options;
    if (typeof stdout?.write !== 'function') throw internal.makeError('TypeError', 'ERR_CONSOLE_WRITABLE_STREAM', 'Console expects a writable stream instance for stdout');
    if (typeof stderr?.write !== 'function') throw internal.makeError('TypeError', 'ERR_CONSOLE_WRITABLE_STREAM', 'Console expects a writable stream instance for stderr');
    this.#out = stdout;
    this.#error = stderr;
    this.#width = groupIndentation;
    for (const name of Object.getOwnPropertyNames(Console.prototype)) {
      if (name !== 'constructor') this[name] = this[name].bind(this);
    }
  }

  #print(stream, given) {
    const text = formatWithOptions({}, ...given);
    stream.write(`${this.#indentation}${text.replaceAll('\n', `\n${this.#indentation}`)}\n`);
  }

  log(...given) { this.#print(this.#out, given); }
  error(...given) { this.#print(this.#error, given); }
  dir(object, options) { this.log(inspect(object, { customInspect: false, ...options })); }
  assert(value, ...given) {
    if (value) return;
    if (typeof given[0] === 'string') given[0] = `Assertion failed: ${given[0]}`;
    else given.unshift('Assertion failed');
    this.error(...given);
  }
  count(label = 'default') {
    const count = (this.#counts.get(`${label}`) ?? 0) + 1;
    this.#counts.set(`${label}`, count);
    this.log(`${label}: ${count}`);
  }
  countReset(label = 'default') { this.#counts.delete(`${label}`); }
  group(...given) {
    if (given.length) this.log(...given);
    this.#indentation += ' '.repeat(this.#width);
  }
  groupEnd() { this.#indentation = this.#indentation.slice(this.#width); }
  table(data, properties) { table.call(this, data, properties); }
  time(label = 'default') { this.#timers.set(`${label}`, performance.now()); }
  timeEnd(label = 'default') {
    this.timeLog(label);
    this.#timers.delete(`${label}`);
  }
  timeLog(label = 'default', ...given) {
    const begun = this.#timers.get(`${label}`);
    if (begun !== undefined) this.log(`${label}: ${(performance.now() - begun).toFixed(3)}ms`, ...given);
  }
  trace(...given) {
    const error = { name: 'Trace', message: formatWithOptions({}, ...given) };
    Error.captureStackTrace(error, this.trace);
    this.error(error.stack);
  }
}
for (const [name, of] of [['debug', 'log'], ['info', 'log'], ['dirxml', 'log'], ['warn', 'error'], ['groupCollapsed', 'group']]) {
  Object.defineProperty(Console.prototype, name, {
    configurable: true, writable: true, value(...given) { return this[of](...given); },
  });
}

module.exports = { Console, table };
