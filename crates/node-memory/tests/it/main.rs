//! What a runtime promises and reports.

mod growth;
mod kinds;
mod values;
