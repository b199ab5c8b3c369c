const show = (f) => { try { console.log(String(f())); } catch (e) { console.log(e.name + ': ' + e.message); } };
show(() => 'abc'.at(-1) + 'abc'.at(5) + '😀x'.codePointAt(0) + ' ' + '😀x'.codePointAt(1) + ' ' + 'a'.codePointAt(4)); show(() => String.fromCodePoint(128512, 97)); show(() => String.fromCodePoint(-1)); show(() => String.raw`a\n${1}b${2}`);
show(() => 'a'.concat(1, null, 'b') + ' ' + 'canal'.lastIndexOf('a') + 'canal'.lastIndexOf('x') + ' ' + 'canal'.lastIndexOf('')); show(() => 'abcdef'.substr(-3, 2) + ' ' + '  x '.trimStart() + '|' + '  x '.trimEnd() + '|');
show(() => 'abc'.normalize() + 'a'.isWellFormed() + 'a\ud800'.isWellFormed() + 'a\ud800'.toWellFormed().charCodeAt(1)); show(() => 'a'.normalize('x')); show(() => String.prototype.at.call(null)); show(() => ['b', 'a', 'C'].sort((x, y) => x.localeCompare(y)).join());
show(() => 'abc'.split('').reverse().join('') + 'a,b,c'.split(',', 2) + ' ' + 'abc'.split().length); show(() => 'ABC'.toLocaleLowerCase() + 'ß'.toUpperCase()); show(() => 'x'.repeat(-1));
show(() => 'abc'.includes(/b/)); show(() => 'abc'.split(undefined, 0).length);
