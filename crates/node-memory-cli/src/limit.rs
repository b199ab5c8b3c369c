//! What is said when the heap's limit is reached.

use crate::report::{Record, trace};
use heap_model::OutOfMemory;
use node_script::Machine;

/// Kinds of cells that are listed.
const KINDS: usize = 8;

/// Node's message, with the largest kinds of cells instead of a native stack.
pub fn text(
    machine: &mut Machine,
    error: &OutOfMemory,
    record: &Record,
    is_virtual: bool,
) -> String {
    let mut text = "\n<--- Last few GCs --->\n\n".to_owned();
    for event in record.last() {
        text.push_str(&trace(&event, is_virtual));
        text.push('\n');
    }
    text.push_str("\n<--- Largest kinds --->\n\n");
    let kinds = machine.runtime_mut().kinds();
    let mut rows = kinds.group(node_memory::kinds::HEAP).to_vec();
    rows.sort_by_key(|row| std::cmp::Reverse(row.bytes));
    for row in rows.iter().take(KINDS) {
        text.push_str(&format!("{:>14} bytes  {}\n", row.bytes, row.name));
    }
    text.push_str(&format!(
        "\nRefused: {} bytes, with {} in use below a limit of {}\n\n",
        error.requested, error.used, error.limit
    ));
    text.push_str(
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n",
    );
    text
}
