//! What a runtime promises and reports.

mod blocks;
mod growth;
mod jobs;
mod kinds;
mod names;
mod options;
mod scenario;
mod streams;
mod values;
