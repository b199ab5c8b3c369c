//! What is read, compared and printed.

mod figures;
mod timeline;
