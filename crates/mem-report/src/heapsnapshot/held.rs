//! Who holds most: the places at which most memory comes together, those that are held in one way as one.
//!
//! A place is a node of the program of which no single node that it retains is the greater part: a list of rows, not the
//! object that has the list. Places with the same retaining path but for its indices (see `patterns.rs`) count together, so
//! that 200 timers with a body each are one holder. The one that holds most is taken first; what it retains is left out when
//! the next is looked for.

use super::analysis::Analysis;
use super::columns::{Node, Snapshot};
use super::findings::is_of_node;
use super::groups::{Tree, key, name};
use super::kinds::{EdgeKind, NodeKind};
use super::names::{Function, ON_STACK};
use super::patterns::{PERIOD, Patterns, starred};
use serde::Serialize;
use std::collections::HashSet;

/// Holders that are told.
const HELD: usize = 3;
/// If one child holds this share of what a node holds, in percent, the child is what holds it.
const SHARE: u64 = 60;
/// What holds less than this share of the heap, in percent, is not told.
const LEAST: u64 = 1;
/// Ways of holding that are looked at for one that a person can name.
const TRIED: usize = 1000;

/// What holds much, in one way: nodes whose retaining paths differ in indices only.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Held {
    /// The holder: an expression, and where its variable is declared.
    pub holder: String,
    /// The variable that the holder starts from, if any.
    pub variable: Option<String>,
    /// The function that the variable belongs to.
    pub scope: Option<Function>,
    /// The constructor's name of what is held, or what it is.
    pub name: String,
    /// How many are held in this way.
    pub count: u64,
    /// V8's identity of the one that retains most.
    pub id: u32,
    /// The bytes that would be free without them.
    pub retained: u64,
    /// What most of it is: the holders of places further on, if half of the bytes or more are held in one way there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_of: Option<Box<Held>>,
    /// Whether the first snapshot has the one that retains most, if there were several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was_in_first: Option<bool>,
}

/// The places of one pattern.
#[derive(Clone, Copy, Default)]
struct Places {
    retained: u64,
    count: u64,
    largest: u32,
}

/// The three that hold most; those that the first snapshot has come first. O(nodes).
pub fn held(analysis: &Analysis<'_>, first: Option<&Snapshot>) -> Vec<Held> {
    let snapshot = analysis.snapshot();
    let sizes = analysis.dominators().sizes();
    let mut held: Vec<Held> = Vec::new();
    let Some(total) = sizes.first() else { return held };
    let least = total.saturating_mul(LEAST) / 100;
    let tree = Tree::new(analysis.dominators().parents());
    let patterns = Patterns::new(snapshot, analysis.paths());
    let is_place = places(analysis, &patterns);
    let mut taken: HashSet<usize> = HashSet::new();
    let mut refused: HashSet<usize> = HashSet::new();
    while held.len() < HELD {
        let free = sums(analysis, &tree, &patterns, &is_place, |above| {
            !taken.iter().any(|taken| above[*taken] > 0)
        });
        let free = free.iter().enumerate().filter(|(pattern, _)| !taken.contains(pattern));
        let Some((pattern, mut own)) = largest(analysis, free, least, &mut refused) else { break };
        let below = sums(analysis, &tree, &patterns, &is_place, |above| above[pattern] > 0);
        let below = below.iter().enumerate().filter(|(below, _)| *below != pattern);
        let half = own.retained / 2;
        own.made_of = largest(analysis, below, half, &mut refused).map(|(_, below)| below.into());
        taken.insert(pattern);
        // Patterns that differ in what only the engine names read alike.
        match held.iter_mut().find(|held| (&held.holder, &held.name) == (&own.holder, &own.name)) {
            Some(held) => {
                held.count += own.count;
                held.retained = held.retained.saturating_add(own.retained);
            }
            None => held.push(own),
        }
    }
    if let Some(first) = first {
        let ids: HashSet<u32> = first.nodes().map(Node::id).collect();
        held.iter_mut().for_each(|held| held.was_in_first = Some(ids.contains(&held.id)));
    }
    held.sort_by_key(|held| (held.was_in_first != Some(true), core::cmp::Reverse(held.retained)));
    held
}

/// Which nodes are places.
fn places(analysis: &Analysis<'_>, patterns: &Patterns<'_>) -> Vec<bool> {
    let snapshot = analysis.snapshot();
    let (parents, sizes) = (analysis.dominators().parents(), analysis.dominators().sizes());
    // The root is no child, so 0 stands for none.
    let mut largest_child = vec![0u32; parents.len()];
    for (node, parent) in parents.iter().enumerate().skip(1) {
        let largest = &mut largest_child[*parent as usize];
        if *largest == 0 || sizes[node] > sizes[*largest as usize] {
            *largest = node as u32;
        }
    }
    // Along a list, each node is the greater part of the one before it: the list begins at the first.
    let is_of_list = |node: u32| {
        let pattern = patterns.of(node);
        let mut below = core::iter::successors(Some(node), |at| Some(largest_child[*at as usize]));
        let mut below = below.by_ref().skip(1).take(PERIOD).take_while(|below| *below != 0);
        patterns.repeats(pattern) && below.any(|below| patterns.of(below) == pattern)
    };
    let mut is_place = vec![false; parents.len()];
    for node in snapshot.nodes().skip(1) {
        let size = sizes[node.index()];
        let child = match largest_child[node.index()] {
            0 => 0,
            child => sizes[child as usize],
        };
        let is_spread = child.saturating_mul(100) < size.saturating_mul(SHARE);
        if is_of_program(node) && (is_spread || is_of_list(node.index)) {
            is_place[owner(analysis, node).index()] = true;
        }
    }
    is_place
}

/// The object that a store of elements, properties or entries belongs to, if it is most of the object; any other node itself.
fn owner<'s>(analysis: &Analysis<'s>, node: Node<'s>) -> Node<'s> {
    let dominator = analysis.snapshot.at(analysis.dominators().parents()[node.index()]);
    let is_store_of = |edge: super::columns::Edge<'_>| {
        edge.kind() == EdgeKind::Internal && edge.to().index == node.index
    };
    let sizes = analysis.dominators().sizes();
    let (size, whole) = (sizes[node.index()], sizes[dominator.index()]);
    let is_store = node.kind() == NodeKind::Array
        && size.saturating_mul(100) >= whole.saturating_mul(SHARE)
        && dominator.kind() == NodeKind::Object
        && dominator.edges().any(is_store_of);
    if is_store { dominator } else { node }
}

/// The pattern that retains most, at least this much, of those whose holders a person can name.
fn largest<'p>(
    analysis: &Analysis<'_>,
    sums: impl Iterator<Item = (usize, &'p Places)>,
    least: u64,
    refused: &mut HashSet<usize>,
) -> Option<(usize, Held)> {
    let mut sums: Vec<_> = sums.filter(|(_, places)| places.retained > least).collect();
    sums.sort_by(|(a, x), (b, y)| y.retained.cmp(&x.retained).then(a.cmp(b)));
    for (pattern, places) in sums.into_iter().take(TRIED) {
        if refused.contains(&pattern) {
            continue;
        }
        if let Some(held) = told(analysis, *places) {
            return Some((pattern, held));
        }
        refused.insert(pattern);
    }
    None
}

/// What the places of each pattern retain: those that are chosen by how many places of each pattern are above them in the
/// tree of dominators. Of a pattern's places inside each other, as along a list, the first retains the others.
fn sums(
    analysis: &Analysis<'_>,
    tree: &Tree,
    patterns: &Patterns<'_>,
    is_place: &[bool],
    is_chosen: impl Fn(&[u32]) -> bool,
) -> Vec<Places> {
    let sizes = analysis.dominators().sizes();
    let mut sums = vec![Places::default(); patterns.count()];
    let mut above = vec![0u32; patterns.count()];
    tree.walk(|node, enters| {
        if !is_place[node as usize] {
            return;
        }
        let pattern = patterns.of(node);
        if !enters {
            above[pattern] -= 1;
            return;
        }
        if is_chosen(&above) {
            let (size, sum) = (sizes[node as usize], &mut sums[pattern]);
            if above[pattern] == 0 {
                sum.retained = sum.retained.saturating_add(size);
            }
            sum.count += 1;
            if sum.count == 1 || size > sizes[sum.largest as usize] {
                sum.largest = node;
            }
        }
        above[pattern] += 1;
    });
    sums
}

/// The holder of places, if it is the program's and has a name.
fn told(analysis: &Analysis<'_>, places: Places) -> Option<Held> {
    let snapshot = analysis.snapshot();
    let node = snapshot.at(places.largest);
    let holder = analysis.names().holder(analysis.paths(), node);
    let is_named = holder.variable.is_some()
        || holder.expression.starts_with("globalThis")
        || holder.expression.starts_with(ON_STACK);
    let is_of_node = holder.scope.as_ref().is_some_and(is_of_node)
        || holder.expression.starts_with("globalThis[node:");
    if !is_named || is_of_node || matches!(holder.expression.as_str(), "" | "globalThis") {
        return None;
    }
    Some(Held {
        holder: starred(&holder.to_string()),
        variable: holder.variable,
        scope: holder.scope,
        name: name(snapshot, key(node)),
        count: places.count,
        id: node.id(),
        retained: places.retained,
        made_of: None,
        was_in_first: None,
    })
}

fn is_of_program(node: Node<'_>) -> bool {
    use NodeKind::{Array, Closure, Native, Object};
    matches!(node.kind(), Object | Array | Closure | Native)
        && node.name() != "process"
        && !node.name().starts_with("global")
        && !node.name().starts_with("Node / ")
}
