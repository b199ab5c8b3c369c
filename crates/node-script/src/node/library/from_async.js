'use strict';
// `Array.fromAsync`, in ECMA-262's steps.

const { apply } = Reflect;
const { lengthOf, make, method, put, symbol } = internal.fromAsync;

async function fromAsync(constructor, items, map, thisArg) {
  if (map !== undefined && typeof map !== 'function') throw new TypeError(`${map} is not a function`);
  let begin = method(items, true);
  const isAsync = begin !== undefined;
  if (!isAsync) begin = method(items, false);
  let place = 0;
  if (begin !== undefined) {
    const array = make(constructor);
    const iterable = { __proto__: null, [symbol(isAsync)]: () => apply(begin, items, []) };
    for await (let value of iterable) {
      if (map !== undefined) value = await apply(map, thisArg, [value, place]);
      put(array, place++, value);
    }
    array.length = place;
    return array;
  }
  const length = lengthOf(items);
  const array = make(constructor, length);
  for (; place < length; place++) {
    let value = await items[place];
    if (map !== undefined) value = await apply(map, thisArg, [value, place]);
    put(array, place, value);
  }
  array.length = length;
  return array;
}

module.exports = { fromAsync };
