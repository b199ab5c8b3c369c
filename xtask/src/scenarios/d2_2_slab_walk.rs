//! D2.2: the walk from Buffer1 to Buffer3, under both reuse policies.

use super::report::Report;
use super::{DOCUMENT_START, Definition, baseline};
use node_memory::{PoolOptions, Reuse, Runtime, RuntimeError, RuntimeOptions, Scenario, Variable};

pub const NODE: Definition = Definition {
    name: "d2-2-slab-walk-node",
    points: &["D2.2"],
    about: "slabs as Node frees them: with their last buffer",
    replay: |_| replay(Reuse::Node),
};

pub const RECYCLE: Definition = Definition {
    name: "d2-2-slab-walk-recycle",
    points: &["D2.2"],
    about: "slabs as the document describes them: kept and given to new buffers",
    replay: |_| replay(Reuse::Recycle),
};

/// A buffer that fills more than a third of a slab, so that two share one and no third fits.
const LENGTH: usize = 3000;
const SLAB: i64 = 8192;

#[derive(Default)]
struct Variables {
    buffers: Vec<Variable>,
    stores: Vec<Option<u64>>,
}

fn create(runtime: &mut Runtime, v: &mut Variables) -> Result<(), RuntimeError> {
    let buffer = runtime.buffer_alloc_unsafe(LENGTH)?;
    v.stores.push(runtime.read_buffer(&buffer, |buffer| buffer.store_id())?);
    v.buffers.push(buffer);
    Ok(())
}

fn replay(reuse: Reuse) -> Result<Report, RuntimeError> {
    let recycles = matches!(reuse, Reuse::Recycle);
    let pool = PoolOptions { reuse, ..PoolOptions::default() };
    let options =
        RuntimeOptions { pool, baseline: baseline(&DOCUMENT_START), ..RuntimeOptions::default() };
    let outcome = Scenario::<Variables>::new()
        .with_kinds()
        .sample("before")
        .step("buffer1 = Buffer.allocUnsafe(3000)", create)
        .sample("buffer1")
        .step("buffer2 = Buffer.allocUnsafe(3000)", create)
        .sample("buffer2")
        .step("buffer1 = buffer2 = null", |_, v| {
            v.buffers.clear();
            Ok(())
        })
        .gc()
        .sample("both released")
        .step("buffer3 = Buffer.allocUnsafe(3000)", create)
        .sample("buffer3")
        .run(Runtime::new(options)?)?;

    let mut report = Report::of(&outcome);
    let start = report.figure(0, 4);
    report.exactly("arrayBuffers: buffer1 makes slab 1", SLAB, report.figure(1, 4) - start);
    report.exactly("arrayBuffers: buffer2 takes its rest", SLAB, report.figure(2, 4) - start);
    report.exactly("arrayBuffers: slab 1 outlives both", SLAB, report.figure(3, 4) - start);
    let stores = &outcome.variables.stores;
    report.is_so("buffer1 and buffer2 share slab 1", "one store", stores[0] == stores[1]);
    if recycles {
        report.is_so("buffer3 is given slab 1", "its store", stores[0] == stores[2]);
        report.exactly("arrayBuffers: no second slab", SLAB, report.figure(4, 4) - start);
        report.shown = "slab 1 is kept and given to buffer3, as the document says".to_owned();
    } else {
        report.is_so("buffer3 starts slab 2", "another store", stores[0] != stores[2]);
        report.exactly("arrayBuffers: slab 2 replaces it", SLAB, report.figure(4, 4) - start);
        report.note(
            "Node never reuses a slab: the pool itself holds its current one, which is why it \
             outlives both buffers, and releases it when a buffer does not fit its rest",
        );
        report.shown = "Node keeps only the current slab; buffer3 starts a new one".to_owned();
    }
    Ok(report)
}
