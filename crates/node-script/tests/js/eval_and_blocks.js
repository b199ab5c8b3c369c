// Functions of blocks in evaluated text, private names there, and what else a direct `eval` sees.
globalThis.print = console.log;

(function () {
  eval('{ function f() { f = 1; return typeof f; } } print(typeof f, f(), typeof f);');
  eval('try { throw 0; } catch (g) { { function g() {} } print(g); } print(typeof g);');
  try { throw 0; } catch (h) { eval('{ function h() {} } print(typeof h);'); print(h); }
  print(typeof h);
})();
(0, eval)('print(k); { function k() { return 2; } } print(k());');
Object.defineProperty(globalThis, 'setsOnly', { set(value) { print('set', typeof value); }, configurable: true });
(0, eval)('{ function setsOnly() {} }');
Object.defineProperty(globalThis, 'readOnly', { value: 3, configurable: true });
(0, eval)('{ function readOnly() {} }');
print(readOnly);

(function (f = 1) { { function f() {} } print(f); })();
(function ({ f }) { { function f() {} } print(f); })({ f: 2 });
(function () { eval('print(x); delete x; try { x; } catch (e) { print(e.message); } var x = 1;'); })();

class Outer {
  #field = 1;
  static #count = 2;
  #method() { return 'm' + this.#field; }
  get #both() { return 'g'; }
  set #both(value) { print('set', value); }
  static get #only() { return 'o'; }
  static #twice(x) { return 2 * x; }
  seen = eval('this.#field + this.#method()');
  run(text) { return eval(text); }
  static run(text) { return eval(text); }
}
var outer = new Outer();
print(outer.seen);
for (var text of [
  'this.#field', 'this.#field = 5; this.#field', 'this.#method()', 'this.#both', 'this.#both = 1', '#field in this', '#method in {}',
  'class Inner { #method() { return "inner"; } own() { return this.#method(); } outer(o) { return o.#both; } } [new Inner().own(), new Inner().outer(this)].join()',
  '(() => eval("this.#method()"))()', 'this.#missing', 'this.#method = 1', 'Outer.#only', 'Outer.#twice(4)', '({}).#field', 'Outer.#only = 1',
]) {
  try { print(text.slice(0, 40), '->', outer.run(text)); } catch (e) { print(text, '->', e.name + ': ' + e.message); }
}
print(Outer.run('this.#count += 3; this.#count'), Outer.run('this.#twice(this.#count)'));
try { (0, eval)('outer.#field'); } catch (e) { print(e.name); }

(function () {
  var x = 'local';
  eval(...[], 'x = 1'); print(x);
  eval('x = 2', ...[]); print(x);
  eval(...[]); eval(...[], ...[]);
  (function (eval) { print(eval(...[], 'x = 3')); print(x); })((text) => text + '!');
})();

print(eval('4; for (var i = 0; i < 0; i++) 5;'), eval('4; for (6; false;) ;'), eval('for (i = 0; i < 2; i++) i;'));
