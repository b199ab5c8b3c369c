//! `whole` with mimalloc as the allocator of the process.

#[path = "whole.rs"]
mod whole;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    whole::main()
}
