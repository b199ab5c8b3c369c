//! Leaks that have a name: what is held, by whom, and how many bytes.
//!
//! Each search is a file of `findings/` and states what it takes for a leak. A search says nothing where a snapshot
//! cannot tell a leak from use; what it does say may still be wanted, which only the program's author knows.

mod contexts;
mod maps;
mod slabs;
mod source;
mod tables;
mod writables;

use super::analysis::Analysis;
use super::columns::Node;
use super::names::Function;
use super::patterns::starred;
use crate::human::grouped;
use core::fmt;
use serde::Serialize;

/// What kind of leak it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FindingKind {
    /// A slab of the Buffer pool that one small slice keeps.
    PinnedSlabs,
    /// The table of a weak map or weak set that is far larger than its entries need.
    StaleTable,
    /// A Map whose keys nothing else refers to: as keys of a WeakMap they would be free.
    LonelyKeys,
    /// A writable stream that holds chunks which it was given and has not written.
    BufferedWrites,
    /// A variable that no living closure of its scope uses, kept by one that shares the scope.
    UnusedVariable,
    /// Scopes of the same function, each kept by the one before.
    ContextChain,
}

impl FindingKind {
    /// A word for it, as JSON has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PinnedSlabs => "pinned-slabs",
            Self::StaleTable => "stale-table",
            Self::LonelyKeys => "lonely-keys",
            Self::BufferedWrites => "buffered-writes",
            Self::UnusedVariable => "unused-variable",
            Self::ContextChain => "context-chain",
        }
    }

    /// What a person can do about it.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::PinnedSlabs => {
                "copy what is kept: Buffer.from(slice) in a new ArrayBuffer, or Buffer.allocUnsafeSlow"
            }
            Self::StaleTable => {
                "the table shrinks when an entry is next set; a new WeakMap frees it now"
            }
            Self::LonelyKeys => "use a WeakMap, or delete entries when their keys are done with",
            Self::BufferedWrites => {
                "wait for 'drain' when write() returns false, and uncork what was corked"
            }
            Self::UnusedVariable => {
                "set the variable to null, or make the closure in a function of its own"
            }
            Self::ContextChain => "do not let the new closure's scope hold the old one",
        }
    }
}

/// A leak that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Who holds it, with `[*]` for every index: an expression and where its variable is declared.
    pub holder: String,
    /// The variable that the holder starts from, if any.
    pub variable: Option<String>,
    /// The function that the variable belongs to.
    pub scope: Option<Function>,
    /// How many of them: slabs, tables, keys, chunks, variables, scopes.
    pub count: u64,
    /// The bytes held.
    pub bytes: u64,
    /// What is held, in a sentence without its end.
    pub detail: String,
    /// V8's identity of one of the nodes, to look it up in another viewer.
    pub example: u32,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.holder, self.detail)
    }
}

/// How findings are looked for.
#[derive(Default)]
pub struct Search<'f> {
    least: Option<u64>,
    sources: Option<&'f Sources<'f>>,
}

/// Gives a script's text by its name.
type Sources<'f> = dyn Fn(&str) -> Option<String> + 'f;

/// Bytes below which nothing is said, where nothing else was asked for.
const LEAST: u64 = 4096;
/// How many things Node's own modules hold at most for themselves, of those that a search finds.
const OF_NODE: u64 = 16;

impl<'f> Search<'f> {
    /// A search for all kinds that hold 4 KiB or more.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says nothing of what holds fewer bytes.
    #[must_use]
    pub fn least(mut self, bytes: u64) -> Self {
        self.least = Some(bytes);
        self
    }

    /// Where to get the text of a script, by its name in the snapshot, for what V8 cut (at 1024 characters). Without
    /// its text, no variable is found unused.
    #[must_use]
    pub fn sources(mut self, sources: &'f (dyn Fn(&str) -> Option<String> + 'f)) -> Self {
        self.sources = Some(sources);
        self
    }

    /// Looks for all kinds, most bytes first. O(nodes + edges), and the functions' text.
    #[must_use]
    pub fn run(&self, analysis: &Analysis<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        slabs::find(analysis, &mut found);
        tables::find(analysis, &mut found);
        maps::find(analysis, &mut found);
        writables::find(analysis, &mut found);
        let none = |_: &str| None;
        contexts::find(analysis, self.sources.unwrap_or(&none), &mut found);
        let mut findings = joined(found);
        findings.retain(|finding| {
            // What Node's own modules keep for themselves is no program's leak.
            let is_held_by_node = finding.scope.as_ref().is_some_and(is_of_node);
            let is_of_node = is_held_by_node
                && finding.kind != FindingKind::BufferedWrites
                && finding.count < OF_NODE;
            finding.bytes >= self.least.unwrap_or(LEAST) && !is_of_node
        });
        findings.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.holder.cmp(&b.holder)));
        findings
    }
}

/// One thing that a search found, before those with the same holder are joined.
struct Found {
    kind: FindingKind,
    holder: String,
    variable: Option<String>,
    scope: Option<Function>,
    count: u64,
    bytes: u64,
    example: u32,
    detail: fn(&str, &str) -> String,
}

impl Found {
    /// What the path to a node says of its holder.
    fn held(
        analysis: &Analysis<'_>,
        node: Node<'_>,
        (kind, count, bytes): (FindingKind, u64, u64),
        detail: fn(&str, &str) -> String,
    ) -> Self {
        let node = analysis.snapshot.at(node.index);
        let holder = analysis.names.holder(&analysis.paths, node);
        Self {
            kind,
            holder: starred(&holder.to_string()),
            variable: holder.variable,
            scope: holder.scope,
            count,
            bytes,
            example: node.id(),
            detail,
        }
    }
}

/// Whether a function is a part of Node itself: its script is `node:fs`, or `fs.js` in old versions.
pub(super) fn is_of_node(function: &Function) -> bool {
    let Some(script) = function.script.as_deref() else { return false };
    let is_path = script.starts_with('/') || script.contains("://") || script.contains(":\\");
    script.starts_with("node:") || (!is_path && !script.starts_with('['))
}

fn joined(found: Vec<Found>) -> Vec<Finding> {
    let mut by_holder = std::collections::HashMap::new();
    let mut sums: Vec<Found> = Vec::new();
    for found in found {
        let key = (found.kind, found.holder.clone());
        match by_holder.get(&key) {
            None => {
                by_holder.insert(key, sums.len());
                sums.push(found);
            }
            Some(at) => {
                let sum: &mut Found = &mut sums[*at];
                sum.count += found.count;
                sum.bytes = sum.bytes.saturating_add(found.bytes);
            }
        }
    }
    sums.into_iter()
        .map(|sum| Finding {
            detail: (sum.detail)(&grouped(sum.count.into()), &grouped(sum.bytes.into())),
            kind: sum.kind,
            holder: sum.holder,
            variable: sum.variable,
            scope: sum.scope,
            count: sum.count,
            bytes: sum.bytes,
            example: sum.example,
        })
        .collect()
}
