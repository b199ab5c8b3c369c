'use strict';
// TextEncoder and TextDecoder of the encoding standard, for UTF-8, UTF-16LE and Latin-1; `atob` and `btoa`.

const { StringDecoder } = require('string_decoder');
const { inspect } = require('util');

class TextEncoder {
  get encoding() { return 'utf-8'; }

  encode(text = '') {
    const bytes = Buffer.from(`${text}`);
    return new Uint8Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }

  encodeInto(text, target) {
    let read = 0;
    let written = 0;
    for (const character of `${text}`) {
      const bytes = Buffer.from(character);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }

  [inspect.custom](depth) {
    return depth < 0 ? '[Object]' : "{ encoding: 'utf-8' }";
  }
}

const LABELS = {
  'utf-8': 'utf-8', utf8: 'utf-8', 'unicode-1-1-utf-8': 'utf-8', 'utf-16le': 'utf-16le', 'utf-16': 'utf-16le',
  latin1: 'windows-1252', 'iso-8859-1': 'windows-1252', ascii: 'windows-1252', 'us-ascii': 'windows-1252',
  'windows-1252': 'windows-1252',
};
const BUFFERS = { 'utf-8': 'utf8', 'utf-16le': 'utf16le', 'windows-1252': 'latin1' };

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #decoder = null;
  #begun = false;

  constructor(label = 'utf-8', options = undefined) {
    this.#encoding = LABELS[`${label}`.trim().toLowerCase()];
    if (this.#encoding === undefined) {
      throw internal.makeError('RangeError', 'ERR_ENCODING_NOT_SUPPORTED', `The "${label}" encoding is not supported`);
    }
    this.#fatal = !!options?.fatal;
    this.#ignoreBOM = !!options?.ignoreBOM;
  }

  get encoding() { return this.#encoding; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }

  decode(input = new Uint8Array(0), options = undefined) {
    if (!ArrayBuffer.isView(input) && !(input instanceof ArrayBuffer) && !(input instanceof SharedArrayBuffer)) {
      throw internal.makeError('TypeError', 'ERR_INVALID_ARG_TYPE',
        `The "list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.`);
    }
    const bytes = ArrayBuffer.isView(input)
      ? Buffer.from(input.buffer, input.byteOffset, input.byteLength) : Buffer.from(input);
    this.#decoder ??= new StringDecoder(BUFFERS[this.#encoding]);
    let text = this.#decoder.write(bytes);
    const goesOn = !!options?.stream;
    if (!goesOn) {
      text += this.#decoder.end();
      this.#decoder = null;
    }
    if (this.#fatal && this.#encoding === 'utf-8' && text.includes('\ufffd') && !isValid(bytes)) {
      this.#decoder = null;
      throw internal.makeError('TypeError', 'ERR_ENCODING_INVALID_ENCODED_DATA',
        'The encoded data was not valid for encoding utf-8');
    }
    if (!this.#begun && !this.#ignoreBOM && text.startsWith('\ufeff')) text = text.slice(1);
    this.#begun = goesOn;
    return text;
  }
}
for (const prototype of [TextEncoder.prototype, TextDecoder.prototype]) {
  const { name } = prototype.constructor;
  Object.defineProperty(prototype, Symbol.toStringTag, { configurable: true, value: name });
}

// Bytes that are a text: written out again they are the same.
const isValid = (bytes) => Buffer.from(bytes.toString()).equals(bytes);

function wrongCharacter() {
  const { DOMException } = require('internal/dom_exception');
  return new DOMException('Invalid character', 'InvalidCharacterError');
}

function btoa(input) {
  if (arguments.length === 0) throw internal.makeError('TypeError', 'ERR_MISSING_ARGS', 'The "input" argument must be specified');
  const text = `${input}`;
  if (/[^\u0000-\u00ff]/.test(text)) throw wrongCharacter();
  return Buffer.from(text, 'latin1').toString('base64');
}

function atob(input) {
  if (arguments.length === 0) throw internal.makeError('TypeError', 'ERR_MISSING_ARGS', 'The "input" argument must be specified');
  const text = `${input}`.replace(/[\t\n\f\r ]/g, '');
  const letters = text.length % 4 === 0 ? text.replace(/={1,2}$/, '') : text;
  if (/[^A-Za-z0-9+/]/.test(letters)) throw wrongCharacter();
  if (letters.length % 4 === 1) {
    const { DOMException } = require('internal/dom_exception');
    throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
  }
  return Buffer.from(letters, 'base64').toString('latin1');
}

module.exports = { TextDecoder, TextEncoder, atob, btoa };
