// The loader of CommonJS files that programs see, and change.
const D = (s) => JSON.parse(JSON.stringify(s, (k, v) => typeof v === 'string' ? v.replaceAll(__dirname, 'D') : v) ?? 'null');
const fs = require('fs'), path = require('path'), os = require('os');
const T = fs.mkdtempSync(path.join(os.tmpdir(), 'mm-'));
const T2 = (s) => String(s).replaceAll(T, 'T').replaceAll(__dirname, 'D').replaceAll(__filename, 'F');
const w = (n, t) => { fs.mkdirSync(path.dirname(path.join(T, n)), { recursive: true }); fs.writeFileSync(path.join(T, n), t); return path.join(T, n); };
console.log(D(Object.keys(module)), D(Object.keys(require)), require.length, require.name, module.constructor.name);
console.log(D(require.resolve.paths('x').slice(0, 1)), D(require.resolve.paths('./x')), require.resolve.paths('fs'));
const a = w('a.js', 'exports.n = (globalThis.count = (globalThis.count || 0) + 1); exports.parent = module.parent && module.parent.id; exports.loaded = module.loaded;');
console.log(require(a).n, require(a).n, require(a).parent, require(a).loaded, require.cache[a].loaded, T2(require.cache[a].id), T2(require.cache[a].filename));
delete require.cache[a]; console.log(require(a).n); console.log(module.children.map((c) => T2(c.id)));
console.log(T2(module.filename) === T2(__filename), module.id, module.loaded, module.parent, require.main === module, require.cache[__filename] === module);
require.cache[a].exports = 'replaced'; console.log(require(a));
require.extensions['.txt'] = (m, f) => { m.exports = fs.readFileSync(f, 'utf8').toUpperCase(); };
w('t.txt', 'text'); console.log(require(path.join(T, 't.txt')), require(path.join(T, 't')));
const M = require('module');
console.log(M === module.constructor, M.builtinModules.length, M.isBuiltin('fs'), M.isBuiltin('node:test'), M.isBuiltin('test'), M.isBuiltin('x'), M.wrap('1'), M._nodeModulePaths('/a/node_modules/b'));
const r = M.createRequire(path.join(T, 'x.js')); console.log(r('./a'), T2(r.resolve('./t.txt')), r.main === undefined, Object.keys(r));
for (const bad of ['x', 5, './a', 'http://a']) try { M.createRequire(bad); } catch (e) { console.log(e.code, e.message); }
try { require('./nothing'); } catch (e) { console.log(e.code, T2(e.message), e.requireStack.map(T2)); }
w('b.js', 'require("./c")'); w('c.js', 'require("missing-package")'); try { require(path.join(T, 'b')); } catch (e) { console.log(e.code, T2(e.message), e.requireStack.map(T2)); }
console.log(Object.keys(require.cache).map(T2));
w('e.js', 'exports.x = 1; throw new Error("in e")'); try { require(path.join(T, 'e')); } catch (e) { console.log(e.message, T2(Object.keys(require.cache).join())); }
w('cy1.js', 'exports.a = 1; const c = require("./cy2"); exports.b = c.seen;'); w('cy2.js', 'exports.seen = Object.keys(require("./cy1")).join()'); console.log(require(path.join(T, 'cy1')));
const load = M._load; M._load = function (request, parent, isMain) { if (request === 'mocked') return 'mock by ' + T2(parent.id); return load.apply(this, arguments); }; console.log(require('mocked')); M._load = load;
const rf = M._resolveFilename; M._resolveFilename = function (request, ...rest) { return rf.call(this, request === 'alias' ? a : request, ...rest); }; console.log(require('alias'), T2(require.resolve('alias'))); M._resolveFilename = rf;
const js = M._extensions['.js']; M._extensions['.js'] = function (m, f) { const c = m._compile; m._compile = function (t, n) { return c.call(this, t.replace('OLD', 'NEW'), n); }; return js(m, f); }; w('h.js', 'module.exports = "OLD"'); console.log(require(path.join(T, 'h'))); M._extensions['.js'] = js;
const m = new M('/virtual/file.js'); m.filename = '/virtual/file.js'; m.paths = []; m._compile('module.exports = __filename + __dirname + typeof require', '/virtual/file.js'); console.log(m.exports, m.path);
console.log(T2(require.resolve('./t', { paths: [T] })), (() => { try { return require.resolve('./t9', { paths: [T] }); } catch (e) { return e.code; } })());
try { require(''); } catch (e) { console.log(e.code, e.message); } try { require(5); } catch (e) { console.log(e.code, e.message); }
w('j.json', '{"a": 1}'); console.log(require(path.join(T, 'j')), require.cache[path.join(T, 'j.json')].loaded); w('bad.json', '{'); try { require(path.join(T, 'bad')); } catch (e) { console.log(e.name, T2(e.message)); }
w('node_modules/pk/package.json', '{"main":"m.js"}'); w('node_modules/pk/m.js', 'module.exports = [module.paths[0], module.id, require.main.filename === module.parent.parent.filename]'); w('u.js', 'module.exports = require("pk")'); console.log(require(path.join(T, 'u')).map(T2));
w('es.mjs', 'export const v = 1; export default 2'); console.log(require(path.join(T, 'es.mjs')).v, require.cache[path.join(T, 'es.mjs')] !== undefined);
w('syn.js', 'let x = ;'); try { require(path.join(T, 'syn')); } catch (e) { console.log(e.name, e.message); }
const nm = M._nodeModulePaths; M._nodeModulePaths = function (from) { return nm.call(this, from).concat(path.join(T, 'extra')); }; w('extra/added/index.js', 'module.exports = "added"'); w('ad.js', 'module.exports = require("added")'); console.log(require(path.join(T, 'ad'))); M._nodeModulePaths = nm;
(function () { 'use strict'; const writable = new (require('stream').Writable)(); writable._writableState.errorEmitted = false; console.log(writable._writableState.errorEmitted); })();
setTimeout(() => { w('late.js', 'module.exports = [module.id === module.filename, module.parent.id]'); console.log(require(path.join(T, 'late'))); import(path.join(T, 'late.js')).then((n) => { console.log(n.default); fs.rmSync(T, { recursive: true }); }); });
