//! The kinds of traces, which `record` writes and `conform` replays.

/// A kind of programs, and of the traces that a real Node makes of them.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Kind {
    /// Where Buffers lie
    Buffer,
    /// What weak collections keep and what is cleaned up
    Gc,
    /// What Writables do
    Writable,
}
