//! The command, beside what Node v20 says of the same programs: exit codes, outputs and errors.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/js")
}

fn node_memory(flags: &[&str], file: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_node-memory"))
        .arg("run")
        .args(flags)
        .arg(file)
        .current_dir(programs())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a program says of its errors, without Node's own frames and without the folder. A list of one file stands in one line
/// or in three by the length of the folder's path; here it stands in one.
fn errors(output: &Output) -> String {
    let folder = format!("{}/", programs().canonicalize().unwrap().display());
    let said = text(&output.stderr).replace(&folder, "");
    said.replace("[\n    'no-module.js'\n  ]", "[ 'no-module.js' ]")
}

/// A program ends with a code and says on the standard error what Node says (`NAME.err`, recorded from Node v20 without the
/// frames of `node:internal` and without the folder).
fn fails_as_in_node(name: &str) {
    let output = node_memory(&[], &format!("{name}.js"));
    let expected = std::fs::read_to_string(programs().join(name).with_extension("err")).unwrap();
    assert_eq!(errors(&output), expected, "{name}");
    assert_eq!(output.status.code(), Some(1), "{name}");
}

#[test]
fn an_uncaught_error_is_told_as_in_node() {
    fails_as_in_node("uncaught");
}

#[test]
fn an_uncaught_value_is_told_as_in_node() {
    fails_as_in_node("uncaught-value");
}

#[test]
fn a_runtime_error_is_told_as_in_node() {
    fails_as_in_node("type-error");
}

#[test]
fn a_rejection_that_nobody_handles_is_told_as_in_node() {
    fails_as_in_node("rejection");
}

#[test]
fn a_missing_module_is_told_as_in_node() {
    fails_as_in_node("no-module");
}

#[test]
fn exit_codes_are_the_programs() {
    for (program, code) in [("exit-code.js", 3), ("exit.js", 7), ("exit-listener.js", 9)] {
        assert_eq!(node_memory(&[], program).status.code(), Some(code), "{program}");
    }
}

#[test]
fn a_syntax_error_names_its_place() {
    let output = node_memory(&[], "syntax.js");
    let said = errors(&output);
    assert!(
        said.starts_with("syntax.js:2\nlet b = ;\n        ^\n\nSyntaxError: Unexpected token ';'"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_file_that_is_not_there_is_a_module_not_found() {
    let output = node_memory(&[], "no-such-file.js");
    let expected = "node:internal/modules/cjs/loader:1210\n  throw err;\n  ^\n\nError: Cannot find module 'no-such-file.js' {\n  \
                    code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}\n\nNode.js v20.20.2\n";
    assert_eq!(errors(&output), expected);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_file_that_is_not_utf_8_is_read_with_replacements() {
    let folder = std::env::temp_dir().join(format!("node-memory-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("latin1.js");
    std::fs::write(&file, b"\xEF\xBB\xBFconsole.log('\xE9'.charCodeAt(0))").unwrap();
    let output = node_memory(&[], file.to_str().unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(text(&output.stdout), "65533\n", "{}", text(&output.stderr));
}

#[test]
fn at_the_heaps_limit_the_command_says_so_and_does_not_abort() {
    let output =
        node_memory(&["--max-old-space-size", "8", "--max-semi-space-size", "1"], "endless.js");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(134), "{said}");
    assert!(said.contains("<--- Last few GCs --->") && said.contains("Mark-Compact"), "{said}");
    assert!(said.contains("<--- Largest kinds --->"), "{said}");
    let fatal =
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n";
    assert!(said.ends_with(fatal), "{said}");
}

#[test]
fn runaway_recursion_is_a_range_error() {
    let output = node_memory(&["--stack-size", "200"], "recursion.js");
    assert_eq!(text(&output.stdout), "RangeError Maximum call stack size exceeded\n");
}

#[test]
fn arguments_flags_and_versions_reach_the_program() {
    let output = Command::new(env!("CARGO_BIN_EXE_node-memory"))
        .args(["run", "--expose_gc", "--node", "24", "arguments.js", "one", "--two", "-3"])
        .current_dir(programs())
        .output()
        .unwrap();
    let expected = "[ 'one', '--two', '-3' ] [ '--expose_gc' ] v24.21.0 function 65536\n";
    assert_eq!(text(&output.stdout), expected, "{}", text(&output.stderr));
}

#[test]
fn two_deterministic_runs_print_the_same() {
    let flags = ["--deterministic", "--trace-gc", "--expose-gc"];
    let runs = [node_memory(&flags, "figures.js"), node_memory(&flags, "figures.js")];
    assert_eq!(text(&runs[0].stdout), text(&runs[1].stdout));
    assert!(text(&runs[0].stdout).contains("Mark-Compact"), "{}", text(&runs[0].stdout));
    assert!(text(&runs[0].stdout).contains("heapUsed: "));
}

#[test]
fn collections_are_printed_as_names_and_values_for_programs_that_read_nodes() {
    let output = node_memory(&["--deterministic", "--trace_gc_nvp", "--expose-gc"], "figures.js");
    let said = text(&output.stdout);
    let line =
        said.lines().find(|line| line.contains(" gc=mc ")).unwrap_or_else(|| panic!("{said}"));
    let value = |name: &str| -> usize {
        let (_, rest) = line.split_once(&format!(" {name}=")).unwrap_or_else(|| panic!("{line}"));
        rest.split(' ').next().unwrap().parse().unwrap()
    };
    assert!(line.starts_with("[1:0x1] ") && line.contains(" ms: pause=0.0 "), "{line}");
    let (before, after) = (value("total_size_before"), value("total_size_after"));
    assert!(0 < after && after < before, "{line}");
    // A requested collection leaves nothing in the new space.
    assert_eq!(value("new_space_survived"), 0, "{line}");
    assert!(value("promoted") > 0, "{line}");
}

#[test]
fn the_baseline_is_what_a_node_starts_from() {
    let output = node_memory(&["--deterministic", "--baseline"], "first.js");
    let said = text(&output.stdout);
    assert!(said.contains("external: 1124147") && said.contains("arrayBuffers: 10511"), "{said}");
    let output = node_memory(&["--baseline", "--node", "18"], "first.js");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("not recorded"), "{}", text(&output.stderr));
}

#[test]
fn reports_have_each_sample_and_the_collections() {
    let formats = [
        ("html", "<!", "figures.js:1"),
        ("markdown", "### ", "figures&#46;js&#58;1"),
        ("json", "{\"", "figures.js:1"),
    ];
    for (format, start, label) in formats {
        let flags = ["--expose-gc", "--deterministic", "--report", format, "--report-out", "-"];
        let output = node_memory(&flags, "figures.js");
        let said = text(&output.stdout);
        let report = &said[said.find(start).unwrap_or_else(|| panic!("{format}: {said}"))..];
        let has_collection = report.contains("Mark-Compact") || report.contains("Mark&#45;Compact");
        assert!(report.contains(label) && has_collection, "{format}: {report}");
    }
}

fn snapshot(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_node-memory"))
        .arg("snapshot")
        .args(arguments)
        .current_dir(programs())
        .output()
        .unwrap()
}

#[test]
fn a_snapshot_of_a_program_that_leaks_names_the_holder() {
    let folder = std::env::temp_dir().join(format!("node-memory-snapshot-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("leak.heapsnapshot");
    let file = file.to_str().unwrap();
    let output = node_memory(&["--heapsnapshot-at-exit", file], "leak-map.js");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let output = snapshot(&[file]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let summary = text(&output.stdout);
    assert!(summary.contains("a Map keeps 200 keys that nothing else refers to"), "{summary}");
    assert!(summary.contains("details, a variable of"), "{summary}");
    assert!(summary.contains("leak-map.js:"), "{summary}");
    let output = snapshot(&["--format", "json", file]);
    assert!(text(&output.stdout).starts_with("{\"mem-report\":\"heapsnapshot\",\"version\":1,"));
    let page = folder.join("leak.html");
    let output = snapshot(&["--format", "html", "--out", page.to_str().unwrap(), file]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(std::fs::read_to_string(&page).unwrap().starts_with("<!doctype html>"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_file_that_is_no_snapshot_is_refused_with_the_place() {
    let output = snapshot(&["leak-map.js"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert_eq!(told, "node-memory: leak-map.js: no heap snapshot, at byte 0: expected an object\n");
}

#[test]
fn a_program_starts_its_own_executable_as_it_starts_node() {
    let output = node_memory(&[], "children.js");
    assert_eq!(errors(&output), "");
    let expected = "3 null function word said\n42\nENOENT\n3 undefined undefined said\n";
    assert_eq!(text(&output.stdout), expected);
}
