//! What must not compile: handles, borrowed bytes and scopes that are kept too long, and records of which the collector
//! would not see all. The compiler's messages are pinned, so that each program fails for its own reason.

use std::process::Command;

/// The compiler that words the messages as they are pinned.
const PINNED: &str = "rustc 1.95.";

/// Checks that the programs in a folder do not compile, and why. Another compiler than the pinned one words it otherwise,
/// and is not asked.
fn refuses(programs: &str) {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("a compiler");
    if version.stdout.starts_with(PINNED.as_bytes()) {
        trybuild::TestCases::new().compile_fail(programs);
    }
}

#[test]
fn handles_and_borrows_cannot_be_kept_too_long() {
    refuses("tests/compile_fail/*.rs");
}

#[test]
fn records_cannot_be_confused_kept_too_long_or_hide_references() {
    refuses("tests/compile_fail_typed/*.rs");
}
