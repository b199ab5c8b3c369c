//! `cargo xtask sanitize`: the tests of the crates with unsafe code, under a tool that watches memory or a model checker
//! that runs their threads in every order. `address` needs a nightly toolchain, `valgrind` valgrind.
//!
//! With `--suite` the tool watches other people's tests instead: this program is built with it, and runs a checkout of
//! test262, of nodejs/readable-stream or of feross/buffer.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The arguments of `cargo xtask sanitize`.
#[derive(clap::Args)]
pub struct SanitizeArgs {
    tool: Tool,
    /// Run the suite of a checkout instead of the crates' tests: test262, nodejs/readable-stream or feross/buffer
    #[arg(long, value_name = "DIR")]
    suite: Option<PathBuf>,
    /// With --suite: what the suite's own command is told, files that it is to run for example
    #[arg(requires = "suite")]
    arguments: Vec<OsString>,
}

/// The crates with unsafe code, and the one that relies on it most.
const CRATES: [&str; 5] = ["slab-buffer", "heap-model", "weak-refs", "mem-report", "node-script"];

/// Seconds that a file of a suite may take under a tool.
const SUITE_LIMIT: &str = "300";

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

/// Runs the command.
pub fn run(args: &SanitizeArgs) -> ExitCode {
    match &args.suite {
        Some(directory) => run_suite(args.tool, directory, &args.arguments),
        None => run_tests(args.tool, None),
    }
}

/// The folder that a tool's builds lie in.
fn target(tool: Tool) -> &'static str {
    match tool {
        Tool::Address => "target/sanitize",
        Tool::Valgrind => "target/valgrind",
        Tool::Zeal => "target/zeal",
        Tool::Loom => "target/loom",
    }
}

/// Makes a build be watched by AddressSanitizer.
fn with_address(command: &mut Command) {
    command.args(["--target", "x86_64-unknown-linux-gnu"]);
    command.env("RUSTFLAGS", "-Zsanitizer=address");
    // The tests expect a refused allocation to return null.
    command.env("ASAN_OPTIONS", "allocator_may_return_null=1");
}

/// Runs a suite in a build of this program that the tool watches.
fn run_suite(tool: Tool, directory: &Path, arguments: &[OsString]) -> ExitCode {
    let mut command = match tool {
        Tool::Address => {
            let mut command = Command::new("cargo");
            command.args(["+nightly", "run"]);
            with_address(&mut command);
            command
        }
        Tool::Zeal => {
            let mut command = Command::new("cargo");
            command.arg("run").env("RUSTFLAGS", "--cfg zeal");
            command
        }
        Tool::Valgrind | Tool::Loom => {
            eprintln!("--suite goes with address and zeal");
            return ExitCode::FAILURE;
        }
    };
    let suite = if directory.join("harness").is_dir() { "test262" } else { "suite" };
    command.args(["--quiet", "--package", "xtask", "--target-dir", target(tool), "--"]);
    command.args([suite, "--limit", SUITE_LIMIT, "--dir"]).arg(directory).args(arguments);
    if suite == "test262" {
        command.arg("--this-build");
    }
    succeeds(&mut command)
}

/// Runs the crates' tests, with `cases` random programs per test if given.
pub fn run_tests(tool: Tool, cases: Option<u32>) -> ExitCode {
    let mut command = Command::new("cargo");
    match tool {
        Tool::Address => {
            command.args(["+nightly", "test"]);
            with_address(&mut command);
        }
        Tool::Zeal => {
            command.arg("test").env("RUSTFLAGS", "--cfg zeal");
        }
        Tool::Loom => {
            // Optimised, because there are many orders. Only the models run under loom.
            command.args(["test", "--release", "--target-dir", target(tool), "--lib"]);
            command.args(["--package", "slab-buffer", "model::"]).env("RUSTFLAGS", "--cfg loom");
            return succeeds(&mut command);
        }
        Tool::Valgrind => {
            command.arg("test");
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
    command.args(["--all-features", "--tests", "--target-dir", target(tool)]);
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
