//! D3.2: a WeakMap's references do not keep their object alive.

use super::report::{Figures, Report};
use super::{Definition, baseline};
use node_memory::{Runtime, RuntimeError, RuntimeOptions, Scenario, Variable};

pub const DEFINITION: Definition = Definition {
    name: "d3-2-weak-map",
    points: &["D3.2"],
    about: "a WeakMap releases an array of 1024 * 1024 elements with its key",
    replay,
};

/// The document's samples.
const DOCUMENT: [Figures; 3] = [
    super::DOCUMENT_START,
    [37191680, 14630912, 11874656, 275233, 10422],
    [37339136, 8585216, 3483264, 274509, 10422],
];
/// The same program, recorded with `node --expose-gc --single-threaded` v20.20.2 (medians of 5).
const RECORDED: [Figures; 3] = [
    [39084032, 5218304, 2717752, 1124111, 10475],
    [49831936, 14139392, 11357888, 1411627, 10475],
    [41615360, 7839744, 2968624, 1411627, 10475],
];
/// `new Array(1024 * 1024)`'s elements: a header of 16 bytes and 8 bytes each.
const ELEMENTS: i64 = 8388624;

#[derive(Default)]
struct Variables {
    a: Option<Variable>,
    b: Option<Variable>,
}

fn replay(_: bool) -> Result<Report, RuntimeError> {
    let options = RuntimeOptions { baseline: baseline(&DOCUMENT[0]), ..RuntimeOptions::default() };
    let mut outcome = Scenario::<Variables>::new()
        .with_kinds()
        .gc()
        .sample("after the first gc")
        .step("const a = new WeakMap(); let b = new Object()", |runtime, v| {
            v.a = Some(runtime.weak_map()?);
            v.b = Some(runtime.object()?);
            Ok(())
        })
        .step("a.set(b, new Array(1024 * 1024))", |runtime, v| {
            let array = runtime.array(1024 * 1024)?;
            if let (Some(a), Some(b)) = (&v.a, &v.b) {
                runtime.weak_map_set(a, b, &array)?;
            }
            Ok(())
        })
        .gc()
        .sample("after set and gc")
        .step("b = null", |_, v| {
            v.b = None;
            Ok(())
        })
        .gc()
        .sample("after b = null and gc")
        .run(Runtime::new(options)?)?;

    let mut report = Report::of(&outcome).document(&DOCUMENT).node(&RECORDED);
    for (sample, document) in DOCUMENT.iter().enumerate() {
        let what = format!("arrayBuffers of sample {}", sample + 1);
        report.exactly(&what, document[4] as i64, report.figure(sample, 4));
    }
    let rise = report.figure(1, 2) - report.figure(0, 2);
    let fall = report.figure(1, 2) - report.figure(2, 2);
    let around = rise - ELEMENTS;
    report.is_so(
        "heapUsed rises by the array's 8388624 bytes and the cells around it",
        &format!("{rise} = {ELEMENTS} + {around}"),
        (0..4096).contains(&around),
    );
    let fell = (DOCUMENT[1][2] - DOCUMENT[2][2]) as i64;
    report.within("heapUsed falls at b = null by what the document's falls", fell, 1, fall);
    let (held, freed) = (report.figure(1, 1), report.figure(2, 1));
    report.is_so("heapTotal falls", &format!("{held}, then {freed}"), freed < held);
    let map_lives = match &outcome.variables.a {
        Some(map) => outcome.runtime.weak_map_occupancy(map)? == 0,
        None => false,
    };
    report.is_so("the map is alive and holds no entry", "an empty map", map_lives);
    report.note(
        "the document's heapUsed stays some 390 kB above its first sample, and its external some \
         60 kB: the cost of the first console.log of its program, which the replay does not pay",
    );
    report.shown =
        format!("the map is alive, its array was collected: heapUsed fell by {fall} bytes");
    Ok(report)
}
