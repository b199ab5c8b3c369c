// Names that die while callbacks run, and names that what waits for the callbacks knows.
'use strict';

const COUNT = 6000;
const churn = (tag) => {
  const object = {};
  for (let i = 0; i < COUNT; i++) {
    const key = tag + i;
    object[key] = i;
    if (object[key] !== i || !(key in object) || !object.hasOwnProperty(key)) throw new Error('lost ' + key);
    delete object[key];
  }
  gc();
  return Object.keys(object).length;
};
const tell = (what, value) => console.log(what, JSON.stringify(value));

// Keys that copying, defining and listing have looked up before a getter churns.
const make = (tag) => {
  const object = {};
  for (let i = 0; i < 5; i++) {
    Object.defineProperty(object, tag + i, { enumerable: true, configurable: true, get: () => churn(tag + 'in' + i) + i });
  }
  return object;
};
tell('assign', Object.assign({}, make('assign')));
tell('spread', { ...make('spread') });
tell('entries', Object.entries(make('entries')));
tell('values', Object.values(make('values')));
tell('stringify', JSON.parse(JSON.stringify(make('stringify'))));
const { rest1, ...others } = make('rest');
tell('rest', [rest1, others]);
tell('reviver', JSON.parse('{"re0":{"re1":1,"re2":[2]},"re3":3}', (key, value) => (churn('reviver' + key), value)));
tell('replacer', JSON.stringify({ rp0: { rp1: 1 }, rp2: 2 }, (key, value) => (churn('replacer' + key), value)));
tell('defineProperties', Object.defineProperties({}, {
  get ['de' + 1]() { churn('de1'); return { value: 1, enumerable: true }; },
  get ['de' + 2]() { churn('de2'); return { value: 2, enumerable: true }; },
}));

// Keys that a conversion churns before and behind.
const converted = (text) => ({ toString() { churn('before' + text); return text + 'made'; } });
const target = {};
target[converted('a')] = 1;
target[converted('b')] = 2;
tell('converted', [target, target[converted('a')], converted('b') in target, Reflect.has(target, converted('c'))]);

// Proxies' traps know the key meanwhile.
const seen = [];
const proxy = new Proxy({}, {
  get(object, key) { churn('get'); seen.push(key); return object[key]; },
  set(object, key, value, receiver) { churn('set'); return Reflect.set(object, key, value, receiver); },
  has(object, key) { churn('has'); return key in object; },
  defineProperty(object, key, descriptor) { churn('define'); return Reflect.defineProperty(object, key, descriptor); },
  ownKeys(object) { churn('own'); return Reflect.ownKeys(object); },
  getOwnPropertyDescriptor(object, key) { churn('descriptor'); return Reflect.getOwnPropertyDescriptor(object, key); },
});
for (let i = 0; i < 3; i++) proxy['proxied' + i] = i;
tell('proxy', [Object.keys(proxy), 'proxied' + 1 in proxy, proxy['proxied' + 2], { ...proxy }, seen]);

// Lists that callbacks churn between.
tell('map', [1, 2, 3].map((value) => churn('map' + value)));
tell('reduce', [1, 2, 3].reduce((sum, value) => sum + churn('reduce' + value) + value, 0));
tell('sort', [3, 1, 2].sort((a, b) => (churn('sort'), a - b)));
tell('replace', 'a1b2'.replace(/\d/g, (digit) => digit + churn('replace' + digit)));
tell('from', Array.from({ length: 2 }, (_, place) => churn('from' + place)));
tell('fromEntries', Object.fromEntries([1, 2].map((place) => ['entry' + place, churn('entry' + place)])));
for (const key in make('in')) tell('in', [key, churn('for' + key)]);
function* generate() { for (let i = 0; i < 3; i++) { churn('generate' + i); yield 'generated' + i; } }
tell('generator', Object.fromEntries([...generate()].map((key) => [key, key.length])));
class Fields { [(churn('field'), 'field' + 1)] = churn('field1'); static [(churn('static'), 'static' + 1)] = 2; }
tell('fields', [new Fields(), Fields['static' + 1]]);
tell('symbols', [Symbol.for('sy' + 1) === Symbol.for('sy' + 1), Symbol.keyFor(Symbol.for('sy' + churn('sy'))), Symbol.keyFor(Symbol('sy0'))]);
