//! Steps about memory: what lives, what is retained, weak collections, buffers and streams.

use super::generate::Maker;

impl Maker {
    pub(super) fn name(&mut self) -> String {
        self.watched += 1;
        format!("w{}", self.watched)
    }

    /// Weak collections whose keys may die.
    pub(super) fn weak(&mut self) -> String {
        let (root, other, third, name) = (self.root(), self.root(), self.root(), self.name());
        match self.random.below(6) {
            0 => format!(
                "{root} = new WeakMap(); if (Object({other}) === {other}) {root}.set({other}, watch('{name}', {{ id: '{name}' }}));"
            ),
            1 => format!(
                "{root} = new WeakMap(); {other} = {{ key: 1 }}; {root}.set({other}, watch('{name}', {{ back: {other} }}));"
            ),
            2 => format!(
                "const key = {{}}; {root} = new Map([[key, 1]]); {other} = new WeakMap([[key, watch('{name}', [1])]]);"
            ),
            3 => format!(
                "if ({root} instanceof WeakMap) say({root}.has({other}), {root}.get({other}), {root}.delete({third}));"
            ),
            4 => {
                format!("{root} = new WeakSet([watch('{name}', {{}})]); say({root}.has({other}));")
            }
            _ => {
                format!("{root} = new WeakRef(watch('{name}', {{ ref: 1 }})); say({root}.deref());")
            }
        }
    }

    /// An object whose liveness is printed.
    pub(super) fn watched_object(&mut self) -> String {
        let (root, other, name) = (self.root(), self.root(), self.name());
        match self.random.below(6) {
            0 => format!("{root} = watch('{name}', {{ name: '{name}', next: {other} }});"),
            1 => format!("{root} = [watch('{name}', [{other}])];"),
            2 => format!("{root} = new Map([['key', watch('{name}', new Set([1]))]]);"),
            3 => format!("watch('{name}', {{ dead: {other} }});"),
            4 => format!("{root} = watch('{name}', () => {other});"),
            _ => format!("const o = watch('{name}', {{}}); o.self = o; {root} = o;"),
        }
    }

    pub(super) fn release(&mut self) -> String {
        match self.random.below(4) {
            0 => format!("{} = {};", self.root(), self.root()),
            1 => format!("{}.length = 0;", self.root()),
            _ => format!("{} = null;", self.root()),
        }
    }

    /// Which variables a closure keeps alive.
    pub(super) fn captured(&mut self) -> String {
        let (root, name, second) = (self.root(), self.name(), self.name());
        let made = format!(
            "const a = watch('{name}', {{ a: 1 }}); const b = watch('{second}', {{ b: 2 }});"
        );
        let kept = match self.random.below(8) {
            0 => "return () => a;",
            1 => "return () => 1;",
            2 => "const sibling = () => a; return () => b;",
            3 => "return () => eval('1');",
            4 => "{ const c = a; return () => c; }",
            5 => "return { get x() { return a; } };",
            6 => "return function* () { yield b; };",
            _ => "for (let i = 0, o = a; ; i++) return () => i;",
        };
        format!("{root} = (function () {{ {made} {kept} }})();")
    }

    pub(super) fn buffer(&mut self) -> String {
        let (root, text, n) = (self.root(), self.text(), self.small());
        let encoding =
            self.pick(&["utf8", "hex", "base64", "latin1", "ascii", "utf16le", "base64url"]);
        match self.random.below(9) {
            0 => format!("{root} = Buffer.alloc({n} * 7, {text}); say({root}.length, {root});"),
            1 => format!(
                "const b = Buffer.from({text}, '{encoding}'); say(b, b.toString(), b.toString('{encoding}'), b.length);"
            ),
            2 => format!(
                "const b = Buffer.alloc(16); say(b.writeUInt32BE({n} * 999, {n}), b.writeDoubleLE({n} / 3, 4), b.readInt16LE({n}), b);"
            ),
            3 => format!(
                "const b = Buffer.from('abcdefgh'); const s = b.subarray({n}, 6); s.fill('x'); say(b.toString(), s.length, b.slice(-3));"
            ),
            4 => format!(
                "say(Buffer.concat([Buffer.from({text}), Buffer.alloc({n})]), Buffer.compare(Buffer.from({text}), Buffer.from('m')), Buffer.byteLength({text}, '{encoding}'));"
            ),
            5 => format!(
                "const b = Buffer.from('hello buffer hello'); say(b.indexOf('hello', {n}), b.includes({text}), b.lastIndexOf('l'), b.equals(Buffer.from({text})));"
            ),
            6 => format!(
                "{root} = Buffer.allocUnsafe({n} * 100).fill({n}); say({root}.length, {root}.reduce((a, b) => a + b, 0), {root}.byteLength);"
            ),
            7 => format!(
                "const b = Buffer.from([1, 2, {n}, 256, -1]); say(b, [...b.entries()].length, b.toJSON(), b.swap16 === undefined, b.readUIntBE(0, 3));"
            ),
            _ => format!("Buffer.alloc(4).writeInt8({n} * 40, {n});"),
        }
    }

    pub(super) fn typed_array(&mut self) -> String {
        let (root, n) = (self.root(), self.small());
        let kind = self.pick(&[
            "Uint8Array",
            "Int16Array",
            "Float32Array",
            "Float64Array",
            "Uint8ClampedArray",
            "Int32Array",
        ]);
        match self.random.below(5) {
            0 => format!(
                "{root} = new {kind}([1.5, -1, {n} * 100, 1e10]); say({root}, {root}.byteLength);"
            ),
            1 => format!(
                "const a = new {kind}({n} + 2); a.set([7, 8], {n} % 2); say(a.subarray(1), a.indexOf(8), a.map((x) => x * 2), Array.from(a));"
            ),
            2 => format!(
                "const d = new DataView(new ArrayBuffer(16)); d.setFloat64(0, {n} / 7); d.setInt16(8, -{n}, true); say(d.getUint32(0), d.getInt16(8), d.byteLength);"
            ),
            3 => format!(
                "const b = new ArrayBuffer(8 * {n}); const a = new {kind}(b); a.fill(3); say(b.slice(0, 8), a.length, new Uint8Array(b, 0, Math.min(4, b.byteLength)));"
            ),
            _ => format!(
                "say(new {kind}([3, 1, 2]).sort(), {kind}.from({{ length: {n} }}, (_, i) => i), new {kind}(new Set([1, 2])).join());"
            ),
        }
    }

    pub(super) fn stream(&mut self) -> String {
        let mark = 1 + self.random.below(30);
        let done = self.pick(&[
            "done()",
            "setImmediate(done)",
            "process.nextTick(done)",
            "Promise.resolve().then(() => done())",
            "kept.push(done)",
        ]);
        let writes: String = (0..=self.random.below(5))
            .map(|_| format!("say(w.write('x'.repeat({}))); ", self.random.below(40)))
            .collect();
        let extra = self.pick(&[
            "",
            "w.cork(); w.write('corked'); say(w.writableLength); w.uncork(); ",
            "w.end('last'); ",
            "w.end(); w.write('late'); ",
            "w.destroy(); ",
            "w.destroy(new Error('broken')); ",
            "w.setDefaultEncoding('hex'); ",
            "w.end(); w.end(); ",
            "w.write(Buffer.alloc(3), (error) => say('written', error?.message)); ",
        ]);
        let batch = if self.random.one_of(3) {
            "writev(chunks, done) { say('writev', chunks.length); done(); }, "
        } else {
            ""
        };
        format!(
            "const kept = []; const w = new Writable({{ highWaterMark: {mark}, {batch}write(chunk, encoding, done) {{ say('write', chunk.length, encoding); {done}; }}, final(done) {{ say('final'); done(); }} }}); \
             for (const name of ['drain', 'finish', 'close', 'pipe']) w.on(name, () => say(name)); w.on('error', (error) => say('error', error.code ?? error.message)); \
             {writes}{extra}say(w.writableLength, w.writableNeedDrain, w.writableEnded, w.destroyed); await turn(); for (const done of kept.splice(0)) done(); await turn(); \
             say(w.writableLength, w.writableFinished, w.errored?.message);"
        )
    }

    pub(super) fn collected(&mut self) -> String {
        "await collect();".to_owned()
    }

    /// A structure whose bytes are compared.
    pub(super) fn retained(&mut self) -> String {
        self.retained += 1;
        let number = self.retained;
        let element = self.element(2);
        let count = 2000 + 500 * self.random.below(7);
        let make = match self.random.below(4) {
            0 => format!(
                "(count) => {{ const all = []; for (let i = 0; i < count; i++) all.push({element}); return all; }}"
            ),
            1 => format!(
                "(count) => {{ const all = new Array(count); for (let i = 0; i < count; i++) all[i] = {element}; return all; }}"
            ),
            2 => format!(
                "(count) => {{ const all = new Map(); for (let i = 0; i < count; i++) all.set(i, {element}); return all; }}"
            ),
            _ => format!(
                "(count) => {{ let all = null; for (let i = 0; i < count; i++) all = {{ next: all, element: {element} }}; return all; }}"
            ),
        };
        format!("await retain({number}, {count}, {make});")
    }

    /// An expression that makes something new of `i`.
    pub(super) fn element(&mut self, depth: usize) -> String {
        let n = self.small();
        if depth == 0 {
            return self.pick(&["i", "i + 0.5", "null", "true", "'text'", "`t${i}`", "i * 1e10"]);
        }
        let (first, second) = (self.element(depth - 1), self.element(depth - 1));
        match self.random.below(16) {
            0 => format!("({{ a: {first}, b: {second} }})"),
            1 => format!("[{first}, {second}, i]"),
            2 => format!("({{ id: i, name: `name ${{i}}`, more: [{first}] }})"),
            3 => format!("(() => {{ const kept = {first}; return () => kept; }})()"),
            4 => format!("new Map([[i, {first}], ['k', {second}]])"),
            5 => format!("new Set([i, {first}])"),
            6 => format!("`prefix ${{i}} and a longer tail`.slice({n}, 30)"),
            7 => format!(
                "new (class {{ constructor(x) {{ this.x = x; this.y = {second}; }} }})({first})"
            ),
            8 => format!("Array.from({{ length: {n} }}, () => {first})"),
            9 => format!("[1, 2, {n}].map((x) => x + i)"),
            10 => format!("Object.assign({{}}, {{ a: {first}, i }})"),
            11 => format!("[{first}].concat([{second}, i])"),
            12 => format!(
                "((o) => {{ for (let k = 0; k < {n}; k++) o[`p${{k}}`] = {first}; return o; }})({{}})"
            ),
            13 => format!(
                "((a) => {{ for (let k = 0; k < {n} * 3; k++) a.push({first}); return a; }})([])"
            ),
            14 => format!("Promise.resolve({first})"),
            _ => format!("[i, i + 1, i + 2].filter((x) => x % 2 === {n} % 2)"),
        }
    }
}
