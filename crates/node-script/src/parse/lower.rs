//! Makes the compiler's tree of the parser's, scope by scope.

mod class;
mod context;
mod expression;
mod function;
mod module;
mod pattern;
mod statement;

pub(super) use context::Lower;
use context::{Around, Lowered, at, start};
