//! What the streams promise, one module per behaviour.

mod backpressure;
mod destroy;
mod finish;
mod log;
mod text;
mod write;
