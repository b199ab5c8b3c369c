//! Scopes: variables that no living closure uses, and chains of scopes.
//!
//! V8 gives all closures that are made in one scope one context, which holds each variable that any of them uses. A
//! closure that lives keeps them all. A variable is unused if no closure that the context still has, directly or in a
//! scope inside it, mentions it; that is read from the functions' text.
//!
//! A chain is a context that keeps one of the same function, which keeps the next: each time the function ran, it kept
//! the scope of the time before.

use super::found::{FindingKind, Found, Sources, is_of_node};
use super::source::mentions;
use crate::heapsnapshot::analysis::Analysis;
use crate::heapsnapshot::columns::{EdgeName, Node};
use crate::heapsnapshot::kinds::{EdgeKind, NodeKind};
use crate::heapsnapshot::names::{Function, is_context};
use std::collections::HashMap;

/// Bytes from which on a variable is large.
const LARGE: u64 = 4096;
/// Links from which on a chain is one.
const LONG: u32 = 8;
/// V8 cuts the text of a string to this many characters.
const CUT: usize = 1024;

pub fn find(analysis: &Analysis<'_>, sources: &Sources<'_>, found: &mut Vec<Found>) {
    let snapshot = analysis.snapshot;
    let contexts: Vec<_> = snapshot
        .nodes()
        .filter(|node| node.kind() == NodeKind::Object && is_context(*node))
        .collect();
    let mut inner: HashMap<u32, Vec<Node<'_>>> = HashMap::new();
    for context in &contexts {
        if let Some(outer) = context.follow(EdgeKind::Internal, "previous") {
            inner.entry(outer.index).or_default().push(*context);
        }
    }
    let mut texts = Texts { sources, texts: HashMap::new() };
    let mut chained = chains(analysis, &contexts, found);
    for context in contexts {
        if core::mem::take(&mut chained[context.index()]) {
            continue;
        }
        unused(analysis, context, &inner, &mut texts, found);
    }
}

fn unused<'s>(
    analysis: &Analysis<'s>,
    context: Node<'s>,
    inner: &HashMap<u32, Vec<Node<'s>>>,
    texts: &mut Texts<'_>,
    found: &mut Vec<Found>,
) {
    let large = context.edges().filter(|edge| {
        edge.kind() == EdgeKind::Context
            && analysis.dominators.dominator(edge.to()) == context
            && analysis.dominators.retained(edge.to()) >= LARGE
    });
    for edge in large {
        let EdgeName::Name(name) = edge.name() else { continue };
        let scope = analysis.names.scope(context);
        if scope.as_ref().is_none_or(|scope| scope.script.is_none() || is_of_node(scope)) {
            return;
        }
        let closures = closures(analysis, context, inner);
        // Without the text of a closure, it may well use the variable.
        let is_used = closures.iter().any(|closure| {
            let text = texts.of(analysis, *closure);
            closure.location().zip(text).is_none_or(|(location, text)| {
                mentions(text, location.line, location.column, name).unwrap_or(true)
            })
        });
        if is_used || closures.is_empty() {
            continue;
        }
        let function = analysis.names.function(closures[0]);
        let others = closures.len() - 1;
        found.push(Found {
            kind: FindingKind::UnusedVariable,
            holder: holder(name, &scope, &function, others),
            variable: Some(name.to_owned()),
            scope,
            count: 1,
            bytes: analysis.dominators.retained(edge.to()),
            example: context.id(),
            detail: |count, bytes| {
                format!("no living closure of the scope uses it; {bytes} bytes ({count} such)")
            },
        });
    }
}

fn holder(name: &str, scope: &Option<Function>, by: &Function, others: usize) -> String {
    let scope = scope.as_ref().map_or_else(String::new, |scope| format!(", a variable of {scope}"));
    let others = if others == 0 { String::new() } else { format!(" and {others} more") };
    let by_name = if by.name.is_empty() { "a function" } else { &by.name };
    let line = by.line.map_or_else(String::new, |line| format!(" (line {line})"));
    format!("{name}{scope}, kept by {by_name}{line}{others}")
}

/// The closures of a context and of the contexts inside it.
fn closures<'s>(
    analysis: &Analysis<'s>,
    context: Node<'s>,
    inner: &HashMap<u32, Vec<Node<'s>>>,
) -> Vec<Node<'s>> {
    let mut closures = Vec::new();
    let mut stack = vec![context];
    let mut seen = std::collections::HashSet::new();
    while let Some(context) = stack.pop() {
        if seen.insert(context.index) {
            closures.extend(analysis.names.closures(context));
            stack.extend(inner.get(&context.index).into_iter().flatten());
        }
    }
    closures
}

/// Finds chains. Returns for each node whether it is a context of one.
fn chains(analysis: &Analysis<'_>, contexts: &[Node<'_>], found: &mut Vec<Found>) -> Vec<bool> {
    let snapshot = analysis.snapshot;
    let parents = analysis.dominators.parents();
    let mut scope_of = vec![0u32; snapshot.node_count()];
    for context in contexts {
        let scope = context.follow(EdgeKind::Internal, "scope_info");
        scope_of[context.index()] = scope.map_or(0, |scope| scope.index);
    }
    // How many contexts of one scope dominate each other down to here, and the first of them.
    let mut link: HashMap<u32, (u32, u32)> = HashMap::new();
    let mut longest: HashMap<u32, (u32, u32)> = HashMap::new();
    let tree = crate::heapsnapshot::groups::Tree::new(parents);
    let mut above: HashMap<u32, Vec<u32>> = HashMap::new();
    tree.walk(|node, enters| {
        let scope = scope_of[node as usize];
        if scope == 0 {
            return;
        }
        let stack = above.entry(scope).or_default();
        if !enters {
            stack.pop();
            return;
        }
        let (first, length) = match stack.last().and_then(|last| link.get(last)) {
            Some((first, length)) => (*first, length + 1),
            None => (node, 1),
        };
        stack.push(node);
        link.insert(node, (first, length));
        let longest = longest.entry(first).or_insert((0, node));
        if length > longest.0 {
            *longest = (length, node);
        }
    });
    let mut is_chained = vec![false; snapshot.node_count()];
    for (node, (first, _)) in &link {
        is_chained[*node as usize] = longest.get(first).is_some_and(|(length, _)| *length >= LONG);
    }
    let mut heads: Vec<_> =
        longest.into_iter().filter(|(_, (length, _))| *length >= LONG).collect();
    heads.sort_unstable();
    for (first, (length, _)) in heads {
        let context = snapshot.at(first);
        let scope = analysis.names.scope(context);
        if scope.as_ref().is_none_or(|scope| scope.script.is_none() || is_of_node(scope)) {
            continue;
        }
        let variable = chain_variable(analysis, context, &link, first);
        let name = variable.as_deref().unwrap_or("a variable");
        let of =
            scope.as_ref().map_or_else(String::new, |scope| format!(", a variable of {scope}"));
        found.push(Found {
            kind: FindingKind::ContextChain,
            holder: format!("{name}{of}"),
            variable,
            scope,
            count: u64::from(length),
            bytes: analysis.dominators.retained(context),
            example: context.id(),
            detail: |count, bytes| {
                format!("each run of the function keeps the scope of the run before: {count} scopes, {bytes} bytes")
            },
        });
    }
    is_chained
}

/// The variable of a chain's context that leads to the next one: the one that holds most.
fn chain_variable(
    analysis: &Analysis<'_>,
    context: Node<'_>,
    link: &HashMap<u32, (u32, u32)>,
    first: u32,
) -> Option<String> {
    let parents = analysis.dominators.parents();
    // The second context of the chain is below one of the variables, or the closure that has it is.
    let second = link.iter().find(|(_, (own, length))| *own == first && *length == 2)?.0;
    let mut below = *second;
    while parents[below as usize] != context.index && below != 0 {
        below = parents[below as usize];
    }
    let variables = context.edges().filter(|edge| edge.kind() == EdgeKind::Context);
    let mut variables = variables.filter_map(|edge| match edge.name() {
        EdgeName::Name(name) => Some((edge.to().index, name)),
        _ => None,
    });
    variables.find(|(to, _)| *to == below).map(|(_, name)| name.to_owned())
}

/// The texts of scripts, by their nodes.
struct Texts<'f> {
    sources: &'f Sources<'f>,
    texts: HashMap<u32, Option<String>>,
}

impl Texts<'_> {
    fn of(&mut self, analysis: &Analysis<'_>, closure: Node<'_>) -> Option<&str> {
        let closure = analysis.snapshot.at(closure.index);
        let script = analysis.names.script_of(closure)?;
        let text = self.texts.entry(script.index).or_insert_with(|| {
            let text = script.follow(EdgeKind::Internal, "source").map_or("", Node::name);
            let is_whole = !text.is_empty() && text.chars().count() < CUT;
            if is_whole { Some(text.to_owned()) } else { (self.sources)(script.name()) }
        });
        text.as_deref()
    }
}
