//! What is read, compared and printed.

mod figures;
mod sampling;
mod sources;
mod timeline;
