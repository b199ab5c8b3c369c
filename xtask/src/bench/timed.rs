//! Programs that time parts of themselves, such as a collection among millions of live objects, so that Node's can be
//! compared with ours: alternating runs, and a row for each figure that they print.
//!
//! A program prints lines `NAME VALUE`. The value of `result` must be the same for all implementations. Each other name
//! that ours prints is the unit of a row, which has the median of its values. If a program has several operations, the
//! benchmark's id has a `*`; then the first word of a name is the operation, and the rest is the unit.

use super::programs::{Program, Programs, median};
use super::row::Row;
use anyhow::{Context, bail, ensure};
use std::process::{Command, Stdio};

struct Comparison {
    benchmark: &'static str,
    /// The first argument of the program `timed`, and of Node's script.
    workload: &'static str,
    ours: &'static str,
    peers: &'static [&'static str],
    /// Node's program for the same work, under `benches/node`, and the flags before it.
    node: Option<(&'static str, &'static [&'static str])>,
    size: &'static str,
    quick_size: &'static str,
    /// A row that is computed from the others.
    derived: Option<Derived>,
}

type Derived = fn(&[Row]) -> Option<Row>;

const COMPARISONS: &[Comparison] = &[
    collect("heap-model/collect/list/millions", "collect-list", ALL, "1"),
    collect("heap-model/collect/list/millions", "collect-list", FLAT, "10"),
    collect("heap-model/collect/graph/millions", "collect-graph", ALL, "1"),
    collect("heap-model/collect/graph/millions", "collect-graph", FLAT, "10"),
    Comparison {
        benchmark: "heap-model/pauses/megabytes",
        workload: "pauses",
        ours: "heap-model",
        peers: &[AT_ONCE, "heap-model at once, small semi-spaces", "gc-arena"],
        node: Some(("pauses.js", &["--expose-gc"])),
        size: "1000",
        quick_size: "100",
        derived: Some(throughput_lost),
    },
    Comparison {
        benchmark: "heap-model/pauses/scavenge-16MiB/millions",
        workload: "scavenges",
        ours: "heap-model",
        peers: &[],
        node: Some(("scavenges.js", &["--min-semi-space-size=16", "--max-semi-space-size=16"])),
        size: "50",
        quick_size: "10",
        derived: None,
    },
    Comparison {
        benchmark: "heap-model/*/maps",
        workload: "maps",
        ours: "heap-model",
        peers: &["std", "indexmap", "gc-arena"],
        node: Some(("collections.js", &[])),
        size: "1000000",
        quick_size: "100000",
        derived: None,
    },
    Comparison {
        benchmark: "heap-model/*/strings",
        workload: "strings",
        ours: "heap-model",
        peers: &["std"],
        node: Some(("collections.js", &[])),
        size: "1000000",
        quick_size: "100000",
        derived: None,
    },
    weak("weak-refs/*/live", "weak-live", MAPS, "1000000"),
    weak("weak-refs/*/dropped", "weak-dropped", &["weak-table"], "1000000"),
    weak("weak-refs/collect/chain-*", "weak-chain", EPHEMERONS, "1000"),
    weak("weak-refs/collect/chain-*", "weak-chain", EPHEMERONS, "10000"),
    weak("weak-refs/collect/chain-*", "weak-chain", EPHEMERONS, "100000"),
    weak("weak-refs/collect/chain-*", "weak-chain", EPHEMERONS, "1000000"),
    weak("weak-refs/*/registrations", "weak-registrations", &[], "1000000"),
];

const MAPS: &[&str] = &["hashbrown", "hashbrown by id", "weak-table"];
const EPHEMERONS: &[&str] = &["boa_gc", "gc-arena"];

/// Our heap with stop-the-world marking, beside its incremental marking.
const AT_ONCE: &str = "heap-model at once";

const ALL: &[&str] = &["gc-arena", "boa_gc", "dumpster", "gc"];
/// The implementations that do not mark by recursion.
const FLAT: &[&str] = &["gc-arena", "boa_gc"];

const fn collect(
    benchmark: &'static str,
    workload: &'static str,
    peers: &'static [&'static str],
    size: &'static str,
) -> Comparison {
    Comparison {
        benchmark,
        workload,
        ours: "heap-model",
        peers,
        node: Some(("collect.js", &["--expose-gc"])),
        size,
        quick_size: size,
        derived: None,
    }
}

const fn weak(
    benchmark: &'static str,
    workload: &'static str,
    peers: &'static [&'static str],
    size: &'static str,
) -> Comparison {
    Comparison {
        benchmark,
        workload,
        ours: "weak-refs",
        peers,
        node: Some(("weak.js", &["--expose-gc"])),
        size,
        quick_size: size,
        derived: None,
    }
}

/// Runs every comparison whose benchmark contains `filter`.
pub fn run(filter: &str, quick: bool, runs: u16) -> anyhow::Result<Vec<Row>> {
    let chosen: Vec<_> = COMPARISONS.iter().filter(|c| may_contain(c.benchmark, filter)).collect();
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let programs = Programs::build()?;
    let mut rows = Vec::new();
    for comparison in chosen {
        let size = if quick { comparison.quick_size } else { comparison.size };
        rows.extend(compare(comparison, &programs, size, runs)?);
    }
    rows.retain(|row| row.benchmark.contains(filter));
    Ok(rows)
}

/// Whether an id can contain `filter` with an operation in place of its `*`.
fn may_contain(benchmark: &str, filter: &str) -> bool {
    let begins = |(before, _): (&str, &str)| filter.starts_with(before);
    benchmark.contains(filter) || benchmark.split_once('*').is_some_and(begins)
}

/// The id of a figure's row, and its unit.
fn id_and_unit(benchmark: &str, figure: &str) -> (String, String) {
    match figure.split_once(' ') {
        Some((operation, unit)) if benchmark.contains('*') => {
            (benchmark.replace('*', operation), unit.to_owned())
        }
        _ => (benchmark.to_owned(), figure.to_owned()),
    }
}

fn compare(
    comparison: &Comparison,
    built: &Programs,
    size: &str,
    count: u16,
) -> anyhow::Result<Vec<Row>> {
    let implementations = std::iter::once(&comparison.ours).chain(comparison.peers);
    let mut programs: Vec<Program> = implementations
        .map(|name| (*name, built.built("timed", [comparison.workload, name, size])))
        .collect();
    if let Some((script, flags)) = comparison.node {
        programs.extend(built.node(flags, script, [comparison.workload, size]));
    }
    let mut runs: Vec<Vec<Vec<(String, f64)>>> = vec![Vec::new(); programs.len()];
    for _ in 0..count {
        for ((name, command), runs) in programs.iter_mut().zip(&mut runs) {
            built.warm()?;
            runs.push(figures(command).context(*name)?);
        }
    }
    let names: Vec<&str> = programs.iter().map(|(name, _)| *name).collect();
    let results: Vec<_> = runs.iter().map(|runs| values(runs, "result")).collect();
    if results.iter().flatten().any(|result| result != &results[0][0]) {
        bail!("results differ: {names:?} give {results:?}");
    }
    let benchmark = format!("{}-{size}", comparison.benchmark);
    let figures = runs[0][0].iter().map(|(name, _)| name).filter(|name| *name != "result");
    let row = |name: &String| {
        let of = |(program, runs): (&&str, &Vec<_>)| {
            let values = values(runs, name);
            (!values.is_empty()).then(|| ((*program).to_owned(), median(values)))
        };
        let results = names.iter().zip(&runs).filter_map(of).collect();
        let (id, unit) = id_and_unit(&benchmark, name);
        Row::new(id, &unit, comparison.ours, results)
    };
    let mut rows: Vec<Row> = figures.filter_map(row).collect();
    rows.extend(comparison.derived.and_then(|derived| derived(&rows)));
    Ok(rows)
}

/// The part of the time with incremental marking that stop-the-world marking would save.
fn throughput_lost(rows: &[Row]) -> Option<Row> {
    let row = rows.iter().find(|row| row.unit == "CPU s")?;
    let at_once = row.results.iter().find(|result| result.implementation == AT_ONCE)?;
    let lost = vec![(row.results[0].implementation.clone(), (1.0 - at_once.ratio) * 100.0)];
    let ours = lost[0].0.clone();
    Row::new(row.benchmark.clone(), "throughput lost, %", &ours, lost)
}

/// What the runs of one program printed under a name.
fn values(runs: &[Vec<(String, f64)>], name: &str) -> Vec<f64> {
    runs.iter().flatten().filter(|(own, _)| own == name).map(|(_, value)| *value).collect()
}

fn figures(command: &mut Command) -> anyhow::Result<Vec<(String, f64)>> {
    let output = command.stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "ended with {}", output.status);
    let printed = String::from_utf8_lossy(&output.stdout);
    let figures: Option<Vec<_>> = printed.lines().map(figure).collect();
    match figures {
        Some(figures) if figures.iter().any(|(name, _)| name == "result") => Ok(figures),
        _ => bail!("prints no figures: {printed}"),
    }
}

fn figure(line: &str) -> Option<(String, f64)> {
    let (name, value) = line.rsplit_once(' ')?;
    Some((name.to_owned(), value.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE, Row, figure, id_and_unit, may_contain, throughput_lost, values};

    #[test]
    fn an_operation_stands_for_the_star_of_an_id() {
        let pair = |id: &str, unit: &str| (id.to_owned(), unit.to_owned());
        assert_eq!(id_and_unit("weak/*/live-9", "get ns/key"), pair("weak/get/live-9", "ns/key"));
        assert_eq!(id_and_unit("heap/list-9", "CPU ms"), pair("heap/list-9", "CPU ms"));
        for filter in ["", "weak", "/live", "weak/get", "weak/get/live-9"] {
            assert!(may_contain("weak/*/live", filter), "{filter}");
        }
        assert!(!may_contain("weak/*/live", "heap") && !may_contain("heap/list", "heap/get"));
    }

    #[test]
    fn what_marking_at_once_would_save_is_lost() {
        let times = vec![("ours".to_owned(), 4.0), (AT_ONCE.to_owned(), 3.0)];
        let row = Row::new("pauses".to_owned(), "CPU s", "ours", times).expect("ours is there");
        let lost = throughput_lost(&[row]).expect("both are there");
        assert_eq!(lost.results[0].value, 25.0);
        assert!(throughput_lost(&[]).is_none());
    }

    #[test]
    fn a_line_is_a_name_that_may_have_spaces_and_a_number() {
        let read = figure("CPU ms/million 6.25");
        assert_eq!(read, Some(("CPU ms/million".to_owned(), 6.25)));
        assert_eq!(figure("6.25"), None);
        assert_eq!(figure("CPU ms"), None);
    }

    #[test]
    fn a_name_has_a_value_for_each_run_that_printed_it() {
        let one = vec![("result".to_owned(), 1.0), ("ms".to_owned(), 2.0)];
        let other = vec![("result".to_owned(), 1.0)];
        assert_eq!(values(&[one.clone(), other, one], "ms"), [2.0, 2.0]);
    }
}
