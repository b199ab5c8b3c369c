// How strings lie in the heap: ropes, slices, and what keeps them.
'use strict';
const used = () => { global.gc(); global.gc(); return process.memoryUsage().heapUsed; };
const kept = (make) => { const before = used(); const value = make(); const after = used(); return [after - before, value]; };
const between = (bytes, low, high) => bytes >= low && bytes < high ? 'as expected' : `${bytes} bytes`;
const K = 1024;

// A million appended characters: ropes, and linear time.
let rope = '';
for (let i = 0; i < 200000; i++) rope += 'abcde';
console.log(rope.length, rope.charCodeAt(999999), rope.slice(-7));
rope = null;
used();

// A part of a large string keeps the whole.
let big = Buffer.alloc(1000 * K, 'x').toString('latin1');
let [bytes, part] = kept(() => { const part = big.substring(10, 40); big = null; return part; });
console.log('whole kept', between(bytes, -50 * K, 50 * K), part.length);
part = part.slice(0, 12); // fewer than 13 are a copy, which lets the whole go
[bytes] = kept(() => 0);
console.log(part);
[bytes] = kept(() => { part = null; return 0; });

// Repeating and padding make ropes of few parts.
let padded;
[bytes, padded] = kept(() => 'abc'.repeat(400000).padStart(1300000, '-+') + 'end');
console.log('ropes', between(bytes, -500 * K, 500 * K), padded.length);
console.log(padded[99998], padded[99999], padded[100000], padded.slice(-6));
[bytes] = kept(() => padded.indexOf('nowhere'));
console.log('flattened', padded.endsWith('cend'));

// Names: those of strings that have died end with them.
const dictionary = Object.create(null);
for (let round = 0; round < 3; round++) {
  for (let i = 0; i < 6000; i++) dictionary[`name ${round} ${i}`] = i;
  for (let i = 0; i < 5999; i++) delete dictionary[`name ${round} ${i}`];
}
console.log(Object.keys(dictionary), dictionary['name 1 5999'], dictionary['name 1 0']);

// One text, however it was made.
const map = new Map();
const rope13 = 'abcdefg' + 'hijklmnop'.slice(0, 8);
const slice13 = 'xxabcdefghijklmnoxx'.slice(2, 17);
map.set(rope13, 1).set(slice13, 2).set('abcdefghijklmno', 3);
const object = { [rope13]: 1 };
object[slice13] = 2;
console.log(map.size, rope13 === slice13, rope13 < slice13 + 'a', object);
console.log(new Set(['é' + 'a'.repeat(13), 'éaaaaaaaaaaaaa', '\u0101'.repeat(20).slice(0, 14)]).size);
console.log('\u0101bcdefghijklmnopq'.slice(1) === 'bcdefghijklmnopq', ('\u0101' + 'b'.repeat(15)).length);
console.log('a,b,,c'.split(','), 'abcdefghijklmnopqrstuvwxyz'.replace('m', '-'), [...'añ\u{1F600}'].length);
try { 'x'.repeat(2 ** 29); } catch (error) { console.log(error.name, error.message); }
try { let s = 'x'.repeat(2 ** 28); s += s + s; } catch (error) { console.log(error.name, error.message); }
try { 'ab'.padEnd(2 ** 30, 'cd'); } catch (error) { console.log(error.name, error.message); }
