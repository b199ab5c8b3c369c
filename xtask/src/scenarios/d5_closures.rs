//! D5: which variables a closure keeps alive. The document gives only the heading; the programs
//! and figures here were recorded from a real Node.

use super::report::Report;
use super::{DOCUMENT_START, Definition, baseline};
use node_memory::{Runtime, RuntimeError, RuntimeOptions, Scenario, Variable};

pub const DEFINITION: Definition = Definition {
    name: "d5-closures",
    points: &["D5"],
    about: "sibling closures share one context, and it keeps what any of them uses",
    replay,
};

/// `big()`: an array of 131072 elements, and its bytes as recorded (Node v20.20.2).
const BIG_LENGTH: usize = 131_072;
const RECORDED_BIG: i64 = 1_048_624;
/// Bytes held by each program, recorded from Node v20.20.2 less its control's 72.
const RECORDED_USED: i64 = 1_048_792 - 72;
const RECORDED_NOT_CAPTURED: i64 = 128 - 72;
const RECORDED_SIBLING: i64 = 1_048_792 - 72;
const RECORDED_NESTED: i64 = 1_048_832 - 72;
/// One arrow function over a context of one variable, recorded.
const RECORDED_LINK: i64 = 96;
const LINKS: usize = 4;

#[derive(Default)]
struct Variables {
    kept: Option<Variable>,
}

fn replay(_: bool) -> Result<Report, RuntimeError> {
    let options =
        RuntimeOptions { baseline: baseline(&DOCUMENT_START), ..RuntimeOptions::default() };
    let mut scenario = Scenario::<Variables>::new().with_kinds().gc().sample("before");
    for (source, label, make) in PROGRAMS {
        scenario = scenario
            .step(source, move |runtime, v| {
                v.kept = Some(make(runtime)?);
                Ok(())
            })
            .gc()
            .sample(label)
            .step("f = null", |_, v| {
                v.kept = None;
                Ok(())
            })
            .gc()
            .sample("dropped");
    }
    for _ in 0..LINKS {
        scenario = scenario
            .step("f = (previous => () => previous)(f)", |runtime, v| {
                let context = runtime.context(1, None)?;
                runtime.capture(&context, 0, v.kept.as_ref())?;
                v.kept = Some(runtime.arrow_function(Some(&context))?);
                Ok(())
            })
            .gc()
            .sample("one more link");
    }
    let outcome = scenario
        .step("f = null", |_, v| {
            v.kept = None;
            Ok(())
        })
        .gc()
        .sample("the chain dropped")
        .run(Runtime::new(options)?)?;

    let mut report = Report::of(&outcome);
    let before = report.figure(0, 2);
    let expected = [RECORDED_USED, RECORDED_NOT_CAPTURED, RECORDED_SIBLING, RECORDED_NESTED];
    for (program, (expected, (_, label, _))) in expected.into_iter().zip(PROGRAMS).enumerate() {
        let sample = 1 + 2 * program;
        report.exactly(
            &format!("bytes held: {label}"),
            expected,
            report.figure(sample, 2) - before,
        );
        report.exactly("bytes left after f = null", 0, report.figure(sample + 1, 2) - before);
    }
    let chain = 1 + 2 * PROGRAMS.len();
    for link in 0..LINKS {
        let grown = report.figure(chain + link, 2) - report.figure(chain + link - 1, 2);
        report.exactly(&format!("bytes of link {}", link + 1), RECORDED_LINK, grown);
    }
    report.exactly("bytes left of the chain", 0, report.figure(chain + LINKS, 2) - before);
    report.note(&format!(
        "expected bytes are recorded from Node v20.20.2, its control program's subtracted; big() \
         is {RECORDED_BIG} of them"
    ));
    report.shown =
        "a closure keeps its context, and the context all that any sibling uses".to_owned();
    Ok(report)
}

type Make = fn(&mut Runtime) -> Result<Variable, RuntimeError>;

const PROGRAMS: [(&str, &str, Make); 4] = [
    ("const b = big(); f = () => b.length", "the closure uses it", used),
    ("const b = big(); b[0] = 1; f = () => 1", "no closure uses it", not_captured),
    ("const b = big(); function unused() { return b } f = () => 1", "a sibling uses it", sibling),
    (
        "const b = big(); const sib = () => b; f = (() => { let m = 1; return () => m })()",
        "a closure of an inner function; an outer sibling uses it",
        nested,
    ),
];

fn used(runtime: &mut Runtime) -> Result<Variable, RuntimeError> {
    let context = context_with_big(runtime)?;
    runtime.arrow_function(Some(&context))
}

fn not_captured(runtime: &mut Runtime) -> Result<Variable, RuntimeError> {
    drop(runtime.array(BIG_LENGTH)?);
    runtime.arrow_function(None)
}

fn sibling(runtime: &mut Runtime) -> Result<Variable, RuntimeError> {
    let context = context_with_big(runtime)?;
    drop(runtime.arrow_function(Some(&context))?);
    runtime.arrow_function(Some(&context))
}

fn nested(runtime: &mut Runtime) -> Result<Variable, RuntimeError> {
    let outer = context_with_big(runtime)?;
    drop(runtime.arrow_function(Some(&outer))?);
    let inner = runtime.context(1, Some(&outer))?;
    runtime.arrow_function(Some(&inner))
}

fn context_with_big(runtime: &mut Runtime) -> Result<Variable, RuntimeError> {
    let big = runtime.array(BIG_LENGTH)?;
    let context = runtime.context(1, None)?;
    runtime.capture(&context, 0, Some(&big))?;
    Ok(context)
}
