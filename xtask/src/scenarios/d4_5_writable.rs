//! D4.5 and D4.6: three chunks written to a Writable, open and corked, and the fourth sample that
//! settles whether they stay forever.

use super::report::{Figures, Report};
use super::{Definition, baseline};
use node_memory::{Baseline, Runtime, RuntimeError, RuntimeOptions, Scenario, Variable};

pub const OPEN: Definition = Definition {
    name: "d4-5-writable-open",
    points: &["D4.5", "D4.6"],
    about: "three chunks pass through an open Writable",
    replay: |_| replay(false, DOCUMENT_OPEN, &RECORDED_OPEN),
};

pub const CORKED: Definition = Definition {
    name: "d4-5-writable-corked",
    points: &["D4.5", "D4.6"],
    about: "three chunks wait in a corked Writable until it is collected",
    replay: |_| replay(true, DOCUMENT_CORKED, &RECORDED_CORKED),
};

/// The document's samples of the run as it stands.
const DOCUMENT_OPEN: [Figures; 3] = [
    [26968064, 4636672, 3643888, 214019, 11146],
    [27967488, 5177344, 4256144, 324710, 60301],
    [28540928, 6225920, 3500600, 324142, 10422],
];
/// The document's samples of the run with `cork()`.
const DOCUMENT_CORKED: [Figures; 3] = [
    [26787840, 4636672, 3643904, 214019, 11146],
    [27852800, 5177344, 4256344, 324710, 60301],
    [28508160, 6225920, 3501720, 324142, 59577],
];
/// Recorded with `node --expose-gc --single-threaded` v20.20.2 (medians of 5); this program
/// collects before its first sample.
const RECORDED_OPEN: [Figures; 4] = [
    [40656896, 5480448, 2922328, 1304714, 10475],
    [41574400, 5742592, 3604920, 1460782, 59630],
    [41705472, 5742592, 2975024, 1411627, 10475],
    [41705472, 5742592, 2973272, 1411627, 10475],
];
/// The same with `cork()`.
const RECORDED_CORKED: [Figures; 4] = [
    [40656896, 5480448, 2922288, 1304714, 10475],
    [41623552, 5742592, 3605512, 1460782, 59630],
    [41705472, 5742592, 2976368, 1460782, 59630],
    [41705472, 5742592, 2973440, 1411627, 10475],
];
/// What the document's own first collection frees: the arrayBuffers of its first sample less
/// those of its open run's last.
const GARBAGE: u64 = DOCUMENT_OPEN[0][4] - DOCUMENT_OPEN[2][4];

#[derive(Default)]
struct Variables {
    writable: Option<Variable>,
    overflow: String,
    sunk: u64,
}

fn replay(
    corked: bool,
    document: [Figures; 3],
    recorded: &[Figures],
) -> Result<Report, RuntimeError> {
    let baseline = Baseline { array_buffers_garbage: GARBAGE as usize, ..baseline(&document[0]) };
    let options = RuntimeOptions { baseline, ..RuntimeOptions::default() };
    let mut scenario = Scenario::<Variables>::new()
        .with_kinds()
        .sample("before")
        .step("let writable = new Writable({ write(data, enc, next) { next() } })", |runtime, v| {
            v.writable = Some(runtime.writable()?);
            Ok(())
        })
        .step("let S_OVERFLOW = '-'.repeat(writable.writableHighWaterMark + 1)", |runtime, v| {
            if let Some(writable) = &v.writable {
                v.overflow = "-".repeat(runtime.writable_high_water_mark(writable)? + 1);
            }
            Ok(())
        });
    if corked {
        scenario = scenario.step("writable.cork()", |runtime, v| match &v.writable {
            Some(writable) => runtime.writable_cork(writable),
            None => Ok(()),
        });
    }
    for _ in 0..3 {
        scenario = scenario.step("writable.write(S_OVERFLOW)", |runtime, v| {
            if let Some(writable) = &v.writable {
                runtime.writable_write(writable, &v.overflow)?;
                v.sunk = runtime.writable_sunk(writable)?;
            }
            Ok(())
        });
    }
    let outcome = scenario
        .sample("after three writes")
        .gc()
        .step("writable = null", |_, v| {
            v.writable = None;
            Ok(())
        })
        .sample("after gc and null")
        .gc()
        .sample("one more gc (D4.6)")
        .run(Runtime::new(options)?)?;

    let mut report = Report::of(&outcome).document(&document).node(recorded);
    for (sample, figures) in document.iter().enumerate() {
        let what = format!("arrayBuffers of sample {}", sample + 1);
        report.exactly(&what, figures[4] as i64, report.figure(sample, 4));
    }
    let without_chunks = DOCUMENT_OPEN[2][4] as i64;
    report.exactly("arrayBuffers of sample 4", without_chunks, report.figure(3, 4));
    let chunks = if corked { 0 } else { 3 };
    report.exactly("chunks that reached the sink", chunks, outcome.variables.sunk as i64);
    report.note(
        "the document's heapUsed and external contain its first console.log (some 250 to 390 kB, \
         and 60 to 110 kB in its Node); the replay pays for no printing, so only the differences \
         of arrayBuffers are expected to agree",
    );
    report.note(
        "heapTotal is the replay's own spaces: at least two semi-spaces and the old space's pages",
    );
    if corked {
        report.note(
            "the document concludes from its third sample that the chunks leak forever; its \
             program collects before it drops the reference, so that sample cannot show it. The \
             fourth sample does: the next collection frees all three, as a real Node does",
        );
    }
    report.shown = if corked {
        "the corked chunks stay with the stream and go with it: no leak".to_owned()
    } else {
        "the written chunks are garbage that the next collection frees".to_owned()
    };
    Ok(report)
}
