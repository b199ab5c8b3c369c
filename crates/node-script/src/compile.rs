//! From a tree to instructions.
//!
//! [`op`] has the instructions, [`code`] what a function becomes. [`function`] is one function's compiler: registers,
//! jumps, contexts; the other files add to it what each part of the language emits.

mod assign;
mod call;
mod class;
pub mod code;
mod control;
mod destructured;
mod expression;
mod foreseen;
mod function;
mod leave;
mod literal;
mod loops;
pub mod op;
mod operand;
pub(crate) mod spell;
mod statement;
mod variable;

use crate::parse::ParseError;
use crate::parse::depth::{Depth, depth};
use crate::parse::names::{Name, Names};
use crate::parse::scope::{Place, ScopeId, Scopes};
use crate::parse::tree::{Export, Import, ModuleParts};
use crate::parse::{Goal, Parsed, parse};
use bumpalo::Bump;
use code::{ExportCode, ImportCode, ModuleCode, SourceText, Template};
use function::FunctionCompiler;
use std::rc::Rc;

/// Levels of a text that the parser may go into, and parts of chains.
const MOST_NESTED: usize = 3000;
const MOST_CHAINED: usize = 200_000;
/// Bytes of Rust's stack that a level and a part may take.
const LEVEL: usize = if cfg!(debug_assertions) { 64 << 10 } else { 24 << 10 };
const PART: usize = if cfg!(debug_assertions) { 8 << 10 } else { 3 << 10 };
/// Bytes that any text may take.
const LEAST: usize = 512 << 10;

/// Compiles a text to the function that it is, on a stack that has room for it; none if it is nested too deeply.
///
/// # Errors
/// A syntax error, or what this crate does not know of the language.
pub fn compile(source: Rc<SourceText>, goal: Goal<'_>) -> Result<Option<Rc<Template>>, ParseError> {
    let Depth { nested, chained } = depth(&source.text);
    if nested > MOST_NESTED || chained > MOST_CHAINED {
        return Ok(None);
    }
    let room = LEAST + nested * LEVEL + chained * PART;
    stacker::maybe_grow(room, room + LEAST, || compile_here(source, goal)).map(Some)
}

fn compile_here(source: Rc<SourceText>, goal: Goal<'_>) -> Result<Rc<Template>, ParseError> {
    let arena = Bump::new();
    let text = source.text.clone();
    let Parsed { function, scopes, names, module } = parse(&arena, &text, goal)?;
    let mut template = FunctionCompiler::function(&scopes, &names, &source, function)?;
    template.module =
        module.map(|parts| Rc::new(module_code(&parts, &scopes, &names, function.scope)));
    if let Goal::Function = goal {
        // The one expression of the text is the function.
        template.text = (0, text.len() as u32);
    }
    Ok(Rc::new(template))
}

/// Where a module's imports and exports lie in its context.
fn module_code(
    parts: &ModuleParts,
    scopes: &Scopes<'_>,
    names: &Names,
    scope: ScopeId,
) -> ModuleCode {
    let slot = |name: Name| match scopes.own(scope, name).map(|id| scopes.binding(id).place) {
        Some(Place::Context(slot)) => slot,
        _ => 0,
    };
    let units = |name: Name| names.units(name).into();
    let imports = parts.imports.iter().map(|import| ImportCode {
        request: import.request,
        name: import.name.map(units),
        slot: slot(import.local),
        at: import.at,
    });
    let mut code = ModuleCode {
        requests: Vec::new(),
        imports: imports.collect(),
        exports: Vec::new(),
        stars: Vec::new(),
        meta: slot(scopes.hidden.meta),
    };
    for request in &parts.requests {
        let kind = request.kind.map(|kind| names.text(kind).into());
        code.requests.push((names.text(request.specifier).into(), kind));
    }
    for export in &parts.exports {
        match *export {
            Export::Local { name, local } => {
                let import = parts.imports.iter().find(|import| import.local == local);
                let own = match import {
                    Some(Import { request, name, .. }) => {
                        ExportCode::Indirect { request: *request, name: name.map(units) }
                    }
                    None => ExportCode::Slot(slot(local)),
                };
                code.exports.push((units(name), own));
            }
            Export::Indirect { name, request, from } => {
                let from = ExportCode::Indirect { request, name: from.map(units) };
                code.exports.push((units(name), from));
            }
            Export::Star { request } => code.stars.push(request),
        }
    }
    code
}
