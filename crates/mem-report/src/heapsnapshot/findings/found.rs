//! What a search finds, before and after what has the same holder is joined.

use crate::heapsnapshot::analysis::Analysis;
use crate::heapsnapshot::columns::Node;
use crate::heapsnapshot::names::Function;
use crate::heapsnapshot::patterns::starred;
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

/// One thing that a search found, before those with the same holder are joined.
pub struct Found {
    pub kind: FindingKind,
    pub holder: String,
    pub variable: Option<String>,
    pub scope: Option<Function>,
    pub count: u64,
    pub bytes: u64,
    pub example: u32,
    pub detail: fn(&str, &str) -> String,
}

impl Found {
    /// What the path to a node says of its holder.
    pub fn held(
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

/// Gives a script's text by its name.
pub type Sources<'f> = dyn Fn(&str) -> Option<String> + 'f;

/// Whether a function is a part of Node itself: its script is `node:fs`, or `fs.js` in old versions.
pub fn is_of_node(function: &Function) -> bool {
    let Some(script) = function.script.as_deref() else { return false };
    let is_path = script.starts_with('/') || script.contains("://") || script.contains(":\\");
    script.starts_with("node:") || (!is_path && !script.starts_with('['))
}
