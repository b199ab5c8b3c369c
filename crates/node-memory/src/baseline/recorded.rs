//! What real Nodes held when a program began, and what `console.log` and modules added: `recorded.tsv`, which `cargo xtask
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
    output: Output,
}

/// What a module of a Node adds, as recorded: its own code, which other parts of Node use as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedModule {
    /// What the first `require` of it adds.
    pub load: Baseline,
    /// What the first `console.log` adds after that: less than else, because it needs a part of the same code.
    pub first_print: Baseline,
    /// The same after a full collection.
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
        let (version, fresh) = row(line, output, "fresh")?;
        let of = |moment: &str| row(line, output, moment).map(|(_, figures)| figures);
        Some(Self {
            version,
            fresh,
            first_print: of("first print")?,
            first_print_collected: of("first print after gc")?,
            output,
        })
    }

    /// What a module adds whose code Node loads when it is first required: `stream`, `net` and `v8` are recorded. `None`
    /// for others. O(rows).
    ///
    /// ```
    /// use node_memory::{NodeVersion, Output, RecordedNode};
    ///
    /// let node = RecordedNode::of(NodeVersion::V20, Output::Pipe).expect("Node 20 is recorded");
    /// let stream = node.module("stream").expect("it is recorded");
    /// assert!(stream.load.external > 150_000 && stream.first_print.external < node.first_print.external);
    /// assert!(node.module("path").is_none());
    /// ```
    #[must_use]
    pub fn module(&self, name: &str) -> Option<RecordedModule> {
        let of =
            |moment: String| row(self.version, self.output, &moment).map(|(_, figures)| figures);
        Some(RecordedModule {
            load: of(format!("require {name}"))?,
            first_print: of(format!("first print with {name}"))?,
            first_print_collected: of(format!("first print after gc with {name}"))?,
        })
    }
}

/// The version and the figures of a moment in a Node whose version begins so.
fn row(version: &str, output: Output, moment: &str) -> Option<(&'static str, Baseline)> {
    let output = match output {
        Output::Pipe => "pipe",
        Output::Terminal => "terminal",
    };
    let rows = TABLE.lines().map(|row| row.split('\t').collect::<Vec<_>>());
    let row = rows
        .filter(|row| row.len() == 9)
        .find(|row| row[0].starts_with(version) && (row[1], row[2]) == (output, moment))?;
    Some((row[0], figures(&row)?))
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
