//! What a text is.

use super::tree::Allows;
use std::rc::Rc;

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
    /// The text of a direct `eval`, the classes around it whose private names it may use, from the outermost in, and the
    /// names that a function of a block in it is no variable of the function around for.
    Eval { strict: bool, allows: Allows, classes: &'t [OuterClass], hiding: &'t [Rc<[u16]>] },
    /// The text of `new Function`, whose one expression is the function.
    Function,
}

/// A class around evaluated text: the variables of its scope that stand for private names.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct OuterClass {
    pub variables: Vec<Rc<[u16]>>,
}
