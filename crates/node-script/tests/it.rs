//! Programs in `js/`, each with what Node v20 prints of it beside it.
//!
//! `for f in js/*.js; do node --expose-gc $f > ${f%.js}.txt; done` records them anew, but `builtins/since_node_24` with Node 24.

use node_memory::{Runtime, RuntimeOptions};
use node_script::{Finished, Machine, NodeVersion, Options};
use std::cell::RefCell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;

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

/// What a text prints, and how it ends.
fn run(path: &Path, text: &str) -> (String, Finished) {
    run_on(RuntimeOptions::default(), path, text)
}

fn run_on(runtime: RuntimeOptions, path: &Path, text: &str) -> (String, Finished) {
    run_as(NodeVersion::default(), runtime, path, text)
}

fn run_as(
    node: NodeVersion,
    mut runtime: RuntimeOptions,
    path: &Path,
    text: &str,
) -> (String, Finished) {
    runtime.heap.tables = heap_model::TableSizing::V8;
    let runtime = Runtime::new(runtime).unwrap();
    let out = Kept::default();
    let options = Options {
        node,
        expose_gc: true,
        out: Box::new(out.clone()),
        err: Box::new(out.clone()),
        deterministic: true,
        flags: vec!["--expose-gc".to_owned()],
        ..Options::default()
    };
    let mut machine = Machine::new(runtime, options).unwrap();
    let finished = machine.run_text(path, text);
    let printed = String::from_utf8(out.0.borrow().clone()).unwrap();
    (printed, finished)
}

fn same_as_node(name: &str) {
    same_as(NodeVersion::default(), name);
}

fn same_as(node: NodeVersion, name: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/js");
    let path = folder.join(name);
    let path = if path.extension().is_some() { path } else { path.with_extension("js") };
    let text = std::fs::read_to_string(&path).unwrap();
    let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap();
    let (printed, finished) = run_as(node, RuntimeOptions::default(), &path, &text);
    for (number, (ours, nodes)) in printed.lines().zip(expected.lines()).enumerate() {
        assert_eq!(ours, nodes, "{name}, line {}", number + 1);
    }
    assert_eq!(printed.lines().count(), expected.lines().count(), "{finished:?}");
    assert!(matches!(finished, Finished::Exit(0)), "{finished:?}");
}

macro_rules! programs {
    ($($name:ident => $file:literal,)*) => {
        $(#[test] fn $name() { same_as_node($file); })*
    };
}

programs! {
    short_ways_lead_where_long_ways_do => "short-ways",
    evaluated_text_declares_functions_of_blocks_and_knows_private_names => "eval_and_blocks",
    functions_of_blocks_are_variables_where_they_are_in_node => "functions_of_blocks",
    things_are_looked_at_early_or_late_as_in_node => "early_and_late",
    replaced_built_ins_are_called => "replaced",
    strings_lie_in_the_heap_as_nodes => "strings",
    a_program_of_everything_prints_what_node_prints => "basics",
    closures_scopes_and_patterns_are_nodes => "scopes",
    classes_and_their_private_members_are_nodes => "classes",
    generators_and_asynchronous_functions_are_nodes => "generators",
    calls_have_all_their_arguments => "calls",
    sloppy_functions_know_their_callers => "callers",
    errors_name_what_the_source_spells => "spelled",
    circles_and_refusals_are_told_as_in_node => "circles_and_refusals",
    arrows_behind_no_parameters_are_refused_as_in_node => "arrows",
    errors_and_their_messages_are_nodes => "errors",
    stacks_name_calls_and_what_waits_for_them_as_in_node => "stacks",
    programs_prepare_stacks_of_call_sites_as_in_node => "call_sites",
    evaluated_text_sees_what_it_sees_in_node => "eval",
    objects_arrays_and_texts_are_nodes => "objects",
    emitters_call_their_listeners_as_nodes_do => "events",
    buffers_are_nodes => "buffer",
    streams_call_back_in_nodes_order => "streams",
    streams_of_the_old_kind_are_piped_as_in_node => "streams_legacy",
    names_die_in_callbacks_but_for_those_that_are_known => "names_in_callbacks",
    objects_have_as_many_properties_as_they_are_given => "many_properties",
    maps_and_sets_are_nodes => "builtins/map_and_set",
    weak_collections_and_references_are_nodes => "builtins/weak",
    hidden_classes_die_with_their_objects => "builtins/class_life",
    deleted_properties_keep_nothing => "builtins/deleted",
    fields_that_have_held_doubles_keep_cells_for_all_numbers => "builtins/fields",
    generators_at_their_end_keep_contexts_and_parameters => "builtins/finished_generators",
    texts_of_functions_behind_pairs_of_units_are_nodes => "texts_behind_pairs",
    what_was_rejected_goes_when_it_is_handled => "builtins/handled_rejections",
    keys_of_nullish_values_are_shown_without_a_call => "shown_keys",
    objects_are_shown_in_errors_as_in_node => "shown_objects",
    typed_arrays_and_their_buffers_are_nodes => "builtins/typed_arrays",
    arrays_are_sorted_flattened_and_searched_as_in_node => "builtins/array_more",
    arrays_of_all_kinds_are_changed_as_in_node => "builtins/array_methods",
    big_ints_are_nodes => "builtins/big_int",
    words_of_big_ints_are_nodes => "builtins/big_int_words",
    dates_are_nodes => "builtins/date",
    regular_expressions_are_nodes => "builtins/reg_exp",
    expressions_by_the_table_are_nodes => "builtins/reg_exp_more",
    changed_expressions_are_asked_as_in_node => "builtins/plain_reg_exp",
    texts_are_searched_and_changed_as_in_node => "builtins/string_methods",
    rare_methods_of_strings_are_nodes => "builtins/string_more",
    structured_clones_are_nodes => "builtins/structured_clone",
    what_is_moved_cloned_and_refused_is_nodes => "builtins/structured_clone_edges",
    numbers_that_are_no_elements_are_asked_of_typed_arrays_as_in_node => "builtins/typed_array_edges",
    odd_places_and_fillings_of_buffers_are_nodes => "node/buffer_edges",
    odd_arguments_of_files_are_refused_as_in_node => "node/fs_arguments",
    exceptions_of_the_dom_are_nodes => "node/dom_exception",
    proxies_see_arrays_as_in_node => "builtins/array_edges",
    many_arguments_bound_functions_and_circles_end_as_in_node => "builtins/many_arguments",
    expressions_with_methods_of_their_own_are_asked_as_in_node => "builtins/reg_exp_edges",
    receivers_and_arguments_are_refused_in_v8s_words => "builtins/refusals",
    texts_come_in_the_roots_order => "builtins/collation",
    texts_of_json_are_refused_in_v8s_words => "builtins/json_edges",
    last_digits_of_functions_are_nodes => "builtins/math_digits",
    promises_are_combined_as_in_node => "builtins/promises",
    objects_keep_as_many_bytes_as_recorded => "builtins/sizes",
    values_are_printed_as_node_prints_them => "inspect",
    texts_are_formatted_as_node_formats_them => "format",
    errors_are_printed_as_node_prints_them => "printed-errors",
    corners_of_the_language_are_nodes => "language",
    proxies_keep_their_invariants_as_in_node => "builtins/proxies",
    buffers_that_change_their_length_are_nodes => "builtins/resizable",
    lists_longer_than_arrays_and_those_that_shrink_are_nodes => "builtins/long_lists",
    what_is_asked_of_whom_comes_in_nodes_order => "builtins/asked_in_order",
    uris_and_numbers_are_written_as_in_node => "builtins/uris_and_numbers",
    modules_are_nodes => "esm/main.mjs",
    modules_in_addresses_are_nodes => "esm/data_urls.mjs",
    texts_of_vm_have_files_and_lines => "node/vm_files",
    the_loader_is_seen_and_changed_as_in_node => "modules/loader",
    modules_that_require_one_another_in_a_circle_are_refused_as_in_node => "esm/circle.mjs",
    edges_of_packages_are_nodes => "packages/edges",
    packages_are_found_as_in_node => "packages/main",
    using_is_a_name => "using",
    timers_ticks_and_jobs_run_in_nodes_order => "timers",
    the_process_its_files_and_modules_are_nodes => "process",
    small_modules_are_nodes => "node/small_modules",
    what_is_kept_along_asynchronous_calls_is_nodes => "node/async_context",
    streams_are_read_line_by_line_as_in_node => "node/readline",
    readable_streams_flow_pause_and_end_as_nodes_do => "node/readable",
    the_sides_of_a_duplex_end_as_nodes_do => "node/duplex",
    pipelines_finish_fail_and_abort_as_nodes_do => "node/pipeline",
    assertions_say_what_nodes_say => "node/assert",
    events_targets_and_signals_are_nodes => "node/events",
    files_are_read_written_and_streamed_as_in_node => "node/fs",
    sockets_on_loopback_are_nodes => "node/net",
    other_modules_of_nodes_are_nodes => "node/modules",
}

#[test]
fn a_later_node_has_what_the_default_one_has_not() {
    same_as(NodeVersion::V24, "builtins/since_node_24");
    let (_, finished) = run(Path::new("/a.js"), "new Set().union(new Set())");
    assert!(matches!(finished, Finished::Uncaught(_)), "{finished:?}");
}

#[test]
fn what_is_not_supported_is_a_syntax_error_with_its_place() {
    let (_, finished) = run(Path::new("/a.js"), "let a = 1;\n{ using x = a; }");
    let Finished::Uncaught(text) = finished else { panic!("{finished:?}") };
    assert!(text.contains("SyntaxError") && text.contains("not supported"), "{text}");
}

#[test]
fn a_module_of_nodes_that_is_not_here_says_so_with_its_place() {
    let (_, finished) = run(Path::new("/a.js"), "let a = 1;\nrequire('node:http');");
    let Finished::Uncaught(text) = finished else { panic!("{finished:?}") };
    assert!(text.contains("The module 'http' is not supported (/a.js:2:1)"), "{text}");
}

#[test]
fn names_that_an_embedder_resolves_are_other_modules() {
    let runtime = Runtime::new(RuntimeOptions::default()).unwrap();
    let out = Kept::default();
    let options = Options {
        out: Box::new(out.clone()),
        resolve: Some(Box::new(|name, directory| {
            assert_eq!(directory, Path::new("/folder"));
            (name == "../ours").then(|| "path".to_owned())
        })),
        ..Options::default()
    };
    let mut machine = Machine::new(runtime, options).unwrap();
    let text = "console.log(require('../ours') === require('path'))";
    let finished = machine.run_text(Path::new("/folder/a.js"), text);
    assert!(matches!(finished, Finished::Exit(0)), "{finished:?}");
    assert_eq!(*out.0.borrow(), b"true\n");
}

#[test]
fn endless_allocation_ends_at_the_limit() {
    let mut options = RuntimeOptions::default();
    options.heap = options.heap.with_limit(8 << 20);
    let runtime = Runtime::new(options).unwrap();
    let mut machine = Machine::new(runtime, Options::default()).unwrap();
    let text = "const keep = []; for (;;) keep.push({ a: keep.length });";
    let finished = machine.run_text(Path::new("/a.js"), text);
    assert!(matches!(finished, Finished::OutOfMemory(_)), "{finished:?}");
}

#[test]
fn programs_are_the_same_on_a_heap_that_collects_all_the_time() {
    let mut options = RuntimeOptions::default();
    options.heap.initial_semi_space = 1;
    options.heap.max_semi_space = 1;
    options.heap.initial_old_generation = 1;
    let times = 60;
    for name in ["basics", "scopes", "classes", "errors", "objects"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/js").join(name);
        let path = path.with_extension("js");
        let program = std::fs::read_to_string(&path).unwrap();
        let text = format!("for (let n = 0; n < {times}; n++) (function () {{ {program}\n}})();");
        let (printed, finished) = run_on(options.clone(), &path, &text);
        assert!(matches!(finished, Finished::Exit(0)), "{name}: {finished:?}");
        // What jobs print comes behind all turns, so only the number of lines is compared.
        let (once, _) = run(&path, &program);
        assert_eq!(printed.lines().count(), times * once.lines().count(), "{name}");
        let first = once.lines().next().unwrap();
        assert_eq!(printed.lines().filter(|line| *line == first).count() % times, 0, "{name}");
    }
}
