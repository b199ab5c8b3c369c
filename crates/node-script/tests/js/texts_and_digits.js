// Boxed strings, the order of texts, digits in other radixes, WeakRefs as they are shown.
const boxed = Object('abc'.repeat(6));
console.log('length' in boxed, Object.hasOwn(boxed, 'length'), boxed.length, Reflect.ownKeys(Object('ab')));
const texts = ['', 'a', 'memory', 'Grüße', '漢字', '🎉 x', 'a,b', '  trim', '12', '-7', '0x1F', 'A', 'B', 'b', 'é', 'e', 'É', 'z', '_', '$', '9', 'aB', 'Ab', 'a b', 'a-b', 'ä', 'ö', '!'];
console.log([...texts].sort((a, b) => a.localeCompare(b)).join('|'));
for (const radix of [3, 7, 11, 27, 36]) console.log([2 ** 53, 2 ** 56, 2 ** 60, 1e21, 0.1, 123.456].map((x) => x.toString(radix)).join(' '));
console.log(new WeakRef({ a: 1 }), [new WeakRef([])]);
