//! `cargo xtask fuzz`: programs that are changed at random, run in processes of their own. One that panics or crashes is a
//! fault; one that throws, or that never ends, is not.
//!
//! The programs are those of node-script's tests. A change takes tokens away, doubles or swaps them, or puts in others: of
//! another program, or of a list. Scripts have no `require`, so a program reaches no file.

use crate::pool;
use crate::random::Random;
use node_memory::{Runtime, RuntimeOptions};
use node_script::{Machine, Options};
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The arguments of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub struct FuzzArgs {
    /// How long to run
    #[arg(long, default_value_t = 600, value_name = "S")]
    seconds: u64,
    /// The seed of the changes
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// How many processes run programs; by default as many as there are cores
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Run this program alone, in this process
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[arg(long, hide = true)]
    worker: bool,
}

/// Seconds that a program may take.
const LIMIT: u64 = 5;

/// Steps that a match of a regular expression may take.
const REGEXP_STEPS: u64 = 1_000_000;

/// Tokens that are put in.
const TOKENS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ";",
    ",",
    ".",
    "?.",
    "...",
    "=>",
    "=",
    "+=",
    "??=",
    "+",
    "-",
    "*",
    "**",
    "/",
    "%",
    "!",
    "~",
    "<",
    "===",
    "in",
    "instanceof",
    "typeof",
    "void",
    "delete",
    "new",
    "super",
    "this",
    "null",
    "undefined",
    "true",
    "0",
    "-1",
    "1e309",
    "2n",
    "4294967295",
    "'text'",
    "`a${1}b`",
    "/(a)|b*?/gu",
    "#x",
    "async",
    "await",
    "yield",
    "yield*",
    "function",
    "function*",
    "class",
    "extends",
    "static",
    "get",
    "set",
    "let",
    "const",
    "var",
    "if",
    "else",
    "for",
    "of",
    "while",
    "do",
    "break",
    "continue",
    "return",
    "throw",
    "try",
    "catch",
    "finally",
    "switch",
    "case",
    "default",
    "with",
    "import",
    "eval",
    "arguments",
    "Object",
    "Array",
    "Proxy",
    "Reflect",
    "Symbol.iterator",
    "Symbol.species",
    "Symbol.toPrimitive",
    "Promise",
    "Map",
    "WeakMap",
    "WeakRef",
    "FinalizationRegistry",
    "ArrayBuffer",
    "{ maxByteLength: 8 }",
    "Uint8Array",
    "DataView",
    "BigInt",
    "JSON.stringify",
    "JSON.parse",
    "structuredClone",
    "Function",
    "globalThis",
    "gc()",
    "length",
    "constructor",
    "prototype",
    "__proto__",
    "toString",
    "valueOf",
    "then",
    "new.target",
    "import.meta",
    "label:",
    "\n",
];

/// Runs the command.
pub fn run(args: &FuzzArgs) -> ExitCode {
    let ran = if args.worker {
        serve().map(|()| true)
    } else if let Some(file) = &args.file {
        std::fs::read_to_string(file).map(|text| {
            run_program(&text);
            true
        })
    } else {
        fuzz(args)
    };
    match ran {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn fuzz(args: &FuzzArgs) -> io::Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut programs = Vec::new();
    read_programs(&root.join("crates/node-script/tests/js"), &mut programs)?;
    programs.sort();
    let end = Instant::now() + Duration::from_secs(args.seconds);
    let text = |number: usize| changed(&programs, args.seed, number);
    let request = |number: usize| {
        let due = Instant::now() < end;
        due.then(|| serde_json::to_string(&text(number)).expect("a text is JSON"))
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let folder = root.join("target/fuzz");
    let (mut count, mut endless, mut faults) = (0_usize, 0_usize, 0_usize);
    let limit = Duration::from_secs(LIMIT);
    let arguments = ["fuzz".into(), "--worker".into()];
    let program = std::env::current_exe()?;
    pool::run(
        &program,
        &arguments,
        request,
        args.jobs.unwrap_or(cores),
        limit,
        |number, failure| {
            count += 1;
            let Some(why) = failure else { return };
            if why.starts_with(pool::NOT_DONE) {
                endless += 1;
                return;
            }
            faults += 1;
            let file = folder.join(format!("{}-{number}.js", args.seed));
            println!("{}: {why}", file.display());
            let written =
                std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, text(number)));
            if let Err(error) = written {
                println!("{}: {error}", file.display());
            }
        },
    )?;
    println!("{count} programs in {} s, {endless} without an end, {faults} faults", args.seconds);
    Ok(faults == 0)
}

fn read_programs(folder: &Path, to: &mut Vec<Vec<String>>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_programs(&path, to)?;
        } else if path.extension().is_some_and(|end| end == "js" || end == "mjs") {
            to.push(tokens(&std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// The tokens of a text, roughly: words, numbers, quoted texts, spaces, and all else character by character.
fn tokens(text: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same = |kind: fn(char) -> bool| rest.find(|c| !kind(c)).unwrap_or(rest.len());
        let length = if first.is_alphanumeric() || first == '_' {
            same(|c| c.is_alphanumeric() || c == '_')
        } else if first.is_whitespace() {
            same(char::is_whitespace)
        } else if matches!(first, '\'' | '"') {
            rest[1..].find(first).map_or(1, |end| end + 2)
        } else {
            first.len_utf8()
        };
        list.push(rest[..length].to_owned());
        rest = &rest[length..];
    }
    list
}

/// A program of a number: the same for the same seed.
fn changed(programs: &[Vec<String>], seed: u64, number: usize) -> String {
    let mut random = Random::new(seed << 32 | number as u64);
    let mut program = programs[random.below(programs.len())].clone();
    // A part is quicker than the whole, and is changed more.
    let start = random.below(program.len());
    let length = 20 + random.below(400);
    program = program.into_iter().skip(start).take(length).collect();
    for _ in 0..=random.below(8) {
        let at = random.below(program.len());
        let end = (at + 1 + random.below(6)).min(program.len());
        match random.below(6) {
            0 => drop(program.drain(at..end)),
            1 => {
                let part = program[at..end].to_vec();
                program.splice(at..at, part);
            }
            2 if program.len() > 1 => {
                let other = random.below(program.len());
                program.swap(at, other);
            }
            3 => {
                let other = &programs[random.below(programs.len())];
                let from = random.below(other.len());
                let part = other[from..(from + 30).min(other.len())].to_vec();
                program.splice(at..end, part);
            }
            _ => program.insert(at, format!(" {} ", TOKENS[random.below(TOKENS.len())])),
        }
    }
    program.concat()
}

/// Runs programs from standard input, each a JSON text on a line.
fn serve() -> io::Result<()> {
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let Ok(text) = serde_json::from_str::<String>(&line?) else { continue };
        match catch_unwind(AssertUnwindSafe(|| run_program(&text))) {
            Ok(()) => writeln!(out, "ok")?,
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
                writeln!(out, "no panic: {}", text.unwrap_or_default().replace('\n', " "))?;
            }
        }
        out.flush()?;
    }
    Ok(())
}

/// Runs a program. How it ends does not matter, as long as it does.
fn run_program(text: &str) {
    let mut options = RuntimeOptions::default();
    options.heap = options.heap.with_limit(64 << 20);
    let runtime = Runtime::new(options).expect("the limit has room");
    let options = Options {
        expose_gc: true,
        deterministic: true,
        regexp_steps: REGEXP_STEPS,
        out: Box::new(io::sink()),
        err: Box::new(io::sink()),
        ..Options::default()
    };
    let mut machine = Machine::new(runtime, options).expect("the limit has room");
    // An error of the program is no fault.
    if machine.run_script(Path::new("fuzz.js"), text).is_ok() {
        let _ = machine.run_pending();
    }
}

#[cfg(test)]
mod tests {
    use super::{changed, tokens};

    #[test]
    fn a_number_gives_the_same_program_each_time() {
        let programs = [tokens("let a = 'b c'; f(a);"), tokens("while (x1) { y\n}")];
        assert_eq!(programs[0].concat(), "let a = 'b c'; f(a);");
        assert_eq!(changed(&programs, 3, 5), changed(&programs, 3, 5));
        assert_ne!(changed(&programs, 3, 5), changed(&programs, 3, 6));
    }
}
