//! What real Nodes held when a program began, and what the first `console.log` added: `recorded.tsv`, which `cargo xtask
//! record scenarios` writes.

use super::Baseline;
use heap_model::NodeVersion;

/// Where a program's standard output goes. Node loads other code for a terminal than for a pipe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// Another program, or a file.
    #[default]
    Pipe,
    /// A terminal.
    Terminal,
}

/// What a Node of a version holds, as recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedNode {
    /// The exact version that was recorded: `v20.20.2`.
    pub version: &'static str,
    /// What it held when a program began.
    pub fresh: Baseline,
    /// What the first `console.log` of a program added: the code of `console`, of the output and of `util.inspect`.
    pub first_print: Baseline,
    /// The same after a full collection. A part of Node's code pages counts as free from a collection on until code is
    /// made again.
    pub first_print_collected: Baseline,
}

const TABLE: &str = include_str!("recorded.tsv");

impl RecordedNode {
    /// What was recorded of the release line of a version; `None` where none was. O(rows).
    ///
    /// ```
    /// use node_memory::{NodeVersion, Output, RecordedNode};
    ///
    /// let node = RecordedNode::of(NodeVersion::V16, Output::Terminal).expect("Node 16 is recorded");
    /// assert_eq!((node.version, node.fresh.external), ("v16.13.1", 214_186));
    /// assert!(RecordedNode::of(NodeVersion::V12, Output::Pipe).is_none());
    /// ```
    #[must_use]
    pub fn of(version: NodeVersion, output: Output) -> Option<Self> {
        let line = line(version)?;
        let output = match output {
            Output::Pipe => "pipe",
            Output::Terminal => "terminal",
        };
        let row = |moment: &str| {
            let fields = TABLE.lines().map(|row| row.split('\t').collect::<Vec<_>>());
            fields
                .filter(|row| row.len() == 9)
                .find(|row| row[0].starts_with(line) && (row[1], row[2]) == (output, moment))
        };
        let fresh = row("fresh")?;
        Some(Self {
            version: fresh[0],
            fresh: figures(&fresh)?,
            first_print: figures(&row("first print")?)?,
            first_print_collected: figures(&row("first print after gc")?)?,
        })
    }
}

/// How the versions of a release line begin.
fn line(version: NodeVersion) -> Option<&'static str> {
    Some(match version {
        NodeVersion::V12 => "v12.",
        NodeVersion::V14 => "v14.",
        NodeVersion::V16 => "v16.",
        NodeVersion::V18 => "v18.",
        NodeVersion::V20 => "v20.",
        NodeVersion::V22 => "v22.",
        NodeVersion::V24 => "v24.",
        NodeVersion::V26 => "v26.",
        _ => return None,
    })
}

fn figures(row: &[&str]) -> Option<Baseline> {
    let number = |column: usize| row.get(column)?.parse::<usize>().ok();
    Some(Baseline {
        heap_total: number(3)?,
        heap_used: number(4)?,
        heap_garbage: number(5)?,
        external: number(6)?,
        array_buffers: number(7)?,
        array_buffers_garbage: number(8)?,
    })
}
