//! Command lines, beside what Node v20 says of them: `lines.txt` has for each its words (`$ `), its `NODE_OPTIONS` (`@ `), what
//! it is given on the standard input (`< `), and recorded from Node its outputs (`> ` and `! `) and its exit code (`= `).
//!
//! Node's own calls are left out of stacks, and the folder of the programs out of paths. What a bracket opens behind a stack
//! may stand behind the error here.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[derive(Debug, Default, PartialEq, Eq)]
struct Line {
    words: Vec<String>,
    options: Option<String>,
    input: String,
    said: Said,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    out: Vec<String>,
    err: Vec<String>,
    code: i32,
}

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lines.txt")
}

fn lines() -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = Line::default();
    for text in std::fs::read_to_string(table()).unwrap().lines() {
        let (kind, rest) = text.split_at(text.len().min(2));
        let rest = rest.to_owned();
        match kind {
            "$ " => line.words.push(rest),
            "@ " => line.options = Some(rest),
            "< " => line.input += &format!("{rest}\n"),
            "> " => line.said.out.push(rest),
            "! " => line.said.err.push(rest),
            "= " => {
                line.said.code = rest.parse().unwrap();
                lines.push(std::mem::take(&mut line));
            }
            _ => assert!(text.trim().is_empty(), "{text}"),
        }
    }
    lines
}

/// What a command says of a line.
fn run(command: &str, line: &Line) -> Said {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/js").canonicalize().unwrap();
    let mut command = Command::new(command);
    command.args(&line.words).current_dir(&folder);
    match &line.options {
        Some(options) => command.env("NODE_OPTIONS", options),
        None => command.env_remove("NODE_OPTIONS"),
    };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that does not read may have ended.
    let _ = child.stdin.take().unwrap().write_all(line.input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let folder = format!("{}/", folder.display());
    let plain = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8_lossy(bytes).replace(&folder, "");
        let lines = text.lines().filter(|line| !is_of_node(line)).map(without_process);
        lines.map(|line| line.strip_suffix(" {").unwrap_or(&line).trim_end().to_owned()).collect()
    };
    let code = output.status.code().unwrap_or(-1);
    Said { out: plain(&output.stdout), err: plain(&output.stderr), code }
}

/// Whether a line of a stack is a call of Node's own.
fn is_of_node(line: &str) -> bool {
    let call = line.trim_start().strip_prefix("at ");
    call.is_some_and(|call| call.contains("node:") || call.contains("-wrapper:"))
}

/// A line without the process's number and with the command's name as Node's.
fn without_process(line: &str) -> String {
    let line = line.replace("node-memory: ", "node: ");
    match line.strip_prefix("(node:").and_then(|rest| rest.split_once(')')) {
        Some((_, rest)) => format!("(node:1){rest}"),
        None => line,
    }
}

#[test]
fn command_lines_do_what_they_do_in_node() {
    let mut differences = String::new();
    for line in lines() {
        let said = run(env!("CARGO_BIN_EXE_node-memory"), &line);
        if said != line.said {
            let words = &line.words;
            writeln!(differences, "{words:?}: {said:#?}\nNode: {:#?}", line.said).unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// Writes the table anew: `cargo test -p node-memory-cli --test lines -- --ignored`, with Node v20 on the PATH.
#[test]
#[ignore = "asks a real Node"]
fn the_table_is_recorded_from_node() {
    let mut text = String::new();
    for line in lines() {
        let said = run("node", &line);
        line.words.iter().for_each(|word| writeln!(text, "$ {word}").unwrap());
        line.options.iter().for_each(|options| writeln!(text, "@ {options}").unwrap());
        line.input.lines().for_each(|line| writeln!(text, "< {line}").unwrap());
        said.out.iter().for_each(|line| writeln!(text, "> {line}").unwrap());
        said.err.iter().for_each(|line| writeln!(text, "! {line}").unwrap());
        writeln!(text, "= {}\n", said.code).unwrap();
    }
    std::fs::write(table(), text).unwrap();
}
