//! `cargo xtask record scenarios`: what a real Node prints of each scenario, written into the data files; and what it holds
//! when a program begins, and its first `console.log` adds, written into `node-memory`'s table.

use crate::scenarios::data::{Data, Recording, folder};
use crate::scenarios::live::{Node, OUT_OF_MEMORY, medians, ran};
use anyhow::{Context, bail};
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
    for (index, name) in
        ["rss", "heapTotal", "heapUsed", "external", "arrayBuffers"].iter().enumerate()
    {
        let column: Vec<u64> = rows.iter().filter_map(|row| row[index]).collect();
        let _ = writeln!(text, "{name} = {column:?}");
    }
    let most = traced.collections.len().min(rows.len());
    let (young, full): (Vec<u64>, Vec<u64>) = traced.collections[..most].iter().copied().unzip();
    let _ = writeln!(text, "scavenges = {young:?}\nmarkCompacts = {full:?}");
    let printed = &runs[0].printed;
    if !printed.is_empty() {
        let _ = writeln!(text, "printed = {printed:?}");
    }
    let parsed: Recording =
        toml::from_str(text.trim_start_matches("[[recorded]]\n")).context("what was recorded")?;
    if parsed.heap_used.is_empty() {
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
/// What the first print adds, and what is left of it.
const PRINT: &str = "const a = process.memoryUsage(); console.log(process.memoryUsage()); const b = process.memoryUsage();
gc(); gc(); const c = process.memoryUsage(); console.log(a); console.log(b); console.log(c);";

/// The same after a collection.
const PRINT_COLLECTED: &str = "gc(); const a = process.memoryUsage(); console.log(process.memoryUsage()); const b = process.memoryUsage();
gc(); gc(); const c = process.memoryUsage(); console.log(a); console.log(b); console.log(c);";

fn record_baseline(node: &Node) -> anyhow::Result<()> {
    let old = fs::read_to_string(TABLE).context(TABLE)?;
    let mine = format!("v{}.", node.line());
    let mut rows: Vec<String> =
        old.lines().filter(|row| !row.starts_with(&mine)).map(str::to_owned).collect();
    for (name, output) in [("pipe", Output::Pipe), ("terminal", Output::Terminal)] {
        let fresh = measure(node, FRESH, output)?;
        let [begun, collected] = fresh[..] else { bail!("{}: {fresh:?}", node.version) };
        let [_, total, used, external, buffers] = begun;
        let row = |moment: &str, figures: [u64; 6]| {
            let figures = figures.map(|figure| figure.to_string()).join("\t");
            format!("{}\t{name}\t{moment}\t{figures}", node.version)
        };
        let garbage = used.saturating_sub(collected[2]) & !7;
        rows.push(row(
            "fresh",
            [total, used, garbage, external, buffers, buffers.saturating_sub(collected[4])],
        ));
        for (moment, program) in [("first print", PRINT), ("first print after gc", PRINT_COLLECTED)]
        {
            let print = measure(node, program, output)?;
            // The first is what the printing itself has printed.
            let [_, before, after, left] = print[..] else { bail!("{}: {print:?}", node.version) };
            let added = after[2].saturating_sub(before[2]);
            let kept = left[2].saturating_sub(collected[2]);
            let [total, external] =
                [1, 3].map(|figure| after[figure].saturating_sub(before[figure]));
            rows.push(row(moment, [total, added, added.saturating_sub(kept) & !7, external, 0, 0]));
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
