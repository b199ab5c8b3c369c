//! Programs that are no programs, that never end, or that ask for more than there is: each ends with an error.

use node_memory::{Runtime, RuntimeOptions};
use node_script::{Finished, Machine, Options};
use std::path::Path;

fn run(path: &str, text: &str) -> Finished {
    let mut options = RuntimeOptions::default();
    options.heap = options.heap.with_limit(64 << 20);
    let runtime = Runtime::new(options).unwrap();
    let options = Options {
        out: Box::new(std::io::sink()),
        err: Box::new(std::io::sink()),
        ..Options::default()
    };
    let mut machine = Machine::new(runtime, options).unwrap();
    machine.run_text(Path::new(path), text)
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
