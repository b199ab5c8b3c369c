//! Scavenges of a semi-space of 16 MiB with few survivors: one of 256 cells is held, until 1024 later ones are held. The
//! result counts the held cells. A peer without a new space has no counterpart.

use crate::timed::{Report, TimedWorkload, middle};
use cpu_time::ProcessTime;
use heap_model::{CollectionKind, Heap, HeapOptions, Kind, Value};
use std::sync::{Arc, Mutex};

/// The workload; its size is the number of millions of cells.
pub const WORKLOAD: TimedWorkload =
    TimedWorkload { name: "scavenges", implementations: &[("heap-model", run)] };

/// Bytes of a semi-space.
const SEMI_SPACE: usize = 16 << 20;
/// Words of a cell beside its header.
const WORDS: usize = 6;
/// Cells that are held at a time.
const HELD: usize = 1024;
/// One of this many cells is held.
const ONE_OF: usize = 256;

/// The clock at the start of the collection, and the milliseconds that each took.
#[derive(Default)]
struct Scavenges {
    start: Option<ProcessTime>,
    cpu: Vec<f64>,
    wall: Vec<f64>,
}

fn run(millions: usize) -> Report {
    let (initial_semi_space, max_semi_space) = (SEMI_SPACE, SEMI_SPACE);
    let options = HeapOptions::default()
        .with_initial_semi_space(initial_semi_space)
        .with_max_semi_space(max_semi_space);
    let mut heap = Heap::new(options).expect("a heap");
    let scavenges = Arc::new(Mutex::new(Scavenges::default()));
    let clock = scavenges.clone();
    heap.before_collection(move |_, _| {
        clock.lock().expect("a clock").start = Some(ProcessTime::now());
    });
    let clock = scavenges.clone();
    heap.on_collection(move |event| {
        let mut scavenges = clock.lock().expect("a clock");
        if let (CollectionKind::Scavenge, Some(start)) = (event.kind, scavenges.start) {
            scavenges.cpu.push(start.elapsed().as_secs_f64() * 1e3);
            scavenges.wall.push(event.pause.as_secs_f64() * 1e3);
        }
    });
    let held = heap.enter(|scope| {
        let ring = scope.alloc(Kind::Array, HELD, 0).expect("room");
        let mut held = 0;
        for index in 0..millions * 1_000_000 {
            scope.scope(|scope| {
                let cell = scope.alloc(Kind::Object, WORDS, 0).expect("room");
                if index % ONE_OF == 0 {
                    scope.set(ring, held % HELD, Value::Ref(cell)).expect("a slot");
                    held += 1;
                }
            });
        }
        held
    });
    let Scavenges { cpu, wall, .. } = std::mem::take(&mut *scavenges.lock().expect("a clock"));
    let figures = vec![
        ("longest, CPU ms", cpu.iter().copied().fold(0.0, f64::max)),
        ("median, CPU ms", middle(cpu)),
        ("longest, wall ms", wall.iter().copied().fold(0.0, f64::max)),
        ("median, wall ms", middle(wall)),
    ];
    Report { result: held as u64, figures }
}
