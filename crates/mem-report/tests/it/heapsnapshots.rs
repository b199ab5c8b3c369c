//! V8's heap snapshots: reading, retained sizes, findings, differences.

mod archive;
mod bad_input;
mod build;
mod differences;
mod dominators;
mod recorded;
mod summaries;
mod writing;
