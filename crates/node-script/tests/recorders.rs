//! The programs that recorded a Node's heap (`recorders/*.js`), unmodified, beside what they recorded of Node v20.20.2
//! (`recorders/*.json`): bytes of each kind of object, each step of growing structures, what closures hold, how heaps grow.
//!
//! What differs is in `recorders/different.tsv`, with its reason. The list only shrinks: a row that has become right
//! fails the test as one that has become wrong does.
//!
//! A recorder starts a process for each measurement; here each is a machine of its own, with fewer objects and fewer
//! rounds where that changes nothing but the time. `WHOLE=1` measures with the recorders' own numbers, and
//! `FILTER=words` the rows whose names have these words; `node-memory run` runs the recorders with their processes.

use heap_model::CollectionKind;
use node_memory::{NodeVersion, Output, RecordedNode, Runtime, RuntimeOptions};
use node_script::scenario::Setup;
use node_script::{Finished, Machine, Options};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Objects that a kind is measured with, where its bytes do not depend on how many there are.
const OBJECTS: usize = 1200;
/// Bytes that they take at most, together.
const BYTES: f64 = 1e6;
/// Below this the bytes of a kind are compared to the byte, and above to the hundredth part.
const SMALL: f64 = 50.0;

/// What the recorders repeat to outweigh a JavaScript engine's own work, which there is none of here.
const FEWER: [(&str, &str); 3] = [
    ("const CYCLES = 4;", "const CYCLES = 2;"),
    ("const R = 400,", "const R = 40,"),
    ("const R1 = n > 1000 ? 100 : R;", "const R1 = n > 1000 ? 4 : R;"),
];

/// Whether all is measured as the recorders do.
fn is_whole() -> bool {
    std::env::var_os("WHOLE").is_some()
}

/// Output that is kept.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recorders")
}

fn recorded(file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder().join(file)).unwrap()).unwrap()
}

/// What a recorder prints last, started as a measuring process of its own.
fn measure(file: &str, arguments: &[&str]) -> Result<Value, String> {
    let mut options = RuntimeOptions::default();
    options.heap.tables = heap_model::TableSizing::V8;
    let printed = run(file, arguments, options, None, |_| {})?;
    let last = printed.lines().last().unwrap_or_default();
    serde_json::from_str(last).map_err(|error| format!("{error}: {last}"))
}

/// What a recorder prints, started as a measuring process of its own.
fn run(
    file: &str,
    arguments: &[&str],
    runtime: RuntimeOptions,
    baseline: Option<RecordedNode>,
    prepare: impl FnOnce(&mut Runtime),
) -> Result<String, String> {
    let runtime = Runtime::new(runtime).unwrap();
    let out = Kept::default();
    let options = Options {
        expose_gc: true,
        out: Box::new(out.clone()),
        err: Box::new(out.clone()),
        deterministic: true,
        baseline,
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
        ..Options::default()
    };
    let mut machine = Machine::new(runtime, options).unwrap();
    prepare(machine.runtime_mut());
    let path = folder().join(file);
    let mut text = std::fs::read_to_string(&path).unwrap();
    // What is of a function's text is measured by its calls, which cost little.
    let is_of_text = ["captured", "literal of", "generator with"];
    let is_of_text = arguments.iter().any(|word| is_of_text.iter().any(|part| word.contains(part)));
    if !is_whole() && !is_of_text {
        for (numbers, fewer) in FEWER {
            text = text.replace(numbers, fewer);
        }
    }
    let finished = machine.run_text(&path, &text);
    let printed = String::from_utf8(out.0.borrow().clone()).unwrap();
    if matches!(finished, Finished::Exit(0)) { Ok(printed) } else { Err(format!("{finished:?}")) }
}

/// Does something with each item, on all processors.
fn each<T: Sync, U: Send>(items: &[T], f: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else { return };
                    let result = f(item);
                    results.lock().unwrap().push((place, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

/// What the list says of a recorder: the names of rows that differ.
fn different(recorder: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder().join("different.tsv")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let rows = rows.map(|line| line.split('\t').collect::<Vec<_>>());
    let rows = rows.inspect(|row| assert!(row.len() == 3 && !row[2].is_empty(), "{row:?}"));
    let rows = rows.filter(|row| row[0] == recorder);
    rows.map(|row| (row[1].to_owned(), row[2].to_owned())).collect()
}

/// Compares with the list: what differs, each with what is to be said of it.
fn compare(recorder: &str, all: BTreeSet<String>, found: BTreeMap<String, String>) {
    let listed = different(recorder);
    let mut wrong = Vec::new();
    for (name, text) in &found {
        if !listed.contains_key(name) {
            wrong.push(format!("{recorder}\t{name}\tdiffers: {text}"));
        }
    }
    for name in listed.keys() {
        if !found.contains_key(name) {
            let why =
                if all.contains(name) { "is right now, so take it" } else { "is no row; take it" };
            wrong.push(format!("{why} out of different.tsv: {name}"));
        }
    }
    if std::env::var_os("FILTER").is_some() {
        found.iter().for_each(|(name, text)| println!("{recorder}: {name}: {text}"));
    }
    println!("{recorder}: {} of {} as in Node", all.len() - found.len(), all.len());
    assert!(wrong.is_empty(), "{recorder}:\n{}", wrong.join("\n"));
}

/// The rows of a recorder whose names contain what is asked for by the variable `FILTER`.
fn filtered(name: &str) -> bool {
    std::env::var("FILTER").is_ok_and(|filter| !name.contains(&filter))
}

fn number(value: &Value, key: &str) -> Option<f64> {
    value[key].as_f64()
}

// -- kinds ------------------------------------------------------------------------------------------------------

/// How many objects a kind is measured with. What those of some kinds share depends on how many there are: it is a table
/// that doubles, whose share is the same for an eighth of them, or an array, whose share is not.
fn count(name: &str, recorded: usize, bytes: f64) -> usize {
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if is_whole() || has(&["pending", "shared emitter", "Writable buffered chunk"]) {
        recorded
    } else if has(&["Buffer.allocUnsafe", "Buffer.from('a'"]) {
        // As long as all of a slab are in use.
        recorded / 2
    } else if has(&["shared Set", "shared WeakMap", "same job", "distinct source"]) {
        recorded / 8
    } else {
        recorded.min(OBJECTS).min((BYTES / bytes.max(1.0)) as usize).max(8)
    }
}

#[test]
fn kinds_of_objects_take_the_bytes_that_node_recorded() {
    let recorded = recorded("layout.json");
    let kinds = recorded["kinds"].as_array().unwrap();
    let places: Vec<usize> = (0..kinds.len())
        .filter(|place| !filtered(kinds[*place]["name"].as_str().unwrap()))
        .collect();
    let results = each(&places, |place| {
        let kind = &kinds[*place];
        let name = kind["name"].as_str().unwrap();
        let objects = count(
            name,
            kind["N"].as_u64().unwrap() as usize,
            number(kind, "allocBytes").unwrap_or(0.0),
        );
        let found =
            measure("layout.js", &["--child", &place.to_string(), "live", &objects.to_string()]);
        // With and without the compiler, whose code allocates less, or ahead.
        let nodes = [number(kind, "heap"), number(kind, "heapNoOpt")];
        let arrays = number(kind, "arrayBuffers").unwrap();
        match found {
            Err(error) => Some((name.to_owned(), error)),
            Ok(found) => {
                let (heap, buffers) =
                    (number(&found, "heap").unwrap(), number(&found, "ab").unwrap());
                let near = |node: f64| (heap - node).abs() <= 0.01 * node.max(SMALL);
                let right = nodes.iter().flatten().any(|node| near(*node))
                    && (buffers - arrays).abs() <= 0.01 * arrays.max(SMALL);
                (!right).then(|| {
                    let text = format!(
                        "{heap:.1} instead of {:.1}, array buffers {buffers:.1} and {arrays:.1}",
                        nodes[0].unwrap()
                    );
                    (name.to_owned(), text)
                })
            }
        }
    });
    let all =
        places.iter().map(|place| kinds[*place]["name"].as_str().unwrap().to_owned()).collect();
    compare("kinds", all, results.into_iter().flatten().collect());
}

// -- tables -----------------------------------------------------------------------------------------------------

/// The steps of a structure: sizes at which its bytes, rounded to eight, change.
fn steps(rows: &[Value]) -> Vec<(u64, i64)> {
    let mut steps: Vec<(u64, i64)> = Vec::new();
    for row in rows {
        let bytes = (row[1].as_f64().unwrap() / 8.0).round() as i64 * 8;
        if steps.last().is_none_or(|(_, last)| *last != bytes) {
            steps.push((row[0].as_u64().unwrap(), bytes));
        }
    }
    steps
}

#[test]
fn structures_grow_and_shrink_by_the_steps_that_node_recorded() {
    let recorded = recorded("tables.json");
    let structures = recorded["structs"].as_object().unwrap();
    let names: Vec<&String> = structures.keys().filter(|name| !filtered(name)).collect();
    let results = each(&names, |name| {
        let node = steps(structures[*name]["rows"].as_array().unwrap());
        let text = match measure("tables.js", &["--child", name]) {
            Err(error) => error,
            Ok(rows) => {
                let ours = steps(rows.as_array().unwrap());
                if ours == node {
                    return None;
                }
                let wrong = ours.iter().zip(&node).find(|(ours, node)| ours != node);
                format!("{wrong:?}; {} and {} steps", ours.len(), node.len())
            }
        };
        Some(((*name).clone(), text))
    });
    let all = names.iter().map(|name| (*name).clone()).collect();
    compare("tables", all, results.into_iter().flatten().collect());
}

// -- closures ---------------------------------------------------------------------------------------------------

#[test]
fn closures_hold_what_node_recorded() {
    let recorded = recorded("closures.json");
    let big = recorded["BIG"].as_f64().unwrap();
    let mut cases = Vec::new();
    for (list, mode) in [("cases", "case"), ("inline", "inline"), ("series", "series")] {
        for (place, case) in recorded[list].as_array().unwrap().iter().enumerate() {
            if !filtered(case["name"].as_str().unwrap()) {
                cases.push((mode, place, case));
            }
        }
    }
    let name = |case: &Value| case["name"].as_str().unwrap().to_owned();
    let results = each(&cases, |(mode, place, case)| {
        let text = match measure("closures.js", &["--child", mode, &place.to_string()]) {
            Err(error) => error,
            Ok(found) => {
                let samples = case["samples"].as_array().unwrap();
                let wrong =
                    samples.iter().zip(found.as_array().unwrap()).find_map(|(node, ours)| {
                        let (bytes, step) = (ours[1].as_f64().unwrap(), ours[2].as_f64());
                        let same = match (node["held"].as_bool(), step) {
                            (Some(held), _) => held == (bytes > big / 2.0),
                            (None, Some(step)) => {
                                let node = number(node, "step").unwrap();
                                (step - node).abs() <= (0.01 * node.abs()).max(5000.0)
                            }
                            (None, None) => false,
                        };
                        (!same).then(|| format!("{}: {ours} instead of {node}", node["when"]))
                    });
                wrong?
            }
        };
        Some((name(case), text))
    });
    let all = cases.iter().map(|(.., case)| name(case)).collect();
    compare("closures", all, results.into_iter().flatten().collect());
}

// -- growth -----------------------------------------------------------------------------------------------------

/// How far a peak of the heap may be from a real Node's, as a part of it.
const PEAK: f64 = 0.1;
/// How far numbers of collections may be: by this factor, or by this many.
const FACTOR: f64 = 1.5;
const FEW: f64 = 2.0;

/// The options of a heap with these flags, tables as V8's.
fn runtime_with(flags: &[&str]) -> Result<RuntimeOptions, String> {
    let runtime = RuntimeOptions::for_node(NodeVersion::V20, 16 << 30);
    let setup = Setup { runtime, ..Setup::default() };
    let setup = flags.iter().try_fold(setup, |setup, flag| setup.with_flag(flag))?;
    let mut options = setup.runtime;
    options.heap.tables = heap_model::TableSizing::V8;
    Ok(options)
}

/// What a series of `growth.js` did to the heap. V8's compiled code allocates in the old space what has survived, and its
/// interpreted code marks each literal by a memento, which is garbage at once: so Node was recorded with and without its
/// compilers, and this is between the two.
#[derive(Clone, Debug)]
struct Growth {
    scavenges: f64,
    full: f64,
    /// Sizes of the new space as they changed.
    new_space: Vec<u64>,
    heap_total: f64,
    heap_used: f64,
}

impl Growth {
    fn recorded(summary: &Value) -> Self {
        let steps = summary["newSpaceSteps"].as_array().unwrap();
        Self {
            scavenges: number(summary, "scavenges").unwrap(),
            full: number(summary, "markCompacts").unwrap(),
            new_space: steps.iter().map(|step| step["newSpaceSize"].as_u64().unwrap()).collect(),
            heap_total: number(summary, "maxHeapTotal").unwrap(),
            heap_used: number(summary, "maxHeapUsed").unwrap(),
        }
    }

    /// Runs a series as the recorder's child, with the recorded Node's own heap and flags.
    fn played(which: &str, flags: &[&str]) -> Result<Self, String> {
        let file = std::env::temp_dir().join(format!("growth-{}-{which}", std::process::id()));
        let file = format!("{}-{}", file.display(), flags.concat());
        // A step of some series allocates as much as the new space has, so that all samples come at one point of its
        // filling; in Node other work shifts them. So the peak is what collections find.
        let counts = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0)));
        let counted = Arc::clone(&counts);
        let listen = move |runtime: &mut Runtime| {
            runtime.heap_mut().on_collection(move |event| {
                let scavenge = event.kind == CollectionKind::Scavenge;
                let count = if scavenge { &counted.0 } else { &counted.1 };
                count.fetch_add(1, Ordering::Relaxed);
                counted.2.fetch_max(event.used_before, Ordering::Relaxed);
            });
        };
        let baseline = RecordedNode::of(NodeVersion::V20, Output::Pipe).unwrap();
        let runtime = runtime_with(flags)?;
        run("growth.js", &["--child", which, &file], runtime, Some(baseline), listen)?;
        let rows: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        std::fs::remove_file(&file).unwrap();
        let rows = rows["rows"].as_array().unwrap();
        let column = |place: usize| rows.iter().map(move |row| row[place].as_f64().unwrap());
        let mut new_space: Vec<u64> = column(7).map(|size| size as u64).collect();
        new_space.dedup();
        Ok(Self {
            scavenges: counts.0.load(Ordering::Relaxed) as f64,
            full: counts.1.load(Ordering::Relaxed) as f64,
            new_space,
            heap_total: column(3).fold(0.0, f64::max),
            heap_used: column(4).fold(counts.2.load(Ordering::Relaxed) as f64, f64::max),
        })
    }

    /// What is not as in the runs of a real Node, each of which differs from the others: all counts and peaks are within
    /// their span and what is allowed beside it, and the steps of the new space are those of one of them.
    fn difference(&self, nodes: &[Self]) -> Option<String> {
        let span = |f: fn(&Self) -> f64| {
            let all = nodes.iter().map(f);
            (all.clone().fold(f64::MAX, f64::min), all.fold(0.0, f64::max))
        };
        let mut said = Vec::new();
        let mut count = |name: &str, f: fn(&Self) -> f64| {
            let (ours, (least, most)) = (f(self), span(f));
            let near =
                |node: f64| (ours - node).abs() <= FEW || ours.max(node) <= FACTOR * ours.min(node);
            if !(least..=most).contains(&ours) && !near(least) && !near(most) {
                said.push(format!("{ours} {name} instead of {least} to {most}"));
            }
        };
        count("scavenges", |growth| growth.scavenges);
        count("full collections", |growth| growth.full);
        let mut peak = |name: &str, f: fn(&Self) -> f64| {
            let (ours, (least, most)) = (f(self), span(f));
            if ours < least * (1.0 - PEAK) || ours > most * (1.0 + PEAK) {
                said.push(format!("{name} up to {ours} instead of {least} to {most}"));
            }
        };
        peak("heapTotal", |growth| growth.heap_total);
        peak("heapUsed", |growth| growth.heap_used);
        if nodes.iter().all(|node| node.new_space != self.new_space) {
            let node = &nodes[0].new_space;
            said.push(format!("new space of {:?} instead of {node:?}", self.new_space));
        }
        (!said.is_empty()).then(|| said.join("; "))
    }
}

#[test]
fn heaps_grow_and_shrink_as_node_recorded() {
    let [compiled, interpreted] = ["growth.json", "growth-interpreted.json"].map(recorded);
    let series = compiled["series"].as_object().unwrap();
    let names: Vec<&String> = series.keys().filter(|name| !filtered(name)).collect();
    let results = each(&names, |name| {
        let series = &series[*name];
        let runs = |series: &Value| -> Vec<Growth> {
            series["runs"].as_array().unwrap().iter().map(Growth::recorded).collect()
        };
        let nodes = [runs(series), runs(&interpreted["series"][*name])].concat();
        let flags = series["flags"].as_array().unwrap().iter();
        let flags: Vec<&str> = flags.map(|flag| flag.as_str().unwrap()).collect();
        let which = name.split(' ').next().unwrap();
        let text = match Growth::played(which, &flags) {
            Err(error) => error,
            Ok(growth) => growth.difference(&nodes)?,
        };
        Some(((*name).clone(), text))
    });
    let all = names.iter().map(|name| (*name).clone()).collect();
    compare("growth", all, results.into_iter().flatten().collect());
}

#[test]
fn flags_set_the_limits_that_node_recorded() {
    let recorded = recorded("growth.json");
    let limits = recorded["limits"].as_object().unwrap();
    let rows: Vec<&String> = limits.keys().filter(|name| !filtered(name)).collect();
    let differences = rows.iter().filter_map(|name| {
        let flags = name.split(' ').filter(|flag| *flag != "default");
        let text = match runtime_with(&flags.collect::<Vec<_>>()) {
            Err(error) => error,
            Ok(options) => {
                let ours = [options.heap.limit, options.heap.initial_semi_space];
                let nodes = ["limit", "newSpaceSize"]
                    .map(|key| number(&limits[*name], key).unwrap() as usize);
                if ours == nodes {
                    return None;
                }
                format!("limit and new space {ours:?} instead of {nodes:?}")
            }
        };
        Some(((*name).clone(), text))
    });
    let differences = differences.collect();
    compare("limits", rows.iter().map(|name| (*name).clone()).collect(), differences);
}
