//! From a tree to instructions.
//!
//! [`op`] has the instructions, [`code`] what a function becomes. [`function`] is one function's compiler: registers,
//! jumps, contexts; the other files add to it what each part of the language emits.

mod assign;
mod call;
mod class;
pub mod code;
mod control;
mod expression;
mod function;
mod leave;
mod literal;
mod loops;
pub mod op;
mod statement;
mod variable;

use crate::parse::ParseError;
use crate::parse::{Goal, Parsed, parse};
use bumpalo::Bump;
use code::{SourceText, Template};
use function::FunctionCompiler;
use std::rc::Rc;

/// Compiles a text to the function that it is.
///
/// # Errors
/// A syntax error, or what this crate does not know of the language.
pub fn compile(source: Rc<SourceText>, goal: Goal<'_>) -> Result<Rc<Template>, ParseError> {
    let arena = Bump::new();
    let text = source.text.clone();
    let Parsed { function, scopes, names } = parse(&arena, &text, goal)?;
    let mut template = FunctionCompiler::function(&scopes, &names, &source, function)?;
    if let Goal::Function = goal {
        // The one expression of the text is the function.
        template.text = (0, text.len() as u32);
    }
    Ok(Rc::new(template))
}
