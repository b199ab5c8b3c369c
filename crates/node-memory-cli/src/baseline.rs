//! The figures that a Node starts from, as recorded from a real one.

use node_memory::{Baseline, NodeVersion, Runtime, RuntimeOptions};
use node_script::{Machine, Options};

/// A Node's first sample, of a program that prints nothing before (Linux x64, `--expose-gc`).
///
/// # Errors
/// What to say where none was recorded.
fn recorded(version: NodeVersion) -> Result<Baseline, String> {
    match version {
        NodeVersion::V20 => Ok(Baseline {
            heap_total: 4_169_728,
            heap_used: 3_162_352,
            external: 1_124_147,
            array_buffers: 10_511,
            array_buffers_garbage: 0,
        }),
        _ => Err("the figures that this Node starts from were not recorded; --baseline goes with --node 20".to_owned()),
    }
}

/// What a runtime must be filled with so that it has a Node's figures once the built-in objects are made.
///
/// # Errors
/// A text that says why there is none.
pub fn of(version: NodeVersion, options: &RuntimeOptions) -> Result<Baseline, String> {
    let whole = recorded(version)?;
    let failed = |error: &dyn core::fmt::Display| error.to_string();
    let runtime = Runtime::new(options.clone()).map_err(|error| failed(&error))?;
    let machine = Machine::new(runtime, Options { node: version, ..Options::default() });
    let machine = machine.map_err(|error| failed(&error))?;
    let own = machine.runtime();
    let array_buffers =
        usize::try_from(own.memory_usage().array_buffers().unwrap_or(0)).unwrap_or(0);
    Ok(Baseline {
        heap_used: whole.heap_used.saturating_sub(own.heap_used()) & !7,
        array_buffers: whole.array_buffers.saturating_sub(array_buffers),
        external: whole.external.saturating_sub(array_buffers),
        ..whole
    })
}
