'use strict';
// `querystring`: the parts of a URL's query.

// Like `decodeURIComponent`, but of bytes, and what is no escape stays as it is.
function unescapeBuffer(text, plus = false) {
  const source = Buffer.from(String(text), 'utf8');
  const bytes = [];
  for (let at = 0; at < source.length; at += 1) {
    const two = source.toString('latin1', at + 1, at + 3);
    if (source[at] === 37 && /^[0-9a-f]{2}$/i.test(two)) {
      bytes.push(parseInt(two, 16));
      at += 2;
    } else {
      bytes.push(plus && source[at] === 43 ? 32 : source[at]);
    }
  }
  return Buffer.from(bytes);
}

function unescape(text, plus) {
  try {
    return decodeURIComponent(text);
  } catch {
    return querystring.unescapeBuffer(text, plus).toString();
  }
}

function escape(value) {
  const text = typeof value === 'string' ? value : typeof value === 'object' ? String(value) : `${value}`;
  try {
    return encodeURIComponent(text);
  } catch {
    throw internal.makeError('URIError', 'ERR_INVALID_URI', 'URI malformed');
  }
}

function primitive(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
  if (typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  return '';
}

function stringify(object, separator = '&', equals = '=', options = undefined) {
  const encode = typeof options?.encodeURIComponent === 'function' ? options.encodeURIComponent : querystring.escape;
  if (object === null || typeof object !== 'object') return '';
  const fields = [];
  for (const key of Object.keys(object)) {
    const name = encode(primitive(key)) + (equals || '=');
    const values = Array.isArray(object[key]) ? object[key] : [object[key]];
    for (const value of values) fields.push(name + encode(primitive(value)));
  }
  return fields.join(separator || '&');
}

function parse(text, separator = '&', equals = '=', options = undefined) {
  const result = Object.create(null);
  if (typeof text !== 'string' || text.length === 0) return result;
  const custom = typeof options?.decodeURIComponent === 'function' ? options.decodeURIComponent : querystring.unescape;
  const decode = (part) => {
    const spaced = part.replaceAll('+', ' ');
    if (custom === unescape && !spaced.includes('%')) return spaced;
    try {
      return custom(spaced);
    } catch {
      return unescape(spaced, true);
    }
  };
  const most = typeof options?.maxKeys === 'number' ? options.maxKeys : 1000;
  let fields = text.split(separator ? `${separator}` : '&').filter((field) => field !== '');
  if (most > 0) fields = fields.slice(0, most);
  const sign = equals ? `${equals}` : '=';
  for (const field of fields) {
    const at = field.indexOf(sign);
    const key = decode(at < 0 ? field : field.slice(0, at));
    const value = at < 0 ? '' : decode(field.slice(at + sign.length));
    if (!(key in result)) result[key] = value;
    else if (Array.isArray(result[key])) result[key].push(value);
    else result[key] = [result[key], value];
  }
  return result;
}

const querystring = module.exports = {
  unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse,
};
