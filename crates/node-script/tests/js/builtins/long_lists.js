// Lists whose places are no indices of arrays, lists that shrink while a method goes over them, and elements that cannot be
// deleted.
const most = 2 ** 53 - 1;
const tell = (name, run) => {
  try {
    console.log(name, run());
  } catch (error) {
    console.log(name, error.name, error.message);
  }
};

const long = { length: most, [most - 1]: 'last', [most - 2]: 'before' };
tell('pop', () => [Array.prototype.pop.call(long), long.length === most - 1, (most - 1) in long]);
tell('indexOf', () => Array.prototype.indexOf.call(long, 'before', -1) === most - 2);
tell('slice', () => Array.prototype.slice.call(long, -1));
tell('push', () => Array.prototype.push.call({ length: most }, 1));
tell('unshift', () => Array.prototype.unshift.call({ length: most }, 1));
tell('splice', () => Array.prototype.splice.call({ length: most }, 0, 0, 1));
tell('concat', () => [1].concat({ length: most, [Symbol.isConcatSpreadable]: true }));
tell('toSorted', () => Array.prototype.toSorted.call({ length: 2 ** 32 }));
tell('full', () => {
  const full = [];
  full.length = 2 ** 32 - 1;
  full.push('x');
});
tell('copyWithin', () => {
  const list = { length: 3, 0: 'a' };
  Object.defineProperty(list, 1, { value: 'b' });
  return Array.prototype.copyWithin.call(list, 1, 2);
});

const buffer = new ArrayBuffer(4, { maxByteLength: 4 });
const shrinking = new Uint8Array(buffer).fill(7);
const seen = [];
shrinking.forEach((value, place) => {
  if (place === 1) buffer.resize(2);
  seen.push(value);
});
console.log(seen, Array.prototype.map.call(shrinking, (value) => value));

let asked = 0;
console.log([].indexOf(1, { valueOf: () => (asked += 1) }), asked);
console.log(Array.prototype.toString.call({ join: 1, [Symbol.toStringTag]: 'Odd' }));
console.log(['a', 'b'].with(1, 'c'), 'x'.anchor('"'), 'x'.bold(), ' x '.trimLeft(), String.prototype.length);
console.log(Reflect.ownKeys(Object.assign(new String('ab'), { 4: 1 })));
