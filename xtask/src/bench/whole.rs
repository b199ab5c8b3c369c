//! Whole processes for the same work, with Node's if a `node` is found: alternating runs, medians of CPU time, wall time
//! and peak resident set.

use super::programs::{Program, Programs, median};
use super::row::Row;
use anyhow::{Context, ensure};
use std::process::{Command, Stdio};
use std::time::Instant;
use wait4::Wait4;

struct Comparison {
    benchmark: &'static str,
    workload: &'static str,
    ours: &'static str,
    peers: &'static [&'static str],
    /// Node's program for the same work, under `benches/node`; empty if there is none.
    node: &'static str,
    size: &'static str,
    quick_size: &'static str,
}

const COMPARISONS: &[Comparison] = &[
    Comparison {
        benchmark: "heap-model/binary-trees/depth",
        workload: "binary-trees",
        ours: "heap-model",
        peers: &[
            "heap-model typed",
            "rc",
            "box",
            "box+mimalloc",
            "gc-arena",
            "gc-arena at once",
            "boa_gc",
            "dumpster",
            "gc",
        ],
        node: "binary-trees.js",
        size: "18",
        quick_size: "14",
    },
    Comparison {
        benchmark: "heap-model/splay/thousands",
        workload: "splay",
        ours: "heap-model",
        peers: &[
            "heap-model typed",
            "rc",
            "gc-arena",
            "gc-arena at once",
            "boa_gc",
            "dumpster",
            "gc",
        ],
        node: "splay.js",
        size: "50",
        quick_size: "10",
    },
    Comparison {
        benchmark: "heap-model/linked-list/lists",
        workload: "linked-list",
        ours: "heap-model",
        peers: &["gc-arena", "boa_gc"],
        node: "",
        size: "10000",
        quick_size: "1000",
    },
    Comparison {
        benchmark: "heap-model/mini-language/thousands",
        workload: "mini-language",
        ours: "heap-model",
        peers: &["gc-arena", "boa_gc"],
        node: "",
        size: "300",
        quick_size: "100",
    },
    interpreter("heap-model/interpret-fields/thousands", "interpret-fields", "20000", "200"),
    interpreter("heap-model/interpret-calls/number", "interpret-calls", "30", "20"),
    buffers("slab-buffer/alloc-64B/millions", "alloc-64B", "10"),
    buffers("slab-buffer/alloc-1KiB/millions", "alloc-1KiB", "10"),
    buffers("slab-buffer/alloc-4KiB/millions", "alloc-4KiB", "2"),
    buffers("slab-buffer/alloc-64KiB/millions", "alloc-64KiB", "1"),
    buffers("slab-buffer/ring-64B/millions", "ring-64B", "10"),
    buffers("slab-buffer/ring-1KiB/millions", "ring-1KiB", "10"),
    buffers("slab-buffer/ring-4KiB/millions", "ring-4KiB", "2"),
    buffers("slab-buffer/ring-64KiB/millions", "ring-64KiB", "1"),
    facade("node-memory/objects/thousands", "facade-objects", "20000"),
    facade("node-memory/objects-held/thousands", "facade-objects-held", "5000"),
    facade("node-memory/trees/number", "facade-trees", "10000"),
    facade("node-memory/buffers/thousands", "facade-buffers", "5000"),
    facade("node-memory/buffers-held/thousands", "facade-buffers-held", "5000"),
    facade("node-memory/weak-maps/thousands", "facade-weak-maps", "5000"),
    facade("node-memory/weak-maps-held/thousands", "facade-weak-maps-held", "5000"),
    facade("node-memory/writes/thousands", "facade-writes", "5000"),
    facade("node-memory/writes-corked/thousands", "facade-writes-corked", "5000"),
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

/// node-memory beside the same work by hand.
const fn facade(benchmark: &'static str, workload: &'static str, size: &'static str) -> Comparison {
    Comparison {
        benchmark,
        workload,
        ours: "node-memory",
        peers: &["by hand"],
        node: "",
        size,
        quick_size: "500",
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

const fn interpreter(
    benchmark: &'static str,
    workload: &'static str,
    size: &'static str,
    quick_size: &'static str,
) -> Comparison {
    let peers = &["vector", "gc-arena"];
    Comparison {
        benchmark,
        workload,
        ours: "heap-model",
        peers,
        node: "interpret.js",
        size,
        quick_size,
    }
}

/// Runs every comparison whose benchmark contains `filter`.
pub fn run(filter: &str, quick: bool, runs: u16) -> anyhow::Result<Vec<Row>> {
    let chosen: Vec<_> = COMPARISONS.iter().filter(|c| c.benchmark.contains(filter)).collect();
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let programs = Programs::build()?;
    let mut rows = Vec::new();
    for comparison in chosen {
        let size = if quick { comparison.quick_size } else { comparison.size };
        rows.extend(compare(comparison, &programs, size, runs)?);
    }
    Ok(rows)
}

fn compare(
    comparison: &Comparison,
    built: &Programs,
    size: &str,
    count: u16,
) -> anyhow::Result<Vec<Row>> {
    let implementations = std::iter::once(&comparison.ours).chain(comparison.peers);
    let mut programs: Vec<Program> = implementations
        .map(|name| {
            let (program, implementation) = program(name);
            (*name, built.built(program, [comparison.workload, implementation, size]))
        })
        .collect();
    if !comparison.node.is_empty() {
        programs.extend(built.node(&[], comparison.node, [comparison.workload, size]));
    }
    let mut runs: Vec<Vec<Usage>> = programs.iter().map(|_| Vec::new()).collect();
    let mut result: Option<String> = None;
    for _ in 0..count {
        for ((name, command), usages) in programs.iter_mut().zip(&mut runs) {
            built.warm()?;
            let (usage, printed) = run_once(command).context(*name)?;
            let result = result.get_or_insert_with(|| printed.clone());
            ensure!(*result == printed, "{name} gives {printed}, others {result}");
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

/// The program that runs an implementation, and its name there: `x+mimalloc` is `x` on another allocator.
fn program(name: &str) -> (&'static str, &str) {
    match name.strip_suffix("+mimalloc") {
        Some(implementation) => ("whole-mimalloc", implementation),
        None => ("whole", name),
    }
}

/// What a process took: seconds, and bytes.
pub(super) struct Usage {
    pub cpu: f64,
    pub wall: f64,
    pub peak: f64,
}

/// Runs a program: what it took and printed.
pub(super) fn run_once(command: &mut Command) -> anyhow::Result<(Usage, String)> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut printed = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        std::io::Read::read_to_string(&mut stdout, &mut printed)?;
    }
    let used = child.wait4()?;
    ensure!(used.status.success(), "ended with {}", used.status);
    let usage = Usage {
        cpu: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        wall: start.elapsed().as_secs_f64(),
        peak: used.rusage.maxrss as f64,
    };
    Ok((usage, printed.trim().to_owned()))
}
