//! What is read, compared, printed, reviewed and drawn.

#[cfg(feature = "html")]
mod charts;
mod checks;
mod comparisons;
#[cfg(feature = "json")]
mod exports;
mod figures;
mod growth;
#[cfg(feature = "heapsnapshot")]
mod heapsnapshots;
mod kinds;
mod reviews;
mod sampling;
#[cfg(feature = "insta")]
mod snapshots;
mod sources;
mod text;
mod timeline;
