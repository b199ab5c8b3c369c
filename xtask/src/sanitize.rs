//! `cargo xtask sanitize`: the tests of the crates with unsafe code, under a tool that watches memory or a model checker
//! that runs their threads in every order. `address` needs a nightly toolchain, `valgrind` valgrind.

use std::process::{Command, ExitCode};

/// The crates with unsafe code, and the one that relies on it most.
const CRATES: [&str; 5] = ["slab-buffer", "heap-model", "weak-refs", "mem-report", "node-script"];

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Tool {
    /// AddressSanitizer, with leaks
    Address,
    /// valgrind's memcheck
    Valgrind,
    /// The heap's own verifier, after every collection
    Zeal,
    /// loom: the counts of slab-buffer, in every order of their threads
    Loom,
}

/// Runs the command, with `cases` random programs per test if given.
pub fn run(tool: Tool, cases: Option<u32>) -> ExitCode {
    let mut command = Command::new("cargo");
    match tool {
        Tool::Address => {
            command.args(["+nightly", "test", "--target", "x86_64-unknown-linux-gnu"]);
            command.args(["--target-dir", "target/sanitize"]);
            command.env("RUSTFLAGS", "-Zsanitizer=address");
            // The tests expect a refused allocation to return null.
            command.env("ASAN_OPTIONS", "allocator_may_return_null=1");
        }
        Tool::Zeal => {
            command.args(["test", "--target-dir", "target/zeal"]).env("RUSTFLAGS", "--cfg zeal");
        }
        Tool::Loom => {
            // Optimised, because there are many orders. Only the models run under loom.
            command.args(["test", "--release", "--target-dir", "target/loom", "--lib"]);
            command.args(["--package", "slab-buffer", "model::"]).env("RUSTFLAGS", "--cfg loom");
            return succeeds(&mut command);
        }
        Tool::Valgrind => {
            command.args(["test", "--target-dir", "target/valgrind"]);
            command.env(
                "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER",
                "valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite",
            );
            // A process under valgrind is some fifty times slower.
            command.env("PROPTEST_CASES", "8");
        }
    }
    if let Some(cases) = cases {
        command.env("PROPTEST_CASES", cases.to_string());
    }
    command.args(["--all-features", "--tests"]);
    for name in CRATES {
        command.args(["--package", name]);
    }
    // The messages of another compiler differ.
    command.args(["--", "--skip", "compile_fail"]);
    succeeds(&mut command)
}

/// Whether the command runs and succeeds.
fn succeeds(command: &mut Command) -> ExitCode {
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
