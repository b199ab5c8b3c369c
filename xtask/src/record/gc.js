// Records programs over weak collections: what each call gives, and after every collection which
// objects are alive and whose cleanup has run.
'use strict';

const ROOTS = 8;
const FIELDS = 3;
const MAPS = 3;
const SETS = 2;
const REGISTRIES = 2;

// A program begins with something of everything, so that its first choices find operands.
const START = ['mapNew', 'setNew', 'regNew'].flatMap((name) => [[name, 0], [name, 1]]);
for (let root = 0; root < ROOTS; root++) START.push(['new', root]);

// The last steps let go of all objects.
const END = [];
for (let root = 0; root < ROOTS; root++) END.push(['unroot', root]);
END.push(['gc']);

// The operands of one of the last steps of this name, or else these.
function again(ops, name, ...operands) {
  const last = ops.filter((op) => op[0] === name).slice(-4);
  if (last.length === 0 || below(3) === 0) return operands;
  return last[below(last.length)].slice(1, 1 + operands.length);
}

// The next step. Lookups and removals are often of what was put in.
function choose(ops) {
  const [root, other, third] = [below(ROOTS), below(ROOTS), below(ROOTS)];
  const [field, map, set, registry] = [FIELDS, MAPS, SETS, REGISTRIES].map(below);
  const held = ops.filter(([name]) => name === 'register').length + 1;
  const [linked, at] = again(ops, 'link', other, field);
  const inMap = again(ops, 'mapSet', map, other);
  const inSet = again(ops, 'setAdd', set, other);
  const [of, , , token] = again(ops, 'register', registry, root, 0, third);
  return weighted(
    [14, ['new', root]],
    [14, ['link', root, field, other]],
    [4, ['load', root, linked, at]],
    [12, ['unroot', root]],
    [1, ['mapNew', map]],
    [1, ['mapDrop', map]],
    [18, ['mapSet', map, root, other]],
    [2, ['mapDelete', ...inMap]],
    [3, ['mapHas', ...inMap]],
    [6, ['mapGet', root, ...inMap]],
    [3, ['mapLink', root, field, map]],
    [1, ['setNew', set]],
    [5, ['setAdd', set, root]],
    [3, ['setHas', ...inSet]],
    [2, ['setDelete', ...inSet]],
    [1, ['regNew', registry]],
    [1, ['regDrop', registry]],
    [7, ['register', registry, root, held, below(2) ? third : -1]],
    [4, ['unregister', of, token < 0 ? root : token]],
    [9, ['gc']],
  );
}

// The variables of one program. Everything in them is reachable; nothing else of it is.
class Program {
  roots = new Array(ROOTS).fill(null);
  maps = new Array(MAPS).fill(null);
  sets = new Array(SETS).fill(null);
  registries = new Array(REGISTRIES).fill(null);
  // A WeakRef to each object, by number.
  objects = [];
  finalized = [];

  perform([name, a, b, c, d]) {
    const { roots, maps, sets, registries } = this;
    switch (name) {
      case 'new':
        roots[a] = { fields: new Array(FIELDS).fill(null), maps: new Array(FIELDS).fill(null) };
        return this.objects.push(new WeakRef(roots[a])) - 1;
      case 'link':
        if (!roots[a]) return 'skip';
        roots[a].fields[b] = roots[c];
        return null;
      case 'load':
        if (!roots[b]) return 'skip';
        roots[a] = roots[b].fields[c];
        return shown(roots[a]);
      case 'unroot': roots[a] = null; return null;
      case 'mapNew': maps[a] = new WeakMap(); return null;
      case 'mapDrop': maps[a] = null; return null;
      case 'mapSet':
        if (!maps[a] || !roots[b]) return 'skip';
        maps[a].set(roots[b], roots[c]);
        return null;
      case 'mapDelete': return maps[a] && roots[b] ? maps[a].delete(roots[b]) : 'skip';
      case 'mapHas': return maps[a] && roots[b] ? maps[a].has(roots[b]) : 'skip';
      case 'mapGet': {
        if (!maps[b] || !roots[c]) return 'skip';
        const value = maps[b].get(roots[c]);
        if (value !== undefined) roots[a] = value;
        return shown(value);
      }
      case 'mapLink':
        if (!roots[a] || !maps[c]) return 'skip';
        roots[a].maps[b] = maps[c];
        return null;
      case 'setNew': sets[a] = new WeakSet(); return null;
      case 'setAdd':
        if (!sets[a] || !roots[b]) return 'skip';
        sets[a].add(roots[b]);
        return null;
      case 'setHas': return sets[a] && roots[b] ? sets[a].has(roots[b]) : 'skip';
      case 'setDelete': return sets[a] && roots[b] ? sets[a].delete(roots[b]) : 'skip';
      case 'regNew': {
        const { finalized } = this;
        registries[a] = new FinalizationRegistry((held) => finalized.push(held));
        return null;
      }
      case 'regDrop': registries[a] = null; return null;
      case 'register':
        if (!registries[a] || !roots[b] || (d >= 0 && !roots[d])) return 'skip';
        registries[a].register(roots[b], c, d < 0 ? undefined : roots[d]);
        return null;
      case 'unregister':
        return registries[a] && roots[b] ? registries[a].unregister(roots[b]) : 'skip';
    }
  }

  // What a collection has left, and forgets what it has shown.
  observe() {
    const alive = [];
    for (const [number, object] of this.objects.entries()) {
      if (object.deref() !== undefined) alive.push(number);
    }
    const finalized = this.finalized.splice(0).sort((a, b) => a - b);
    return { alive, finalized };
  }
}

function shown(value) {
  return value === undefined ? 'undefined' : value === null ? 'null' : 'object';
}

// A job of its own, in which the stack holds nothing of the program, and all jobs queued before.
const job = (act) => new Promise((done) => setImmediate(() => done(act())));

// Collects, and lets the cleanup callbacks run, which are jobs of their own.
async function collect() {
  for (let round = 0; round < 2; round++) {
    await job(() => gc());
    await job(() => {});
  }
}

async function record() {
  for (let number = 0; number < programs; number++) {
    const ops = [...START];
    for (let left = 30 + below(91); left > 0; left--) ops.push(choose(ops));
    ops.push(...END);
    const program = new Program();
    const steps = [];
    for (const op of ops) {
      if (op[0] !== 'gc') {
        steps.push({ op, ret: await job(() => program.perform(op)) });
        continue;
      }
      await collect();
      steps.push({ op, ret: null, ...(await job(() => program.observe())) });
    }
    emit({ steps });
  }
}

record();
