//! Names that a person knows: the variable, the property, the function with its file and line.
//!
//! V8's nodes name what the engine sees, such as `system / Context`. This finds the function whose variables a context
//! holds (by its scope's description, which the function shares), the script of a function, and a line for it.

use super::columns::{Edge, EdgeName, Node, Snapshot};
use super::kinds::{EdgeKind, NodeKind};
use super::paths::Paths;
use core::fmt::Write;
use serde::Serialize;
use std::collections::HashMap;

/// The functions, scripts and scopes of a snapshot.
#[derive(Clone, Debug)]
pub struct Names<'s> {
    snapshot: &'s Snapshot,
    /// By the node of a scope's description: the function that has it.
    of_scope: HashMap<u32, u32>,
    /// By the node of what closures of one function share: one closure that has a location.
    closure_of: HashMap<u32, u32>,
    /// By context: the closures that have it as their own.
    of_context: HashMap<u32, Vec<u32>>,
}

/// A function: its name, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Function {
    /// Its name, empty if it has none.
    pub name: String,
    /// The script's name, mostly a path.
    pub script: Option<String>,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// The column, counted from 1.
    pub column: Option<u32>,
}

impl core::fmt::Display for Function {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let name = if self.name.is_empty() { "the top level" } else { &self.name };
        f.write_str(name)?;
        match (&self.script, self.line) {
            (Some(script), Some(line)) => write!(f, " ({script}:{line})"),
            (Some(script), None) => write!(f, " ({script})"),
            _ => Ok(()),
        }
    }
}

/// The edges by which a closure, function or context knows the others, in all versions from Node 14 on.
const SHARED: &str = "shared";
const CONTEXT: &str = "context";
const SCOPE: [&str; 2] = ["name_or_scope_info", "scope_info"];
const SCRIPT: [&str; 2] = ["script", "script_or_debug_info"];

impl<'s> Names<'s> {
    /// O(nodes + edges of functions).
    #[must_use]
    pub fn new(snapshot: &'s Snapshot) -> Self {
        let mut names = Self {
            snapshot,
            of_scope: HashMap::new(),
            closure_of: HashMap::new(),
            of_context: HashMap::new(),
        };
        for node in snapshot.nodes() {
            match node.kind() {
                NodeKind::Closure => names.see_closure(node),
                NodeKind::Code => {
                    if let Some(scope) = node.follow(EdgeKind::Internal, SCOPE[0])
                        && !scope.kind().is_string()
                    {
                        names.of_scope.insert(scope.index, node.index);
                    }
                }
                _ => {}
            }
        }
        names
    }

    fn see_closure(&mut self, closure: Node<'s>) {
        if let Some(shared) = closure.follow(EdgeKind::Internal, SHARED)
            && closure.location().is_some()
        {
            self.closure_of.entry(shared.index).or_insert(closure.index);
        }
        if let Some(context) = closure.follow(EdgeKind::Internal, CONTEXT)
            && is_context(context)
        {
            self.of_context.entry(context.index).or_default().push(closure.index);
        }
    }

    /// The closures whose own scope is in this context.
    pub fn closures(&self, context: Node<'s>) -> impl Iterator<Item = Node<'s>> {
        self.of_context
            .get(&context.index)
            .into_iter()
            .flatten()
            .map(|&index| self.snapshot.at(index))
    }

    /// A closure's function. O(edges of the closure).
    #[must_use]
    pub fn function(&self, closure: Node<'s>) -> Function {
        let shared = closure.follow(EdgeKind::Internal, SHARED);
        let script = shared.and_then(|shared| self.script(shared));
        let location = closure.location();
        Function {
            name: closure.name().to_owned(),
            script: script.map(|script| script.name().to_owned()),
            line: location.map(|location| location.line + 1),
            column: location.map(|location| location.column + 1),
        }
    }

    /// The script of a function, from what its closures share.
    fn script(&self, shared: Node<'s>) -> Option<Node<'s>> {
        let mut found = SCRIPT.iter().filter_map(|name| shared.follow(EdgeKind::Internal, name));
        found.find(|script| script.kind() == NodeKind::Code && !script.name().starts_with("system"))
    }

    /// The script of a closure's function.
    pub(super) fn script_of(&self, closure: Node<'s>) -> Option<Node<'s>> {
        self.script(closure.follow(EdgeKind::Internal, SHARED)?)
    }

    /// The function whose variables a context holds.
    #[must_use]
    pub fn scope(&self, context: Node<'s>) -> Option<Function> {
        let inner = self.closures(context).find(|closure| closure.location().is_some());
        let scope = context.follow(EdgeKind::Internal, SCOPE[1]);
        let shared =
            scope.and_then(|scope| self.of_scope.get(&scope.index)).map(|at| self.snapshot.at(*at));
        if let Some(shared) = shared {
            let mut function = Function {
                name: function_name(shared).to_owned(),
                script: self.script(shared).map(|script| script.name().to_owned()),
                line: None,
                column: None,
            };
            // No closure of the function may be left: then a function inside it gives the line.
            let closure = self.closure_of.get(&shared.index).map(|at| self.snapshot.at(*at));
            if let Some(location) = closure.or(inner).and_then(Node::location) {
                function.line = Some(location.line + 1);
                function.column = Some(location.column + 1);
            }
            return Some(function);
        }
        let inner = self.function(inner?);
        Some(Function { name: self.scope_name(scope), ..inner })
    }

    /// The name of a function that only the description of its scope is left of: its last string, unless that is a
    /// variable.
    fn scope_name(&self, scope: Option<Node<'s>>) -> String {
        let strings = scope.into_iter().flat_map(Node::edges).map(Edge::to);
        let last = strings.filter(|node| node.kind().is_string()).last();
        last.map_or_else(String::new, |node| node.name().to_owned())
    }

    /// A retaining path in a person's terms: see [`Holder`].
    #[must_use]
    pub fn holder(&self, paths: &Paths, node: Node<'s>) -> Holder {
        self.holder_of(&paths.to(node))
    }

    /// As [`holder`](Self::holder), of a path.
    #[must_use]
    pub fn holder_of(&self, path: &[Edge<'s>]) -> Holder {
        // The last variable or global on the path is what a person can find in the source.
        let start = path.iter().rposition(|edge| edge.kind() == EdgeKind::Context);
        let Some(start) = start else { return self.root_holder(path) };
        let variable = match path[start].name() {
            EdgeName::Name(name) => name.to_owned(),
            _ => String::new(),
        };
        let mut expression = variable.clone();
        path[start + 1..].iter().for_each(|edge| append(&mut expression, *edge));
        Holder { expression, variable: Some(variable), scope: self.scope(path[start].from()) }
    }

    fn root_holder(&self, path: &[Edge<'s>]) -> Holder {
        let is_global = path.first().is_some_and(|edge| edge.kind() == EdgeKind::Shortcut);
        let mut expression = String::from(if is_global { "globalThis" } else { "" });
        for edge in &path[usize::from(is_global)..] {
            if edge.to().kind() == NodeKind::Synthetic {
                expression = root_name(edge.to()).to_owned();
            } else if edge.from().kind() != NodeKind::Synthetic {
                append(&mut expression, *edge);
            }
        }
        Holder { expression, variable: None, scope: None }
    }
}

/// Who holds a node: an expression a person could write, and where its variable is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// Such as `cache.entries[12]`. A root's name in parentheses, or `globalThis`, if no variable is on the path.
    pub expression: String,
    /// The variable that it starts from, if any.
    pub variable: Option<String>,
    /// The function that the variable belongs to.
    pub scope: Option<Function>,
}

impl core::fmt::Display for Holder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.expression)?;
        match &self.scope {
            Some(scope) => write!(f, ", a variable of {scope}"),
            None => Ok(()),
        }
    }
}

/// What a person calls a root. V8's own names stay for those that no program's author can do anything about.
fn root_name(root: Node<'_>) -> &str {
    match root.name() {
        "(Stack roots)" => ON_STACK,
        name => name,
    }
}

/// What the functions hold that run while the snapshot is taken, in variables that no closure uses. V8 does not tell which.
pub(super) const ON_STACK: &str = "(a variable of a running function)";

/// A function's name, from what its closures share; V8 has a word of its own for a function without one.
fn function_name(shared: Node<'_>) -> &str {
    match shared.name() {
        "(shared function info)" => "",
        name => name,
    }
}

/// Whether a node is a function's context (not the one that all scripts share).
pub(super) fn is_context(node: Node<'_>) -> bool {
    node.name() == "system / Context"
}

/// Appends a step as a person would write it; what only the engine sees adds nothing or a word.
fn append(expression: &mut String, edge: Edge<'_>) {
    let _ = match (edge.kind(), edge.name()) {
        (EdgeKind::Property, EdgeName::Name(name)) if is_identifier(name) => {
            write!(expression, ".{name}")
        }
        (EdgeKind::Property, EdgeName::Name(name)) => match name.strip_prefix("<symbol ") {
            Some(symbol) => write!(expression, "[{}]", symbol.trim_end_matches('>')),
            None => write!(expression, "[{name:?}]"),
        },
        (EdgeKind::Element, EdgeName::Index(index)) => write!(expression, "[{index}]"),
        (EdgeKind::Context, EdgeName::Name(name)) => write!(expression, " → {name}"),
        (EdgeKind::KeyToValue, _) => write!(expression, " → its value in a WeakMap"),
        (EdgeKind::Internal, EdgeName::Name(name)) => internal(expression, name, edge),
        _ => Ok(()),
    };
}

fn internal(expression: &mut String, name: &str, edge: Edge<'_>) -> core::fmt::Result {
    match name {
        "elements" | "properties" | "map" | "shared" | "code" | "feedback_cell" => Ok(()),
        "table" => Ok(()),
        "context" | "previous" => expression.write_str(" → its scope"),
        // The keys and values of a Map lie in its table by number.
        number if number.parse::<u32>().is_ok() => match edge.from().kind() {
            NodeKind::Array => expression.write_str(" → an entry"),
            _ => Ok(()),
        },
        name => write!(expression, ".{name}"),
    }
}

fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || matches!(first, '_' | '$'))
        && letters.all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$'))
}
