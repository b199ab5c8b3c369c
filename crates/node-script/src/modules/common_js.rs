//! The names that a CommonJS file exports, found in its text as Node's
//! [cjs-module-lexer](https://github.com/nodejs/cjs-module-lexer) finds them: by the forms that compilers and people write, without
//! running it.

/// What the text of a file exports.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Exports {
    /// The names, in the order of the text.
    pub names: Vec<String>,
    /// What it requires to export that as its own.
    pub others: Vec<String>,
    /// Variables that have what was required.
    required: Vec<(String, String)>,
}

impl Exports {
    pub fn of(text: &str) -> Self {
        let mut found = Self::default();
        let mut reader = Reader { text, at: 0 };
        let mut before = None;
        while let Some(next) = reader.peek() {
            match next {
                c if c.is_whitespace() => reader.skip_space(),
                '/' => {
                    let start = reader.at;
                    reader.skip_space();
                    if reader.at == start {
                        reader.skip_slash(before);
                        before = Some('/');
                    }
                }
                '\'' | '"' => {
                    if reader.string().is_none() {
                        reader.bump();
                    }
                    before = Some(next);
                }
                '`' => {
                    reader.skip_template();
                    before = Some(next);
                }
                c if is_part(c) => {
                    let name = reader.word();
                    found.name(&mut reader, name, before == Some('.'));
                    before = Some('a');
                }
                _ => {
                    reader.bump();
                    before = Some(next);
                }
            }
        }
        found
    }

    fn add(&mut self, name: &str) {
        if !name.is_empty() && !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
    }

    /// What begins with a name.
    fn name(&mut self, reader: &mut Reader<'_>, name: &str, member: bool) {
        let start = reader.at;
        let done = match name {
            "__exportStar" | "__export" => {
                let other = reader.take("(").and_then(|()| reader.required());
                self.others.extend(other.map(str::to_owned));
                other
            }
            "exports" if !member => self.of_exports(reader, false),
            "module" if !member && reader.exports_of_module() => self.of_exports(reader, true),
            "Object" if !member => match self.defined(reader) {
                None => {
                    reader.at = start;
                    self.copied(reader)
                }
                done => done,
            },
            "var" | "let" | "const" if !member => {
                self.declared(reader);
                // What is required may be exported by the same statement.
                None
            }
            _ => None,
        };
        if done.is_none() {
            reader.at = start;
        }
    }

    /// `var name = require("other")`, or what a function makes of that.
    fn declared(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let name = reader.next_word()?;
        reader.take("=")?;
        let other = match reader.required() {
            Some(other) => other,
            None => {
                reader.next_word()?;
                reader.take("(")?;
                reader.required()?
            }
        };
        self.required.push((name.to_owned(), other.to_owned()));
        Some(())
    }

    /// `Object.keys(other).forEach(function (key) { .. exports[key] = other[key]; })`, as Babel and TypeScript write it.
    fn copied<'t>(&mut self, reader: &mut Reader<'t>) -> Option<&'t str> {
        reader.take_all(&[".", "keys", "("])?;
        let other = reader.next_word()?;
        reader.take_all(&[")", ".", "forEach", "(", "function", "("])?;
        let key = reader.next_word()?;
        reader.take_all(&[")", "{", "if", "("])?;
        reader.take(key)?;
        if reader.take("===").is_some() {
            reader.default()?;
            reader.take("||").and_then(|()| reader.take(key)).and_then(|()| reader.take("==="))?;
            reader.next_string().filter(|text| *text == "__esModule")?;
            reader.take_all(&[")", "return"])?;
            let _ = reader.take(";");
            reader.optional(|reader| {
                reader.take_all(&["if", "("])?;
                reader.has_own(key)?;
                reader.take_all(&[")", "return"])?;
                let _ = reader.take(";");
                Some(())
            });
            reader.optional(|reader| {
                reader.take_all(&["if", "(", key, "in"])?;
                reader.exports()?;
                reader.take("&&")?;
                reader.exports()?;
                reader.take_all(&["[", key, "]", "===", other, "[", key, "]", ")", "return"])?;
                let _ = reader.take(";");
                Some(())
            });
        } else {
            reader.take("!==")?;
            reader.default()?;
            reader.optional(|reader| {
                reader.take_all(&["&&", "!"])?;
                reader.has_own(key)
            });
            reader.take(")")?;
        }
        let assigned = reader.optional(|reader| {
            reader.exports()?;
            reader.take_all(&["[", key, "]", "=", other, "[", key, "]"])
        });
        if assigned.is_none() {
            reader.take_all(&["Object", ".", "defineProperty", "("])?;
            reader.exports()?;
            reader.take_all(&[",", key, ",", "{", "enumerable", ":", "true", ",", "get"])?;
            if reader.take(":").is_some() {
                reader.take("function")?;
                let _ = reader.next_word();
            }
            reader.take_all(&["(", ")", "{", "return", other, "[", key, "]"])?;
            let _ = reader.take(";");
            reader.take("}")?;
            let _ = reader.take(",");
            reader.take_all(&["}", ")"])?;
        }
        let _ = reader.take(";");
        reader.take_all(&["}", ")"])?;
        let known = self.required.iter().rfind(|(name, _)| name == other)?;
        self.others.push(known.1.clone());
        Some(key)
    }

    /// `exports.name =`, `exports["name"] =`, and for `module.exports` an object or what another file exports.
    fn of_exports<'t>(&mut self, reader: &mut Reader<'t>, whole: bool) -> Option<&'t str> {
        if reader.take(".").is_some() {
            let name = reader.next_word()?;
            reader.take("=")?;
            self.add(name);
            return Some(name);
        }
        if reader.take("[").is_some() {
            let name = reader.next_string()?;
            reader.take("]").and_then(|()| reader.take("="))?;
            self.add(name);
            return Some(name);
        }
        reader.take("=").filter(|()| whole)?;
        self.others.clear();
        if reader.take("{").is_some() {
            return self.literal(reader);
        }
        let other = reader.required()?;
        self.others.push(other.to_owned());
        Some(other)
    }

    /// The names of an object literal, up to the first whose value is more than a name.
    fn literal<'t>(&mut self, reader: &mut Reader<'t>) -> Option<&'t str> {
        loop {
            if reader.take("...").is_some() {
                match reader.required() {
                    Some(other) => self.others.push(other.to_owned()),
                    None => drop(reader.next_word()?),
                }
            } else if let Some(name) = reader.next_string() {
                if reader.take(":").is_some() {
                    reader.next_word()?;
                    self.add(name);
                }
            } else {
                let name = reader.next_word()?;
                if reader.take(":").is_some() {
                    reader.next_word()?;
                }
                self.add(name);
            }
            reader.take(",")?;
        }
    }

    /// `Object.defineProperty(exports, "name", { enumerable: true, value: .. })`, or with a getter of another object's property.
    fn defined<'t>(&mut self, reader: &mut Reader<'t>) -> Option<&'t str> {
        reader
            .take(".")
            .and_then(|()| reader.take("defineProperty"))
            .and_then(|()| reader.take("("))?;
        match reader.next_word()? {
            "exports" => {}
            "module" if reader.exports_of_module() => {}
            _ => return None,
        }
        reader.take(",")?;
        let name = reader.next_string()?;
        reader.take(",").and_then(|()| reader.take("{"))?;
        let mut key = reader.next_word()?;
        if key == "enumerable" {
            reader.take(":")?;
            reader.take("true").or_else(|| reader.take("!0"))?;
            reader.take(",")?;
            key = reader.next_word()?;
        }
        match key {
            "value" => reader.take(":")?,
            "get" => {
                if reader.take(":").is_some() {
                    reader.take("function")?;
                    // It may have a name.
                    let _ = reader.next_word();
                }
                for sign in ["(", ")", "{", "return"] {
                    reader.take(sign)?;
                }
                reader.next_word()?;
                if reader.take(".").is_some() {
                    reader.next_word()?;
                } else {
                    reader.take("[")?;
                    reader.next_string()?;
                    reader.take("]")?;
                }
                let _ = reader.take(";");
                reader.take("}")?;
                let _ = reader.take(",");
                reader.take("}").and_then(|()| reader.take(")"))?;
            }
            _ => return None,
        }
        self.add(name);
        Some(name)
    }
}

/// A place in a text.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// Goes past a text, to the end if it is not there.
    fn skip_past(&mut self, end: &str) {
        let rest = self.rest();
        self.at += rest.find(end).map_or(rest.len(), |place| place + end.len());
    }

    /// Goes past spaces and comments.
    fn skip_space(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            match self.rest() {
                rest if rest.starts_with("//") => self.skip_past("\n"),
                rest if rest.starts_with("/*") => {
                    self.at += 2;
                    self.skip_past("*/");
                }
                _ => return,
            }
        }
    }

    /// Takes a sign or a word, behind spaces.
    fn take(&mut self, sign: &str) -> Option<()> {
        self.skip_space();
        let behind = self.rest().strip_prefix(sign)?;
        if sign.ends_with(is_part) && behind.starts_with(is_part) {
            return None;
        }
        self.at += sign.len();
        Some(())
    }

    /// Takes several, one behind another.
    fn take_all(&mut self, signs: &[&str]) -> Option<()> {
        signs.iter().try_for_each(|sign| self.take(sign))
    }

    /// Reads something that may not be there.
    fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.at;
        let found = read(self);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    /// `exports` or `module.exports`.
    fn exports(&mut self) -> Option<()> {
        match self.next_word()? {
            "exports" => Some(()),
            "module" => self.exports_of_module().then_some(()),
            _ => None,
        }
    }

    fn default(&mut self) -> Option<()> {
        self.next_string().filter(|text| *text == "default").map(|_| ())
    }

    /// `Object.prototype.hasOwnProperty.call(names, key)`, or `names.hasOwnProperty(key)`.
    fn has_own(&mut self, key: &str) -> Option<()> {
        if self.next_word()? == "Object" {
            self.take(".")?;
            let _ = self.optional(|reader| reader.take_all(&["prototype", "."]));
            self.take_all(&["hasOwnProperty", ".", "call", "("])?;
            self.next_word()?;
            return self.take_all(&[",", key, ")"]);
        }
        self.take_all(&[".", "hasOwnProperty", "(", key, ")"])
    }

    /// The identifier that comes next.
    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let word = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    fn next_word(&mut self) -> Option<&'t str> {
        self.skip_space();
        let first = self.peek().filter(|c| is_part(*c) && !c.is_ascii_digit());
        first.map(|_| self.word())
    }

    /// The text between the quotes that come next; none without an end on the line.
    fn string(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let mut escaped = false;
        for (place, c) in rest.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\n' => return None,
                c if c == quote => {
                    self.at += place + 1;
                    return Some(&rest[1..place]);
                }
                _ => {}
            }
        }
        None
    }

    fn next_string(&mut self) -> Option<&'t str> {
        self.skip_space();
        self.string()
    }

    /// What `require("..")` requires, if that comes next.
    fn required(&mut self) -> Option<&'t str> {
        let start = self.at;
        let name = self
            .take("require")
            .and_then(|()| self.take("("))
            .and_then(|()| self.next_string())
            .filter(|_| self.take(")").is_some());
        if name.is_none() {
            self.at = start;
        }
        name
    }

    /// Takes `.exports` behind `module`.
    fn exports_of_module(&mut self) -> bool {
        self.take(".").and_then(|()| self.take("exports")).is_some()
    }

    /// Goes past a template; what it computes is not looked at.
    fn skip_template(&mut self) {
        let mut escaped = false;
        self.bump();
        while let Some(c) = self.peek() {
            self.bump();
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '`' => return,
                _ => {}
            }
        }
    }

    /// Goes past a division's sign, or a regular expression, which stands where no value is before it.
    fn skip_slash(&mut self, before: Option<char>) {
        self.bump();
        if before
            .is_some_and(|c| is_part(c) || matches!(c, ')' | ']' | '}' | '\'' | '"' | '`' | '/'))
        {
            return;
        }
        let (mut escaped, mut class) = (false, false);
        let rest = self.rest();
        for (place, c) in rest.char_indices() {
            match c {
                '\n' => return,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => class = true,
                ']' => class = false,
                '/' if !class => {
                    self.at += place + 1;
                    return;
                }
                _ => {}
            }
        }
    }
}

/// Whether a character may go on with a name.
pub(super) fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::Exports;

    /// What cjs-module-lexer 1.2.2 gives.
    #[test]
    fn names_are_found_as_nodes_lexer_finds_them() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            (
                "exports.a = 1; module.exports.b = 2; exports['d'] = 4;\nmyexports.f = 1; x.exports.g = 2;",
                &["a", "b", "d"],
                &[],
            ),
            ("module.exports = { a, 'b': c, d: () => 1, e }", &["a", "b"], &[]),
            ("module.exports = function () {}", &[], &[]),
            ("// exports.phantom=1", &[], &[]),
            ("/* exports.a = 1 */ exports . b = 2", &["b"], &[]),
            ("'exports.str=1'; `exports.tpl=1 ${1}`", &[], &[]),
            ("module.exports={s:1}", &[], &[]),
            ("module.exports={s:x, t:1}", &["s"], &[]),
            ("module.exports={a,b:1.5,c}", &["a"], &[]),
            ("module.exports={f(){},g:1}", &["f"], &[]),
            ("module.exports={async f(){},g:1}", &["async"], &[]),
            ("module.exports={'k':1,[1+1]:2,m:3}", &[], &[]),
            ("module.exports={'k':v, w, 'z': y }", &["k", "w", "z"], &[]),
            (
                "Object.defineProperty(exports,'g',{enumerable:true,get:function(){return 5}})",
                &[],
                &[],
            ),
            (
                "Object.defineProperty(exports,'g',{enumerable:true,get:function(){return m.x}})",
                &["g"],
                &[],
            ),
            (
                "Object.defineProperty(exports, '__esModule', { value: true }); exports.c = void 0;",
                &["__esModule", "c"],
                &[],
            ),
            ("Object.defineProperty(module.exports, 'h', { get() { return q.r; } });", &["h"], &[]),
            ("// module.exports={'", &[], &[]),
            ("/* module.exports = { \" */ exports.z = 1", &["z"], &[]),
            ("exports.ok=1 // module.exports={a:b,'", &["ok"], &[]),
            ("module.exports = require('./lib.cjs')", &[], &["./lib.cjs"]),
            ("module.exports = require(\"./a\"); module.exports = require('./b')", &[], &["./b"]),
            (
                "__exportStar(require('./x'), exports); __export(require('./y'));",
                &[],
                &["./x", "./y"],
            ),
            ("tslib_1.__exportStar(require('./x'), exports);", &[], &["./x"]),
            ("module.exports = { ...require('./a'), b, ...c, d }", &["b", "d"], &["./a"]),
            ("if (/[/'\"]exports.a = 1/.test(x)) exports.b = 1;", &["b"], &[]),
            ("a / b; exports.c = 1 / 2; exports.d = 3", &["c", "d"], &[]),
            ("module.exports = { a } ; exports.b = 1", &["a", "b"], &[]),
            ("exports.a = exports.b = exports.c = 1", &["a", "b", "c"], &[]),
            ("module.exports = exports = x; exports.y = 1", &["y"], &[]),
            ("exports['a-b'] = 1; exports[name] = 2;", &["a-b"], &[]),
            ("0 && (module.exports = { a, b })", &["a", "b"], &[]),
            ("module . exports . x = 1", &["x"], &[]),
            (
                "var _lib = require('./l');\nObject.keys(_lib).forEach(function (key) {\n  if (key === \"default\" || key === \"__esModule\") return;\n  if (key in exports && exports[key] === _lib[key]) return;\n  Object.defineProperty(exports, key, {\n    enumerable: true,\n    get: function () {\n      return _lib[key];\n    }\n  });\n});\nexports.z = 1;",
                &["z"],
                &["./l"],
            ),
            (
                "var _a = _interopRequireWildcard(require('./a')); var _exportNames = { x: true }; Object.keys(_a).forEach(function (key) { if (key === 'default' || key === '__esModule') return; if (Object.prototype.hasOwnProperty.call(_exportNames, key)) return; exports[key] = _a[key]; });",
                &[],
                &["./a"],
            ),
            (
                "const m = require('m'); Object.keys(m).forEach(function (k) { if (k !== 'default' && !exports.hasOwnProperty(k)) exports[k] = m[k]; });",
                &[],
                &["m"],
            ),
            (
                "var n = require('n'); Object.keys(n).forEach(function (k) { if (k !== 'default') exports[k] = n[j]; }); exports.a = 1",
                &["a"],
                &[],
            ),
            ("const x = require('x'), y = exports.q = 1;", &["q"], &[]),
        ];
        for (text, names, others) in cases {
            let found = Exports::of(text);
            assert_eq!(found.names, *names, "{text}");
            assert_eq!(found.others, *others, "{text}");
        }
    }
}
