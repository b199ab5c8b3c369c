'use strict';
// Runs one test of test262 in a real Node (`cargo xtask test262 --node PATH`): in the main realm, because a context of `vm`
// has a global object of its own kind. Its argument is the test as JSON: `mode`, `path`, `includes` (files of the harness),
// `async` and `negative`. The last line of its output is `ok`, or `no` and why.

const fs = require('fs');
const vm = require('vm');
const path = require('path');
const { pathToFileURL, fileURLToPath } = require('url');

const { write } = process.stdout;
const test = JSON.parse(process.argv[2]);
const text = fs.readFileSync(test.path, 'utf8');

const told = [];
globalThis.print = (line) => {
  told.push(String(line));
};

function host(run) {
  return {
    global: run('globalThis'),
    gc: run('typeof gc') === 'function' ? run('gc') : gc,
    evalScript: (code) => run(code),
    detachArrayBuffer: run('(buffer) => { %ArrayBufferDetach(buffer); return null; }'),
    createRealm() {
      const context = vm.createContext();
      const other = host((code) => vm.runInContext(code, context));
      other.global.$262 = other;
      return other;
    },
    get IsHTMLDDA() {
      return run('%GetUndetectable()');
    },
    agent: { start() { throw new Error('there are no agents'); } },
  };
}
globalThis.$262 = host((code) => vm.runInThisContext(code));

// How a module begins: each file once, whoever asks for it.
const modules = new Map();

function moduleOf(file) {
  let made = modules.get(file);
  if (!made) {
    const source = fs.readFileSync(file, 'utf8');
    if (file.endsWith('.json')) {
      made = new vm.SyntheticModule(['default'], function evaluate() {
        this.setExport('default', JSON.parse(source));
      });
    } else {
      made = new vm.SourceTextModule(source, {
        identifier: pathToFileURL(file).href,
        importModuleDynamically,
        initializeImportMeta(meta) {
          meta.url = pathToFileURL(file).href;
        },
      });
    }
    modules.set(file, made);
  }
  return made;
}

function link(specifier, referrer) {
  const from = fileURLToPath(referrer.identifier);
  return moduleOf(path.resolve(path.dirname(from), specifier));
}

async function importModuleDynamically(specifier, referrer) {
  const from = referrer instanceof vm.Script ? test.path : fileURLToPath(referrer.identifier);
  const made = moduleOf(path.resolve(path.dirname(from), specifier));
  if (made.status === 'unlinked') await made.link(link);
  await made.evaluate();
  return made;
}

let ended = false;
function answer(why) {
  if (ended) return;
  ended = true;
  const line = why === undefined ? 'ok' : `no ${why.replace(/[\r\n]+/g, ' ')}`;
  write.call(process.stdout, `${line}\n`);
  process.exitCode = 0;
}

const nameOf = (error) => (error && error.constructor && error.constructor.name) || '';
const sayOf = (error) => (nameOf(error) ? `${nameOf(error)}: ${error.message}` : `thrown: ${String(error)}`);

/** What an error of a phase means, which the test may ask for. */
function failed(phase, error) {
  const { negative } = test;
  if (!negative) return answer(sayOf(error));
  const early = negative.phase !== 'runtime';
  if (early !== (phase !== 'runtime')) return answer(`not of phase ${negative.phase}: ${sayOf(error)}`);
  if (nameOf(error) !== negative.type) return answer(`no ${negative.type}: ${sayOf(error)}`);
  return answer();
}

process.on('unhandledRejection', () => {});
process.on('uncaughtException', (error) => failed('runtime', error));
process.on('exit', () => {
  if (test.negative) return answer(`no ${test.negative.type} of phase ${test.negative.phase}`);
  if (!test.async) return answer();
  const line = told.find((line) => line.startsWith('Test262:'));
  if (line === undefined) return answer('$DONE was not called');
  return answer(line === 'Test262:AsyncTestComplete' ? undefined : line);
});

async function runModule() {
  let phase = 'parse';
  try {
    const main = moduleOf(test.path);
    await main.link(link);
    phase = 'runtime';
    await main.evaluate();
  } catch (error) {
    failed(phase, error);
  }
}

for (const name of test.includes) {
  vm.runInThisContext(fs.readFileSync(name, 'utf8'), { filename: name });
}
if (test.mode === 'module') {
  runModule();
} else {
  const source = test.mode === 'strict' ? `"use strict";\n${text}` : text;
  let phase = 'parse';
  try {
    const script = new vm.Script(source, { filename: test.path, importModuleDynamically });
    phase = 'runtime';
    script.runInThisContext();
  } catch (error) {
    failed(phase, error);
  }
}
