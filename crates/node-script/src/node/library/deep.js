'use strict';
// Deep equality, loose and strict (`assert.deepEqual`, `util.isDeepStrictEqual`).

const { types } = require('util');

const tagOf = (value) => Object.prototype.toString.call(value);

const isIndex = (key) => /^(0|[1-9]\d*)$/.test(key);

// Own enumerable keys: names, without those of elements if so, and symbols.
function keysOf(value, names, strict) {
  let keys = Object.keys(value);
  if (!names) keys = keys.filter((key) => !isIndex(key));
  if (!strict) return keys;
  const symbols = Object.getOwnPropertySymbols(value);
  return keys.concat(symbols.filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)));
}

const isFloats = (value) => value instanceof Float32Array || value instanceof Float64Array;

function sameBytes(one, other) {
  if (one.byteLength !== other.byteLength) return false;
  const bytes = (value) => (types.isAnyArrayBuffer(value)
    ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  const [left, right] = [bytes(one), bytes(other)];
  return left.every((byte, place) => byte === right[place]);
}

class Comparison {
  constructor(strict) {
    this.strict = strict;
    // Pairs that are being compared: a circle is equal if the rest is.
    this.left = [];
    this.right = [];
  }

  same(one, other) {
    const { strict } = this;
    if (one === other) return one !== 0 || !strict || Object.is(one, other);
    if (strict) {
      if (typeof one !== 'object') return typeof one === 'number' && Number.isNaN(one) && Number.isNaN(other);
      if (typeof other !== 'object' || one === null || other === null) return false;
      if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
    } else {
      if (one === null || typeof one !== 'object') {
        // eslint-disable-next-line eqeqeq
        return (other === null || typeof other !== 'object') && (one == other || (one !== one && other !== other));
      }
      if (other === null || typeof other !== 'object') return false;
    }
    return this.sameKind(one, other);
  }

  sameKind(one, other) {
    if (tagOf(one) !== tagOf(other)) return false;
    if (Array.isArray(one)) {
      return Array.isArray(other) && one.length === other.length && this.sameProperties(one, other, true, 'array');
    }
    if (tagOf(one) === '[object Object]') return this.sameProperties(one, other, true, 'none');
    if (types.isDate(one)) {
      if (!types.isDate(other) || one.getTime() !== other.getTime()) return false;
    } else if (types.isRegExp(one)) {
      if (!types.isRegExp(other) || String(one) !== String(other) || one.lastIndex !== other.lastIndex) return false;
    } else if (types.isNativeError(one) || one instanceof Error) {
      if (!types.isNativeError(other) && !(other instanceof Error)) return false;
      if (one.message !== other.message || one.name !== other.name) return false;
      if ('cause' in one !== 'cause' in other || !this.same(one.cause, other.cause)) return false;
      if ('errors' in one && !this.same(one.errors, other.errors)) return false;
    } else if (ArrayBuffer.isView(one)) {
      if (!ArrayBuffer.isView(other)) return false;
      if (!this.strict && isFloats(one)) {
        if (one.length !== other.length || !one.every((number, place) => number === other[place])) return false;
      } else if (!sameBytes(one, other)) {
        return false;
      }
      return this.sameProperties(one, other, false, 'none');
    } else if (types.isSet(one)) {
      return types.isSet(other) && one.size === other.size && this.sameProperties(one, other, true, 'set');
    } else if (types.isMap(one)) {
      return types.isMap(other) && one.size === other.size && this.sameProperties(one, other, true, 'map');
    } else if (types.isAnyArrayBuffer(one)) {
      if (!types.isAnyArrayBuffer(other) || !sameBytes(one, other)) return false;
    } else if (types.isBoxedPrimitive(one)) {
      if (!types.isBoxedPrimitive(other) || !Object.is(one.valueOf(), other.valueOf())) return false;
    } else if (Array.isArray(other) || ArrayBuffer.isView(other) || types.isSet(other) || types.isMap(other)
      || types.isDate(other) || types.isRegExp(other) || types.isNativeError(other)) {
      return false;
    } else if (types.isWeakMap(one) || types.isWeakSet(one) || types.isPromise(one)) {
      return false;
    }
    return this.sameProperties(one, other, true, 'none');
  }

  sameProperties(one, other, names, entries) {
    const keys = keysOf(one, names, this.strict);
    const others = keysOf(other, names, this.strict);
    if (keys.length !== others.length) return false;
    if (!keys.every((key) => Object.prototype.propertyIsEnumerable.call(other, key))) return false;
    for (let place = 0; place < this.left.length; place += 1) {
      if (this.left[place] === one) return this.right[place] === other;
    }
    this.left.push(one);
    this.right.push(other);
    const same = this.sameEntries(one, other, entries) && keys.every((key) => this.same(one[key], other[key]));
    this.left.pop();
    this.right.pop();
    return same;
  }

  sameEntries(one, other, entries) {
    if (entries === 'set') return this.sameSets(one, other);
    if (entries === 'map') return this.sameMaps(one, other);
    return true;
  }

  // Members are in any order: each finds one that no other has found.
  sameSets(one, other) {
    const left = [...other].filter((member) => !one.has(member));
    for (const member of one) {
      if (other.has(member)) continue;
      if (this.strict && (typeof member !== 'object' || member === null)) return false;
      const place = left.findIndex((candidate) => this.same(member, candidate));
      if (place < 0) return false;
      left.splice(place, 1);
    }
    return left.length === 0;
  }

  sameMaps(one, other) {
    const left = [...other].filter(([key]) => !one.has(key));
    for (const [key, value] of one) {
      if (other.has(key)) {
        if (!this.same(value, other.get(key))) return false;
        continue;
      }
      if (this.strict && (typeof key !== 'object' || key === null)) return false;
      const place = left.findIndex(([name, held]) => this.same(key, name) && this.same(value, held));
      if (place < 0) return false;
      left.splice(place, 1);
    }
    return left.length === 0;
  }
}

module.exports = {
  isDeepEqual: (one, other) => new Comparison(false).same(one, other),
  isDeepStrictEqual: (one, other) => new Comparison(true).same(one, other),
};
