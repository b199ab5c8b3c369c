//! JavaScript in several engines: the files of `benches/javascript`, unmodified in each; alternating runs, medians of CPU
//! time and peak resident set, and the geometric means of the ratios.

use super::programs::{Program, Programs, median};
use super::row::Row;
use super::whole::{Usage, run_once};
use anyhow::{Context, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Our name, which all ids begin with.
pub const OURS: &str = "node-script";

struct Script {
    name: &'static str,
    /// It needs modules of Node's, which the other engines do not have.
    node_only: bool,
}

const fn script(name: &'static str) -> Script {
    Script { name, node_only: false }
}

const SCRIPTS: &[Script] = &[
    script("binary-trees"),
    script("splay"),
    script("closures"),
    script("strings"),
    script("maps"),
    script("weak-maps"),
    script("buffers"),
    Script { node_only: true, ..script("streams") },
    script("properties"),
    script("hello"),
];

/// The program of start-up alone, which the mean leaves out.
const HELLO: &str = "hello";

fn id(name: &str) -> String {
    format!("node-script/{name}")
}

fn file(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/javascript");
    folder.join(name).with_extension("js")
}

/// Runs the scripts whose ids contain `filter`.
pub fn run(filter: &str, runs: u16) -> anyhow::Result<Vec<Row>> {
    let chosen: Vec<_> = SCRIPTS.iter().filter(|s| id(s.name).contains(filter)).collect();
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let programs = Programs::build_with(&[
        "--package",
        "node-memory-cli",
        "--package",
        "benches",
        "--bin",
        "node-memory",
        "--bin",
        "warm",
    ])?;
    programs.build_engines()?;
    let mut rows = Vec::new();
    for script in chosen {
        rows.extend(compare(script, &programs, runs)?);
    }
    rows.extend(mean(&rows));
    Ok(rows)
}

/// An engine's name, and what runs a file in it.
fn engines(script: &Script, built: &Programs) -> Vec<Program> {
    let mut ours = built.program("node-memory");
    ours.arg("run");
    let mut engines = vec![(OURS, ours)];
    if !script.node_only {
        engines.push(("boa_engine", built.engine("boa")));
        engines.push(("QuickJS", built.engine("quickjs")));
    }
    if let Some(node) = built.found_node() {
        let mut interpreter = Command::new(node);
        interpreter.arg("--jitless");
        engines.push(("node --jitless", interpreter));
        engines.push(("node", Command::new(node)));
    }
    for (_, command) in &mut engines {
        command.arg(file(script.name));
    }
    engines
}

fn compare(script: &Script, built: &Programs, count: u16) -> anyhow::Result<Vec<Row>> {
    let mut programs = engines(script, built);
    let mut runs: Vec<Vec<Usage>> = programs.iter().map(|_| Vec::new()).collect();
    let mut result: Option<String> = None;
    built.warm()?;
    for _ in 0..count {
        for ((name, command), usages) in programs.iter_mut().zip(&mut runs) {
            let (usage, printed) =
                run_once(command).with_context(|| format!("{name} {}", script.name))?;
            let result = result.get_or_insert_with(|| printed.clone());
            ensure!(*result == printed, "{name} prints {printed}, others {result}");
            usages.push(usage);
        }
    }
    let row = |unit, figure: fn(&Usage) -> f64| {
        let results = programs.iter().zip(&runs);
        let results = results.map(|((name, _), usages)| {
            ((*name).to_owned(), median(usages.iter().map(figure).collect()))
        });
        Row::new(id(script.name), unit, OURS, results.collect())
    };
    let rows = [row("CPU ms", |usage| usage.cpu * 1e3), row("peak MB", |usage| usage.peak / 1e6)];
    Ok(rows.into_iter().flatten().collect())
}

/// A row of the geometric means of each engine's ratios to ours, over the programs that it ran.
fn mean(rows: &[Row]) -> Option<Row> {
    let mut means: Vec<(String, Vec<f64>)> = Vec::new();
    for row in rows.iter().filter(|row| row.unit == "CPU ms" && row.benchmark != id(HELLO)) {
        for result in &row.results {
            match means.iter_mut().find(|(name, _)| *name == result.implementation) {
                Some((_, ratios)) => ratios.push(result.ratio),
                None => means.push((result.implementation.clone(), vec![result.ratio])),
            }
        }
    }
    let geometric = |ratios: &[f64]| {
        let logarithms: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
        (logarithms / ratios.len() as f64).exp()
    };
    let results = means.into_iter().map(|(name, ratios)| (name, geometric(&ratios))).collect();
    Row::new(id("geometric mean"), "CPU, ratio", OURS, results)
}

#[cfg(test)]
mod tests {
    use super::{OURS, Row, SCRIPTS, file, id, mean};

    #[test]
    fn every_script_is_there() {
        assert!(SCRIPTS.iter().all(|script| file(script.name).is_file()));
    }

    #[test]
    fn a_mean_is_over_the_programs_that_an_engine_ran() {
        let row = |name, other: Option<f64>| {
            let mut results = vec![(OURS.to_owned(), 2.0)];
            results.extend(other.map(|value| ("other".to_owned(), value)));
            Row::new(id(name), "CPU ms", OURS, results)
        };
        let rows =
            [row("a", Some(4.0)), row("b", Some(16.0)), row("c", None), row("hello", Some(1.0))];
        let rows: Vec<Row> = rows.into_iter().flatten().collect();
        let mean = mean(&rows).expect("ours is there");
        assert_eq!(mean.results[0].value, 1.0);
        assert!((mean.results[1].value - 4.0).abs() < 1e-9);
    }
}
