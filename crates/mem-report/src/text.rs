//! The figures as text: as Node's `console.log` prints them.

use crate::{Difference, MemoryUsage};
use core::fmt;

/// In the shape of Node's `console.log(process.memoryUsage())`; absent figures are left out.
impl fmt::Display for MemoryUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(f, self.present().map(|(figure, reading)| format!("{figure}: {}", reading.bytes)))
    }
}

/// As [`MemoryUsage`], each figure with its sign.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(f, self.present().map(|(figure, change)| format!("{figure}: {:+}", change.bytes)))
    }
}

fn lines(f: &mut fmt::Formatter<'_>, entries: impl Iterator<Item = String>) -> fmt::Result {
    let entries: Vec<String> = entries.collect();
    // `isBelowBreakLength` and `reduceToSingleString` of Node's lib/internal/util/inspect.js.
    let start = entries.len() + "{".len() + 10;
    let length: usize = entries.iter().map(String::len).sum();
    if entries.is_empty() {
        f.write_str("{}")
    } else if length + entries.len() + start <= 80 {
        write!(f, "{{ {} }}", entries.join(", "))
    } else {
        write!(f, "{{\n  {}\n}}", entries.join(",\n  "))
    }
}
