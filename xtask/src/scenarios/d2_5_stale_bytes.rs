//! D2.5: an unfilled buffer shows old bytes, a filled one does not.

use super::report::Report;
use super::{DOCUMENT_START, Definition, baseline};
use node_memory::{PoolOptions, Reuse, Runtime, RuntimeError, RuntimeOptions, Scenario, Variable};

pub const DEFINITION: Definition = Definition {
    name: "d2-5-stale-bytes",
    points: &["D2.5"],
    about: "what an unfilled buffer shows of the one before it",
    replay,
};

/// The length of a buffer of which two share a slab and leave too little room for a third.
const LENGTH: usize = 3000;
const SECRET: &[u8] = b"correct horse battery staple";

#[derive(Default)]
struct Variables {
    buffer: Option<Variable>,
    seen: Vec<bool>,
}

fn look(runtime: &mut Runtime, v: &mut Variables, buffer: Variable) -> Result<(), RuntimeError> {
    let seen = runtime
        .read_buffer(&buffer, |bytes| bytes.windows(SECRET.len()).any(|window| window == SECRET))?;
    v.seen.push(seen);
    v.buffer = Some(buffer);
    Ok(())
}

fn replay(_: bool) -> Result<Report, RuntimeError> {
    let pool = PoolOptions { reuse: Reuse::Recycle, ..PoolOptions::default() };
    let outcome = Scenario::<Variables>::new()
        .with_kinds()
        .sample("before")
        .step("let b = Buffer.allocUnsafe(3000); b.write(secret)", |runtime, v| {
            let buffer = runtime.buffer_alloc_unsafe(LENGTH)?;
            runtime.write_buffer(&buffer, |bytes| bytes[..SECRET.len()].copy_from_slice(SECRET))?;
            look(runtime, v, buffer)
        })
        .sample("a buffer with a secret")
        .step("b = null", |_, v| {
            v.buffer = None;
            Ok(())
        })
        .gc()
        .sample("released")
        .step("b = Buffer.alloc(3000)", |runtime, v| {
            let buffer = runtime.buffer_alloc(LENGTH)?;
            look(runtime, v, buffer)
        })
        .step("b = Buffer.allocUnsafe(3000), until the slab is used again", |runtime, v| {
            // The released slab is taken when the current one is full.
            for _ in 0..4 {
                let buffer = runtime.buffer_alloc_unsafe(LENGTH)?;
                look(runtime, v, buffer)?;
                v.buffer = None;
                runtime.gc();
            }
            Ok(())
        })
        .gc()
        .sample("after the unfilled ones")
        .run(Runtime::new(RuntimeOptions {
            pool,
            baseline: baseline(&DOCUMENT_START),
            ..RuntimeOptions::default()
        })?)?;

    let mut report = Report::of(&outcome);
    let seen = &outcome.variables.seen;
    report.is_so("the first buffer holds the secret", "its own bytes", seen[0]);
    report.is_so("a filled buffer shows nothing of it", "zeros", !seen[1]);
    let stale = seen[2..].iter().any(|seen| *seen);
    report.is_so("an unfilled buffer shows it", "the secret, read back", stale);
    report.note(
        "the bytes are old, never undefined: every slab is initialised when it is made. Node \
         itself reuses no slab; there the old bytes come from the allocator behind it",
    );
    report.shown = "allocUnsafe reads a released buffer's secret back, alloc does not".to_owned();
    Ok(report)
}
