//! What the streams promise, one module per behaviour.

mod backpressure;
mod budget;
mod closures;
mod destroy;
mod finish;
#[cfg(feature = "futures")]
mod futures;
mod gather;
mod hosts;
mod late;
mod limits;
mod log;
mod memory;
mod node_tests;
mod panic;
mod polled;
mod strict;
mod text;
#[cfg(feature = "tokio")]
mod tokio;
mod wakers;
mod write;
