//! Steps about the language: functions, classes, generators, promises, control, exceptions, properties.

use super::generate::Maker;

impl Maker {
    pub(super) fn closure(&mut self) -> String {
        let (root, other, value, n) = (self.root(), self.root(), self.value(1), self.small());
        match self.random.below(6) {
            0 => format!(
                "{root} = ((start) => {{ let count = start; return () => (count += {n}); }})({n}); say({root}(), {root}());"
            ),
            1 => format!(
                "const made = []; for (let i = 0; i < {n}; i++) made.push(() => i * 2); say(made.map((f) => f())); {root} = made;"
            ),
            2 => format!(
                "const made = []; for (var i = 0; i < {n}; i++) made.push(() => i); say(made.map((f) => f()));"
            ),
            3 => format!(
                "say(typeof {root} === 'function' ? {root}.length : 'none', typeof {other});"
            ),
            4 => format!(
                "function f(a, b = a + {n}, ...rest) {{ return [a, b, rest.length, arguments.length]; }} say(f(1), f(1, 2, 3), f.length, f.name, f.call(null, {value}), f.bind(0, 1)(2));"
            ),
            _ => format!(
                "const counter = (() => {{ let n = {n}; return {{ get n() {{ return n; }}, set n(x) {{ n = x * 2; }} }}; }})(); counter.n = {n} + 1; say(counter.n, counter); {root} = counter;"
            ),
        }
    }

    pub(super) fn generator(&mut self) -> String {
        let (root, value, n) = (self.root(), self.value(1), self.small());
        match self.random.below(6) {
            0 => format!(
                "function* g() {{ try {{ const x = yield 1; say('got', x); yield* [2, {value}]; }} finally {{ say('finally'); }} }} const i = g(); say(i.next(), i.next({n}), i.next(), i.return(9), i.next());"
            ),
            1 => format!(
                "function* count() {{ let i = 0; while (true) yield i++; }} for (const x of count()) {{ if (x > {n}) break; say(x); }}"
            ),
            2 => format!(
                "const o = {{ *[Symbol.iterator]() {{ yield* 'ab'; yield {value}; }} }}; say([...o], Math.max(...[{n}]), new Map([[1, [...o].length]]));"
            ),
            3 => format!(
                "async function* a() {{ for (let i = 0; i < {n}; i++) {{ await null; yield i; }} }} const all = []; for await (const x of a()) all.push(x); say(all);"
            ),
            4 => format!(
                "function* g() {{ try {{ yield 1; }} catch (error) {{ yield error; }} return 3; }} {root} = g(); say({root}.next(), {root}.throw({value}), {root}.next());"
            ),
            _ => format!(
                "if (typeof {root}?.next === 'function') say({root}.next()); else {root} = [1, {n}][Symbol.iterator]();"
            ),
        }
    }

    pub(super) fn class(&mut self) -> String {
        let (root, value, n) = (self.root(), self.value(1), self.small());
        match self.random.below(5) {
            0 => format!(
                "class A {{ #p = {n}; q = {value}; static s = 1; get p() {{ return this.#p; }} add(x) {{ this.#p += x; return this; }} }} {root} = new A(); say({root}.add(2).p, {root}, A.s, A.name);"
            ),
            1 => format!(
                "class A {{ constructor(x) {{ this.x = x; }} hello() {{ return `A${{this.x}}`; }} }} class B extends A {{ constructor() {{ super({n}); this.y = 1; }} hello() {{ return super.hello() + 'B'; }} }} {root} = new B(); say({root}.hello(), {root} instanceof A, {root});"
            ),
            2 => format!(
                "class E extends Error {{ constructor(m) {{ super(m); this.name = 'E'; this.code = {n}; }} }} try {{ throw new E('bad'); }} catch (error) {{ say(error.name, error.message, error.code, error instanceof E, String(error)); }}"
            ),
            3 => format!(
                "class L extends Array {{ sum() {{ return this.reduce((a, b) => a + b, 0); }} }} const l = L.from([1, 2, {n}]); say(l.sum(), l.map((x) => x * 2) instanceof L, l.length, l);"
            ),
            _ => format!(
                "const o = {{ __proto__: {{ inherited() {{ return {n}; }} }}, own: 1, toString() {{ return 'o!'; }} }}; say(o.inherited(), `${{o}}`, o + 1, Object.getPrototypeOf(o) === Object.prototype); {root} = o;"
            ),
        }
    }

    pub(super) fn promise(&mut self) -> String {
        let (root, value, n) = (self.root(), self.value(1), self.small());
        match self.random.below(7) {
            0 => "process.nextTick(() => say('tick')); Promise.resolve().then(() => say('micro')); setImmediate(() => say('immediate')); queueMicrotask(() => say('queued')); say('now'); await turn();".to_owned(),
            1 => format!("say(await Promise.all([1, Promise.resolve({value}), turn().then(() => {n})]), await Promise.race([turn(), {n}]));"),
            2 => format!("say(await Promise.allSettled([Promise.reject(new Error('no')).catch((e) => e.message), Promise.reject({n}), {value}]));"),
            3 => "await Promise.any([Promise.reject(1), Promise.reject(2)]).catch((error) => say(error.constructor.name, error.errors, error.message));".to_owned(),
            4 => format!("const f = async (x) => {{ try {{ return await x; }} finally {{ say('after'); }} }}; say(await f({n}), await f(Promise.resolve({value})));"),
            5 => format!("const order = []; const p = Promise.resolve(); p.then(() => order.push(1)).then(() => order.push(2)); (async () => {{ await null; order.push(3); await null; order.push(4); }})(); await turn(); say(order, p); {root} = p;"),
            _ => format!("const {{ promise, resolve }} = (() => {{ let resolve; return {{ promise: new Promise((r) => (resolve = r)), resolve }}; }})(); say(typeof resolve, promise); {root} = promise;"),
        }
    }

    pub(super) fn control(&mut self) -> String {
        let (value, n) = (self.value(1), self.small());
        match self.random.below(5) {
            0 => format!(
                "outer: for (let i = 0; i < 4; i++) {{ for (let j = 0; j < 4; j++) {{ if (j === {n}) continue outer; if (i + j > 4) break outer; say(i, j); }} }}"
            ),
            1 => format!(
                "switch ({value}) {{ case 1: say('one'); case {n}: say('n'); break; default: say('other'); case 'a': say('fallen'); }}"
            ),
            2 => format!(
                "let i = {n}; do {{ i -= 2; if (i === 3) continue; say(i); }} while (i > 0);"
            ),
            3 => format!("const f = (n) => n < 2 ? n : f(n - 1) + f(n - 2); say(f({n} + 5));"),
            _ => format!(
                "var x = {n}; {{ let x = 1; {{ x++; say(x); }} }} say(x); say((() => {{ try {{ return y; }} catch (error) {{ return error.message; }} let y; }})());"
            ),
        }
    }

    pub(super) fn exception(&mut self) -> String {
        let (root, value, n) = (self.root(), self.value(1), self.small());
        match self.random.below(7) {
            0 => format!("const f = () => {{ try {{ throw {value}; }} catch ({{ message }}) {{ return message; }} finally {{ say('finally'); }} }}; say(f());"),
            1 => format!("{root}.missing.deeper;"),
            2 => format!("{root}.method({n});"),
            3 => format!("new ({root})();"),
            4 => "const deep = (n) => deep(n + 1); try { deep(0); } catch (error) { say(error.name, error.message); }".to_owned(),
            5 => format!("null[{value}];"),
            _ => format!("const constant = 1; try {{ constant = {n}; }} catch (error) {{ say(error.message); }} throw new RangeError(`n ${{{n}}}`, {{ cause: {value} }});"),
        }
    }

    pub(super) fn destructuring(&mut self) -> String {
        let (root, value, n) = (self.root(), self.value(2), self.small());
        match self.random.below(4) {
            0 => format!(
                "const {{ a, b: renamed = {n}, ...rest }} = Object({value}); say(a, renamed, rest);"
            ),
            1 => format!(
                "let x = 1, y = {n}; [x, y] = [y, x]; say(x, y); ({{ x, y = 3 }} = {{ x: {value} }}); say(x, y);"
            ),
            2 => format!(
                "const f = ({{ a = 1, b: {{ c }} = {{ c: {n} }} }} = {{}}, [d, ...e] = [7, 8, 9]) => [a, c, d, e]; say(f(), f({{ a: {value} }}, 'xyz'));"
            ),
            _ => format!(
                "const [a = {n}, [b] = [{value}]] = Object({root})[Symbol.iterator] ? {root} : []; say(a, b);"
            ),
        }
    }

    pub(super) fn property(&mut self) -> String {
        let (root, key, value, n) = (self.root(), self.key(), self.value(1), self.small());
        match self.random.below(5) {
            0 => format!(
                "const o = Object.defineProperty({{ x: {n} }}, {key}, {{ get: () => {value}, enumerable: {} }}); say(o, Object.getOwnPropertyDescriptor(o, 'x'), Object.keys(o)); {root} = o;",
                self.random.one_of(2)
            ),
            1 => format!(
                "const o = Object.freeze({{ a: {n} }}); say(Object.isFrozen(o)); (() => {{ 'use strict'; o.a = 2; }})();"
            ),
            2 => format!(
                "say(Object.getOwnPropertyDescriptors(Object.seal({{ {}: {value} }})));",
                self.pick(&["a", "b"])
            ),
            3 => format!(
                "const o = Object.create({{ up: {n} }}, {{ own: {{ value: {value}, writable: true }} }}); say(o.up, o.own, 'up' in o, o); {root} = o;"
            ),
            _ => format!(
                "say(Reflect.ownKeys(Object({root})).slice(0, 12), Reflect.has(Object({root}), {key}));"
            ),
        }
    }

    pub(super) fn symbol(&mut self) -> String {
        let (root, n) = (self.root(), self.small());
        format!(
            "const s = Symbol('s{n}'); const o = {{ [s]: {n}, [Symbol.toStringTag]: 'Tagged', [Symbol.toPrimitive]: (hint) => hint }}; say(o, s.description, s.toString(), `${{o}}`, o * 1, Object.prototype.toString.call(o)); {root} = o;"
        )
    }

    pub(super) fn proxy(&mut self) -> String {
        let (root, value, n) = (self.root(), self.value(1), self.small());
        format!(
            "const log = []; const p = new Proxy({{ a: {n} }}, {{ get: (t, k, r) => {{ log.push(`get ${{String(k)}}`); return Reflect.get(t, k, r); }}, has: (t, k) => {{ log.push(`has ${{String(k)}}`); return k in t; }}, set: (t, k, x) => {{ log.push(`set ${{k}}`); t[k] = x; return true; }} }}); p.b = {value}; say(p.a, 'a' in p, {{ ...p }}, Object.keys(p), log); {root} = p;"
        )
    }

    pub(super) fn regular_expression(&mut self) -> String {
        let (text, n) = (self.text(), self.small());
        match self.random.below(5) {
            0 => format!(
                "say([...'a1b22c333'.matchAll(/([a-z])(\\d+)/g)].map((m) => [m[1], m.index]), {text}.match(/./u));"
            ),
            1 => format!(
                "say({text}.replace(/(?<first>\\w)(\\w*)/, '$2$<first>'), /^[\\w ]+$/.test({text}), {text}.search(/[^a-z]/));"
            ),
            2 => format!(
                "const r = /\\w/y; r.lastIndex = {n}; say(r.exec('memory heap'), r.lastIndex, r);"
            ),
            3 => format!(
                "say('x-y_z'.split(/[-_]/), 'aXbX'.split(/(X)/, {n}), {text}.replace(/[aeiou]/gi, (x, at) => at));"
            ),
            _ => format!(
                "say(/(a)|(b)/.exec('b'), new RegExp('a{{{n}}}').source, /\\u{{1F389}}/u.test({text}), /(?<=\\$)\\d+/.exec('cost $42')?.[0]);"
            ),
        }
    }

    pub(super) fn date(&mut self) -> String {
        let n = self.random.below(2_000_000_000);
        format!(
            "const d = new Date({n}000); say(d, d.toISOString(), d.getUTCDay(), d.getTime(), JSON.stringify(d), new Date(NaN), Date.UTC(2020, {}, 31));",
            self.small()
        )
    }

    pub(super) fn json(&mut self) -> String {
        let (root, value, n) = (self.root(), self.value(2), self.small());
        match self.random.below(4) {
            0 => format!("say(String(JSON.stringify({value})).slice(0, 300));"),
            1 => format!("say(String(JSON.stringify({root}, null, {n} % 4)).slice(0, 300));"),
            2 => format!(
                "{root} = JSON.parse('{{\"a\":[1,2.5,{{\"b\":null}}],\"text\":\"\\\\u00e9\",\"n\":{n}}}', (key, x) => typeof x === 'number' ? x + 1 : x); say({root});"
            ),
            _ => format!("JSON.parse('{{\"a\":{n},}}');"),
        }
    }
}
