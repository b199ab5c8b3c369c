//! Programs that are no programs, that never end, or that ask for more than there is: each ends with an error.

use node_memory::{Runtime, RuntimeOptions};
use node_script::{Finished, Machine, Options};
use std::path::{Path, PathBuf};

fn run(path: &str, text: &str) -> Finished {
    run_with(path, text, Options::default().regexp_steps)
}

fn run_with(path: &str, text: &str, regexp_steps: u64) -> Finished {
    let mut options = RuntimeOptions::default();
    options.heap = options.heap.with_limit(64 << 20);
    let runtime = Runtime::new(options).unwrap();
    let options = Options {
        out: Box::new(std::io::sink()),
        err: Box::new(std::io::sink()),
        regexp_steps,
        ..Options::default()
    };
    let mut machine = Machine::new(runtime, options).unwrap();
    machine.run_text(Path::new(path), text)
}

#[track_caller]
fn succeeds(text: &str) {
    let finished = run("/fine.js", text);
    assert!(matches!(finished, Finished::Exit(0)), "{text}: {finished:?}");
}

/// A folder of files, which goes with its value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("bad-input-{name}-{}", std::process::id()));
        for (file, text) in files {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn run(&self, file: &str) -> Finished {
        let runtime = Runtime::new(RuntimeOptions::default()).unwrap();
        let options = Options {
            out: Box::new(std::io::sink()),
            err: Box::new(std::io::sink()),
            ..Options::default()
        };
        Machine::new(runtime, options).unwrap().run_file(&self.0.join(file)).unwrap()
    }

    #[track_caller]
    fn fails_with(&self, file: &str, words: &str) {
        let Finished::Uncaught(shown) = self.run(file) else { panic!("{words} is not thrown") };
        assert!(shown.contains(words), "{file}: {shown}");
    }

    #[track_caller]
    fn succeeds(&self, file: &str) {
        let finished = self.run(file);
        assert!(matches!(finished, Finished::Exit(0)), "{file}: {finished:?}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn fails_with(text: &str, words: &str) {
    fails_as("/bad.js", text, words);
}

#[track_caller]
fn fails_as(path: &str, text: &str, words: &str) {
    let Finished::Uncaught(shown) = run(path, text) else { panic!("{words} is not thrown") };
    assert!(shown.contains(words), "{shown}");
}

const OVERFLOW: &str = "RangeError: Maximum call stack size exceeded";

#[test]
fn source_that_is_nested_too_deeply_is_a_range_error() {
    for part in [
        "(",
        "[",
        "{",
        "!",
        "x=>",
        "a=",
        "a?b:",
        "if(1)",
        "`${",
        "function f(){",
        "- -",
        "new ",
        "a:",
    ] {
        fails_with(&part.repeat(100_000), OVERFLOW);
    }
}

#[test]
fn source_that_is_nested_as_deeply_as_may_be_is_read() {
    let text = format!("{}1{}", "(".repeat(1000), ")".repeat(1000));
    assert!(matches!(run("/deep.js", &text), Finished::Exit(0)));
    let text = format!("let f = {}1;", "x => ".repeat(1000));
    assert!(matches!(run("/deep.js", &text), Finished::Exit(0)));
    let text = format!("let sum = {}1; if (sum !== 20001) throw sum", "1 + ".repeat(20_000));
    assert!(matches!(run("/long.js", &text), Finished::Exit(0)));
    let text = "a = 1\nb = 2\nif (a) b = 3\n".repeat(2000);
    assert!(matches!(run("/lines.js", &text), Finished::Exit(0)));
}

#[test]
fn runaway_recursion_of_all_kinds_is_a_range_error() {
    for text in [
        "(function f() { f(); })()",
        "class A { constructor() { new A(); } } new A();",
        "const o = { get x() { return this.x; } }; o.x",
        "const o = { toString() { return `${this}`; } }; `${o}`",
        "const p = new Proxy({}, { get(t, k, r) { return r[k]; } }); p.x",
        "const f = () => [1].map(f); f()",
        "const f = () => eval('f()'); f()",
        "const f = () => JSON.stringify({ toJSON: f }); f()",
        "const f = () => 'a'.replace(/a/, f); f()",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)",
        "function* g() { yield* g(); } g().next()",
        "const f = () => Reflect.apply(f, null, []); f()",
        "const f = () => [2, 1].sort(f); f()",
        "const f = new Function('f', 'return f(f)'); f(f)",
        "let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x",
        "JSON.parse('['.repeat(1e5) + ']'.repeat(1e5), (key, value) => value)",
    ] {
        fails_with(text, "RangeError");
    }
}

#[test]
fn endless_allocation_of_all_kinds_ends_at_the_limit() {
    for text in [
        "const all = []; for (;;) all.push({ at: all.length });",
        "let list = null; for (;;) list = { list };",
        "const map = new Map(); for (let i = 0; ; i++) map.set(i, {});",
        "const all = []; for (;;) all.push(() => all);",
        "const all = []; for (let i = 0; ; i++) all.push(`text ${i}`);",
        "let o = {}; for (let i = 0; ; i++) o['key' + i] = i;",
    ] {
        let finished = run("/endless.js", text);
        assert!(matches!(finished, Finished::OutOfMemory(_)), "{text}: {finished:?}");
    }
}

#[test]
fn lengths_that_no_heap_has_are_range_errors() {
    for text in [
        "new Array(-1)",
        "new ArrayBuffer(2 ** 53)",
        "'x'.repeat(2 ** 30)",
        "new Uint8Array(2 ** 40)",
        "'x'.padEnd(2 ** 40)",
        "let s = 'x'; for (;;) s += s;",
        "[].length = 2 ** 32",
    ] {
        fails_with(text, "RangeError");
    }
}

#[test]
fn syntax_errors_tell_their_place() {
    for (text, words) in [
        ("let a = ;", "SyntaxError: Unexpected token ';'"),
        ("`${", "SyntaxError"),
        ("/(/", "SyntaxError: Invalid regular expression"),
        ("'use strict'; with (a) {}", "SyntaxError"),
        ("class { #a; #a }", "SyntaxError"),
        ("new RegExp('('.repeat(1e5) + ')'.repeat(1e5))", "SyntaxError"),
    ] {
        fails_with(text, words);
    }
}

#[test]
fn modules_that_are_not_there_are_nodes_errors() {
    fails_with("require('./not-there')", "Cannot find module './not-there'");
    fails_as("/bad.mjs", "import './not-there.mjs';", "Cannot find module '/not-there.mjs'");
    fails_as("/bad.mjs", "import 'not-there';", "Cannot find package 'not-there'");
    fails_as(
        "/bad.mjs",
        "import { nothing } from 'node:path';",
        "does not provide an export named 'nothing'",
    );
    fails_as(
        "/bad.mjs",
        "await import('node:not-there');",
        "No such built-in module: node:not-there",
    );
}

#[test]
fn a_file_that_is_not_utf_8_is_read_with_replacement_characters() {
    let path = std::env::temp_dir().join(format!("not-utf-8-{}.js", std::process::id()));
    std::fs::write(&path, b"const text = '\xff\xc3'; if (text !== '\\ufffd\\ufffd') throw text;")
        .unwrap();
    let runtime = Runtime::new(RuntimeOptions::default()).unwrap();
    let mut machine = Machine::new(runtime, Options::default()).unwrap();
    let finished = machine.run_file(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(finished, Finished::Exit(0)), "{finished:?}");
}

#[test]
fn an_endless_regular_expression_is_a_range_error_after_its_steps() {
    let words = "RangeError: Regular expression took more than 100000 steps";
    for text in [
        "/(a+)+$/.test('a'.repeat(40) + 'b')",
        "/(a+)+$/.exec('a'.repeat(40) + 'b')",
        "('a'.repeat(40) + 'b').match(/(a|aa)*$/)",
        "[...('a'.repeat(40) + 'b').matchAll(/(a|aa)+$/g)]",
        "('a'.repeat(40) + 'b').replace(/(?:a*)*$/, '')",
        "('a'.repeat(40) + 'b').replaceAll(/(?:a*)*c/gu, '')",
        "('a'.repeat(40) + 'b').split(/(a+)+$/)",
        "('a'.repeat(40) + 'b').search(/(?:a+){2,}$/v)",
        "/^(([a-z])+.)+[A-Z]([a-z])+$/y.test('a'.repeat(60))",
        "/(?=(a+)+$)/.test('a'.repeat(40) + 'b')",
        "/(?<=^(a+)+)c/.test('b' + 'a'.repeat(40) + 'c')",
        "/(x+x+)+y/i.test('x'.repeat(40))",
        "/(\\w+?)*?$/.test('\\u0101' + 'a'.repeat(40) + '!')",
        "/(.*)(.*)(.*)(.*)(.*)\\1\\2\\3x/.test('ab'.repeat(50))",
        "/(?:(?:a?){40}){40}b/.test('a'.repeat(40))",
    ] {
        let Finished::Uncaught(shown) = run_with("/endless.js", text, 100_000) else {
            panic!("{text} ends")
        };
        assert!(shown.contains(words), "{text}: {shown}");
    }
    // It can be caught, and the expression works on.
    let text = "const e = /(a+)+$/;
        try { e.test('a'.repeat(40) + 'b'); throw 1 } catch (error) { if (!(error instanceof RangeError)) throw 2; }
        if (!e.test('aaa') || e.exec('baa')[0] !== 'aa') throw 3;";
    assert!(matches!(run_with("/caught.js", text, 100_000), Finished::Exit(0)));
}

#[test]
fn a_regular_expression_on_a_long_text_takes_no_stack_of_rusts() {
    fails_with("/(?:a|bc)*d/.test('abc'.repeat(3e6))", OVERFLOW);
    succeeds(
        "const text = 'ab'.repeat(1e6);
        if (/[ab]*/.exec(text)[0].length !== 2e6 || !/b$/.test(text) || /c/.test(text)) throw 1;
        if (/(?:ab)*/.exec(text.slice(0, 1e5))[0].length !== 1e5) throw 2;
        if (/^x/.test(text) || text.split(/x/).length !== 1 || text.slice(0, 1e4).replace(/a/g, '').length !== 5e3) throw 3;",
    );
}

#[test]
fn a_brace_too_many_is_a_syntax_error() {
    fails_with("let a = 1; }", "SyntaxError: Unexpected token '}'");
    fails_with("} let a = ;", "SyntaxError: Unexpected token '}'");
}

#[test]
fn bound_functions_of_bound_functions_take_no_stack_of_rusts() {
    let bound =
        "let f = function (...a) { return a.length }; for (let i = 0; i < 1e5; i++) f = f.bind();";
    succeeds(&format!("{bound} if (f() !== 0 || typeof new f() !== 'object') throw f;"));
    succeeds(&format!("{bound} if (f.name.length !== 6e5 + 1 || f.length !== 0) throw f.name;"));
    succeeds(
        "let f = function (a, b, c) { return this.x + a + b + c }.bind({ x: 1 }, 2).bind(null, 3);
        if (f(4) !== 10 || f.length !== 1 || f.name !== 'bound bound ') throw f.name;",
    );
}

#[test]
fn texts_that_are_put_together_are_not_longer_than_texts_may_be() {
    for text in [
        "const s = 'x'.repeat(2 ** 20); new Array(1000).fill(s).join()",
        "'x'.repeat(2 ** 16).replace(/x/g, 'y'.repeat(2 ** 14))",
        "'x'.repeat(2 ** 16).replaceAll('x', 'y'.repeat(2 ** 14))",
    ] {
        fails_with(text, "RangeError: Invalid string length");
    }
    fails_with("Buffer.from({ length: 2 ** 53 })", "RangeError: Invalid typed array length");
    let full = "const a = []; a.length = 2 ** 32 - 1; a.push(1)";
    fails_with(full, "RangeError: Invalid array length");
}

#[test]
fn chains_are_as_long_as_their_text() {
    for text in [
        "let s = ${'a' + }'a'; if (s.length !== 20001) throw s.length",
        "if ((${1 && }1) !== 1) throw 1",
        "if ((${1, }2) !== 2) throw 1",
        "const o = {}; o.o = o; if (o${.o} !== o) throw 1",
        "const f = () => f; if (f${()} !== f) throw 1",
        "const o = { f: () => o }; if (o${.f()} !== o) throw 1",
    ] {
        let (before, rest) = text.split_once("${").unwrap();
        let (part, after) = rest.split_once('}').unwrap();
        succeeds(&format!("{before}{}{after}", part.repeat(20_000)));
    }
    let many = "if (a) b = 1; else ".repeat(100_000);
    fails_with(&format!("{many} b = 2"), OVERFLOW);
}

#[test]
fn syntax_errors_are_in_nodes_words() {
    for (text, words) in [
        ("a b", "Unexpected identifier 'b'"),
        ("f(1 2)", "missing ) after argument list"),
        ("a = b 1", "Unexpected number"),
        ("a = b 'c'", "Unexpected string"),
        ("enum", "Unexpected reserved word"),
        ("'abc", "Invalid or unexpected token"),
        ("let \u{1F600}", "Invalid or unexpected token"),
        ("1a", "Invalid or unexpected token"),
        ("/abc", "Invalid regular expression: missing /"),
        ("x = /[a-z](/", "Invalid regular expression: /[a-z](/: Unterminated group"),
        ("x = /a/gg", "Invalid regular expression flags"),
        ("'use strict'; 010", "Octal literals are not allowed in strict mode."),
        ("'use strict'; delete a", "Delete of an unqualified identifier in strict mode."),
        ("let [a]", "Missing initializer in destructuring declaration"),
        ("let let = 1", "let is disallowed as a lexically bound name"),
        ("class A { constructor() {} constructor() {} }", "A class may only have one constructor"),
    ] {
        fails_with(text, &format!("SyntaxError: {words}"));
    }
    // What is not ended is wrong where the text ends.
    fails_with("if (a) {\n  b(", "/bad.js:2\n  b(\n    \n\nSyntaxError: ");
}

#[test]
fn json_that_is_none_says_what_is_wrong_and_where() {
    for (text, words) in [
        ("{", "Expected property name or '}' in JSON at position 1"),
        ("{\"a\"", "Expected ':' after property name in JSON at position 4"),
        ("{\"a\":1", "Expected ',' or '}' after property value in JSON at position 6"),
        ("{\"a\":1,}", "Expected double-quoted property name in JSON at position 7"),
        ("[1", "Expected ',' or ']' after array element in JSON at position 2"),
        ("[1,", "Unexpected end of JSON input"),
        ("\"a", "Unterminated string in JSON at position 2"),
        ("tru", "Unexpected end of JSON input"),
        ("-", "No number after minus sign in JSON at position 1"),
        ("1.", "Unterminated fractional number in JSON at position 2"),
        ("1e", "Exponent part is missing a number in JSON at position 2"),
        ("01", "Unexpected number in JSON at position 1"),
        ("1 2", "Unexpected non-whitespace character after JSON at position 2"),
        ("\"\\x\"", "Bad escaped character in JSON at position 2"),
        ("[,]", "Unexpected token ',', \"[,]\" is not valid JSON"),
    ] {
        let literal = format!("{text:?}");
        fails_with(&format!("JSON.parse({literal})"), &format!("SyntaxError: {words}"));
    }
}

#[test]
fn a_module_that_fails_leaves_the_others_as_they_are() {
    let folder = Folder::new(
        "failing",
        &[
            (
                "main.js",
                "try { require('./b') } catch {} const d = require('./d');
                if (d.name !== 'd' || require('./c').name !== 'c') throw require('./c').name;
                for (let i = 0; i < 2; i++) try { require('./syntax'); throw 1 } catch (e) {
                    if (e.name !== 'SyntaxError') throw e;
                }",
            ),
            ("b.js", "require('./c'); throw 1;"),
            ("c.js", "exports.name = 'c';"),
            ("d.js", "exports.name = 'd';"),
            ("syntax.js", "let a = ;"),
        ],
    );
    folder.succeeds("main.js");
}

#[test]
fn files_that_cannot_be_modules_are_refused_as_in_node() {
    let folder = Folder::new(
        "modules",
        &[
            ("json.js", "require('./bad.json')"),
            ("json.mjs", "import x from './bad.json' with { type: 'json' }"),
            ("bad.json", "{bad"),
            ("builtin.js", "require('node:nope')"),
            ("empty.js", "require('')"),
            ("addon.js", "require('./x.node')"),
            ("x.node", "nope"),
            ("end.mjs", "import './x.xyz'"),
            ("x.xyz", "1"),
            ("folder.mjs", "import './package'"),
            ("url.mjs", "import 'http://x/y.mjs'"),
            ("named.mjs", "import { nope } from './empty.cjs'"),
            ("empty.cjs", ""),
            ("package/package.json", "{bad"),
            ("package/a.js", "1"),
        ],
    );
    for (file, words) in [
        ("json.js", "bad.json: Expected property name or '}' in JSON at position 1"),
        ("json.mjs", "bad.json: Expected property name or '}' in JSON at position 1"),
        ("builtin.js", "No such built-in module: node:nope"),
        ("empty.js", "The argument 'id' must be a non-empty string. Received ''"),
        ("addon.js", "an addon of machine code is not supported"),
        ("end.mjs", "Unknown file extension \".xyz\""),
        ("folder.mjs", "ERR_UNSUPPORTED_DIR_IMPORT"),
        ("url.mjs", "ERR_UNSUPPORTED_ESM_URL_SCHEME"),
        (
            "named.mjs",
            "Named export 'nope' not found. The requested module './empty.cjs' is a CommonJS",
        ),
        ("package/a.js", "Error parsing"),
    ] {
        folder.fails_with(file, words);
    }
}

#[test]
fn a_file_with_the_syntax_of_modules_is_one_unless_its_package_says_no() {
    let folder = Folder::new(
        "detected",
        &[
            ("main.js", "import { one } from './other.js'; await 1; if (one !== 1) throw one;"),
            ("other.js", "export const one = 1;"),
            ("meta.js", "if (typeof import.meta.url !== 'string') throw 1;"),
            ("no/package.json", "{ \"type\": \"commonjs\" }"),
            ("no/main.js", "export const one = 1;"),
            ("wrong.js", "export const one = ;"),
        ],
    );
    folder.succeeds("main.js");
    folder.succeeds("meta.js");
    folder.fails_with("no/main.js", "SyntaxError: Unexpected token 'export'");
    folder.fails_with("wrong.js", "SyntaxError: Unexpected token");
}

#[test]
fn exit_codes_that_are_none_are_refused() {
    let words = "TypeError [ERR_INVALID_ARG_TYPE]: The \"code\" argument must be of type number";
    fails_with("process.exit('x')", words);
    assert!(matches!(run("/exit.js", "process.exit('3')"), Finished::Exit(3)));
}

#[test]
fn a_promise_that_is_rejected_with_no_error_is_told_as_in_node() {
    let words = "      new UnhandledPromiseRejection(reason);\n      ^\n\nUnhandledPromiseRejection: This error";
    fails_with("Promise.reject('x')", words);
}

#[test]
fn a_class_of_many_strings_takes_few_steps() {
    let text = "if (!/^\\p{RGI_Emoji}+$/v.test('\u{1F600}'.repeat(100))) throw 1;
        const word = /^[\\q{ab|abc|abcd|Abd|}x]/iv;
        if (word.exec('ABCDE')[0] !== 'ABCD' || word.exec('abD')[0] !== 'abD') throw 2;
        if (word.exec('X')[0] !== 'X' || word.exec('y')[0] !== '') throw 3;";
    let finished = run_with("/emoji.js", text, 100_000);
    assert!(matches!(finished, Finished::Exit(0)), "{finished:?}");
}

#[test]
fn a_script_of_the_global_scope_has_counted_loops() {
    let options = Options { steps: Some(1000), ..Options::default() };
    let runtime = Runtime::new(RuntimeOptions::default()).unwrap();
    let mut machine = Machine::new(runtime, options).unwrap();
    assert!(machine.run_script(Path::new("/loop.js"), "for (;;);").is_err());
}
