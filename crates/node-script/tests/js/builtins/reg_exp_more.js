// Expressions by the table: what each finds in a text, or what is wrong with it.
'use strict';
const list = (value) => JSON.stringify(value, (_, part) => (part === undefined ? '-' : part));
function show(source, flags, ...texts) {
  let expression;
  try {
    expression = new RegExp(source, flags);
  } catch (error) {
    console.log(source, flags, error.name + ': ' + error.message);
    return;
  }
  for (const text of texts) {
    const found = expression.exec(text);
    console.log(source, flags, list(text), found ? found.index + ' ' + list([...found]) : 'no', found?.groups ? list(found.groups) : '');
  }
}

// Repetitions, and what groups have after each turn.
for (const [source, flags, ...texts] of [
  ['(z)((a+)?(b+)?(c))*', '', 'zaacbbbcac'], ['(a*)*', '', 'b', 'aab'], ['(?:a*?)*?b', '', 'aab'],
  ['(?=(a+))a*b\\1', '', 'baaabac'], ['(.*?)a(?!(a+)b\\2c)\\2(.*)', '', 'baaabaac'],
  ['((a)|(b))*', '', 'ab'], ['(?:(a)|(b)|(c))+', '', 'abc', 'cba'], ['(a?)*?$', '', 'aa'], ['(?:)*x', '', 'x'],
  ['a{2,3}', '', 'a', 'aa', 'aaaa'], ['a{2,3}?', '', 'aaaa'], ['a{0}b', '', 'ab'], ['a{0,0}', '', 'a'], ['(a{2}){2}', '', 'aaaaa'],
  ['(?:ab){2,}', '', 'ab', 'ababab'], ['(?:ab){2,}?c', '', 'abababc'], ['(?:a|ab){2}c', '', 'aabc', 'abac'], ['(?:a?){3}b', '', 'aab', 'b'],
  ['(?:a?){2,4}?b', '', 'aaab'], ['(?:|a)*b', '', 'aab'], ['(?:|a)+b', '', 'aab'], ['(?:a|){2,3}$', '', 'aaa'], ['(\\2a)(\\1)', '', 'aaa'],
  ['x*?y', '', 'xxy'], ['x+?', '', 'xxx'], ['x??y', '', 'xy'], ['(x)??y', '', 'xy'], ['[^]*?z', '', 'ab\nz'], ['a.c', '', 'a\nc', 'abc'], ['a.c', 's', 'a\nc'],
  ['^b', 'm', 'a\nb', 'a\rb', 'a\u2028b'], ['a$', 'm', 'a\nb', 'ba'], ['a$', '', 'a\n', 'ba'], ['^', 'g', ''], ['\\bfoo\\B', '', 'foo foox', 'foo'],
  ['(?<=(\\d+)(\\d+))$', '', '1053'], ['(?<=\\1(a))b', '', 'aab'], ['(?<!a|b)c', '', 'ac', 'bc', 'xc', 'c'], ['(?<=^|,)x', '', 'a,x', 'x', 'ax'],
  ['(?<=a{2})b', '', 'aab', 'ab'], ['(?<=(?:ab)+?)c', '', 'ababc'], ['(?<=a.*?b)c', '', 'axxbc'], ['(?<=([abc]+)([abc]+))$', '', 'abc'], ['(?<=(?=(a))a)b', '', 'ab'],
  ['(?=(?<n>a))\\k<n>a', '', 'aa'], ['(?!(a)b)\\1a', '', 'aa'], ['(?=a)*b', '', 'b'], ['(?=(a))?b', '', 'ab'], ['(?:(?=(a))){1,2}b?', '', 'ab'], ['(?!a)+b', '', 'b'],
  ['(?<year>\\d{4})-(?<month>\\d\\d)', '', '2024-05'], ['\\k<a>(?<a>x)', '', 'x'], ['(?<a>.)(?<b>.)\\k<b>\\k<a>', '', 'abba'], ['(?<\\u0061b>x)', '', 'x'], ['(?<𝒜>.)', '', 'a'], ['(?<$_1>.)', 'u', 'a'],
  ['(a)|b\\1', '', 'b', 'a'], ['(?:(a)|b)*\\1', '', 'ab', 'aba'], ['(a(b)?)+', '', 'aba'], ['((?:a(b)?)+)\\2', '', 'ababb'], ['(?:a+)+$', '', 'aaab', 'baaa'],
]) show(source, flags, ...texts);

// Classes.
for (const [source, flags, ...texts] of [
  ['[a-c]+', '', 'xabcd'], ['[^a-c]+', '', 'abxyc'], ['[]', '', 'a'], ['[^]', '', '\n'], ['[-a]', '', '-'], ['[a-]', '', '-'], ['[\\w-a]+', '', 'b-'], ['[a-\\d]+', '', 'a-5'], ['[\\]]', '', ']'],
  ['[\\b]', '', '\b'], ['[\\cA\\c1\\c_]+', '', '\x01\x11\x1f'], ['[\\c]+', '', '\\c'], ['\\c', '', '\\c'], ['\\cj', '', '\n'], ['[\\0-\\x02]+', '', '\0\x01\x02'], ['\\0', '', '\0'], ['\\07', '', '\x07'], ['\\101\\9\\8', '', 'A98'], ['\\400', '', ' 0'], ['[\\101-\\103]+', '', 'ABCD'],
  ['\\1', '', '\x01'], ['\\2(a)', '', '\x02a'], ['(a)\\1\\2', '', 'aa\x02'], ['\\x4', '', 'x4'], ['\\x41', '', 'A'], ['\\u41', '', 'u41'], ['\\u0041', '', 'A'], ['\\u{41}', '', 'u'.repeat(41)], ['\\u{41}', 'u', 'A'], ['\\q\\e\\-', '', 'qe-'], ['\\k<a>', '', 'k<a>'], ['\\p{L}', '', 'p{L}'], ['a{', '', 'a{'], ['a{1', '', 'a{1'], ['a{,2}', '', 'a{,2}'], ['}', '', '}'], [']', '', ']'], ['{', '', '{'], ['x{a}', '', 'x{a}'],
  ['\\d\\D\\s\\S\\w\\W', '', '1a b_-'], ['\\s+', '', '\t\v\f \u00a0\ufeff\u2003\u2028'], ['[^\\d\\s]+', '', '1 ab'], ['[\\D\\d]', '', '\u1234'],
  ['é', 'i', 'É'], ['[à-ý]+', 'i', 'ÀÉÝ÷'], ['ß', 'i', 'ẞ', 'SS'], ['ß', 'iu', 'ẞ'], ['σ', 'i', 'ς', 'Σ'], ['[^x]', 'i', 'X', 'y'], ['\\w', 'i', 'ſ', 'K'], ['\\w', 'iu', 'ſ', 'K'], ['\\W', 'iu', 'ſ', 'S'], ['[^\\W]', 'iu', 'ſ'], ['\\bx', 'iu', 'ſx'], ['K', 'i', 'k'], ['K', 'iu', 'k'], ['s', 'iu', 'ſ'], ['[k-s]', 'iu', 'ſ'], ['\\u0130', 'i', 'i'], ['ı', 'i', 'I'], ['ı', 'iu', 'I', 'i'], ['ǆ', 'i', 'ǅ', 'Ǆ'], ['ᾳ', 'i', 'ᾼ'], ['ᾳ', 'iu', 'ᾼ'], ['µ', 'i', 'μ', 'Μ'], ['Ω', 'i', 'ω'], ['Ω', 'iu', 'ω'], ['ꭰ', 'i', 'Ꭰ'], ['ꭰ', 'iu', 'Ꭰ'], ['\\u{10400}', 'iu', '\u{10428}'], ['(a)\\1', 'i', 'aA'], ['(ſ)\\1', 'iu', 'ſS'], ['(ſ)\\1', 'i', 'ſS'], ['[A-z]', 'i', '_', 'É'], ['[^é]', 'i', 'É', 'e'], ['\\u{10400}|b', 'iu', '\u{10428}', 'B'],
]) show(source, flags, ...texts);

// Code points.
for (const [source, flags, ...texts] of [
  ['.', 'u', '😀', '\ud83d', '\ude00x'], ['^.$', '', '😀'], ['^.$', 'u', '😀'], ['\\ud83d', '', '😀'], ['\\ud83d', 'u', '😀', '\ud83dx', 'x\ud83d'], ['\\ude00', 'u', '😀', '\ude00'], ['\\ud83d\\ude00', 'u', '😀'], ['[😀-😂]', 'u', '😁'], ['[^x]', 'u', '😀'], ['[^x]', '', '😀'], ['😀{2}', 'u', '😀😀'], ['😀{2}', '', '😀😀', '😀\ude00'], ['(?<=😀)x', 'u', '😀x'], ['(?<=\\ud83d)x', 'u', '\ud83dx'], ['(?<=.)x', 'u', '😀x'], ['(?<=^.)x', 'u', '😀x'], ['(?<=^.)x', '', '😀x'], ['(.)\\1', 'u', '😀😀'], ['(?<=(.))\\1', 'u', '😀😀'], ['.*x', 'u', '😀\ud83dx'], ['.*?\\ude00', 'u', '😀\ude00'], ['\\B', 'u', '😀'], ['\\S+', 'u', ' 😀 '],
  ['\\p{Lu}+', 'u', 'aÄÖb'], ['\\P{L}+', 'u', 'a12b'], ['\\p{Script=Greek}+', 'u', 'aαβb'], ['\\p{scx=Hira}', 'u', 'ー'], ['\\p{sc=Hira}', 'u', 'ー'], ['[\\p{Nd}_]+', 'u', '٣4_'], ['[^\\p{L}]', 'u', 'aé1'], ['\\p{Emoji_Presentation}', 'u', '😀'], ['\\p{ASCII_Hex_Digit}+', 'u', 'xfA'], ['\\p{gc=Lu}', 'iu', 'a'], ['\\P{Lu}', 'iu', 'A'], ['[^\\P{Lu}]', 'iu', 'a'], ['\\p{Any}', 'u', ''], ['\\p{Assigned}', 'u', '\u0378'], ['\\p{ID_Start}', 'u', '1a'],
  ['\\p{General_Category=Uppercase_Letter}', 'u', 'aB'], ['\\p{lu}', 'u', 'a'], ['\\p{Lu=Lu}', 'u', 'a'], ['\\p{Script}', 'u', 'a'], ['\\p{sc=Nothing}', 'u', 'a'], ['\\p{L', 'u', 'a'], ['\\p', 'u', 'a'], ['[\\p{Nope}]', 'u', 'a'], ['\\p{RGI_Emoji}', 'u', 'a'],
]) show(source, flags, ...texts);

// The flag v.
for (const [source, flags, ...texts] of [
  ['[\\p{L}--[a-z]]', 'v', 'aB', 'é'], ['[\\w&&\\d]+', 'v', 'a12'], ['[[a-z][0-9]]+', 'v', 'a1-'], ['[\\q{abc|d|}x]', 'v', 'abc', 'd', 'x', 'z'], ['^[\\q{ab|a}]b$', 'v', 'ab', 'abb'], ['[^[a-c]]', 'v', 'ad'], ['[a-z--[aeiou]]+', 'v', 'aeibcd'], ['[\\q{KM|k}--\\q{km}]', 'vi', 'KM', 'K'], ['\\P{Lu}', 'iv', 'A', '1'], ['[^\\p{Lu}]', 'iv', 'a', '1'], ['[^\\P{Lu}]', 'iv', 'a'], ['^\\p{Emoji_Keycap_Sequence}$', 'v', '1\ufe0f\u20e3'], ['^\\p{RGI_Emoji}$', 'v', '👩‍💻', '😀', '🇩🇪', 'a'], ['^[\\p{RGI_Emoji}--\\q{😀}]$', 'v', '😀', '😁'], ['[\\&\\-\\!]', 'v', '&'], ['[\\p{RGI_Emoji_Flag_Sequence}a]', 'v', 'x🇩🇪'],
  ['[(]', 'v'], ['[a--b&&c]', 'v'], ['[a&&b--c]', 'v'], ['[a&&&b]', 'v'], ['[ab--c]', 'v'], ['[a-z&&b]', 'v'], ['[!!]', 'v'], ['[^\\q{ab}]', 'v'], ['\\P{RGI_Emoji}', 'v'], ['[|]', 'v'], ['[a-]', 'v'], ['[-a]', 'v'], ['[a', 'v'], ['[\\q{a', 'v'], ['[[a]', 'v'], ['[\\d-a]', 'v'], ['[z-a]', 'v'], ['[a--]', 'v'], ['\\p{Nope}', 'v'], ['[\\p{Nope}]', 'v'],
]) show(source, flags, ...texts);

// What is wrong.
for (const [source, flags] of [
  ['(', ''], [')', ''], ['a)', ''], ['(?', ''], ['(?a)', ''], ['(?:', ''], ['(?<', ''], ['(?<a', ''], ['(?<1>a)', ''], ['(?<>a)', ''], ['(?<a>)(?<a>)', ''], ['(?<a\\u{110000}>)', 'u'], ['\\k', 'u'], ['\\k<', 'u'], ['\\k<a>', 'u'], ['(?<a>)\\k<b>', ''], ['(?<a>)\\k', ''], ['(?<a>)[\\k]', ''], ['[', ''], ['[a', ''], ['[b-a]', ''], ['[a-', ''], ['[\\', ''], ['[\\d-z]', 'u'], ['[a-\\d]', 'u'], ['\\', ''], ['\\', 'u'], ['*', ''], ['+', ''], ['?', ''], ['a**', ''], ['a+*', ''], ['a???', ''], ['{1}', ''], ['{1', 'u'], ['x{1', 'u'], ['x{2,1}', ''], ['x{2,1}', 'u'], ['x{', 'u'], ['}', 'u'], [']', 'u'], ['^*', ''], ['$+', ''], ['\\b*', ''], ['(?<=a)*', ''], ['(?=a)*', 'u'], ['(?!a){2}', 'u'], ['\\1', 'u'], ['\\2(a)', 'u'], ['\\01', 'u'], ['\\00', 'u'], ['[\\1]', 'u'], ['[\\00]', 'u'], ['\\8', 'u'], ['\\c', 'u'], ['\\c1', 'u'], ['[\\c]', 'u'], ['\\x', 'u'], ['\\x1', 'u'], ['\\u', 'u'], ['\\u12', 'u'], ['\\u{', 'u'], ['\\u{}', 'u'], ['\\u{110000}', 'u'], ['\\a', 'u'], ['\\-', 'u'], ['[\\-]', 'u'], ['[\\B]', 'u'], ['[\\a]', 'u'], ['a|*', ''], ['(*)', ''], ['(?=*)', ''], ['a{99999999999999999999}', ''], ['a{5,99999999999}', ''], ['a{99999999999,5}', ''], ['(?<𝒜', ''], ['(?<\ud83d>a)', ''], ['[[:alpha:]]', ''],
]) show(source, flags, 'a');

// Texts of one byte and of two, sticky ones, and places inside characters.
for (const text of ['aXbXc', 'aXbXc\u0100']) {
  const sticky = /X./y;
  sticky.lastIndex = 1;
  console.log(sticky.exec(text)?.[0], sticky.lastIndex, sticky.exec(text)?.[0], sticky.lastIndex, sticky.exec(text), sticky.lastIndex);
  console.log(text.replace(/X/g, '<$&>'), text.split(/X/), text.search(/c/), [...text.matchAll(/X(.)/g)].map((m) => m[1] + m.index), text.match(/X./g));
  console.log(text.replace(/(?<a>b)|(c)/g, (...all) => list(all)), text.split(/(X)/), text.split(/X/, 1), text.replace(/x/gi, (m, at) => at), /^c/m.test('b\nc' + text));
}
const inside = /./u, after = /(?:)/gu;
after.lastIndex = 1;
console.log(inside.exec('😀').index, after.exec('😀')?.index, after.lastIndex, '😀'.split(/(?:)/u), '😀'.split(/(?:)/), '😀a'.replace(/(?:)/gu, '-'), list('😀'.match(/\udf00|\ude00/g)));
const low = /\ude00/gy;
low.lastIndex = 1;
console.log(low.test('😀'), low.lastIndex);
const whole = /\ude00/guy;
whole.lastIndex = 1;
console.log(whole.test('😀'), whole.lastIndex);
console.log('x'.repeat(50).match(/(x{2}){3,7}?x*?$/)[0].length, /(?:(?:(?:a)b)c)+/.exec('abcabc')[0], 'aaa'.replace(/a*?/g, '-'), 'abc'.replace(/(?=b)/, '|'), 'abc'.replace(/(?<=b)/, '|'));
console.log('a\nb\r\nc'.split(/\r?\n/), 'a1b2'.replace(/\d/g, (d) => d * 2), 'camelCaseText'.replace(/[A-Z]/g, (c) => '_' + c.toLowerCase()), '  trim '.replace(/^\s+|\s+$/g, ''), 'key=value; k2=v2'.match(/(\w+)=(\w+)/g));
