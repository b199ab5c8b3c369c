'use strict';
// `string_decoder`: text of bytes that come in pieces, which may end within a character.

const { nodeError } = require('internal/errors');

const NAMES = {
  utf8: 'utf8', 'utf-8': 'utf8', ucs2: 'utf16le', 'ucs-2': 'utf16le', utf16le: 'utf16le', 'utf-16le': 'utf16le',
  latin1: 'latin1', binary: 'latin1', base64: 'base64', base64url: 'base64url', ascii: 'ascii', hex: 'hex',
};

// Bytes at the end of a chunk that begin a character, or a group of letters, without ending it.
const UNFINISHED = {
  utf8(bytes) {
    for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
      const byte = bytes[bytes.length - back];
      if (byte >= 0xc0) {
        const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
        // What follows may already tell that the character is none.
        const valid = byte < 0xf5 && byte > 0xc1 && (back < 2 || follows(byte, bytes[bytes.length - back + 1]));
        return size > back && valid ? back : 0;
      }
      if (byte < 0x80) return 0;
    }
    return 0;
  },
  utf16le(bytes) {
    const odd = bytes.length % 2;
    const whole = bytes.length - odd;
    const high = whole >= 2 && bytes[whole - 1] >= 0xd8 && bytes[whole - 1] <= 0xdb;
    return odd + (high ? 2 : 0);
  },
  base64: (bytes) => bytes.length % 3,
  base64url: (bytes) => bytes.length % 3,
};

function follows(first, second) {
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second <= 0x9f;
  if (first === 0xf0) return second >= 0x90;
  if (first === 0xf4) return second <= 0x8f;
  return true;
}

class StringDecoder {
  constructor(encoding) {
    const name = NAMES[String(encoding ?? 'utf8').toLowerCase()];
    if (name === undefined) throw nodeError('ERR_UNKNOWN_ENCODING', encoding);
    this.encoding = name;
    Object.defineProperty(this, 'rest', { value: Buffer.alloc(0), writable: true, enumerable: false });
  }

  get lastNeed() { return this.rest.length; }

  write(chunk) {
    if (typeof chunk === 'string') return chunk;
    if (!ArrayBuffer.isView(chunk)) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'buf', ['Buffer', 'TypedArray', 'DataView'], chunk);
    }
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.rest.length) bytes = Buffer.concat([this.rest, bytes]);
    const unfinished = UNFINISHED[this.encoding]?.(bytes) ?? 0;
    const whole = bytes.length - unfinished;
    this.rest = unfinished ? Buffer.from(bytes.subarray(whole)) : Buffer.alloc(0);
    return bytes.toString(this.encoding, 0, whole);
  }

  end(chunk) {
    const text = chunk === undefined ? '' : this.write(chunk);
    const { rest } = this;
    this.rest = Buffer.alloc(0);
    return text + rest.toString(this.encoding);
  }

  text(bytes, offset) {
    this.rest = Buffer.alloc(0);
    return this.write(bytes.subarray(offset));
  }
}

module.exports = { StringDecoder };
