// What every random program begins with: eight variables, and what is printed of them and of the memory.
const { Writable } = require('stream');
const { inspect } = require('util');
const v = new Array(8).fill(undefined);
const watched = [];
const cleaned = [];
const registry = new FinalizationRegistry((held) => cleaned.push(held));

function say(...parts) {
  const text = parts.map((part) => (typeof part === 'string' ? part : inspect(part, { depth: 3 }))).join(' ');
  console.log(text.length > 2000 ? `${text.slice(0, 2000)}... of ${text.length}` : text);
}

function watch(name, object) {
  watched.push([name, new WeakRef(object)]);
  registry.register(object, name);
  return object;
}

const turn = () => new Promise((done) => setImmediate(done));

// Runs a step in a function of its own, so that its variables are gone when it ends.
async function step(number, body) {
  try {
    await body();
  } catch (error) {
    say(`step ${number} throws`, error instanceof Error ? `${error.name}: ${error.message}` : error);
  }
}

async function collect() {
  await turn();
  await turn();
  gc();
  await turn();
  await turn();
  const alive = watched.filter(([, reference]) => reference.deref() !== undefined);
  say('alive', alive.map(([name]) => name), 'cleaned', cleaned.splice(0).sort());
}

// Prints the bytes that what `make` makes holds.
async function retain(number, count, make) {
  const few = make(4);
  // Earlier steps' streams may go on, for which Node compiles functions of its own; what they leave may take two collections
  // to go.
  for (let i = 0; i < 12; i++) await turn();
  for (let i = 0; i < 2; i++) {
    await turn();
    gc();
  }
  const before = process.memoryUsage().heapUsed;
  const many = make(count);
  for (let i = 0; i < 2; i++) {
    await turn();
    gc();
  }
  const after = process.memoryUsage().heapUsed;
  if (number > 0) console.log(`retained ${number} ${after - before}`);
  return [few, many];
}
