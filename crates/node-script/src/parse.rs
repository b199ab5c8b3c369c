//! From text to a tree whose names are resolved.
//!
//! `boa_parser` reads the text. [`lower`] makes the compiler's own [`tree`] of what it gives, and [`scope`] decides
//! where each variable lives, by V8's rules.

pub mod depth;
mod error;
mod goal;
mod lower;
pub mod names;
mod refusal;
pub mod scope;
pub mod tree;
mod uses;
mod using;

pub use error::ParseError;
pub use goal::{Goal, OuterClass};

use boa_ast::scope::Scope as ParserScope;
use boa_parser::{Parser, Source};
use bumpalo::Bump;
use lower::Lower;
use names::Names;
use scope::{Outside, Scopes};
use std::borrow::Cow;
use tree::{Function, ModuleParts};

/// A tree with all that belongs to it.
pub struct Parsed<'a> {
    pub function: &'a Function<'a>,
    pub scopes: Scopes<'a>,
    pub names: Names,
    pub module: Option<ModuleParts>,
}

/// The text for the parser, which does not take `-->` on the first line for a comment (ECMA-262, annex B.1.1): slashes
/// stand there.
fn with_first_comment(text: &[u16]) -> Cow<'_, [u16]> {
    let mut at = 0;
    loop {
        let rest: &[u16] = text.get(at..).unwrap_or_default();
        let unit = |place: usize| rest.get(place).and_then(|unit| u8::try_from(*unit).ok());
        match [unit(0), unit(1), unit(2)] {
            [Some(b' ' | b'\t' | 0x0b | 0x0c | 0xa0), ..] => at += 1,
            [Some(b'/'), Some(b'*'), _] => {
                let end = [u16::from(b'*'), u16::from(b'/')];
                match rest[2..].windows(2).position(|two| two == end) {
                    Some(length) => at += length + 4,
                    None => return Cow::Borrowed(text),
                }
            }
            [Some(b'-'), Some(b'-'), Some(b'>')] => {
                let mut text = text.to_vec();
                text[at..at + 2].fill(u16::from(b'/'));
                return Cow::Owned(text);
            }
            _ => return Cow::Borrowed(text),
        }
    }
}

const LINE_AND_SEMICOLON: [u16; 2] = [b'\n' as u16, b';' as u16];

/// Reads a text.
///
/// # Errors
/// What is wrong with it, or what this crate does not know of it.
pub fn parse<'a>(arena: &'a Bump, text: &[u16], goal: Goal<'_>) -> Result<Parsed<'a>, ParseError> {
    let mut parsed = read(arena, text, goal);
    if parsed.is_err()
        && goal == Goal::Module
        && let Some(newer) = using::with_attributes(text)
    {
        parsed = read(arena, arena.alloc_slice_copy(&newer), goal);
    }
    if parsed.as_ref().is_err_and(ParseError::is_not_supported) {
        return parsed;
    }
    match refusal::of(text, goal, parsed.is_err()) {
        Some(error) => Err(error),
        None => parsed,
    }
}

fn read<'a>(arena: &'a Bump, text: &[u16], goal: Goal<'_>) -> Result<Parsed<'a>, ParseError> {
    let read = if goal == Goal::Module { Cow::Borrowed(text) } else { with_first_comment(text) };
    let (read, stand_in) = using::without_word(read);
    let failed = |error| {
        let mut error = ParseError::of(&error);
        using::put_back(&mut error.message, stand_in);
        error
    };
    let mut names = Names { stand_in, ..Names::default() };
    let mut parser = Parser::new(Source::from_utf16(&read));
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
            let module = parser.parse_module(&scope, &mut names.interner).or_else(|error| {
                // The parser wants a semicolon behind a list of exports that ends the text.
                let closed = [&read, LINE_AND_SEMICOLON.as_slice()].concat();
                let scope = ParserScope::new_global();
                Parser::new(Source::from_utf16(&closed))
                    .parse_module(&scope, &mut names.interner)
                    .map_err(|other| {
                        let (first, other) = (failed(error), failed(other));
                        let lines = text.split(|unit| *unit == u16::from(b'\n')).count();
                        if other.at.line as usize <= lines { other } else { first }
                    })
            })?;
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
        Goal::Eval { strict, allows, classes, hiding } => {
            if strict {
                parser.set_strict();
            }
            let (script, _) = parser.parse_eval(true, &mut names.interner).map_err(failed)?;
            lower = Lower::new(arena, text, names, outside);
            lower.outside_allows = allows;
            lower.hiding = hiding.to_vec();
            classes.iter().for_each(|class| lower.add_outer_class(class));
            function = lower.script(&script, strict)?;
        }
    }
    let Lower { mut scopes, names, .. } = lower;
    scopes.resolve();
    Ok(Parsed { function, scopes, names, module: parts })
}
