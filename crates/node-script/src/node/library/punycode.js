'use strict';
// `punycode`: names of hosts in letters of ASCII (RFC 3492).

const BASE = 36;
const LEAST = 1;
const MOST = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST_BIAS = 72;
const FIRST_CODE = 128;
const LARGEST = 0x7fffffff;

const MESSAGES = {
  overflow: 'Overflow: input needs wider integers to process',
  'not-basic': 'Illegal input >= 0x80 (not a basic code point)',
  'invalid-input': 'Invalid input',
};

function refuse(kind) {
  throw new RangeError(MESSAGES[kind]);
}

const ucs2 = {
  decode(text) {
    const points = [];
    for (const character of text) points.push(character.codePointAt(0));
    return points;
  },
  encode: (points) => String.fromCodePoint(...points),
};

function adapt(delta, count, first) {
  let left = first ? Math.floor(delta / DAMP) : delta >> 1;
  left += Math.floor(left / count);
  let bias = 0;
  for (; left > ((BASE - LEAST) * MOST) >> 1; bias += BASE) left = Math.floor(left / (BASE - LEAST));
  return Math.floor(bias + ((BASE - LEAST + 1) * left) / (left + SKEW));
}

const threshold = (at, bias) => Math.min(Math.max(at - bias, LEAST), MOST);

function digit(code) {
  if (code >= 0x30 && code < 0x3a) return 26 + (code - 0x30);
  if (code >= 0x41 && code < 0x5b) return code - 0x41;
  if (code >= 0x61 && code < 0x7b) return code - 0x61;
  return BASE;
}

const letter = (value) => String.fromCharCode(value < 26 ? value + 97 : value + 22);

function decode(input) {
  const basic = Math.max(input.lastIndexOf('-'), 0);
  const output = [];
  for (let at = 0; at < basic; at += 1) {
    if (input.charCodeAt(at) >= 0x80) refuse('not-basic');
    output.push(input.charCodeAt(at));
  }
  let [code, bias, place] = [FIRST_CODE, FIRST_BIAS, 0];
  for (let at = basic > 0 ? basic + 1 : 0; at < input.length;) {
    const before = place;
    for (let weight = 1, step = BASE; ; step += BASE) {
      if (at >= input.length) refuse('invalid-input');
      const value = digit(input.charCodeAt(at));
      at += 1;
      if (value >= BASE) refuse('invalid-input');
      if (value > Math.floor((LARGEST - place) / weight)) refuse('overflow');
      place += value * weight;
      const limit = threshold(step, bias);
      if (value < limit) break;
      if (weight > Math.floor(LARGEST / (BASE - limit))) refuse('overflow');
      weight *= BASE - limit;
    }
    const count = output.length + 1;
    bias = adapt(place - before, count, before === 0);
    if (Math.floor(place / count) > LARGEST - code) refuse('overflow');
    code += Math.floor(place / count);
    place %= count;
    output.splice(place, 0, code);
    place += 1;
  }
  return String.fromCodePoint(...output);
}

function encode(text) {
  const points = ucs2.decode(text);
  let output = points.filter((point) => point < 0x80).map((point) => String.fromCharCode(point)).join('');
  const basic = output.length;
  let [code, bias, delta, done] = [FIRST_CODE, FIRST_BIAS, 0, basic];
  if (basic) output += '-';
  while (done < points.length) {
    const next = Math.min(...points.filter((point) => point >= code));
    if (next - code > Math.floor((LARGEST - delta) / (done + 1))) refuse('overflow');
    delta += (next - code) * (done + 1);
    code = next;
    for (const point of points) {
      if (point < code && ++delta > LARGEST) refuse('overflow');
      if (point !== code) continue;
      let left = delta;
      for (let step = BASE; ; step += BASE) {
        const limit = threshold(step, bias);
        if (left < limit) break;
        output += letter(limit + ((left - limit) % (BASE - limit)));
        left = Math.floor((left - limit) / (BASE - limit));
      }
      output += letter(left);
      bias = adapt(delta, done + 1, done === basic);
      delta = 0;
      done += 1;
    }
    delta += 1;
    code += 1;
  }
  return output;
}

// Does something with each label of a name, or of an address's host.
function each(name, change) {
  const at = name.split('@');
  const [before, host] = at.length > 1 ? [`${at[0]}@`, at[1]] : ['', name];
  return before + host.replace(/[\x2E\u3002\uFF0E\uFF61]/g, '.').split('.').map(change).join('.');
}

module.exports = {
  version: '2.1.0',
  ucs2,
  decode,
  encode,
  toASCII: (name) => each(name, (label) => (/[^\0-\x7F]/.test(label) ? `xn--${encode(label)}` : label)),
  toUnicode: (name) => each(name, (label) => (/^xn--/.test(label) ? decode(label.slice(4).toLowerCase()) : label)),
};
