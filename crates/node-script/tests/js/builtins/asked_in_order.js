// What is asked of whom, and in which order.
const log = [];
const proxy = new Proxy({ a: 1 }, {
  getOwnPropertyDescriptor: (target, key) => (log.push(`own ${String(key)}`), Reflect.getOwnPropertyDescriptor(target, key)),
  defineProperty: (target, key, how) => (log.push(`define ${String(key)}`), Reflect.defineProperty(target, key, how)),
});
proxy.a = 2;
proxy.b = 3;
console.log(log.splice(0));

function mapped(a) {
  Object.defineProperty(arguments, 0, { get: () => 'getter', configurable: true });
  return [a, arguments[0]];
}
console.log(mapped(1));
function fixed(a) {
  Object.defineProperty(arguments, 0, { value: 2, writable: false, enumerable: false, configurable: false });
  a = 3;
  return [a, arguments[0]];
}
console.log(fixed(1));
(function sloppy() {
  console.log(arguments.callee === sloppy, Object.getOwnPropertyDescriptor(arguments, 'callee').enumerable);
})();

const length = { tries: 0, valueOf() { this.tries += 1; return 2; } };
const array = [1, 2, 3];
Object.defineProperty(array, 'length', { value: length });
console.log(array, length.tries);

class Sub extends Promise {}
const settled = Sub.resolve(1);
console.log(Sub.resolve(settled) === settled, 'prototype' in Proxy);
Promise.all.call(function Early(run) {
  run((values) => console.log('all', values), () => {});
}.bind(), []);
const values = JSON.parse('{"a":[1,2],"b":3}', function revive(key, value) {
  if (key === 'a') Object.defineProperty(this, 'b', { value: 4, configurable: false });
  return key === 'b' ? 5 : value;
});
console.log(values, values.b);
console.log(JSON.stringify({ b: 1, a: 2 }, new Proxy(['b'], {})), JSON.stringify([1], null, new String('--')));

RegExp.prototype.exec = new Proxy(RegExp.prototype.exec, { apply: (...given) => (log.push('exec'), Reflect.apply(...given)) });
console.log('aba'.replace(/a/g, 'c'), [...'ab'.matchAll(/./g)].length, log.length);

const bytes = new Uint8Array(1);
Object.defineProperty(Uint8Array.prototype, '1.5', { get: () => 'inherited' });
console.log(bytes['1.5'], (bytes['2.5'] = 1, '2.5' in bytes));

console.log((class A { m() {} /* } */ }).toString());
class B { static { if (1) { } } }
console.log(B.toString());
class Home { method() { try { return eval('super()'); } catch (error) { return error.name + ': ' + error.message; } } field = eval('typeof new.target'); }
console.log(new Home().method(), new Home().field);
class None { constructor() { Object.setPrototypeOf(None.prototype, null); } get() { return super.x; } }
try {
  new None(); None.prototype.get();
} catch (error) {
  console.log(error.name, error.message);
}
{
  try { throw { f: 1 }; } catch ({ f }) { { function f() {} } }
  console.log(typeof f);
}
