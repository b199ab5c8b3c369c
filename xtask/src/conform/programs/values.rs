//! Steps about values: objects, arrays, strings, numbers, maps and sets.

use super::generate::{Maker, NUMBERS};

impl Maker {
    pub(super) fn assign(&mut self) -> String {
        format!("{} = {};", self.root(), self.value(3))
    }

    pub(super) fn print(&mut self) -> String {
        match self.random.below(5) {
            0 => format!("say({});", self.value(2)),
            1 => format!("console.log({}, {});", self.value(1), self.value(2)),
            2 => format!(
                "console.log('%s|%d|%i|%j|%o|%%', {}, {}, {});",
                self.literal(),
                self.literal(),
                self.literal()
            ),
            _ => format!("say({});", self.root()),
        }
    }

    pub(super) fn object(&mut self) -> String {
        let (root, key, value) = (self.root(), self.key(), self.value(1));
        match self.random.below(9) {
            0 => format!("{root}[{key}] = {value}; say({root});"),
            1 => format!("say(delete {root}[{key}], {root});"),
            2 => format!("say(Object.keys({root}), Object.entries({root}).length);"),
            3 => format!(
                "{root} = {{ ...{root}, {}: {value} }}; say({root});",
                self.pick(&["a", "b", "last"])
            ),
            4 => format!("say(Object.assign({{}}, {root}, {value}));"),
            5 => format!("for (const key in {root}) say(key);"),
            6 => format!(
                "const o = {{}}; for (let i = 0; i < {}; i++) o[`k${{i}}`] = i; for (let i = 0; i < {}; i++) delete o[`k${{i * 2}}`]; {root} = o; say(o);",
                self.random.below(40),
                self.small()
            ),
            7 => format!(
                "say({key} in Object({root}), Object.hasOwn(Object({root}), {key}), {root}?.[{key}]);"
            ),
            _ => format!(
                "say(Object.fromEntries([[{key}, {value}], ['z', 1]]), Object.getOwnPropertyNames(Object({root})).slice(0, 20));"
            ),
        }
    }

    pub(super) fn array(&mut self) -> String {
        let (root, value, n) = (self.root(), self.value(1), self.small());
        let made = format!("[{}]", self.values(2, 6));
        match self.random.below(14) {
            0 => format!("{root} = {made}; {root}.push({value}); say({root}.length, {root});"),
            1 => format!("const a = {made}; say(a.pop(), a.shift(), a);"),
            2 => format!("const a = {made}; say(a.splice({n} % (a.length + 1), 2, {value}), a);"),
            3 => {
                format!("say({made}.map((x, i) => [i, typeof x]), {made}.filter(Boolean).length);")
            }
            4 => format!("say({made}.concat({root}, [{value}]).slice(-3));"),
            5 => format!(
                "say([5, 1, 4, {n}, 3].sort((a, b) => a - b), ['b', 'a', {n}].sort(), [3, 20, 100].sort());"
            ),
            6 => format!(
                "say({made}.indexOf({value}), {made}.includes({value}), {made}.find((x) => x === {value}));"
            ),
            7 => format!(
                "say([[1, [2]], [{value}]].flat(), [1, 2].flatMap((x) => [x, x * {n}]), Array.from({{ length: {n} }}, (_, i) => i * i));"
            ),
            8 => format!(
                "const a = []; a[{n}] = {value}; a[{n} * 3] = 1; a.length += 1; say(a, a.length, a.join('-').slice(0, 80));"
            ),
            9 => format!(
                "say({made}.reverse(), [1, 2, 3, 4].copyWithin(0, 2), new Array({n}).fill({value}));"
            ),
            10 => format!(
                "say([1, 2, 3, {n}].reduce((a, b) => a * 2 + b), [1, {n}, 3].reduceRight((a, b) => `${{a}}${{b}}`), [1, 2].every((x) => x > {n}));"
            ),
            11 => format!(
                "{root} = Array.from({{ length: {} }}, (_, i) => i % 3 ? i : `s${{i}}`); say({root}.length);",
                self.random.below(300)
            ),
            12 => format!("say([...{root}].length, Math.max(...[1, {n}, 3]));"),
            _ => format!(
                "const [first, , third = {value}, ...rest] = {made}; say(first, third, rest); say(Array.isArray({root}), {root}?.at?.(-1));"
            ),
        }
    }

    pub(super) fn string(&mut self) -> String {
        let (root, text, other, n) = (self.root(), self.text(), self.text(), self.small());
        match self.random.below(12) {
            0 => format!("{root} = {text}.repeat({n}) + {other}; say({root}, {root}.length);"),
            1 => format!("say({text}.split({other}), {text}.split(''));"),
            2 => format!("say({text}.replace('a', (x) => x + {n}).replaceAll('e', '<$&>'));"),
            3 => format!(
                "say({text}.padStart({n} * 2, {other}).slice(0, 40), {text}.padEnd(12) + '|', {text}.trim());"
            ),
            4 => format!(
                "say({text}.charCodeAt({n}), {text}.codePointAt(0), {text}.at(-1), [...{text}]);"
            ),
            5 => format!(
                "say({text}.toUpperCase(), {text}.toLowerCase(), {text}.localeCompare({other}));"
            ),
            6 => format!(
                "say({text}.indexOf({other}), {text}.lastIndexOf('a'), {text}.startsWith({other}), {text}.includes({other}, 1));"
            ),
            7 => format!(
                "let text = ''; for (let i = 0; i < {}; i++) text += {other} + i; {root} = text; say(text.length, text.slice(-20));",
                self.random.below(200)
            ),
            8 => format!(
                "say({text} < {other}, {text} === {other}, {text} + {n}, {text} * 1, Number({text}), parseInt({text}), parseFloat({other}));"
            ),
            9 => {
                format!("say({text}.substring({n}, 2), {text}.slice(-{n}), {text}.substr(1, {n}));")
            }
            10 => format!("say(String({root}).slice(0, 60), `${{{text}}}`.concat({other}, {n}));"),
            _ => format!(
                "say(encodeURIComponent({text}), escape({text}), JSON.stringify({text}), {text}.normalize().length);"
            ),
        }
    }

    pub(super) fn number(&mut self) -> String {
        let (a, b, n) = (self.pick(NUMBERS), self.pick(NUMBERS), self.small());
        match self.random.below(8) {
            0 => format!("say(({a}) + ({b}), ({a}) * ({b}), ({a}) / ({b}), ({a}) % ({b}));"),
            1 => format!(
                "say(({a}).toString({}), ({a}).toFixed({n} % 5), ({b}).toPrecision({n} + 1), ({b}).toExponential());",
                2 + self.random.below(35)
            ),
            2 => format!(
                "say(Math.floor({a}), Math.round({b}), Math.trunc({a}), Math.sign({b}), Math.hypot({n}, 4), Math.clz32({a}), Math.fround({b}), Math.imul({a}, {b}));"
            ),
            3 => format!(
                "say(({a}) | 0, ({a}) >>> 0, ({b}) >> {n}, ~({b}), ({a}) ^ ({b}), ({a}) & ({b}));"
            ),
            4 => format!(
                "say(Number.isInteger({a}), Number.isSafeInteger({b}), Object.is({a}, {b}), isNaN({a}), [{a}, {b}].includes({a}));"
            ),
            5 => format!(
                "let sum = 0; for (let i = 0; i < {}; i++) sum = sum * 31 + i * ({a}); say(sum);",
                self.random.below(100)
            ),
            6 => format!(
                "say(BigInt.asUintN(64, -{n}n), {n}n * 10n ** 20n, (1n << {n}n).toString(16), BigInt({n}) === {n}n, {n}n == {n}, 7n / 2n, -7n % 4n);"
            ),
            _ => format!(
                "let x = {a}; x++; say(x, x--, ++x, x **= 2, x ?? 1, (x ||= {b}), (x &&= {n}));"
            ),
        }
    }

    pub(super) fn map_and_set(&mut self) -> String {
        let (root, key, value, n) = (self.root(), self.value(1), self.value(1), self.small());
        match self.random.below(6) {
            0 => format!(
                "{root} = new Map(); for (let i = 0; i < {}; i++) {root}.set(i % 2 ? i : `k${{i}}`, i); {root}.delete({n}); say({root}.size, [...{root}.keys()].slice(0, 5));",
                self.random.below(60)
            ),
            1 => format!(
                "const m = new Map([[{key}, {value}], [NaN, 1], [-0, 2]]); say(m, m.get(NaN), m.get(0), m.has({key}));"
            ),
            2 => "const m = new Map([[1, 2], [3, 4]]); for (const [k] of m) { say(k); m.delete(3); if (k < 9) m.set(k + 4, 1); } say(m);".to_owned(),
            3 => format!(
                "const s = new Set([{key}, {value}, {n}]); s.add({n}); s.delete({key}); say(s, s.size, [...s.entries()].length);"
            ),
            4 => format!(
                "const s = new Set([1, 2]); s.forEach((x) => {{ say(x); if (x < {n}) s.add(x + 2); s.delete(x); }}); {root} = s;"
            ),
            _ => format!(
                "if ({root} instanceof Map) {{ {root}.set({key}, {value}); say({root}.size); }} else {root} = new Map([[{key}, {root}]]);"
            ),
        }
    }
}
