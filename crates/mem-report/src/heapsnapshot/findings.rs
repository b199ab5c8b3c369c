//! Leaks that have a name: what is held, by whom, and how many bytes.
//!
//! Each search is a file of `findings/` and states what it takes for a leak. A search says nothing where a snapshot
//! cannot tell a leak from use; what it does say may still be wanted, which only the program's author knows.

mod contexts;
mod found;
mod maps;
mod slabs;
mod source;
mod tables;
mod writables;

use super::analysis::Analysis;
use crate::human::grouped;
pub(super) use found::is_of_node;
pub use found::{Finding, FindingKind};
use found::{Found, Sources};

/// How findings are looked for.
#[derive(Default)]
pub struct Search<'f> {
    least: Option<u64>,
    sources: Option<&'f Sources<'f>>,
}

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
