function t(n, f) { let r; try { r = f(); r = typeof r === 'object' ? JSON.stringify(r) : String(r); } catch (e) { r = `${e.name}: ${e.message}`; } console.log(n, '->', r); }
// what is asked of an expression
function asked(flags, f, over) {
  const log = []; const r = new RegExp('a(b)?', flags);
  const h = { get(t, k, rec) { log.push(String(k)); const v = Reflect.get(t, k, k === 'exec' || k === 'lastIndex' ? t : t); return typeof v === 'function' && k === 'exec' ? v.bind(t) : v; }, set(t, k, v) { log.push('=' + String(k)); t[k] = v; return true; } };
  const p = new Proxy(r, h); let out; try { out = f(p); if (out && out.next) out = [...out].map(String); } catch (e) { out = e.name + ': ' + e.message; }
  return [log.join(' '), out];
}
for (const flags of ['', 'g', 'y', 'gy', 'u', 'gu', 'd', 'v', 'gv', 'i', 'gimsuy']) {
  t('matchAll ' + flags, () => asked(flags, (p) => RegExp.prototype[Symbol.matchAll].call(p, 'xabab')));
  t('search ' + flags, () => asked(flags, (p) => RegExp.prototype[Symbol.search].call(p, 'xabab')));
  t('test ' + flags, () => asked(flags, (p) => RegExp.prototype.test.call(p, 'xabab')));
  t('toString ' + flags, () => asked(flags, (p) => RegExp.prototype.toString.call(p)));
  t('new ' + flags, () => asked(flags, (p) => String(new RegExp(p))));
  t('call ' + flags, () => asked(flags, (p) => String(RegExp(p))));
}
// own getters over a real expression
for (const k of ['exec', 'lastIndex', 'source', 'constructor'])
  for (const v of [undefined, true, 'g', () => 5])
    for (const flags of ['', 'g'])
      for (const [n, f] of Object.entries({ replace: (r) => 'xabab'.replace(r, '[$&]'), match: (r) => 'xabab'.match(r), matchAll: (r) => [...'xabab'.matchAll(r)].length, search: (r) => 'xabab'.search(r), split: (r) => 'xabab'.split(r), test: (r) => r.test('xabab'), replaceAll: (r) => 'xabab'.replaceAll(r, 'q') })) {
        if (k === 'global' && v && flags === '') continue; if (k === 'exec' && typeof v === 'function' && flags === 'g') continue;
        t(`${k}=${typeof v === 'symbol' ? 'sym' : String(v)} ${flags} ${n}`, () => { const r = new RegExp('a(b)', flags); try { Object.defineProperty(r, k, { value: v, writable: true }); } catch { r[k] = v; } return f(r); });
      }
t('exec 5', () => { const re = /a/; re.exec = () => 5; return re.test('a'); });
t('exec 5 replace', () => { const re = /a/; re.exec = () => 5; return 'a'.replace(re, 'b'); });
t('exec str', () => { const re = /a/; re.exec = () => 'x'; return 'a'.match(re); });
t('exec sym', () => { const re = /a/; re.exec = () => Symbol('q'); return 'a'.search(re); });
t('exec undefined', () => { const re = /a/; re.exec = () => undefined; return 'a'.split(re); });
t('exec non fn', () => { const re = /a/; re.exec = 5; return re.test('a'); });
t('exec array', () => { const re = /a/; re.exec = () => ({ index: 1, length: 3, 0: 'b', 1: 'c' }); return 'abc'.replace(re, '[$1$2$3$&$`$\']'); });
for (const m of ['test', 'exec', 'toString', 'compile', Symbol.match, Symbol.replace, Symbol.search, Symbol.split, Symbol.matchAll]) for (const r of [undefined, null, 5, 'x', {}, [], () => 1, RegExp.prototype]) t(`${String(m)} on ${r === RegExp.prototype ? 'proto' : typeof r === 'function' ? 'fn' : JSON.stringify(r)}`, () => RegExp.prototype[m].call(r, 'a'));
for (const m of ['flags', 'global', 'source', 'hasIndices', 'unicodeSets']) for (const r of [undefined, null, 5, 'x', {}, RegExp.prototype]) t(`get ${m} on ${r === RegExp.prototype ? 'proto' : JSON.stringify(r)}`, () => Object.getOwnPropertyDescriptor(RegExp.prototype, m).get.call(r));
for (const m of ['match', 'matchAll', 'replace', 'replaceAll', 'search', 'split']) for (const a of [undefined, null, 5, 'a', {}, [], Symbol('s'), { [Symbol.match]: 5 }, { [Symbol.replace]: 5 }, /a/, /a/g]) { t(`'xaxa'.${m} ${typeof a === 'symbol' ? 'sym' : a instanceof RegExp ? String(a) : JSON.stringify(a)}`, () => { const r = 'xaxa'[m](a, 'z'); return r && r.next ? [...r] : r; }); }
const bad = ['(', ')', '[', ']', '{', '}', '*', '+', '?', 'a**', 'a{2,1}', 'a{1}{2}', '(?', '(?:', '(?<', '(?<a', '(?<a>', '(?<a>)(?<a>)', '(?<1>)', '(?<a>\\k<b>)', '\\k<a', '\\k', '(?<a>)\\k', '\\', '[b-a]', '[\\d-z]', '[z-\\d]', '(?=', '(?!', '(?<=', '(?<!', '(?=a)*', '(?<=a)*', 'a|*', '(?i:a)', '(?-i:a)', '(?a)', '\\u{110000}', '\\u{', '\\u{}', '\\u', '\\x', '\\xg', '\\c', '\\p', '\\p{', '\\p{X}', '\\p{L', '\\P{Any}', '[\\p{X}]', '\\1', '\\8', '(\\2)', '\\-', '[\\-]', '\\a', '\\_', '{1}', '{', 'a{', 'a{1', 'a{1,', 'a{1,2', '}', ']', '[a', '[^', '[a-', '\\00', '\\01', '[\\1]', '[\\00]', '\\cA', '\\c1', '[\\c]', '(?<𠮷>a)', '(?<a\\u0062>a)', '(?<\\u{1d7da}>a)', '^*', '$*', '\\b+', '\\B*', '((((', 'a{99999999999}', 'a{0,99999999999}', '(?:a', 'a)', '[[a]', '[a--b]', '[a&&b]', '[&&a]', '[a---b]', '[a&&&b]', '[(]', '[a||b]', '\\q{a}', '[\\q{a|b}]', '[^\\q{ab}]', '\\p{RGI_Emoji}', '[^\\p{RGI_Emoji}]', '\\P{RGI_Emoji}', '[a-\\d]', '[]', '[^]', 'x{1}?', 'x{1}??', '(?<a>x)|(?<a>y)', '(?<a>x)|y(?<a>z)', '\\p{Script=Greek}', '\\p{sc=Foo}', '\\p{General_Category=Lu}', '\\p{Lu}', '\\p{lu}', '\\p{ASCII}', '\\p{Script}', '\\p{ascii}', '(?#a)', '(?P<a>)', '(?>a)', '\\/', '/', '\n', '\u2028', 'a'.repeat(3) + '('];
for (const b of bad) for (const f of ['', 'u', 'v']) { t(`new ${JSON.stringify(b)} ${f}`, () => new RegExp(b, f)); if (!/[\n\u2028]/.test(b) && !/^\//.test(b)) t(`lit ${JSON.stringify(b)} ${f}`, () => { try { return String(Function(`return /${b}/${f}`)()); } catch (e) { return e.name + ': ' + e.message; } }); }
for (const f of ['g', 'gg', 'x', 'uv', 'vu', 'gimsuyd', 'gimsuyv', ' g', 'G', undefined, null, 5, {}, '\u0067']) { t('flags ' + String(f), () => new RegExp('a', f).flags); t('litflags ' + String(f), () => Function('return /a/' + f)().flags); t('compile ' + String(f), () => /a/.compile('b', f).flags); }
for (const b of ['(?i:a)', 'a(?<n>b)|c(?<n>d)', '(']) { t('eval lit ' + b, () => eval('/' + b + '/')); t('eval multi ' + b, () => eval('1;\n  var q = /' + b + '/g')); }
