//! The tables in `docs/` name tests that exist.

use std::fs;
use std::path::Path;

#[test]
fn every_test_that_the_table_of_weak_suites_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let table = fs::read_to_string(root.join("docs/test262-weak.md")).expect("the table");
    let tests =
        ["weak-refs", "heap-model"].map(|name| root.join("crates").join(name).join("tests/it"));
    let mut named = 0;
    for cell in table.lines().filter(|line| line.starts_with("| ")) {
        for name in cell.split('`').skip(1).step_by(2) {
            let Some((module, test)) = name.split_once("::") else { continue };
            let there = tests.iter().any(|tests| {
                let source = fs::read_to_string(tests.join(module).with_extension("rs"));
                source.is_ok_and(|source| source.contains(&format!("#[test]\nfn {test}()")))
            });
            assert!(there, "{name}");
            named += 1;
        }
    }
    assert!(named > 60, "{named} names");
}
