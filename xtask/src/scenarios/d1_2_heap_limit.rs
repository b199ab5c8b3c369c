//! D1.2: the heap grows until its limit, and then refuses.

use super::report::Report;
use super::{DOCUMENT_START, Definition, baseline};
use node_memory::{HeapOptions, Runtime, RuntimeError, RuntimeOptions, Scenario, Variable};

pub const DEFINITION: Definition = Definition {
    name: "d1-2-heap-limit",
    points: &["D1.2"],
    about: "a heap that is asked for more and more, up to its limit",
    replay,
};

/// The limit of a run without `--full`, in bytes.
const SMALL_LIMIT: usize = 64 << 20;
/// Elements of each array that is kept.
const LENGTH: usize = 1000;
/// The number of samples until the limit.
const SAMPLES: usize = 4;
/// The fields of a list's node: the node before it, its array, its number.
const PREVIOUS: usize = 0;
const ARRAY: usize = 1;
const NUMBER: usize = 2;

#[derive(Default)]
struct Variables {
    head: Option<Variable>,
    nodes: i32,
    refused: Option<RuntimeError>,
}

/// Adds a node with its array to the list; leaves the list as it was if the heap refuses.
fn grow(runtime: &mut Runtime, v: &mut Variables) -> Result<(), RuntimeError> {
    let node = runtime.object()?;
    let array = runtime.array(LENGTH)?;
    runtime.set_field(&node, ARRAY, Some(&array))?;
    runtime.set_field(&node, PREVIOUS, v.head.as_ref())?;
    runtime.set_number(&node, NUMBER, v.nodes)?;
    v.head = Some(node);
    v.nodes += 1;
    Ok(())
}

/// Reads the whole list back and counts its nodes; each must have its number and its array.
fn readable(runtime: &mut Runtime, v: &Variables) -> Result<i32, RuntimeError> {
    let mut expected = v.nodes;
    let mut next = match &v.head {
        Some(head) => Some(runtime.field(head, PREVIOUS)?),
        None => None,
    };
    let mut node_number = v.head.as_ref().map(|head| runtime.number(head, NUMBER)).transpose()?;
    while let Some(number) = node_number.flatten() {
        expected -= 1;
        if number != expected {
            break;
        }
        node_number = None;
        if let Some(Some(node)) = next.take() {
            if runtime.field(&node, ARRAY)?.is_none() {
                break;
            }
            node_number = Some(runtime.number(&node, NUMBER)?);
            next = Some(runtime.field(&node, PREVIOUS)?);
        }
    }
    Ok(v.nodes - expected)
}

fn replay(full: bool) -> Result<Report, RuntimeError> {
    let heap = if full {
        HeapOptions::historical_64_bit()
    } else {
        HeapOptions::default().with_limit(SMALL_LIMIT)
    };
    let runtime = Runtime::new(RuntimeOptions {
        heap,
        baseline: baseline(&DOCUMENT_START),
        ..RuntimeOptions::default()
    })?;
    let limit = runtime.heap_limit();
    let mut scenario = Scenario::<Variables>::new().with_kinds().sample("start");
    for part in 1..=SAMPLES {
        let target = limit / (SAMPLES + 1) * part;
        scenario = scenario
            .step("while (below the next mark) keep(new Array(1000))", move |runtime, v| {
                while runtime.heap_used() < target {
                    grow(runtime, v)?;
                }
                Ok(())
            })
            .sample(&format!("{part}/{} of the limit", SAMPLES + 1));
    }
    let mut outcome = scenario
        .step("for (;;) keep(new Array(1000))", |runtime, v| {
            v.refused = loop {
                if let Err(refused) = grow(runtime, v) {
                    break Some(refused);
                }
            };
            Ok(())
        })
        .sample("at the limit")
        .run(runtime)?;

    let mut report = Report::of(&outcome);
    let growing = (1..=SAMPLES + 1).all(|i| report.figure(i, 1) > report.figure(i - 1, 1));
    report.is_so("heapTotal grows from sample to sample", "growing", growing);
    let within = (0..=SAMPLES + 1).all(|i| report.figure(i, 1) <= limit as i64);
    report.is_so("heapTotal never passes the limit", &format!("limit {limit}"), within);
    match &outcome.variables.refused {
        Some(RuntimeError::OutOfMemory(refused)) => {
            report.exactly("the refusal names the limit", limit as i64, refused.limit as i64);
            report.is_so(
                "the refusal is a typed error",
                &format!("requested {}, used {}", refused.requested, refused.used),
                refused.requested > 0 && refused.used <= limit,
            );
        }
        other => report.is_so("the refusal is a typed error", &format!("{other:?}"), false),
    }
    let nodes = outcome.variables.nodes;
    let read = readable(&mut outcome.runtime, &outcome.variables)?;
    report.exactly("arrays readable after the refusal", nodes.into(), read.into());
    outcome.variables.head = None;
    outcome.runtime.gc();
    let again = grow(&mut outcome.runtime, &mut outcome.variables).is_ok();
    report.is_so("with the list dropped there is room again", "room", again);
    report.note(
        "the document's figures are 1.4 GB on 64-bit systems and about 0.6 GB (V8: 0.7 GB) on \
         32-bit ones; --full replays 1.4 GB",
    );
    report.shown = format!(
        "at {limit} bytes a typed refusal, and all {nodes} arrays before it still readable"
    );
    Ok(report)
}
