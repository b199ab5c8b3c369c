//! What a runtime promises and reports.

mod growth;
mod kinds;
mod names;
mod options;
mod values;
