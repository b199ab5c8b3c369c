//! Tests of the scenarios: each as reviewed, and what is said of bad input.

use super::data::{Data, Ends, folder};
use super::output;
use super::replay::{Way, replay};
use super::report::{self, Report};
use mem_report::{Figure, Source};

/// A test for each scenario, so that a run shows all snapshots that a change moves.
macro_rules! scenarios {
    ($($test:ident: $name:literal,)*) => {
        const NAMES: &[&str] = &[$($name),*];

        $(
            #[test]
            fn $test() {
                is_as_reviewed($name);
            }
        )*
    };
}

scenarios! {
    d1_1_declaring: "d1-1-declaring",
    d1_2_heap_limit: "d1-2-heap-limit",
    d1_2_limit_32_bit: "d1-2-limit-32-bit",
    d1_2_limit_64_bit: "d1-2-limit-64-bit",
    d1_3_off_heap: "d1-3-off-heap",
    d1_4_embedded: "d1-4-embedded",
    d1_4_five_figures: "d1-4-five-figures",
    d2_1_requests: "d2-1-requests",
    d2_1_time: "d2-1-time",
    d2_2_slab_walk: "d2-2-slab-walk",
    d2_2_slab_walk_full: "d2-2-slab-walk-full",
    d2_3_pool_threshold: "d2-3-pool-threshold",
    d2_4_fragmentation: "d2-4-fragmentation",
    d2_4_recycled_slab: "d2-4-recycled-slab",
    d2_5_stale_bytes: "d2-5-stale-bytes",
    d2_5_time: "d2-5-time",
    d3_1_map_control: "d3-1-map-control",
    d3_1_value_with_key: "d3-1-value-with-key",
    d3_2_weak_map: "d3-2-weak-map",
    d4_1_drain: "d4-1-drain",
    d4_2_ignored_backpressure: "d4-2-ignored-backpressure",
    d4_3_undrained_socket: "d4-3-undrained-socket",
    d4_4_cork: "d4-4-cork",
    d4_5_writable_corked: "d4-5-writable-corked",
    d4_5_writable_open: "d4-5-writable-open",
    d5_1_captured: "d5-1-captured",
    d5_2_not_captured: "d5-2-not-captured",
    d5_3_siblings: "d5-3-siblings",
    d5_4_nested: "d5-4-nested",
    d5_5_loops: "d5-5-loops",
    d5_6_eval: "d5-6-eval",
    d5_7_chain: "d5-7-chain",
    leak_abort_signals: "leak-abort-signals",
    leak_buffer_slice: "leak-buffer-slice",
    leak_emitter_outlives: "leak-emitter-outlives",
    leak_interval: "leak-interval",
    leak_job_queue: "leak-job-queue",
    leak_let_and_var: "leak-let-and-var",
    leak_listeners: "leak-listeners",
    leak_map_for_weak_map: "leak-map-for-weak-map",
    leak_promise_chain: "leak-promise-chain",
    leak_promise_race: "leak-promise-race",
    leak_sibling_closures: "leak-sibling-closures",
    leak_string_slice: "leak-string-slice",
    leak_timeouts: "leak-timeouts",
    leak_unbounded_cache: "leak-unbounded-cache",
    leak_undrained_writable: "leak-undrained-writable",
}

fn of(name: &str) -> Data {
    Data::read(&folder().join(format!("{name}.toml"))).unwrap()
}

fn is_as_reviewed(name: &str) {
    let data = of(name);
    let ran = replay(&data, Way::default()).unwrap();
    let recorded = report::as_ran(&data, data.line());
    let peers = report::recorded(&data, data.line(), recorded.as_ref());
    let report = Report::new(&data, data.line(), ran, &peers);
    if !data.table.varies {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
            insta::assert_snapshot!(name, output::snapshot(&data, &report));
        });
    }
    holds(&data, &report, data.line());
}

/// What is expected holds, and each difference has its reason. Other tests have a part in this process's resident set, so what is
/// expected of that is left to the command.
fn holds(data: &Data, report: &Report, line: &str) {
    let text = output::text(data, report, output::Format::Table).unwrap();
    let is_meant = |check: &&report::Check| !check.what.starts_with(Figure::Rss.name());
    let failed: Vec<&str> = report
        .checks
        .iter()
        .filter(is_meant)
        .filter(|check| !check.holds)
        .map(|check| check.what.as_str())
        .collect();
    let name = &data.name;
    assert_eq!((failed, report.unexplained()), (vec![], 0), "{name} in {line}\n{text}");
}

#[test]
fn each_scenario_has_a_test() {
    let all = Data::all(&folder()).unwrap();
    let names: Vec<&str> = all.iter().map(|data| data.name.as_str()).collect();
    assert_eq!(names, NAMES);
}

// -- fidelity -------------------------------------------------------------------------------------------------------

/// How far the numbers of collections may be from a real Node's: by this factor, or by this many.
const FACTOR: f64 = 1.5;
const FEW: u64 = 2;
/// Programs of which V8 collects more often, and why.
const MORE_IN_V8: &[(&str, &str)] =
    &[("leak-promise-chain", "a round that is awaited leaves more garbage in V8")];
/// Samples that are near the heap's limit.
const NEAR: usize = 4;

/// Replays what was recorded of a release line: each figure at each sample is within what it is allowed, or the data file says
/// why not and by how much at most.
fn is_as_in(line: &str, data: &Data) {
    let name = &data.name;
    let recorded =
        report::as_ran(data, line).unwrap_or_else(|| panic!("{name} is not recorded in {line}"));
    let way = Way { version: super::data::version(line), ..Way::default() };
    let ran = replay(data, way).unwrap();
    // Near the limit V8 collects again and again.
    let near = if data.table.ends == Ends::OutOfMemory { NEAR } else { 0 };
    let compared = recorded.collections.len() - near;
    let both = ran.collections.iter().zip(&recorded.collections).take(compared);
    for (index, (own, theirs)) in both.enumerate() {
        for (own, theirs) in [(own.0, theirs.0), (own.1, theirs.1)] {
            let (less, more) = (own.min(theirs), own.max(theirs));
            let is_known = theirs > own && MORE_IN_V8.iter().any(|(known, _)| known == name);
            assert!(
                is_known || more - less <= FEW || more as f64 <= FACTOR * less as f64,
                "{name} in {line}, sample {index}: {own} collections, {theirs} in Node"
            );
        }
    }
    let peers = report::recorded(data, line, Some(&recorded));
    let report = Report::new(data, line, ran, &peers);
    holds(data, &report, line);
}

macro_rules! lines {
    ($($test:ident: $line:literal,)*) => {
        $(
            #[test]
            fn $test() {
                let all = Data::all(&folder()).unwrap();
                let fixed: Vec<&Data> = all.iter().filter(|data| !data.table.varies).collect();
                assert!(fixed.len() >= 40);
                fixed.into_iter().for_each(|data| is_as_in($line, data));
            }
        )*
    };
}

lines! {
    figures_and_collections_are_those_of_node_16: "16",
    figures_and_collections_are_those_of_node_20: "20",
    figures_and_collections_are_those_of_node_22: "22",
    figures_and_collections_are_those_of_node_24: "24",
}

#[test]
fn the_heap_ends_where_that_of_a_real_node_ends() {
    let data = of("d1-2-heap-limit");
    for line in ["16", "20", "22", "24"] {
        let recorded = report::as_ran(&data, line).unwrap();
        let way = Way { version: super::data::version(line), ..Way::default() };
        let ran = replay(&data, way).unwrap();
        assert!(ran.out_of_memory && recorded.out_of_memory);
        let last = |ran: &super::replay::Ran| {
            let usage = ran.timeline.samples().last().unwrap().usage;
            usage.heap_used().unwrap() as f64
        };
        let (own, theirs) = (last(&ran), last(&recorded));
        assert!((own / theirs - 1.0).abs() < 0.05, "Node {line}: {own}, {theirs}");
    }
}

#[test]
fn the_documents_absolute_figures_are_reached() {
    let all = Data::all(&folder()).unwrap();
    let mut compared = 0;
    for data in &all {
        let Some(document) = &data.table.document else { continue };
        let ran = replay(data, Way::default()).unwrap();
        let theirs = document.timeline(&data.table.samples, Source::exact("document"));
        for (own, theirs) in ran.timeline.samples().zip(theirs.samples()) {
            for (figure, per_cent) in [
                (Figure::HeapTotal, 10.0),
                (Figure::HeapUsed, 1.0),
                (Figure::External, 2.0),
                (Figure::ArrayBuffers, 0.0),
            ] {
                let (own_bytes, bytes) = (
                    own.usage.get(figure).unwrap() as f64,
                    theirs.usage.get(figure).unwrap() as f64,
                );
                let off = (own_bytes - bytes).abs() / bytes * 100.0;
                let place = format!("{}, {}: {figure}", data.name, own.label);
                assert!(off <= per_cent, "{place}: {own_bytes}, document {bytes}: {off:.2} %");
                compared += 1;
            }
        }
    }
    // Three programs, three samples, four figures.
    assert_eq!(compared, 36);
}

#[test]
fn the_resident_set_falls_when_memory_is_released() {
    // Other tests have a part in this process's resident set, so this one runs in a process of its own.
    if std::env::var_os("ALONE").is_none() {
        let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
        alone.args(["--exact", "scenarios::tests::the_resident_set_falls_when_memory_is_released"]);
        let output = alone.env("ALONE", "1").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let ran = replay(&of("d1-3-off-heap"), Way::default()).unwrap();
    let rss: Vec<u64> = ran.timeline.samples().filter_map(|sample| sample.usage.rss()).collect();
    if let [before, with, after] = rss[..] {
        assert!(with > before + (24 << 20), "{rss:?}");
        assert!(after + (16 << 20) < with, "{rss:?}");
    }
}

// -- the document -------------------------------------------------------------------------------------------------

const DOCUMENT: &str = include_str!("../../../docs/DOCUMENT.md");
const POINTS: [&str; 18] = [
    "D1.1", "D1.2", "D1.3", "D1.4", "D2.1", "D2.2", "D2.3", "D2.4", "D2.5", "D3.1", "D3.2", "D4.1",
    "D4.2", "D4.3", "D4.4", "D4.5", "D4.6", "D5",
];

#[test]
fn every_point_of_the_document_is_shown_by_the_scenarios_that_name_it() {
    let all = Data::all(&folder()).unwrap();
    let rows = DOCUMENT.lines().filter(|line| line.starts_with("| D"));
    let rows: Vec<(&str, Vec<&str>)> = rows
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
            (cells[0], cells[2].split(", ").filter(|name| !name.is_empty()).collect())
        })
        .collect();
    assert_eq!(rows.iter().map(|(point, _)| *point).collect::<Vec<_>>(), POINTS);
    for (point, mut names) in rows {
        assert!(!names.is_empty(), "{point} is shown by nothing");
        names.sort_unstable();
        let showing = all.iter().filter(|data| data.table.points.iter().any(|one| one == point));
        assert_eq!(names, showing.map(|data| data.name.as_str()).collect::<Vec<_>>(), "{point}");
    }
    for data in &all {
        for point in &data.table.points {
            assert!(POINTS.contains(&point.as_str()), "{}: {point} is no point", data.name);
        }
    }
}

// -- bad input ------------------------------------------------------------------------------------------------------

/// What is said of a data file, whose program is that of another one.
fn refused(text: &str) -> String {
    let path = folder().join("bad.toml");
    let head = "about = 'a'\nproves = 'b'\nprogram = 'd5-1-captured.js'\n";
    let error = Data::parse(&path, format!("{head}{text}")).expect_err("a bad data file");
    let text = error.to_string();
    text.replace(&format!("{}/", folder().display()), "")
}

#[test]
fn a_scenario_without_an_expectation_is_refused() {
    assert_eq!(
        refused("samples = ['one']"),
        "bad.toml:1: nothing is expected, so it shows nothing: add [[expect]]"
    );
}

#[test]
fn an_unknown_figure_is_told_with_its_line() {
    assert_eq!(
        refused("samples = ['one']\n[[expect]]\nfigure = 'heapSize'\nto = 'one'\nis = 1"),
        "bad.toml:6: \"heapSize\" is no figure; there are: rss, heapTotal, heapUsed, external, arrayBuffers"
    );
}

#[test]
fn an_unknown_sample_is_told_with_its_line() {
    assert_eq!(
        refused("samples = ['one', 'two']\n[[expect]]\nfigure = 'rss'\nto = 'three'\nis = 1"),
        "bad.toml:7: no sample is called \"three\"; there are: one, two"
    );
}

#[test]
fn a_word_that_is_no_key_is_told_with_its_line() {
    let text = refused("samples = ['one']\nexpected = 3");
    assert!(text.starts_with("bad.toml:5: unknown field `expected`"), "{text}");
}

#[test]
fn an_expectation_without_a_number_is_told() {
    let text = refused("samples = ['one']\n[[expect]]\nfigure = 'rss'\nto = 'one'");
    assert_eq!(
        text,
        "bad.toml:6: an expectation of a figure has `to`, and `is`, `at-least` or `at-most`"
    );
}

#[test]
fn a_recording_of_other_samples_is_told() {
    let text = refused(
        "samples = ['one', 'two']\n[[expect]]\nprints = 'a'\n[[recorded]]\nnode = 'v20.20.2'\nflags = []\nruns = 1\n[recorded.figures]\nheapUsed = [1]",
    );
    assert_eq!(text, "bad.toml:8: its figures are of 1 samples, of 2");
}

#[test]
fn a_missing_program_is_told() {
    let path = folder().join("missing.toml");
    let text = "about = 'a'\nproves = 'b'\nsamples = ['one']\n[[expect]]\nprints = 'a'".to_owned();
    let error = Data::parse(&path, text).expect_err("no program").to_string();
    assert!(
        error.contains("missing.toml:1: its program") && error.ends_with("missing.js is missing"),
        "{error}"
    );
}

/// What is said of a program.
fn fails(text: &str, flags: &[&str], way: Way) -> String {
    let folder = std::env::temp_dir().join(format!("node-memory-scenarios-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let name = text.len();
    let program = folder.join(format!("bad-{name}.js"));
    std::fs::write(&program, text).unwrap();
    let flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
    let error =
        replay(&Data::of_program(&program, flags), way).expect_err("a bad program").to_string();
    error.replace(&format!("{}/", folder.display()), "").replace(&format!("bad-{name}"), "bad")
}

#[test]
fn a_program_that_throws_is_told_with_file_and_line() {
    let text = fails("let a = 1;\n\nthrow new Error('no ' + a);", &[], Way::default());
    assert!(text.starts_with("bad.js:3\nthrow new Error('no ' + a);\n^"), "{text}");
}

#[test]
fn a_program_that_never_ends_is_told_with_file_and_line() {
    let way = Way { steps: Some(1000), ..Way::default() };
    let said = "the program does not end: it is here after 1000 rounds of loops and jobs";
    let text = fails("let a = 1;\nwhile (a) {\n  a++;\n}", &[], way);
    assert!(text.starts_with("bad.js:") && text.ends_with(said), "{text}");
    let text =
        fails("function next() {\n  return Promise.resolve().then(next);\n}\nnext();", &[], way);
    assert!(text.ends_with(said), "{text}");
}

#[test]
fn a_program_that_exits_with_an_error_is_told() {
    assert_eq!(
        fails("process.exit(3)", &[], Way::default()),
        "bad.js:1: the program has exited with 3"
    );
}

#[test]
fn an_unknown_flag_is_told() {
    assert_eq!(
        fails("gc();\n", &["--max-old-space"], Way::default()),
        "bad.js: --max-old-space: no such flag"
    );
}

#[test]
fn a_missing_node_is_told() {
    let error = super::live::Node::find("/nowhere/node").expect_err("no Node");
    assert_eq!(error.to_string(), "/nowhere/node: this Node cannot be run");
}
