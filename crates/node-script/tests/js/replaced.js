// Built-ins that a program replaces after they were used: what is done without a call of them notices.
'use strict';

function keys(map) {
  let all = '';
  for (const [key] of map) all += key + ' ';
  return all.trim();
}
const map = new Map([[1, 'a'], ['b', 2], [{}, null], [2.5, 3]]);
const set = new Set([1, 'x', 1.5, 'x']);
console.log(keys(map), [...set].join(), [...map.values()].length, [...set.entries()].join('|'));

// Entries are arrays of the usual kinds.
for (const entry of new Map([[1, 2], [3, 4.5], ['a', 'b']])) {
  entry.push('more');
  entry[0] = 0.5;
  console.log(entry, entry.length);
}

// Iterators' methods.
const MapIterator = Object.getPrototypeOf(map.entries());
const mapNext = MapIterator.next;
MapIterator.next = function next() {
  const result = mapNext.call(this);
  return result.done ? result : { value: ['<' + String(result.value[0]) + '>'], done: false };
};
console.log(keys(map));
MapIterator.next = mapNext;
console.log(keys(map));
const once = map.keys();
once.next = () => ({ value: undefined, done: true });
for (const key of once) console.log('never', key);
console.log(once.next === MapIterator.next, mapNext.call(once).value);

const values = Array.prototype[Symbol.iterator];
const first = ([value]) => value;
console.log(first([7]), first('text'), first(new Set(['in'])));
Array.prototype[Symbol.iterator] = function* () { yield 'replaced'; };
console.log(first([7]));
Array.prototype[Symbol.iterator] = values;
const own = [8];
own[Symbol.iterator] = function* () { yield 'own'; };
console.log(first([7]), first(own));

// A map that changes while a loop goes over it.
const changing = new Map([[0, 0]]);
for (const [key] of changing) {
  if (key < 20) changing.set(key + 1, key);
  changing.delete(key - 1);
  if (key === 10) changing.clear(), changing.set(15, 0);
}
console.log([...changing.keys()].join());

// Methods of strings, at one place in the program.
const code = (text, place) => text.charCodeAt(place);
const long = (value) => value.length;
console.log(code('abc', 1), code('ab\u20ac', 2), code('abc', 3), code('abc', -1), code('abc', '1'), code('abc'));
const charCodeAt = String.prototype.charCodeAt;
String.prototype.charCodeAt = function (place) { return 'mine ' + this + place; };
console.log(code('abc', 1));
delete String.prototype.charCodeAt;
try { code('abc', 1); } catch (error) { console.log(error.message); }
Object.prototype.charCodeAt = () => 'inherited';
console.log(code('abc', 1), code({}, 1));
delete Object.prototype.charCodeAt;
Object.defineProperty(String.prototype, 'charCodeAt', { value: charCodeAt, writable: true, configurable: true });
console.log(code('abc', 1), code({ charCodeAt: (place) => place }, 5), long('four'), long([1]), long(new Uint8Array(3)));

// The length of typed arrays, and their species.
const bytes = new Uint8Array([1, 2, 3, 4]);
console.log(long(bytes), long(bytes.subarray(1)), long(Buffer.from('buffer')));
const TypedArray = Object.getPrototypeOf(Uint8Array);
const length = Object.getOwnPropertyDescriptor(TypedArray.prototype, 'length');
Object.defineProperty(TypedArray.prototype, 'length', { get() { return -1; }, configurable: true });
const replacedLength = long(bytes);
Object.defineProperty(TypedArray.prototype, 'length', length);
console.log(replacedLength, long(bytes));
try { length.get.call([]); } catch (error) { console.log(error.name); }
class Mine extends Uint8Array {}
console.log(new Mine(4).subarray(1, 3) instanceof Mine, new Mine(4).slice(2).constructor.name);
Object.defineProperty(Mine, Symbol.species, { get: () => Uint16Array, configurable: true });
console.log(new Mine(4).subarray(0, 2).constructor.name, new Mine(4).map((value) => value).constructor.name);
const species = Object.getOwnPropertyDescriptor(TypedArray, Symbol.species);
Object.defineProperty(TypedArray, Symbol.species, { get: () => undefined, configurable: true });
console.log(bytes.subarray(2).join(), new (class extends Int8Array {})(2).slice(0).constructor.name);
Object.defineProperty(TypedArray, Symbol.species, species);

// Elements of typed arrays of all types, and behind their ends.
for (const Type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array]) {
  const array = new Type(20);
  const big = Type.name.startsWith('Big');
  for (const [place, value] of [-1, 300, 2 ** 31, 1.5, -70000, NaN].entries()) {
    array[place + 3] = big ? BigInt(Math.trunc(value) || 0) : value;
  }
  array[20] = big ? 1n : 1;
  console.log(Type.name, array.slice(3, 9).join(), array[20], array[-1], array.subarray(3, 5)[0], array.length);
}
const grows = new ArrayBuffer(2, { maxByteLength: 8 });
const view = new Uint8Array(grows);
view[1] = 5;
grows.resize(4);
view[3] = 6;
console.log(view.join(), view.length, view[7]);
grows.resize(1);
console.log(view.join(), view[1]);

// Properties in dictionaries.
const many = {};
for (let i = 0; i < 100; i++) many['key' + i] = i;
delete many.key50;
many.key51 += 0.5;
Object.defineProperty(many, 'fixed', { value: 1 });
Object.defineProperty(many, 'both', { get: () => 'got', set(value) { this.given = value; } });
const read = (name) => many[name];
const write = (name, value) => { many[name] = value; };
write('key52', 'new');
write('both', 3);
try { write('fixed', 2); } catch (error) { console.log(error.message); }
console.log(read('key50'), read('key51'), read('key52'), read('fixed'), read('both'), many.given, read('toString') === Object.prototype.toString);

// Numbers and text.
const rest = (a, b) => a % b;
console.log(rest(7, -3), rest(-7, 3), Object.is(rest(-6, 3), -0), rest(2 ** 40 + 1, 1000), rest(5.5, 2), rest(2 ** 53, 3),
  rest(1e300, 7), rest(2 ** 63, 10), rest(5, Infinity), rest(Infinity, 5), rest(5, 0), rest(-1, 2 ** 32));
console.log('' + 10 + -5 + 2147483647, 5 + '' + 0, -2147483648 + 'x', 1e21 + 'y', -0 + 'z');
console.log('a\u20acb\u20ac'.indexOf('\u20ac', 2), 'abc'.indexOf('\u20ac'), 'a\u20acb'.indexOf('b'), 'abc'.indexOf(''), 'ab'.indexOf('abc'),
  '\u20acxyz'.indexOf('yz'), 'abcabc'.lastIndexOf('b'), 'a,b,,c'.split(',').length, '\u20ac-\u20ac'.split('-').join('+'), 'abc'.split('').join('|'));
console.log('straße'.toUpperCase(), 'ÀB'.toLowerCase(), 'plain'.toUpperCase(), ['a', '\u20ac', 'b'].join('\u20ac'), [1, , null, 'x'].join('é'));
console.log(('0123456789' + 'abc').substring(2, 13).slice(1, 4), ('é' + 'x'.repeat(20)).slice(1) === 'x'.repeat(20));
