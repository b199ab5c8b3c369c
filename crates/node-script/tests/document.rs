//! Programs that print `process.memoryUsage()`, unmodified, beside the figures that Node v20.20.2 has printed of them
//! (`programs/recorded.tsv`): shape and number of the samples, and `arrayBuffers` to the byte.

use node_memory::{Baseline, Runtime, RuntimeOptions};
use node_script::{Finished, Machine, Options};
use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;

/// Bytes of array buffers that a Node has before it runs a program, beside Buffer's first slab: the first recorded figure
/// less 8192.
const BEFORE: usize = 10_475 - 8192;

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

/// The figures of a sample, in Node's order.
const FIGURES: [&str; 5] = ["rss", "heapTotal", "heapUsed", "external", "arrayBuffers"];

/// What a program prints.
fn run(name: &str) -> String {
    let baseline = Baseline { external: BEFORE, array_buffers: BEFORE, ..Baseline::default() };
    let runtime = Runtime::new(RuntimeOptions::default().with_baseline(baseline)).unwrap();
    let out = Kept::default();
    let options = Options {
        expose_gc: true,
        out: Box::new(out.clone()),
        err: Box::new(out.clone()),
        deterministic: true,
        ..Options::default()
    };
    let mut machine = Machine::new(runtime, options).unwrap();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(name);
    let finished = machine.run_file(&path).unwrap();
    let printed = String::from_utf8(out.0.borrow().clone()).unwrap();
    assert!(matches!(finished, Finished::Exit(0)), "{name}: {finished:?}\n{printed}");
    printed
}

/// The figures that are printed, in Node's form: five lines with two spaces before them, and a comma behind all but the
/// last; or JSON.
fn samples(name: &str, printed: &str) -> Vec<[u64; 5]> {
    let mut found = Vec::new();
    let mut lines = printed.lines();
    while let Some(line) = lines.next() {
        let fields: Vec<String> = match line {
            "{" => lines.by_ref().take_while(|line| *line != "}").map(str::to_owned).collect(),
            json => {
                let inner = json.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                let inner = inner.unwrap_or_else(|| panic!("{name}: {json}"));
                let fields = inner
                    .split(',')
                    .map(|field| format!("  {}", field.replace('"', "").replace(':', ": ")));
                fields.map(|field| field + ",").collect()
            }
        };
        assert_eq!(fields.len(), 5, "{name}: {fields:?}");
        let mut sample = [0; 5];
        for ((field, name), figure) in fields.iter().zip(FIGURES).zip(&mut sample) {
            let number =
                field.strip_prefix(&format!("  {name}: ")).map(|rest| rest.trim_end_matches(','));
            *figure =
                number.and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{field}"));
        }
        found.push(sample);
    }
    found
}

/// What arrayBuffers is at each sample of a program.
fn recorded(name: &str) -> Vec<u64> {
    let table = include_str!("programs/recorded.tsv");
    let rows = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let rows = rows.filter(|row| row[0] == name);
    rows.map(|row| row[5].parse().unwrap()).collect()
}

fn agrees(name: &str) {
    let found = samples(name, &run(name));
    let recorded = recorded(name);
    assert!(!recorded.is_empty(), "{name} is recorded");
    assert_eq!(found.len(), recorded.len(), "{name}: samples");
    for (place, (sample, node)) in found.iter().zip(&recorded).enumerate() {
        let [rss, heap_total, heap_used, external, array_buffers] = *sample;
        assert_eq!(array_buffers, *node, "{name}, sample {place}: arrayBuffers");
        assert!(rss > 0 && heap_used <= heap_total && array_buffers <= external, "{sample:?}");
    }
}

macro_rules! programs {
    ($($name:ident => $file:literal,)*) => {
        $(#[test] fn $name() { agrees($file); })*
    };
}

programs! {
    a_first_sample_is_printed_as_json => "first.js",
    samples_alone_allocate_no_buffers => "idle.js",
    a_map_keeps_a_large_array => "map-control.js",
    a_weak_map_lets_a_large_array_go => "weakmap.js",
    a_weak_map_lets_it_go_in_sloppy_code => "weakmap-sloppy.js",
    a_weak_map_lets_it_go_in_a_module => "weakmap.mjs",
    further_collections_free_nothing_more => "weakmap-extra.js",
    pooled_buffers_share_slabs_and_the_last_slab_stays => "buffers.js",
    pooled_buffers_that_are_used_stay => "buffers-used.js",
    zeroed_buffers_have_stores_of_their_own => "buffers-alloc.js",
    large_buffers_have_stores_of_their_own => "buffers-8192.js",
    corked_writes_stay_until_the_stream_goes => "writable-corked.js",
    corked_writes_of_a_function_stay_until_the_stream_goes => "writable-corked-fn.js",
    corked_writes_above_a_high_mark_stay_until_the_stream_goes => "writable-corked-hwm65536.js",
    open_writes_go_at_once => "writable-uncorked.js",
    open_writes_of_a_function_go_at_once => "writable-uncorked-fn.js",
    open_writes_above_a_high_mark_go_at_once => "writable-uncorked-hwm65536.js",
}

#[test]
fn a_weak_map_gives_back_the_bytes_that_a_map_keeps() {
    let used = |name: &str| -> Vec<u64> {
        samples(name, &run(name)).iter().map(|sample| sample[2]).collect()
    };
    let (weak, strong) = (used("weakmap.js"), used("map-control.js"));
    let array = 8 << 20;
    assert!(weak[1] >= weak[0] + array && weak[2] < weak[0] + 16_384, "{weak:?}");
    assert!(strong[2] >= strong[0] + array, "{strong:?}");
}
