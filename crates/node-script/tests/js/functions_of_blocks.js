// Functions of blocks: which are variables of the function around as well, in text that is evaluated and in text that is not.
const around = {
  nothing: (body) => `(function () { ${body} })()`,
  let: (body) => `(function () { let f = 'L'; { ${body} } say('outer', typeof f); })()`,
  'let of a block': (body) => `(function () { { let f = 'L'; { ${body} } say('outer', typeof f); } say(typeof f); })()`,
  class: (body) => `(function () { { class f {} { ${body} } say('outer', typeof f); } })()`,
  parameter: (body) => `(function (f) { ${body}; say('outer', typeof f); })(1)`,
  'parameter of an arrow': (body) => `(function (f, g = () => f) { ${body}; say('outer', typeof f, typeof g()); })(1)`,
  catch: (body) => `(function () { try { throw 1 } catch (f) { ${body}; say('outer', typeof f); } say('out', typeof f); })()`,
  'catch of a pattern': (body) => `(function () { try { throw [1] } catch ([f]) { ${body}; say('outer', typeof f); } say('out', typeof f); })()`,
  for: (body) => `(function () { for (let f = 0; f < 1; f++) { ${body}; say('outer', typeof f); break } say('out', typeof f); })()`,
  switch: (body) => `(function () { switch (1) { case 0: let f; case 1: { ${body} } } })()`,
  'a function': (body) => `(function () { { function f() { return 9 } { ${body} } say('outer', typeof f); } say('out', typeof f === 'function' && f()); })()`,
  'a generator': (body) => `(function () { { function* f() { return 9 } { ${body} } say('outer', typeof f); } say('out', typeof f); })()`,
  arrow: (body) => `(() => { let f = 3; (() => { ${body}; say('outer', typeof f); })(); say('outer', typeof f); })()`,
  with: (body) => `(function () { with ({ f: 1 }) { ${body}; say('outer', typeof f); } say('out', typeof f); })()`,
};
const bodies = [
  `{ function f() { return 1 } } say(typeof f);`,
  `say('before', typeof f); { function f() { return 1 } }`,
  `{ function f() { return 1 } { function f() { return 2 } } } say(typeof f === 'function' ? f() : f);`,
  `if (1) function f() { return 1 } say(typeof f);`,
  `if (0) function f() { return 1 } else ; say(typeof f);`,
  `switch (1) { default: function f() { return 1 } say(typeof f) } say(typeof f);`,
  `switch (1) { case 1: function f() { return 1 } case 2: function f() { return 2 } } say(typeof f === 'function' && f());`,
  `l: function f() { return 1 }; say(typeof f);`,
  `{ let f = 3; { function f() { return 1 } } } say(typeof f);`,
  `try { throw 5 } catch (f) { { function f() { return 1 } } say(typeof f) } say(typeof f);`,
  `try { throw [5] } catch ([f]) { { function f() { return 1 } } say(typeof f) } say(typeof f);`,
  `{ function* f() {} } say(typeof f);`,
  `{ async function f() {} { function f() {} } } say(typeof f);`,
  `{ f = 8; function f() { return 1 } f = 9; say(f) } say(typeof f);`,
  `var f = 4; { function f() { return 1 } } say(typeof f);`,
  `for (let i = 0; i < 2; i++) { say(typeof f); function f() { return i } say(f()) }`,
  `{ function f() {} } say(delete f, typeof f);`,
];
const said = [];
globalThis.say = (...all) => { said.push(all.join(' ')); };
function run(text) {
  try { (0, eval)(text); } catch (e) { said.push(e instanceof SyntaxError ? e.name : String(e)); }
  console.log(' ', said.splice(0).join('; '));
}
for (const name in around) {
  for (const body of bodies) {
    if (name === 'switch' && body.includes('delete')) continue;
    console.log(name + ':', body);
    run(around[name](body));
    run(around[name](`eval(${JSON.stringify(body)})`));
    run(around[name](`(() => eval(${JSON.stringify(body)}))()`));
  }
}
for (const text of [
  "(function (f, g = eval('{ function f() {} } say(typeof f)')) { say(typeof f) })()",
  "(function () { eval('let f = 1; eval(\"{ function f() {} } say(typeof f)\")'); say(typeof f) })()",
  "(function () { try { throw [1] } catch ([f]) { eval('var f = 2') } })()",
  "(function () { try { throw 1 } catch (f) { eval('var f = 2; say(f)'); say(f) } say(typeof f) })()",
  "(function () { eval('var f = 1; delete f; say(typeof f, (() => typeof f)())') })()",
  "eval('eval(\"{ function f() {} }\"); let f = 2')",
  "class A { #f = 1; m() { let f = 1; eval('{ function f() {} } say(typeof f, #f in this)') } } new A().m()",
]) {
  console.log(text);
  run(text);
}
