// Edges of what `exports`, `imports` and `main` give, in packages that are written here.
const fs = require('fs'), path = require('path'), os = require('os'), { createRequire } = require('module');
const T = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'edges-')));
const w = (n, t) => { const f = path.join(T, 'node_modules', n); fs.mkdirSync(path.dirname(f), { recursive: true }); fs.writeFileSync(f, typeof t === 'string' ? t : JSON.stringify(t)); };
const pk = (n, exports, extra = {}) => { w(`${n}/package.json`, { name: n, version: '1.0.0', exports, ...extra }); for (const f of ['index.js', 'a.js', 'lib/a.js', 'lib/b.js', 'lib/sub/c.js', 'lib/index.js', 'features/x.js', 'features/private/y.js']) w(`${n}/${f}`, `module.exports = ${JSON.stringify(n + '/' + f)}`); };
pk('trail', { './': './', './lib/': './lib/' });
pk('pat', { '.': './index.js', './features/*': './features/*.js', './features/private/*': null, './l/*.js': './lib/*.js', './x/*/y': './lib/*.js', './*': './lib/*.js' });
pk('nul', { '.': null, './a': null, './b': { require: null, default: './a.js' }, './c': [null, './a.js'], './d': [], './e': {} });
pk('bad1', { '.': '../outside.js', './abs': '/etc/passwd', './up': './lib/../../x.js', './nm': './node_modules/x.js', './url': 'http://x/y', './bare': 'index.js', './num': 5, './bool': true, './dot': './lib/./a.js', './enc': './lib%2fa.js', './arr': ['../no', './a.js'], './arr2': ['../no', '../no2'] });
pk('mix', { '.': './index.js', require: './a.js' });
pk('cond', { node: { import: './a.js', require: './lib/a.js' }, default: './index.js' });
pk('cond2', { '.': { browser: './a.js' }, './deno': { deno: './a.js' }, './nested': { require: { development: './a.js' }, default: './index.js' } });
pk('num', { 0: './a.js', default: './index.js' });
pk('str', './a.js'); pk('arr', ['./a.js', './index.js']); pk('miss', { '.': './none.js', './dir': './lib', './noext': './lib/a' });
pk('falsy', false); pk('empty', {}); pk('strbad', 'a.js');
pk('longest', { './*': './lib/*.js', './sub/*': './lib/sub/*.js', './sub*': './a.js', './s*c': './index.js' });
pk('mainonly', undefined, { main: './lib' }); pk('mainmiss', undefined, { main: './zzz' }); pk('mainnum', undefined, { main: 5 }); pk('nomain', undefined, {});
w('broken/package.json', '{ "name": "broken", '); w('broken/index.js', ''); w('brokenb/package.json', ''); w('brokenb/index.js', 'module.exports = 1'); w('arrp/package.json', '[]'); w('arrp/index.js', 'module.exports = 3');
w('@s/p/package.json', { name: '@s/p', exports: { '.': './i.js', './q': './q.js' } }); w('@s/p/i.js', 'module.exports = "i"'); w('@s/p/q.js', 'module.exports = "q"');
w('self/package.json', { name: 'self', exports: { '.': './m.js', './o': './o.js' }, imports: { '#i': './o.js', '#n': null, '#p/*': './*.js', '#dep': '@s/p', '#b': '../x.js', '#builtin': 'fs', '#c': { require: './o.js', import: './m.js' }, '#': './o.js', '#/x': './o.js' } }); w('self/m.js', 'const r = (n) => { try { const v = require(n); return typeof v === "object" ? "obj" : v } catch (e) { return e.code + " " + e.message.replaceAll(require("path").dirname(require("path").dirname(__dirname)), "D") } }; module.exports = ["self/o", "self/z", "self", "#i", "#n", "#p/o", "#p/zz", "#dep", "#dep/q", "#b", "#builtin", "#c", "#", "#/x", "#q", "#p/", "#p/../o"].map((n) => n + " -> " + r(n)).join("\\n")'); w('self/o.js', 'module.exports = "o"');
w('esm-only/package.json', { name: 'esm-only', exports: { import: './a.mjs' } }); w('esm-only/a.mjs', 'export default 1');
w('typed/package.json', { name: 'typed', type: 'modul' }); w('typed/index.js', 'module.exports = typeof require');
const files = { 'req.js': '', 'imp.mjs': 'export const load = (name) => import(name); export const resolve = (name) => import.meta.resolve(name);' };
for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(T, name), text);
fs.mkdirSync(path.join(T, 're'));
fs.writeFileSync(path.join(T, 're', 'lib.js'), 'exports.p = 1; exports.x = 2;');
const copied = ["exports[key] = _lib[key];", "Object.defineProperty(exports, key, { enumerable: true, get: function () { return _lib[key]; } });"];
copied.forEach((line, at) => fs.writeFileSync(path.join(T, 're', `c${at}.js`), `var _lib = require('./lib');\nObject.keys(_lib).forEach(function (key) {\n  if (key === "default" || key === "__esModule") return;\n  ${line}\n});\nexports.z = 1;`));
const require2 = createRequire(path.join(T, 'req.js'));
const D = (s) => String(s).replaceAll(T, 'D').split('\nRequire stack')[0];
const specs = 'trail/ trail/a.js trail/lib/a.js trail/lib/ trail/lib trail/lib/zz.js pat pat/features/x pat/features/private/y pat/features/x.js pat/l/a.js pat/x/a/y pat/a pat/sub/c pat/ pat/features/ pat/../a pat/a/../b pat//a nul nul/a nul/b nul/c nul/d nul/e bad1 bad1/abs bad1/up bad1/nm bad1/url bad1/bare bad1/num bad1/bool bad1/dot bad1/enc bad1/arr bad1/arr2 bad1/none mix mix/a cond cond/a cond2 cond2/deno cond2/nested num str str/a.js str/package.json arr miss miss/dir miss/noext falsy falsy/a.js empty empty/a.js strbad longest/a longest/sub/c longest/subx longest/sxc mainonly mainonly/lib mainonly/lib/ mainonly/a mainonly/a.js/ mainmiss mainnum nomain nomain/ nomain/lib broken broken/index.js brokenb arrp @s/p @s/p/q @s/p/z @s @s/ @s/none self esm-only typed ./node_modules/pat ./node_modules/mainonly ./node_modules/mainmiss ./node_modules/nope ./req ./req.js/ ./ . ./node_modules/str/ none none/x @none/y %2f a%2fb a\\\\b #x # #/ ./x?y'.split(' ');
const shown = (v) => D(typeof v === 'object' ? Object.keys(v).join() : v);
for (const s of specs) {
  let out;
  try { out = shown(require2(s)); } catch (e) { out = `${e.name} ${e.code} ${D(e.message)}`; }
  console.log('require', s, '->', out);
}
(async () => {
  const { load, resolve } = await import(path.join(T, 'imp.mjs'));
  for (const s of specs) {
    let out;
    try { out = shown((await load(s)).default); } catch (e) { out = `${e.name} ${e.code} ${D(e.message)} ${D(e.url)}`; }
    console.log('import', s, '->', out);
  }
  for (const s of ['./nope.js', './', '../x', 'miss', 'miss/dir', 'none', 'pat/a', 'fs', 'node:fs', '#x', '/abs/none.js', './a b.js?q#h']) {
    let out;
    try { out = D(resolve(s)).replace(/^file:\/\/\/.*\/x$/, 'X'); } catch (e) { out = `${e.code} ${D(e.message)}`; }
    console.log('resolve', s, '->', out);
  }
  for (const s of ['./re/c0.js', './re/c1.js', './re/lib.js?1', './re/lib.js?2']) console.log(s, Object.keys(await load(s)).join(), (await load(s)) === (await load('./re/lib.js?1')));
  fs.rmSync(T, { recursive: true });
})();
