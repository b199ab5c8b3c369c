//! `cargo xtask record scenarios`: what a real Node prints of each scenario, written into the data files; and what it holds
//! when a program begins, and its first `console.log` adds, written into `node-memory`'s table.

use crate::scenarios::calls;
use crate::scenarios::data::{Data, folder};
use crate::scenarios::live::{Node, OUT_OF_MEMORY, medians, ran};
use anyhow::{Context, bail};
use mem_report::Figure;
use node_memory::Output;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Runs that the medians are of.
const RUNS: usize = 5;
/// What every recording is made with: figures that repeat.
const SINGLE: &str = "--single-threaded";

/// Records the scenarios whose name has one of these in it; all if there are none.
pub fn record(node: &str, only: &[String]) -> anyhow::Result<()> {
    let node = Node::find(node)?;
    if only.is_empty() {
        record_baseline(&node)?;
    }
    for path in data_files(&folder())? {
        let data = Data::read(&path)?;
        if !only.is_empty() && !only.iter().any(|name| data.is_meant(name)) {
            continue;
        }
        let recorded = of(&node, &data)?;
        eprintln!("{} {}", node.version, data.name);
        let (own, others) = split(&data.text);
        let mut text = own.trim_end().to_owned();
        let mut blocks: Vec<(String, String)> = data
            .table
            .recordings
            .iter()
            .zip(others)
            .filter(|(known, _)| known.line() != node.line())
            .map(|(known, block)| (known.node.get_ref().clone(), block.to_owned()))
            .collect();
        blocks.push((node.version.clone(), recorded));
        blocks.sort();
        for (_, block) in blocks {
            let _ = write!(text, "\n\n{}", block.trim());
        }
        text.push('\n');
        Data::parse(&path, text.clone())?;
        fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn data_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let paths: Result<Vec<PathBuf>, _> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    Ok(paths)
}

/// A data file's own text, and the recordings at its end.
fn split(text: &str) -> (&str, Vec<&str>) {
    const HEAD: &str = "[[recorded]]\n";
    let Some(start) = text.find(HEAD) else { return (text, Vec::new()) };
    let (own, rest) = text.split_at(start);
    let starts: Vec<usize> = rest.match_indices(HEAD).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([rest.len()]);
    (own, starts.iter().zip(ends).map(|(from, to)| &rest[*from..to]).collect())
}

/// A recording's text.
fn of(node: &Node, data: &Data) -> anyhow::Result<String> {
    let mut flags = data.table.flags.clone();
    flags.push(SINGLE.to_owned());
    let run = |flags: &[String]| node.run(&data.program, flags, data.output()?);
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(ran(data, &run(&flags)?));
    }
    // V8 writes its lines between the program's own only to a terminal.
    let traced: Vec<String> = flags.iter().cloned().chain(["--trace-gc".to_owned()]).collect();
    let traced = ran(data, &node.run(&data.program, &traced, Output::Terminal)?);
    let rows = medians(&runs);
    let mut text =
        format!("[[recorded]]\nnode = {:?}\nflags = {flags:?}\nruns = {RUNS}\n", node.version);
    let most = traced.collections.len().min(rows.len());
    let (young, full): (Vec<u64>, Vec<u64>) = traced.collections[..most].iter().copied().unzip();
    let _ = writeln!(text, "scavenges = {young:?}\nmarkCompacts = {full:?}");
    let printed = &runs[0].printed;
    if !printed.is_empty() {
        let _ = writeln!(text, "printed = {printed:?}");
    }
    if !data.table.counted.is_empty() && calls::can_be_counted() {
        let _ = writeln!(text, "calls = {:?}", calls::in_node(data, node.path())?);
    }
    text.push_str("\n[recorded.figures]\n");
    for (index, figure) in Figure::ALL.into_iter().enumerate() {
        let column: Vec<u64> = rows.iter().filter_map(|row| row[index]).collect();
        let _ = writeln!(text, "{figure} = {column:?}");
    }
    if rows.is_empty() {
        bail!("{}: it prints no sample", data.program.display());
    }
    Ok(text)
}

/// The table of `node-memory`.
const TABLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/node-memory/src/baseline/recorded.tsv");

/// What is there at the beginning, and once it is collected.
const FRESH: &str = "const a = process.memoryUsage(); gc(); const b = process.memoryUsage();
console.log(a); console.log(b);";

/// Modules whose code Node loads when they are first required, and which the scenarios require.
const MODULES: [&str; 3] = ["stream", "net", "v8"];

/// What a module adds, and what is left of it.
fn load(module: &str) -> String {
    format!(
        "const a = process.memoryUsage(); require('{module}'); const b = process.memoryUsage();
gc(); gc(); const c = process.memoryUsage(); console.log(a); console.log(b); console.log(c);"
    )
}

/// What the first print adds, and what is left of it.
fn print(before: &str) -> String {
    format!(
        "{before} const a = process.memoryUsage(); console.log(process.memoryUsage()); const b = process.memoryUsage();
gc(); gc(); const c = process.memoryUsage(); console.log(a); console.log(b); console.log(c);"
    )
}

/// A row's figures: what was added between two samples, and how much of the heap is left of it after a collection.
fn added(before: [u64; 5], after: [u64; 5], kept: u64) -> [u64; 6] {
    let [_, total, used, external, buffers] =
        std::array::from_fn(|figure| after[figure].saturating_sub(before[figure]));
    [total, used & !7, used.saturating_sub(kept) & !7, external, buffers, 0]
}

fn record_baseline(node: &Node) -> anyhow::Result<()> {
    let old = fs::read_to_string(TABLE).context(TABLE)?;
    let mine = format!("v{}.", node.line());
    let mut rows: Vec<String> =
        old.lines().filter(|row| !row.starts_with(&mine)).map(str::to_owned).collect();
    for (name, output) in [("pipe", Output::Pipe), ("terminal", Output::Terminal)] {
        let mut row = |moment: &str, figures: [u64; 6]| {
            let figures = figures.map(|figure| figure.to_string()).join("\t");
            rows.push(format!("{}\t{name}\t{moment}\t{figures}", node.version));
        };
        let samples = |program: &str| measure(node, program, output);
        let [begun, collected] = samples(FRESH)?[..] else { bail!("{}: no samples", node.version) };
        let [_, total, used, external, buffers] = begun;
        let garbage = used.saturating_sub(collected[2]) & !7;
        let buffers_garbage = buffers.saturating_sub(collected[4]);
        row("fresh", [total, used, garbage, external, buffers, buffers_garbage]);
        // What is left of the heap once a module is loaded and collected, and what the first print adds then.
        let mut left = vec![(String::new(), String::new(), collected[2])];
        for module in MODULES {
            let [before, after, end] = samples(&load(module))?[..] else {
                bail!("{}: no samples", node.version)
            };
            let kept = end[2].saturating_sub(collected[2]);
            row(&format!("require {module}"), added(before, after, kept));
            left.push((format!("require('{module}');"), format!(" with {module}"), end[2]));
        }
        for (require, with, left) in left {
            for (moment, gc) in [("first print", ""), ("first print after gc", "gc();")] {
                // The first sample is what the printing itself has printed.
                let program = print(&format!("{require} {gc}"));
                let [_, before, after, end] = samples(&program)?[..] else {
                    bail!("{}: no samples", node.version)
                };
                row(&format!("{moment}{with}"), added(before, after, end[2].saturating_sub(left)));
            }
        }
    }
    let (head, mut rows): (Vec<String>, Vec<String>) =
        rows.into_iter().partition(|row| row.starts_with('#'));
    rows.sort();
    fs::write(TABLE, [head, rows].concat().join("\n") + "\n").context(TABLE)
}

/// The medians of what a program prints.
fn measure(node: &Node, program: &str, output: Output) -> anyhow::Result<Vec<[u64; 5]>> {
    let file = env::temp_dir().join(format!("node-memory-baseline-{}.js", std::process::id()));
    fs::write(&file, program)?;
    let data = Data::of_program(&file, Vec::new());
    let flags = ["--expose-gc".to_owned(), SINGLE.to_owned()];
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let text = node.run(&file, &flags, output)?;
        if text.contains(OUT_OF_MEMORY) {
            bail!("{} has no memory", node.version);
        }
        runs.push(ran(&data, &text));
    }
    fs::remove_file(&file)?;
    Ok(medians(&runs).into_iter().map(|row| row.map(Option::unwrap_or_default)).collect())
}
