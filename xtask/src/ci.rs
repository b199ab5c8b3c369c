//! `cargo xtask ci`: every check, in order; the first that fails ends it.

use crate::{sanitize, tidy};
use std::process::{Command, ExitCode};

/// The example of `docs/review-memory-in-pull-requests.md`.
const REVIEW_MEMORY: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/review-memory/Cargo.toml");
/// The target folder of that package, which it shares with the workspace.
const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target");

const TESTS: &[&[&str]] = &[
    &["test", "--workspace"],
    // The features of futures and tokio.
    &["test", "--package", "stream-backpressure", "--all-features"],
    // A user's package, outside the workspace's members.
    &["test", "--locked", "--target-dir", TARGET, "--manifest-path", REVIEW_MEMORY],
    // The collections over `Rc` and `Arc`, without the heap.
    &["test", "--package", "weak-refs", "--no-default-features", "--features", "rc"],
    // The allocators, the exporters and the counting allocator.
    &["test", "--package", "mem-report", "--all-features"],
];
const CHECKS: &[&[&str]] = &[
    &["fmt", "--all", "--check"],
    &["fmt", "--check", "--manifest-path", REVIEW_MEMORY],
    &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
    &["doc", "--workspace", "--no-deps", "--all-features"],
];

/// The number of random programs under the heap's verifier: few, because it is slow.
const CASES: u32 = 32;

/// Runs the checks.
pub fn run(skip_tests: bool) -> ExitCode {
    if !skip_tests {
        if !all_pass(TESTS) {
            return ExitCode::FAILURE;
        }
        println!("$ PROPTEST_CASES={CASES} cargo xtask sanitize zeal");
        if sanitize::run_tests(sanitize::Tool::Zeal, Some(CASES)) != ExitCode::SUCCESS {
            eprintln!("failed: cargo xtask sanitize zeal");
            return ExitCode::FAILURE;
        }
    }
    if !all_pass(CHECKS) {
        return ExitCode::FAILURE;
    }
    println!("$ cargo xtask tidy");
    tidy::run()
}

/// Runs commands until one fails.
fn all_pass(commands: &[&[&str]]) -> bool {
    for arguments in commands {
        println!("$ cargo {}", arguments.join(" "));
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status =
            Command::new(cargo).args(*arguments).env("RUSTDOCFLAGS", "-D warnings").status();
        if !status.is_ok_and(|status| status.success()) {
            eprintln!("failed: cargo {}", arguments.join(" "));
            return false;
        }
    }
    true
}
