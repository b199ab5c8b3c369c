//! Runs tests one by one, in a process of its own: a test that crashes or never ends takes down no more than this.
//!
//! A request is a line: the mode, the Node that is played (0 for the usual one) and the path below `test/`. The answer is a line: `ok`, or `no` and why.

use super::front_matter::FrontMatter;
use node_memory::{Runtime, RuntimeOptions};
use node_script::{Machine, NodeVersion, Options, ScriptFailure};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// How a test's text is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Sloppy,
    Strict,
    Module,
    Raw,
}

impl Mode {
    /// The runs that a test asks for.
    pub fn of(front: &FrontMatter) -> &'static [Self] {
        let has = |flag| front.has(flag);
        if has("raw") {
            &[Self::Raw]
        } else if has("module") {
            &[Self::Module]
        } else if has("onlyStrict") {
            &[Self::Strict]
        } else if has("noStrict") {
            &[Self::Sloppy]
        } else {
            &[Self::Sloppy, Self::Strict]
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Sloppy => "sloppy",
            Self::Strict => "strict",
            Self::Module => "module",
            Self::Raw => "raw",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Sloppy, Self::Strict, Self::Module, Self::Raw]
            .into_iter()
            .find(|mode| mode.name() == name)
    }
}

/// Bytes that a heap may take.
const LIMIT: usize = 512 << 20;

/// Output that is kept.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The Node that a request asks for.
fn played(number: &str) -> NodeVersion {
    match number {
        "22" => NodeVersion::V22,
        "24" => NodeVersion::V24,
        _ => NodeVersion::default(),
    }
}

/// Answers requests from standard input until there are no more.
pub fn serve(dir: &Path) -> io::Result<()> {
    // A panic's message goes into its answer.
    std::panic::set_hook(Box::new(|_| {}));
    let mut harness = Harness { folder: dir.join("harness"), texts: HashMap::new() };
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut parts = line.splitn(3, ' ');
        let mut part = || parts.next().unwrap_or_default();
        let (mode, node, path) = (Mode::named(part()), played(part()), part());
        let Some(mode) = mode else { continue };
        let path = dir.join("test").join(path);
        let ran = catch_unwind(AssertUnwindSafe(|| harness.run(&path, mode, node)));
        let answer = match ran {
            Ok(answer) => answer,
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
                Err(format!("panic: {}", text.unwrap_or_default()))
            }
        };
        match answer {
            Ok(()) => writeln!(out, "ok")?,
            Err(why) => writeln!(out, "no {}", why.replace(['\n', '\r'], " "))?,
        }
        out.flush()?;
    }
    Ok(())
}

/// The files of the harness that run before a test.
pub fn includes(front: &FrontMatter, mode: Mode) -> impl Iterator<Item = &str> {
    let mut names = Vec::new();
    if mode != Mode::Raw {
        names.extend(["assert.js", "sta.js"]);
        if front.has("async") {
            names.push("doneprintHandle.js");
        }
        names.extend(front.includes.iter().map(String::as_str));
    }
    names.into_iter()
}

struct Harness {
    folder: PathBuf,
    texts: HashMap<String, String>,
}

impl Harness {
    fn text(&mut self, name: &str) -> Result<String, String> {
        if let Some(text) = self.texts.get(name) {
            return Ok(text.clone());
        }
        let path = self.folder.join(name);
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        self.texts.insert(name.to_owned(), text.clone());
        Ok(text)
    }

    fn run(&mut self, path: &Path, mode: Mode, node: NodeVersion) -> Result<(), String> {
        let text = std::fs::read(path).map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let front = FrontMatter::of(&text);
        let mut options = RuntimeOptions::default();
        options.heap = options.heap.with_limit(LIMIT);
        let runtime = Runtime::new(options).map_err(|error| error.to_string())?;
        let out = Kept::default();
        let options = Options {
            expose_gc: true,
            node,
            out: Box::new(out.clone()),
            err: Box::new(io::sink()),
            ..Options::default()
        };
        let mut machine = Machine::new(runtime, options).map_err(|error| error.to_string())?;
        machine.add_test_host().map_err(|error| error.to_string())?;
        let is_async = front.has("async");
        for name in includes(&front, mode) {
            let text = self.text(name)?;
            let ran = machine.run_script(Path::new(name), &text);
            ran.map_err(|failure| format!("{name}: {}", failure.text))?;
        }
        let ran = match mode {
            Mode::Module => machine.run_module(path, &text),
            Mode::Strict => machine.run_script(path, &format!("\"use strict\";\n{text}")),
            Mode::Sloppy | Mode::Raw => machine.run_script(path, &text),
        };
        let ran = ran.and_then(|()| machine.run_pending());
        judge(&front, ran)?;
        if !is_async {
            return Ok(());
        }
        let printed = String::from_utf8_lossy(&out.0.borrow()).into_owned();
        match printed.lines().find(|line| line.starts_with("Test262:")) {
            Some("Test262:AsyncTestComplete") => Ok(()),
            Some(line) => Err(line.to_owned()),
            None => Err("$DONE was not called".to_owned()),
        }
    }
}

/// Compares how a test has ended with how it must.
fn judge(front: &FrontMatter, ran: Result<(), ScriptFailure>) -> Result<(), String> {
    match (&front.negative, ran) {
        (None, Ok(())) => Ok(()),
        (None, Err(failure)) => Err(failure.text),
        (Some(negative), Ok(())) => {
            Err(format!("no {} of phase {}", negative.kind, negative.phase))
        }
        (Some(negative), Err(failure)) => {
            let early = negative.phase != "runtime";
            if failure.text.contains("not supported") {
                Err(failure.text)
            } else if failure.early != early {
                Err(format!("not of phase {}: {}", negative.phase, failure.text))
            } else if failure.name != negative.kind {
                Err(format!("no {}: {}", negative.kind, failure.text))
            } else {
                Ok(())
            }
        }
    }
}
