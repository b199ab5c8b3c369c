//! One reading of the process's memory, in three situations: mem-report beside a bare `pread`, its peers and
//! Node; and one sample of a runtime.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use mem_report::{MemorySource, Process, Timeline};
use memmap2::MmapOptions;
use node_memory::{Array, Runtime, RuntimeOptions};
use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::process::Command;
use std::time::Duration;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// Node's program: `count` readings after a warm-up, timed by the program itself, in nanoseconds.
const NODE: &str = "const n = +process.argv[1]; let s = 0;
    for (let i = 0; i < 5000; i++) s += process.memoryUsage().rss;
    const t = process.hrtime.bigint();
    for (let i = 0; i < n; i++) s += process.memoryUsage().rss;
    if (!(s > 0)) process.exit(1); console.log(String(process.hrtime.bigint() - t))";

fn readings(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mem-report/resident-set/small");
    all(&mut group);
    group.bench_function("Node", |bencher| {
        bencher.iter_custom(|count| {
            let count = count.to_string();
            let output = Command::new("node").args(["-e", NODE, &count]).output().expect("a node");
            let text = String::from_utf8(output.stdout).expect("a number");
            Duration::from_nanos(text.trim().parse().expect("a number"))
        });
    });
    group.finish();

    let mut touched = MmapOptions::new().len(1 << 30).map_anon().expect("a GiB");
    touched.fill(1);
    let mut group = criterion.benchmark_group("mem-report/resident-set/1-GiB");
    all(&mut group);
    group.finish();
    drop(touched);

    // The system does not merge neighbours with different protection.
    let mapping = |number: usize| {
        let mut mapping = MmapOptions::new().len(4096).map_anon().expect("a mapping");
        mapping[0] = 1;
        if number.is_multiple_of(2) {
            Ok(mapping.make_read_only().expect("a mapping"))
        } else {
            Err(mapping)
        }
    };
    let mappings: Vec<_> = (0..2000).map(mapping).collect();
    let mut group = criterion.benchmark_group("mem-report/resident-set/2000-mappings");
    all(&mut group);
    group.finish();
    drop(mappings);
}

fn all(group: &mut BenchmarkGroup<'_, WallTime>) {
    group.sample_size(20);
    let process = Process::current().expect("Linux tells");
    group.bench_function("mem-report", |bencher| {
        bencher.iter(|| assert!(process.resident().expect("Linux tells").bytes > 0));
    });
    group.bench_function("mem-report::resident_set", |bencher| {
        bencher.iter(|| assert!(mem_report::resident_set().expect("Linux tells").bytes > 0));
    });
    let statm = File::open("/proc/self/statm").expect("Linux tells");
    group.bench_function("pread", |bencher| {
        let mut text = [0; 160];
        bencher.iter(|| assert!(statm.read_at(black_box(&mut text), 0).expect("Linux tells") > 0));
    });
    group.bench_function("memory-stats", |bencher| {
        bencher.iter(|| assert!(memory_stats::memory_stats().expect("it tells").physical_mem > 0));
    });
    group.bench_function("procfs", |bencher| {
        let process = procfs::process::Process::myself().expect("Linux tells");
        bencher.iter(|| assert!(process.statm().expect("Linux tells").resident > 0));
    });
    group.bench_function("sysinfo", |bencher| {
        let pid = [Pid::from_u32(std::process::id())];
        let memory = ProcessRefreshKind::nothing().with_memory();
        let mut system = System::new().expect("Linux tells");
        bencher.iter(|| {
            system.refresh_processes_specifics(ProcessesToUpdate::Some(&pid), false, memory);
            assert!(system.process(pid[0]).expect("this process").memory() > 0);
        });
    });
    group.bench_function("metrics-process", |bencher| {
        let collector = metrics_process::Collector::default();
        bencher.iter(|| collector.collect());
    });
}

/// A labelled sample of a runtime, beside the one system call that it contains.
fn sample(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mem-report/sample/runtime");
    let mut runtime = Runtime::new(RuntimeOptions::default()).expect("room");
    let held = Array::new(&mut runtime, 1000).expect("room");
    assert!(runtime.read().rss().is_some());
    let mut timeline = Timeline::ring(1000).with_clock().with_room(1000, 100_000);
    group.bench_function("mem-report", |bencher| {
        bencher.iter(|| timeline.sample("after the request", &mut runtime));
    });
    assert!(!timeline.is_empty());
    let statm = File::open("/proc/self/statm").expect("Linux tells");
    group.bench_function("pread", |bencher| {
        let mut text = [0; 160];
        bencher.iter(|| assert!(statm.read_at(black_box(&mut text), 0).expect("Linux tells") > 0));
    });
    group.finish();
    drop(held);
}

criterion_group!(benches, readings, sample);
criterion_main!(benches);
