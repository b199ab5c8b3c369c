'use strict';
// Objects of more properties than a hidden class describes.

const names = (count) => Array.from({ length: count }, (_, i) => `name${i}`);
const text = (count) => `{${names(count).map((name, i) => `"${name}":${i}`).join()}}`;
for (const count of [127, 128, 129, 1020, 1021, 70000]) {
  const object = JSON.parse(text(count));
  object.more = 1;
  delete object.name3;
  console.log(Object.keys(object).length, object[`name${count - 1}`], Object.keys(object).slice(0, 4), JSON.stringify(object).length);
}
function define(object, count) {
  for (const name of names(count)) Object.defineProperty(object, name, { value: name.length, enumerable: true, configurable: true, writable: true });
  return object;
}
for (const object of [{}, [1, 2], function f() {}, class C { static a = 1; }, Object.create(null), new Map(), new Error('e'), Object.freeze]) {
  define(object, 2500);
  object.name7 += 10;
  console.log(Object.keys(object).length, object.name7, object.name2499, Object.getOwnPropertyNames(object).slice(0, 3));
}
const made = Object.fromEntries(names(66000).map((name, i) => [name, i]));
console.log(Object.keys(made).length, made.name65999, { ...made }.name65536);
class Wide {}
define(Wide.prototype, 1500);
console.log(new Wide().name1499, Object.keys(Object.create(Wide.prototype)).length);
const literal = new Function(`return { ${names(3000).map((name, i) => `${name}: ${i}`)} }`)();
console.log(literal.name2999, Object.keys(literal).length);
const fields = new (new Function(`return class { ${names(1500).join(' = 1; ')} = 2 }`)())();
console.log(fields.name0, fields.name1499, Object.keys(fields).length);
const methods = new Function(`return class { ${names(1500).map((name) => `${name}() { return '${name}'; }`).join('\n')} }`)();
console.log(new methods().name1400(), Object.getOwnPropertyNames(methods.prototype).length);
