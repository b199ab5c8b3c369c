//! How often programs ask the system for memory: counted by `strace`, where it is installed. What a program's process asks for
//! anyway is taken off: the calls of an empty program.

use super::data::Data;
use anyhow::{Context, bail};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

/// The calls by which a process gets memory and gives it back.
const CALLS: &str = "mmap,munmap,mremap,brk,madvise";
/// A program that does nothing.
const EMPTY: &str = "empty.js";

/// Whether calls can be counted here.
pub fn can_be_counted() -> bool {
    which::which("strace").is_ok()
}

/// The calls of each of a scenario's counted programs in a Node.
pub fn in_node(data: &Data, node: &Path) -> anyhow::Result<Vec<u64>> {
    of(data, |program| vec![node.into(), "--single-threaded".into(), program.into()])
}

/// The same in the replay: this command runs itself.
pub fn here(data: &Data, line: &str) -> anyhow::Result<Vec<u64>> {
    let own = std::env::current_exe().context("this command's own file")?;
    of(data, |program| {
        let words = ["scenarios", "--play", line, "--file"].map(Into::into);
        [own.clone().into_os_string()].into_iter().chain(words).chain([program.into()]).collect()
    })
}

fn of(data: &Data, command: impl Fn(&OsStr) -> Vec<OsString>) -> anyhow::Result<Vec<u64>> {
    let count = |name: &str| count(&command(data.program.with_file_name(name).as_os_str()));
    let empty = count(EMPTY)?;
    data.table.counted.iter().map(|name| Ok(count(name)?.saturating_sub(empty))).collect()
}

/// The calls of a command.
fn count(command: &[OsString]) -> anyhow::Result<u64> {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-c", "-e"]).arg(format!("trace={CALLS}")).args(command);
    strace.stdin(Stdio::null()).stdout(Stdio::null()).env_remove("NODE_OPTIONS");
    let output = strace.output().context("strace cannot be run")?;
    let text = String::from_utf8_lossy(&output.stderr);
    match total(&text) {
        Some(calls) if output.status.success() => Ok(calls),
        _ => bail!("strace has failed: {text}"),
    }
}

/// The calls in `strace -c`'s last line, `100.00 0.001 4 285 total`: its fourth column.
fn total(text: &str) -> Option<u64> {
    let line = text.lines().rev().find(|line| line.trim_end().ends_with("total"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

/// Lines that say what was counted.
pub fn lines(data: &Data, line: &str) -> Vec<String> {
    if data.table.counted.is_empty() {
        return Vec::new();
    }
    let recorded = data.recording(line).filter(|one| !one.calls.is_empty());
    let own = if can_be_counted() {
        here(data, line)
    } else {
        Err(anyhow::anyhow!("strace is not installed"))
    };
    let mut lines = vec![format!(
        "system calls for memory ({CALLS}), beyond those of a program that does nothing:"
    )];
    for (index, name) in data.table.counted.iter().enumerate() {
        let here = match &own {
            Ok(calls) => format!("{} here", calls[index]),
            Err(error) => format!("not counted here: {error}"),
        };
        let there = recorded
            .and_then(|one| Some(format!("{} in {}, ", one.calls.get(index)?, one.title())));
        lines.push(format!("  {name}: {}{here}", there.unwrap_or_default()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn the_calls_are_the_fourth_column_of_the_total() {
        let text = "% time  seconds  usecs/call  calls  errors syscall\n 60.0  0.1  2  63  brk\n100.00  0.2  2  355  3 total\n";
        assert_eq!(total(text), Some(355));
        // Where no call has failed, the column of errors is empty.
        assert_eq!(total(&text.replace("  3 total", "    total")), Some(355));
        assert_eq!(total("nothing"), None);
    }
}
