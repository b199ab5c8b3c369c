// Hidden classes, prototypes and constructors die with their last object, and what sites know of them with it.
const turn = () => new Promise((done) => setImmediate(done));

async function retained(name, make) {
  make(300);
  await turn();
  const used = () => {
    for (let i = 0; i < 4; i++) gc();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  make(3000);
  await turn();
  const bytes = (used() - before) / 3000;
  console.log(name, bytes < 130 || bytes);
}

const names = ['a', 'b', 'c', 'd'];

// Reads the same property at one site of objects whose classes come and go.
function wander(rounds) {
  const read = (object) => object.x;
  const write = (object, value) => {
    object.y = value;
    return object.y;
  };
  let wrong = 0;
  for (let round = 0; round < rounds; round++) {
    const prototype = { [names[round % 4]]: round };
    if (round % 3 === 0) prototype.x = round;
    for (let i = 0; i < 12; i++) {
      const object = Object.create(prototype);
      for (let k = 0; k < (round + i) % 4; k++) object[names[k]] = k;
      if (round % 3 !== 0) object.x = round;
      if (read(object) !== round || write(object, i) !== i) wrong++;
      if (Object.getPrototypeOf(object) !== prototype || Object.keys(object).pop() !== 'y') wrong++;
    }
    if (round % 5 === 0) gc();
  }
  return wrong;
}

async function main() {
  await retained('class literals', (count) => {
    for (let i = 0; i < count; i++) new (class { constructor() { this.x = i; } m() {} })();
  });
  await retained('constructors', (count) => {
    for (let i = 0; i < count; i++) {
      const Made = function () { this.a = 1; };
      Made.prototype.m = function () {};
      new Made();
    }
  });
  await retained('Object.create', (count) => {
    for (let i = 0; i < count; i++) {
      const object = Object.create({ a: i });
      object.b = 1;
      object.c = 2;
    }
  });
  await retained('setPrototypeOf', (count) => {
    for (let i = 0; i < count; i++) Object.setPrototypeOf({ a: i }, { b: i });
  });
  await retained('freeze', (count) => {
    for (let i = 0; i < count; i++) Object.freeze(Object.assign(Object.create({}), { a: i }));
  });
  await retained('arrays', (count) => {
    for (let i = 0; i < count; i++) {
      const array = new (class extends Array {})();
      array.push(1.5, 'x');
      array.z = 1;
    }
  });
  await retained('within a call back', (count) => {
    Array.from({ length: count }).forEach((_, i) => { Object.create({ a: i }).b = 1; });
  });
  const references = [];
  const objects = [];
  (() => {
    for (let i = 0; i < 3; i++) {
      const Dead = class { constructor() { this.x = 1; } };
      new Dead();
      const Alive = class { constructor() { this.x = 1; } };
      objects.push(new Alive());
      references.push([new WeakRef(Dead), new WeakRef(Dead.prototype), new WeakRef(Alive)]);
    }
  })();
  await turn();
  for (let i = 0; i < 4; i++) gc();
  for (const each of references) console.log(...each.map((reference) => typeof reference.deref()));
  console.log(objects.map((object) => object.constructor.name + object.x));
  console.log(wander(400));
}

main();
