//! Whole processes for the same work, Node's among them where a `node` is found: alternating runs,
//! medians of CPU time, wall time and peak resident set. No unsafe code.

use super::Row;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use wait4::Wait4;

struct Comparison {
    benchmark: &'static str,
    workload: &'static str,
    ours: &'static str,
    peers: &'static [&'static str],
    /// Node's program for the same work, under `benches/node`.
    node: &'static str,
    size: &'static str,
    quick_size: &'static str,
}

const COMPARISONS: &[Comparison] = &[
    Comparison {
        benchmark: "heap-model/binary-trees/depth",
        workload: "binary-trees",
        ours: "heap-model",
        peers: &["rc", "box", "gc-arena", "boa_gc", "dumpster", "gc"],
        node: "binary-trees.js",
        size: "18",
        quick_size: "14",
    },
    Comparison {
        benchmark: "heap-model/splay/thousands",
        workload: "splay",
        ours: "heap-model",
        peers: &["rc"],
        node: "splay.js",
        size: "50",
        quick_size: "10",
    },
    buffers("slab-buffer/alloc-64B/millions", "alloc-64B", "10"),
    buffers("slab-buffer/alloc-1KiB/millions", "alloc-1KiB", "10"),
    buffers("slab-buffer/alloc-4KiB/millions", "alloc-4KiB", "2"),
    buffers("slab-buffer/alloc-64KiB/millions", "alloc-64KiB", "1"),
    buffers("slab-buffer/ring-64B/millions", "ring-64B", "10"),
    buffers("slab-buffer/ring-1KiB/millions", "ring-1KiB", "10"),
    buffers("slab-buffer/ring-4KiB/millions", "ring-4KiB", "2"),
    buffers("slab-buffer/ring-64KiB/millions", "ring-64KiB", "1"),
    Comparison {
        benchmark: "slab-buffer/hold-64B",
        workload: "hold-64B",
        ours: "slab-buffer",
        peers: &["Vec", "handles"],
        node: "hold.js",
        size: "100000",
        quick_size: "100000",
    },
    streams("stream-backpressure/write-16B/millions", "write-sync-16B", BUFFERED, "50"),
    streams("stream-backpressure/write-1KiB/millions", "write-sync-1KiB", BUFFERED, "50"),
    streams("stream-backpressure/corked-16B/millions", "write-corked-16B", CORKED, "50"),
    streams("stream-backpressure/corked-1KiB/millions", "write-corked-1KiB", CORKED, "50"),
    streams("stream-backpressure/later-16B/millions", "write-later-16B", CHANNEL, "2"),
    streams("stream-backpressure/later-1KiB/millions", "write-later-1KiB", CHANNEL, "2"),
    streams("stream-backpressure/writev-16B/millions", "write-writev-16B", CHANNEL, "20"),
    streams("stream-backpressure/writev-1KiB/millions", "write-writev-1KiB", CHANNEL, "20"),
    Comparison {
        quick_size: "100000",
        ..streams("stream-backpressure/backlog-1KiB/chunks", "backlog-1KiB", QUEUE, "1000000")
    },
];

const BUFFERED: &[&str] = &["sink::Buffer", "BufWriter"];
const CORKED: &[&str] = &["sink::Buffer"];
const CHANNEL: &[&str] = &["tokio::mpsc"];
const QUEUE: &[&str] = &["VecDeque"];

const fn streams(
    benchmark: &'static str,
    workload: &'static str,
    peers: &'static [&'static str],
    size: &'static str,
) -> Comparison {
    Comparison {
        benchmark,
        workload,
        ours: "stream-backpressure",
        peers,
        node: "streams.js",
        size,
        quick_size: "1",
    }
}

const fn buffers(
    benchmark: &'static str,
    workload: &'static str,
    size: &'static str,
) -> Comparison {
    Comparison {
        benchmark,
        workload,
        ours: "slab-buffer",
        peers: &["Vec", "mimalloc", "BytesMut"],
        node: "buffers.js",
        size,
        quick_size: "1",
    }
}

/// The cargo that runs this command.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs every comparison whose benchmark contains `filter`.
pub fn run(filter: &str, quick: bool) -> Result<Vec<Row>, String> {
    let chosen: Vec<_> = COMPARISONS.iter().filter(|c| c.benchmark.contains(filter)).collect();
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let built = cargo()
        .args(["build", "--release", "--package", "benches", "--features", "peers"])
        .status()
        .map_err(|error| format!("cargo build: {error}"))?;
    if !built.success() {
        return Err("the whole-process programs did not build".to_owned());
    }
    let node = which::which("node").ok();
    if node.is_none() {
        println!("no node is found: it is left out of the whole-process comparisons");
    }
    let mut rows = Vec::new();
    for comparison in chosen {
        rows.extend(compare(comparison, node.as_deref(), quick)?);
    }
    Ok(rows)
}

fn compare(comparison: &Comparison, node: Option<&Path>, quick: bool) -> Result<Vec<Row>, String> {
    let size = if quick { comparison.quick_size } else { comparison.size };
    let mut programs: Vec<(&str, Command)> = Vec::new();
    for implementation in std::iter::once(&comparison.ours).chain(comparison.peers) {
        let mut command = Command::new(whole_program()?);
        command.args([comparison.workload, implementation, size]);
        programs.push((implementation, command));
    }
    if let Some(node) = node {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/node");
        let mut command = Command::new(node);
        command.arg(script.join(comparison.node)).args([comparison.workload, size]);
        programs.push(("node", command));
    }
    let mut runs: Vec<Vec<Usage>> = programs.iter().map(|_| Vec::new()).collect();
    let mut result: Option<String> = None;
    for _ in 0..if quick { 3 } else { 5 } {
        for ((name, command), usages) in programs.iter_mut().zip(&mut runs) {
            let (usage, printed) = run_once(command).map_err(|error| format!("{name}: {error}"))?;
            if result.get_or_insert_with(|| printed.clone()) != &printed {
                return Err(format!("{name} gives {printed}, others {result:?}"));
            }
            usages.push(usage);
        }
    }
    let benchmark = format!("{}-{size}", comparison.benchmark);
    let row = |unit, figure: fn(&Usage) -> f64| {
        let results = programs.iter().zip(&runs);
        let results = results.map(|((name, _), usages)| {
            ((*name).to_owned(), median(usages.iter().map(figure).collect()))
        });
        Row::new(benchmark.clone(), unit, comparison.ours, results.collect())
    };
    let rows = [
        row("CPU s", |usage| usage.cpu),
        row("wall s", |usage| usage.wall),
        row("peak MB", |usage| usage.peak / 1e6),
    ];
    Ok(rows.into_iter().flatten().collect())
}

struct Usage {
    cpu: f64,
    wall: f64,
    peak: f64,
}

fn run_once(command: &mut Command) -> Result<(Usage, String), String> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
    let mut printed = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        std::io::Read::read_to_string(&mut stdout, &mut printed).map_err(|e| e.to_string())?;
    }
    let used = child.wait4().map_err(|error| error.to_string())?;
    if !used.status.success() {
        return Err(format!("ended with {}", used.status));
    }
    let usage = Usage {
        cpu: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        wall: start.elapsed().as_secs_f64(),
        peak: used.rusage.maxrss as f64,
    };
    Ok((usage, printed.trim().to_owned()))
}

/// The built `whole` program, beside this one's profile folder.
fn whole_program() -> Result<std::path::PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = own.parent().and_then(Path::parent).ok_or("no target folder")?;
    Ok(target.join("release").join(format!("whole{}", std::env::consts::EXE_SUFFIX)))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
