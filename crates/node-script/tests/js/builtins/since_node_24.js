// What Node 22 and 24 have beside Node 20; this file alone is run, and recorded, with Node 24.
const a = new Set([1, 2, 3]);
const b = new Set([3, 4]);
const asked = [];
const setLike = {
  get size() { asked.push('size'); return 2; },
  has(value) { asked.push(`has ${value}`); return value === 2; },
  keys() { asked.push('keys'); return [2, 5][Symbol.iterator](); },
};
console.log(a.union(b), a.intersection(b), a.difference(b), a.symmetricDifference(b));
console.log(a.isSubsetOf(b), a.isSupersetOf(new Set([1])), a.isDisjointFrom(new Set([9])));
console.log(a.union(setLike), a.intersection(setLike), asked);
for (const bad of [null, {}, { size: 1 }, { size: -1, has() {}, keys() {} }, { size: 1, has() {} }]) {
  try {
    a.union(bad);
  } catch (error) {
    console.log(error.name);
  }
}
const grown = new Set([1]);
console.log(grown.isSubsetOf({ size: 9, has: (value) => value < 4 && !!grown.add(value + 1), keys() {} }), grown);

console.log(Object.groupBy(['ab', 'c', 'de'], (text, place) => `${text.length}-${place % 2}`));
console.log(Map.groupBy([1, -0, 0], (value) => value), Object.getPrototypeOf(Object.groupBy([], () => 1)));

const { promise, resolve } = Promise.withResolvers();
promise.then((value) => console.log('resolved', value));
resolve(7);
Promise.try((x) => x + 1, 1).then((value) => console.log('tried', value));
Promise.try(() => { throw new Error('no'); }).catch((error) => console.log(error.message));

const bytes = new Uint8Array([1, 2, 3]).buffer;
const moved = bytes.transfer(5);
console.log(bytes.detached, bytes.byteLength, new Uint8Array(moved));
const resizable = new ArrayBuffer(2, { maxByteLength: 8 });
console.log(resizable.transfer().resizable, moved.transferToFixedLength().resizable);
try {
  bytes.transfer();
} catch (error) {
  console.log(error.name);
}

function* numbers() {
  try {
    yield* [1, 2, 3, 4];
  } finally {
    console.log('closed');
  }
}
console.log(numbers().filter((n) => n % 2).map((n, place) => [n, place]).toArray());
console.log([...numbers().drop(1).take(2)], numbers().flatMap((n) => [n, -n]).some((n) => n === -1));
console.log(numbers().reduce((sum, n) => sum + n), numbers().find((n) => n > 1), [...Iterator.from({ next() { return { done: true }; } })]);
const helper = numbers().map((n) => n);
console.log(helper.next(), helper.return(), helper.next(), Object.prototype.toString.call(helper));
for (const bad of [() => new Iterator(), () => numbers().take(-1), () => Iterator.from(1), () => numbers().map(1)]) {
  try {
    bad();
  } catch (error) {
    console.log(error.name);
  }
}
class Own extends Iterator { next() { return { done: true }; } }
console.log(new Own() instanceof Iterator, new Own().toArray());

console.log(RegExp.escape('1a-b c\n\u2028\ud800\ud83d\ude00_/é\u00a0"^'), RegExp.escape('').length);
try { RegExp.escape(5); } catch (e) { console.log(e.message); }
console.log(/(?i:a)b/.test('Ab'), /(?i:a)b/.test('AB'), /a(?-i:b)/i.test('AB'), /(?<y>\d{4})-|-(?<y>\d{4})/.exec('-2024').groups.y);
console.log(Error.isError(new TypeError()), Error.isError({ __proto__: Error.prototype }), Error.isError.length);
(async () => {
  console.log(Array.fromAsync.name, Array.fromAsync.length, 'prototype' in Array.fromAsync);
  console.log(await Array.fromAsync([1, Promise.resolve(2)]), await Array.fromAsync({ length: 2, 0: Promise.resolve('a') }, (x, i) => Promise.resolve(x + i)));
  console.log(await Array.fromAsync((async function* () { yield 1; yield 2; })(), function (x) { return [this.k, x]; }, { k: 'k' }));
  class List { constructor(...given) { this.given = given; } }
  console.log(await Array.fromAsync.call(List, { length: 1, 0: 5 }), await Array.fromAsync.call(List, 'ab'));
  for (const [items, map] of [[null], [[], 1], [{ [Symbol.asyncIterator]: 1 }], [{ [Symbol.iterator]: 1 }], [[Promise.reject(new Error('no'))]], [{ [Symbol.iterator]() { return { next: () => ({ done: false }), return() { console.log('closed'); return {}; } }; } }, () => { throw new Error('map'); }]]) {
    await Array.fromAsync(items, map).then(console.log, (e) => console.log(e.name + ': ' + e.message));
  }
})();
