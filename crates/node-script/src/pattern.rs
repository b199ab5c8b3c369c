//! Regular expressions (ECMA-262, section 22.2), on strings where they lie in the heap.
//!
//! `parse` makes a tree of a source, `compile` a program of the tree, and `run` finds a match by backtracking, as V8's
//! irregexp does. What may be tried is counted: a match that takes more steps than it may is given up, so an expression
//! that backtracks without an end cannot stop a program.

mod compile;
mod emoji;
mod fold;
mod modes;
mod parse;
mod properties;
mod run;
mod set;
mod tree;

pub(crate) use modes::Modes;
pub(crate) use run::{Fault, Match};

use compile::Program;
use heap_model::collections::string::FlatUnits;
use parse::Parser;
use tree::Names;

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Pattern {
    program: Program,
    modes: Modes,
    names: Names,
}

impl Pattern {
    /// Compiles a source of UTF-16 units; an error is what V8 says of the fault. The source nests at most
    /// as the stack has room for: the caller sees to it.
    pub fn new(source: &[u16], modes: Modes) -> Result<Self, &'static str> {
        let (tree, groups, names) = Parser::new(source, modes).parse()?;
        let program = compile::compile(&tree, modes, groups, &names);
        Ok(Self { program, modes, names })
    }

    /// The first match at `start` or behind it; at `start` alone with the flag `y`. At most `steps` are taken.
    pub fn find(
        &self,
        text: FlatUnits<'_>,
        start: usize,
        steps: u64,
    ) -> Result<Option<Match>, Fault> {
        let sticky = self.modes.sticky;
        match text {
            FlatUnits::OneByte(text) => run::find(&self.program, text, start, sticky, steps),
            FlatUnits::TwoByte(text) => run::find(&self.program, text, start, sticky, steps),
        }
    }

    /// The flags.
    pub fn modes(&self) -> Modes {
        self.modes
    }

    /// Groups, of which the whole match is the first.
    pub fn groups(&self) -> u32 {
        self.program.groups
    }

    /// The names of groups with their numbers.
    pub fn names(&self) -> &[(String, u32)] {
        &self.names
    }
}
