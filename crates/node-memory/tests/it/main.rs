//! What a runtime promises.

mod values;
