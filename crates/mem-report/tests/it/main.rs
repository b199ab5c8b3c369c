//! What is read, compared and printed.

mod figures;
mod sources;
mod timeline;
