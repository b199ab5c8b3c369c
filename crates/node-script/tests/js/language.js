// Corners of the language: scopes of parameters, completion values, references, patterns, evaluated declarations.
const shown = (f) => { try { return f(); } catch (error) { return error.name + ': ' + error.message; } };
const log = (...values) => console.log(...values);

// Parameters with expressions have a scope of their own.
log(shown(() => (function (a = b, b) { return a; })()));
log(shown(() => (function (a = a) { return a; })()));
log((function (x, f = () => x) { var x; const before = x; x = 2; return [before, f(), x]; })(1));
log((function (a = arguments.length) { function arguments2() {} return a; })(undefined, 1, 2));
log(shown(() => (function (a = eval('var a = 1')) { return a; })()));
log((function (a = eval('var b = 1; b')) { return [a, typeof b]; })());
log((function (f = () => typeof inner) { var inner = 1; return f(); })());
log((function (a, { b = a } = {}, [c = b] = []) { return [a, b, c]; })(1));

// The value of a program.
for (const text of ['1; if (false) {}', '1; do { 2; break; } while (false)', '1; var x = 3;', '1; { }', '1; for (;false;);',
  '1; switch (1) { case 1: }', '1; try { 2 } finally { 3 }', 'do { try { 39 } finally { 42; break; } } while (false)',
  '1; function f() {}', '1; label: 2', 'do { 2; if (true) break; 3; } while (false)', '1; with ({}) {}']) {
  log(text, '->', (0, eval)(text));
}

// What is assigned to is found before the value.
with ({ x: 1 }) { log(x += (() => { log('right'); return 2; })(), x); }
const scope = { y: 1 };
with (scope) { y = (delete scope.y, 2); }
log(scope.y, typeof y);
const fixed = Object.defineProperty({}, 'p', { value: 1, writable: false, configurable: true });
log(shown(() => { 'use strict'; fixed.p += 1; }));
log([9007199254740993n > '9007199254740992', 2n ** 1024n > Number.MAX_VALUE, 1n < 1.5, -1n > -Infinity, 1n == '1', 2n > 'x']);

// Patterns close what they iterate, once.
function* source() { try { yield 1; yield 2; } finally { log('closed'); } }
const [one] = source();
log(one);
try { const [{ a }] = (function* () { try { yield null; } finally { log('closed, too'); } })(); } catch (error) { log(error.name); }
const inside = (function* () { [...{}[yield]] = source(); })();
inside.next();
log(inside.return('done'));

// Many arguments, spread.
class Parent { constructor() { this.given = arguments.length; } }
class Child extends Parent { constructor(...list) { super(...list); } }
log(new Child(...Array(20).fill(0)).given, (function () { return arguments.length; }).apply(null, Array(30)));
log({ [String(1)]: 'digit' }[1], [7, 8]['1'], { 1: 'a' }[`${1}`]);

// Evaluated text declares in the scope around it.
(function () { eval('var declared; function made() { return 1; }'); log(typeof declared, made(), delete made); })();
(0, eval)('var everywhere; let nowhere = 1;');
log('everywhere' in globalThis, typeof nowhere, Object.getOwnPropertyDescriptor(globalThis, 'everywhere').configurable);
log(shown(() => { let z = 1; eval('var z'); }));
log((0, eval)('"use strict"; var kept = 1; (function () { return kept; })()'), typeof kept);

// Arguments of strict and sloppy functions.
(function (a) { Object.defineProperty(arguments, 0, { configurable: false }); a = 2; log(arguments[0]); })(1);
(function (a) { Object.freeze(arguments); a = 2; log(arguments[0], a); })(1);
log(shown(() => (function () { 'use strict'; return arguments.callee; })()));
log(shown(() => class { static ['prototype']() {} }));

// A class that has lost a property still defines its private members.
class Losing { #hidden; constructor() { this.#set(1); } #set(value) { this.#hidden = value; } get hidden() { return this.#hidden; } static part() {} }
delete Losing.part;
log(new Losing().hidden, shown(() => null[[1]]), shown(() => null.x));
log(class extends Array {}.from([1, 2]).constructor === Array, Reflect.ownKeys(function () {}), Reflect.ownKeys(() => 1));
log('A\u030a\u1e9b\u0323'.normalize(), 'A\u030a\u1e9b\u0323'.normalize('NFKD').length, '\ud800a\u0308'.normalize().length);
log((function () { var arguments; return typeof arguments; })(), (function () { arguments = 1; var arguments; return arguments; })());
log(shown(() => { const f = () => eval('super.x'); return f(); }));
