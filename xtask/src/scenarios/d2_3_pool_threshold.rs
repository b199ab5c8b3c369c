//! D2.3: the threshold between small and large buffers.

use super::report::Report;
use super::{DOCUMENT_START, Definition, baseline};
use node_memory::{Runtime, RuntimeError, RuntimeOptions, Scenario, Variable};

pub const DEFINITION: Definition = Definition {
    name: "d2-3-pool-threshold",
    points: &["D2.3"],
    about: "small buffers share slabs of 8 KiB, large ones have a store of their own",
    replay,
};

/// The document's border between small and large, which is the slab's size.
const DOCUMENT_BORDER: usize = 8 * 1024;
/// Recorded from Node v20.20.2: the length of the backing store for each length asked for.
const RECORDED_STORES: [(usize, usize); 6] =
    [(100, 8192), (4095, 8192), (4096, 4096), (8191, 8191), (8192, 8192), (10000, 10000)];

fn replay(_: bool) -> Result<Report, RuntimeError> {
    let mut scenario = Scenario::<Vec<Variable>>::new().with_kinds().sample("before");
    for (length, _) in RECORDED_STORES {
        scenario = scenario.step(&format!("Buffer.allocUnsafe({length})"), move |runtime, v| {
            v.push(runtime.buffer_alloc_unsafe(length)?);
            Ok(())
        });
    }
    let options =
        RuntimeOptions { baseline: baseline(&DOCUMENT_START), ..RuntimeOptions::default() };
    let mut outcome = scenario.sample("six buffers").run(Runtime::new(options)?)?;
    let mut report = Report::of(&outcome);
    for ((length, recorded), variable) in RECORDED_STORES.iter().zip(&outcome.variables) {
        let store = outcome.runtime.read_buffer(variable, |buffer| buffer.store_len())?;
        let what = format!("store of allocUnsafe({length}), as Node 20's");
        report.exactly(&what, *recorded as i64, store as i64);
    }
    let mut slabs = Vec::new();
    for variable in outcome.variables.iter().take(2) {
        slabs.push(outcome.runtime.read_buffer(variable, |buffer| buffer.store_id())?);
    }
    report.is_so(
        "the two small buffers share a slab while it has room",
        "one slab",
        slabs.first() == slabs.last(),
    );
    report.note(&format!(
        "the document's border of {DOCUMENT_BORDER} bytes is the slab's size; Node takes from the \
         slab below half of it, so 4095 bytes are pooled and 4096 are not"
    ));
    report.shown =
        "below half of a slab's 8192 bytes a buffer shares one, from there it has its own"
            .to_owned();
    Ok(report)
}
