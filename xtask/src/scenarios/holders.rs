//! The scenarios of leaks as heap snapshots: of this machine's heap, and recorded of real Nodes. The analysis names the same
//! holder in all, while the program leaks, and no longer once it is mended.

use super::data::{Data, folder};
use brotli_decompressor::Decompressor;
use heap_model::TableSizing;
use mem_report::heapsnapshot::{Analysis, Function, Held, Reader, Search, Snapshot, Summary};
use node_memory::{Runtime, RuntimeOptions};
use node_script::{Finished, Machine, Options};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The Nodes that the scenarios are recorded of, by mem-report's tests.
const NODES: [&str; 2] = ["20", "24"];
const RECORDED: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/mem-report/tests/heapsnapshots/recorded");

/// mem-report's programs, each with one leak or its mend.
const PROGRAMS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/mem-report/tests/heapsnapshots/programs");

/// A scenario, the holder that is named in it, and whether its mend lets go what leaked.
struct Leak(&'static str, &'static str, bool);

/// What only a variable of a running function leads to, as the variables of a module's top level that no function uses.
const ON_STACK: &str = "(a variable of a running function)";

const LEAKS: [Leak; 15] = [
    Leak("leak-abort-signals", "state of serve", false),
    Leak("leak-buffer-slice", ON_STACK, true),
    Leak("leak-emitter-outlives", "database of the top level", true),
    Leak("leak-interval", "data of watch", true),
    Leak("leak-job-queue", "queue of the top level", true),
    Leak("leak-let-and-var", "context-chain original of withVar", true),
    Leak("leak-listeners", "emitter of the top level", true),
    Leak("leak-map-for-weak-map", "lonely-keys (a variable of a running function)", true),
    Leak("leak-promise-chain", ON_STACK, true),
    Leak("leak-promise-race", "shutdown of the top level", false),
    Leak("leak-sibling-closures", "context-chain original of replaceThing", true),
    Leak("leak-string-slice", ON_STACK, true),
    Leak("leak-timeouts", "body of request", true),
    Leak("leak-unbounded-cache", "cache of the top level", true),
    Leak("leak-undrained-writable", "buffered-writes a Writable that writes by write", true),
];

#[test]
fn every_leak_has_a_holder_to_be_named() {
    let all = Data::all(&folder()).expect("the scenarios");
    let leaks = all.iter().map(|data| data.name.as_str()).filter(|name| name.starts_with("leak-"));
    assert_eq!(leaks.collect::<Vec<_>>(), LEAKS.map(|Leak(name, ..)| name));
}

#[test]
fn the_same_holder_is_named_in_own_snapshots_and_in_those_of_real_nodes() {
    let archives = NODES.map(archive);
    std::thread::scope(|scope| {
        for half in LEAKS.chunks(LEAKS.len().div_ceil(2)) {
            let archives = &archives;
            scope.spawn(move || half.iter().for_each(|leak| check(leak, archives)));
        }
    });
}

#[test]
fn the_same_leaks_are_found_in_own_snapshots_and_in_those_of_real_nodes() {
    let archive = archive("20");
    for program in ["chain", "closure", "map", "slabs", "table", "writable"] {
        let leak = format!("{program}-leak");
        let (own, recorded) = (own_at_end(&leak), read(archive[&leak].as_bytes()));
        assert_eq!(found(&own), found(&recorded), "{leak}");
        assert_eq!(found(&own_at_end(&format!("{program}-mend"))), [], "{program}-mend");
    }
}

/// The kinds of what is found, its holders without their files, and how many there are.
fn found(snapshot: &Snapshot) -> Vec<(&'static str, String, u64)> {
    let findings = Search::new().run(&Analysis::new(snapshot)).into_iter();
    let mut found: Vec<_> = findings
        .map(|finding| {
            let who = who(finding.variable.as_deref(), finding.scope.as_ref(), &finding.holder);
            (finding.kind.word(), who, finding.count)
        })
        .collect();
    found.sort();
    found
}

fn check(&Leak(name, holder, is_freed): &Leak, archives: &[HashMap<String, String>]) {
    let mut pairs = vec![("node-memory", own(name, "the leak"), own(name, "mended"))];
    for (node, archive) in NODES.into_iter().zip(archives) {
        let recorded = |name: &str| read(archive[name].as_bytes());
        pairs.push((node, recorded(name), recorded(&format!("{name}-mended"))));
    }
    for (by, leak, mended) in pairs {
        let [leak, mended] = [leak, mended].map(|snapshot| named(&snapshot));
        let bytes = leak.get(holder).copied().unwrap_or(0);
        let told = format!("{name} in {by}: {holder}: {leak:#?}, mended: {mended:#?}");
        assert!(bytes > 100_000, "{told}");
        let left = mended.get(holder).copied().unwrap_or(0);
        let most = if is_freed { bytes / 4 } else { bytes + bytes / 10 };
        assert!(left <= most, "{told}");
    }
}

/// The holders that a summary names, with the bytes of each.
fn named(snapshot: &Snapshot) -> HashMap<String, u64> {
    let analysis = Analysis::new(snapshot);
    let summary = Summary::new("", &analysis, &[], &Search::new());
    let mut named = HashMap::new();
    let mut add = |name: String, bytes: u64| *named.entry(name).or_insert(0) += bytes;
    for finding in &summary.findings {
        let who = who(finding.variable.as_deref(), finding.scope.as_ref(), &finding.holder);
        add(format!("{} {who}", finding.kind.word()), finding.bytes);
    }
    let held = |held: &Held| {
        (who(held.variable.as_deref(), held.scope.as_ref(), &held.holder), held.retained)
    };
    for own in &summary.held {
        for (who, bytes) in
            [Some(held(own)), own.made_of.as_deref().map(held)].into_iter().flatten()
        {
            add(who, bytes);
        }
    }
    named
}

/// The variable and its function, or the root, without the way from there, which is each engine's own.
fn who(variable: Option<&str>, scope: Option<&Function>, holder: &str) -> String {
    match (variable, scope) {
        (Some(variable), Some(scope)) if !holder.starts_with("a ") => {
            let function = if scope.name.is_empty() { "the top level" } else { &scope.name };
            format!("{variable} of {function}")
        }
        _ if holder.starts_with(ON_STACK) => ON_STACK.to_owned(),
        _ => holder.split(" (").next().unwrap_or_default().to_owned(),
    }
}

fn read(text: &[u8]) -> Snapshot {
    Reader::new().read(text).expect("a snapshot")
}

/// A snapshot that this machine writes at a sample of a scenario.
fn own(name: &str, label: &str) -> Snapshot {
    let data = Data::read(&folder().join(name).with_extension("toml")).expect("a scenario");
    let sample = data.table.samples.iter().position(|sample| sample == label).expect("a sample");
    let text = format!(
        "const {{ memoryUsage }} = process;
        let calls = 0;
        process.memoryUsage = () => {{
            calls++;
            if (calls > {sample}) write();
            return memoryUsage();
        }};
        require({:?});",
        data.program
    );
    written(&format!("{name}-{sample}"), &text)
}

/// A snapshot that this machine writes at the end of one of mem-report's programs.
fn own_at_end(name: &str) -> Snapshot {
    let program = Path::new(PROGRAMS).join(name).with_extension("js");
    let text = format!(
        "require({program:?});
        setTimeout(() => {{ gc(); setImmediate(() => {{ gc(); write(); }}); }}, 200);"
    );
    written(name, &text)
}

/// What a program that calls `write()` writes.
fn written(name: &str, text: &str) -> Snapshot {
    let file = std::env::temp_dir().join(format!("{}-{name}", std::process::id()));
    let write = format!(
        "function write() {{ require('v8').writeHeapSnapshot({file:?}); process.exit(); }}\n"
    );
    let mut options = RuntimeOptions::default();
    // Tables of a Node's, which do not shrink.
    options.heap.tables = TableSizing::V8;
    let runtime = Runtime::new(options).expect("a runtime");
    let out = || Box::new(io::sink());
    let options = Options {
        expose_gc: true,
        deterministic: true,
        out: out(),
        err: out(),
        ..Options::default()
    };
    let mut machine = Machine::new(runtime, options).expect("a machine");
    let finished = machine.run_text(&folder().join("snapshot.js"), &(write + text));
    assert!(matches!(finished, Finished::Exit(0)), "{name}: {finished:?}");
    let snapshot = Reader::new().open(&file).expect("a snapshot");
    std::fs::remove_file(&file).expect("the snapshot's file");
    snapshot
}

/// The texts of all snapshots of a Node, by their names.
fn archive(node: &str) -> HashMap<String, String> {
    let file = File::open(Path::new(RECORDED).join(format!("node-{node}.br"))).expect("an archive");
    let mut text = String::new();
    Decompressor::new(file, 1 << 16).read_to_string(&mut text).expect("an archive");
    let pairs = text.lines().filter_map(|line| line.split_once('\t'));
    pairs.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}
