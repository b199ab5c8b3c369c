//! From text to a tree whose names are resolved.
//!
//! `boa_parser` reads the text. [`lower`] makes the compiler's own [`tree`] of what it gives, and [`scope`] decides
//! where each variable lives, by V8's rules.

mod arrow;
pub mod depth;
mod error;
mod lower;
pub mod names;
pub mod scope;
pub mod tree;
mod uses;

pub use error::ParseError;

use boa_ast::Script;
use boa_ast::operations::{ContainsSymbol, contains, contains_arguments};
use boa_ast::scope::Scope as ParserScope;
use boa_parser::{Parser, Source};
use bumpalo::Bump;
use lower::Lower;
use names::Names;
use scope::{Outside, Scopes};
use tree::{Allows, At, Function, ModuleParts};

/// What a text is, which decides its grammar and whose its variables are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal<'t> {
    /// A CommonJS module: the body of a function with these parameters.
    Body { parameters: &'t [&'t str] },
    /// An ECMAScript module.
    Module,
    /// A script of the global scope.
    Script,
    /// The text of an indirect `eval`.
    IndirectEval,
    /// The text of a direct `eval`.
    Eval { strict: bool, allows: Allows },
    /// The text of `new Function`, whose one expression is the function.
    Function,
}

/// A tree with all that belongs to it.
pub struct Parsed<'a> {
    pub function: &'a Function<'a>,
    pub scopes: Scopes<'a>,
    pub names: Names,
    pub module: Option<ModuleParts>,
}

/// Refuses what evaluated text may not use where it stands.
fn check_allowed(script: &Script, allows: Allows) -> Result<(), ParseError> {
    let refused = if !allows.has(Allows::NEW_TARGET) && contains(script, ContainsSymbol::NewTarget)
    {
        "new.target expression is not allowed here"
    } else if !allows.has(Allows::SUPER_PROPERTY) && contains(script, ContainsSymbol::SuperProperty)
        || !allows.has(Allows::SUPER_CALL) && contains(script, ContainsSymbol::SuperCall)
    {
        "'super' keyword unexpected here"
    } else if allows.has(Allows::NO_ARGUMENTS) && contains_arguments(script) {
        "'arguments' is not allowed in class field initializer or static initialization block"
    } else {
        return Ok(());
    };
    Err(ParseError::new(refused, At { line: 1, column: 1 }))
}

/// Reads a text.
///
/// # Errors
/// What is wrong with it, or what this crate does not know of it.
pub fn parse<'a>(arena: &'a Bump, text: &[u16], goal: Goal<'_>) -> Result<Parsed<'a>, ParseError> {
    let failed = |error| arrow::told(ParseError::of(&error, text), text);
    let mut names = Names::default();
    let mut parser = Parser::new(Source::from_utf16(text));
    let outside = match goal {
        Goal::Eval { .. } => Outside::Contexts,
        Goal::Script => Outside::Script,
        Goal::IndirectEval => Outside::IndirectEval,
        _ => Outside::Global,
    };
    let function;
    let mut parts = None;
    let mut lower;
    match goal {
        Goal::Body { parameters } => {
            let body =
                parser.parse_function_body(&mut names.interner, false, false).map_err(failed)?;
            // A brace ends the body: it is an error, as what is behind it would not be read.
            parser.parse_eval(false, &mut names.interner).map_err(failed)?;
            lower = Lower::new(arena, text, names, outside);
            function = lower.body(&body, parameters)?;
        }
        Goal::Module => {
            let scope = ParserScope::new_global();
            let module = parser.parse_module(&scope, &mut names.interner).map_err(failed)?;
            lower = Lower::new(arena, text, names, outside);
            let (outer, found) = lower.module(&module)?;
            function = outer;
            parts = Some(found);
        }
        Goal::Script | Goal::IndirectEval | Goal::Function => {
            let (script, _) = parser.parse_eval(false, &mut names.interner).map_err(failed)?;
            lower = Lower::new(arena, text, names, outside);
            function = lower.script(&script, false)?;
        }
        Goal::Eval { strict, allows } => {
            if strict {
                parser.set_strict();
            }
            let (script, _) = parser.parse_eval(true, &mut names.interner).map_err(failed)?;
            check_allowed(&script, allows)?;
            lower = Lower::new(arena, text, names, outside);
            lower.outside_allows = allows;
            function = lower.script(&script, strict)?;
        }
    }
    let Lower { mut scopes, names, redeclared, .. } = lower;
    if let Some((name, at)) = redeclared {
        let text = names.text(name);
        return Err(ParseError::new(format!("Identifier '{text}' has already been declared"), at));
    }
    scopes.resolve();
    Ok(Parsed { function, scopes, names, module: parts })
}
