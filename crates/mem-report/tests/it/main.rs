//! What is read, compared and printed.

mod figures;
mod growth;
mod kinds;
mod sampling;
mod sources;
mod text;
mod timeline;
