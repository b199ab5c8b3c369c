//! `cargo xtask ci`: every check, in order; the first that fails ends it. No unsafe code.

use std::process::{Command, ExitCode};

const TESTS: &[&[&str]] = &[
    &["test", "--workspace"],
    // The faces of futures and tokio.
    &["test", "--package", "stream-backpressure", "--all-features"],
];
const CHECKS: &[&[&str]] = &[
    &["fmt", "--all", "--check"],
    &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
    &["doc", "--workspace", "--no-deps", "--all-features"],
];

/// Runs the checks.
pub fn run(skip_tests: bool) -> ExitCode {
    let tests = if skip_tests { &[][..] } else { TESTS };
    for arguments in tests.iter().chain(CHECKS) {
        println!("$ cargo {}", arguments.join(" "));
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status =
            Command::new(cargo).args(*arguments).env("RUSTDOCFLAGS", "-D warnings").status();
        if !status.is_ok_and(|status| status.success()) {
            eprintln!("failed: cargo {}", arguments.join(" "));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
