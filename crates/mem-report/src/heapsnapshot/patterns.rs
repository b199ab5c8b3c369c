//! Holders that differ in an index only, as one: `cache.entries[*].data`.
//!
//! Each node of the tree of paths gets the number of its pattern: its parent's pattern and its own step. Steps that repeat
//! those before them, as along a list or a chain of promises, lead back to the pattern where they began: a list is one
//! pattern.

use super::columns::{Edge, Snapshot};
use super::kinds::EdgeKind;
use super::names::Names;
use super::paths::Paths;
use serde::Serialize;
use std::collections::HashMap;

/// New nodes that are held in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NewPath {
    /// The holder, as [`Holder`](super::Holder) has it, with `[*]` for every index.
    pub holder: String,
    /// How many new nodes it holds.
    pub count: u64,
    /// Their own sizes, in bytes.
    pub size: u64,
}

/// A step: the edge's kind and name (none for an index), and the name of what it leads to.
type Step = (EdgeKind, u32, u32);

pub(super) struct Patterns<'s> {
    snapshot: &'s Snapshot,
    paths: &'s Paths,
    /// The pattern of each node; 0 is the root's.
    of: Vec<u32>,
    /// A node of each pattern, the first that was reached.
    example: Vec<u32>,
    /// The pattern before each pattern, and the step from there.
    before: Vec<u32>,
    steps: Vec<Option<Step>>,
    /// Whether steps lead back to the pattern.
    repeats: Vec<bool>,
}

/// The most steps that are found to repeat.
pub(super) const PERIOD: usize = 4;

impl<'s> Patterns<'s> {
    pub fn new(snapshot: &'s Snapshot, paths: &'s Paths) -> Self {
        let mut patterns = Self {
            snapshot,
            paths,
            of: vec![0; snapshot.node_count()],
            example: vec![0],
            before: vec![0],
            steps: vec![None],
            repeats: vec![false],
        };
        let mut numbers: HashMap<(u32, Step), u32> = HashMap::new();
        for &node in paths.order() {
            let Some((from, edge)) = paths.before(node) else { continue };
            let parent = patterns.of[from as usize];
            let kind = snapshot.edges.kind[edge as usize];
            let is_named =
                matches!(kind, EdgeKind::Property | EdgeKind::Context | EdgeKind::Shortcut);
            let name = if is_named { snapshot.edges.name[edge as usize] } else { u32::MAX };
            let is_string = snapshot.at(node).kind().is_string();
            let own = if is_string { u32::MAX } else { snapshot.nodes.name[node as usize] };
            let step = (kind, name, own);
            if let Some(start) = patterns.repeated(parent, step) {
                patterns.of[node as usize] = start;
                patterns.repeats[start as usize] = true;
                continue;
            }
            let next = patterns.example.len() as u32;
            let number = *numbers.entry((parent, step)).or_insert(next);
            if number == next {
                patterns.example.push(node);
                patterns.before.push(parent);
                patterns.steps.push(Some(step));
                patterns.repeats.push(false);
            }
            patterns.of[node as usize] = number;
        }
        patterns
    }

    /// The pattern that a step from `parent` leads back to: the last few steps and this one are those before them again.
    fn repeated(&self, parent: u32, step: Step) -> Option<u32> {
        let before = |pattern: u32| self.before[pattern as usize];
        let step_to = |pattern: u32| self.steps[pattern as usize];
        let mut start = parent;
        for period in 0..PERIOD {
            if step_to(start) == Some(step) {
                let (mut late, mut early) = (parent, before(start));
                let same = (0..period).all(|_| {
                    let same = step_to(late).is_some() && step_to(late) == step_to(early);
                    (late, early) = (before(late), before(early));
                    same
                });
                if same {
                    return Some(start);
                }
            }
            start = before(start);
        }
        None
    }

    /// Whether nodes of this pattern lie behind each other, as along a list.
    pub fn repeats(&self, pattern: usize) -> bool {
        self.repeats[pattern]
    }

    /// The pattern of each node, as a number below [`count`](Self::count).
    pub fn of(&self, node: u32) -> usize {
        self.of[node as usize] as usize
    }

    /// How many patterns there are.
    pub fn count(&self) -> usize {
        self.example.len()
    }

    /// Counts and sizes of the chosen nodes by pattern, most bytes first.
    pub fn sum(&self, is_chosen: &[bool]) -> Vec<NewPath> {
        let mut sums = vec![(0u64, 0u64); self.example.len()];
        for &node in self.paths.order().iter().filter(|node| is_chosen[**node as usize]) {
            let sums = &mut sums[self.of[node as usize] as usize];
            let size = self.snapshot.nodes.self_size[node as usize];
            *sums = (sums.0 + 1, sums.1.saturating_add(size));
        }
        let mut largest: Vec<_> = (0..sums.len()).filter(|pattern| sums[*pattern].0 > 0).collect();
        largest.sort_by(|a, b| sums[*b].1.cmp(&sums[*a].1).then(a.cmp(b)));
        largest.truncate(LARGEST);
        let names = Names::new(self.snapshot);
        let mut rows: Vec<NewPath> = Vec::new();
        for pattern in largest {
            let node = self.snapshot.at(self.example[pattern]);
            let path: Vec<Edge<'_>> = self.paths.to(node);
            let holder = starred(&names.holder_of(&path).to_string());
            let (count, size) = sums[pattern];
            // Patterns that differ in what only the engine names read alike.
            match rows.iter_mut().find(|row| row.holder == holder) {
                Some(row) => {
                    row.count += count;
                    row.size = row.size.saturating_add(size);
                }
                None => rows.push(NewPath { holder, count, size }),
            }
        }
        rows.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.holder.cmp(&b.holder)));
        rows
    }
}

/// Patterns that are named: what a person reads, and more.
const LARGEST: usize = 100;

/// The text with `[*]` for each `[12]`, and with `.next…` for a step that is taken again and again.
pub(super) fn starred(text: &str) -> String {
    shortened(&without_indices(text))
}

/// How often a step may be repeated before it is written once.
const REPEATED: usize = 3;

fn shortened(text: &str) -> String {
    let starts = text
        .char_indices()
        .filter(|(at, letter)| matches!(letter, '.' | '[') || text[*at..].starts_with(" → "));
    let mut starts: Vec<usize> = starts.map(|(at, _)| at).collect();
    starts.extend([text.len()]);
    let mut out = text[..starts[0]].to_owned();
    let mut steps = starts.windows(2).map(|pair| &text[pair[0]..pair[1]]).peekable();
    while let Some(step) = steps.next() {
        let mut count = 1;
        while steps.next_if_eq(&step).is_some() {
            count += 1;
        }
        match count < REPEATED {
            true => (0..count).for_each(|_| out.push_str(step)),
            false => {
                out.push_str(step);
                out.push('…');
            }
        }
    }
    out
}

fn without_indices(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        out.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && inside[digits..].starts_with(']') {
            out.push_str("[*]");
            rest = &inside[digits + 1..];
        } else {
            out.push('[');
            rest = inside;
        }
    }
    out.push_str(rest);
    out
}
