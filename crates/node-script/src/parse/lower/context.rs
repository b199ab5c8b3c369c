//! What is known while a tree is made.

use crate::parse::error::ParseError;
use crate::parse::names::{Name, Names};
use crate::parse::scope::{
    BindingKind, HiddenNames, Outside, Reference, ScopeId, ScopeKind, Scopes, Use,
};
use crate::parse::tree::{Allows, At, Expression, FunctionKind, Kind, Node};
use boa_ast::Span;
use boa_ast::expression::Identifier;
use boa_interner::Sym;
use bumpalo::Bump;
use std::cell::Cell;
use std::rc::Rc;

pub(super) type Lowered<T> = Result<T, ParseError>;

/// What is known while a tree is made.
pub struct Lower<'a> {
    pub(super) arena: &'a Bump,
    /// Where each line of the text begins, in UTF-16 units.
    pub(super) lines: Vec<u32>,
    /// Where each character of two units begins.
    pub(super) pairs: Vec<u32>,
    pub(super) text: &'a [u16],
    pub names: Names,
    pub scopes: Scopes<'a>,
    /// The scope that is being lowered.
    pub(super) scope: ScopeId,
    /// The functions that are being lowered, from the outermost in.
    pub(super) functions: Vec<Around>,
    /// The classes that are, with their private names.
    pub(super) classes: Vec<ClassNames>,
    pub(super) class_count: u32,
    /// The names of the pattern that is being lowered are initialised by it.
    pub(super) initialising: bool,
    /// The scope of a module's statements, whose `var`s are the module's.
    pub(super) module_body: Option<ScopeId>,
    /// A module's statements await.
    pub(super) awaits: bool,
    /// Of a text that a direct `eval` evaluates: what it may use of what is around.
    pub outside_allows: Allows,
    /// Names that variables around such a text hide from the functions of its blocks.
    pub hiding: Vec<Rc<[u16]>>,
    /// Where the expression that was lowered last begins.
    pub(super) began: At,
}

/// What a statement must know of the function around it.
pub(super) struct Around {
    pub(super) kind: FunctionKind,
    pub(super) strict: bool,
    pub(super) assigned: u16,
    /// `super` stands in it, or may in text that it evaluates.
    pub(super) uses_super: bool,
}

impl<'a> Lower<'a> {
    pub fn new(arena: &'a Bump, text: &[u16], mut names: Names, outside: Outside) -> Self {
        let hidden = HiddenNames {
            this: names.of(".this"),
            new_target: names.of(".new.target"),
            callee: names.of(".callee"),
            meta: names.of(".meta"),
            arguments: names.of("arguments"),
        };
        let ends = text.iter().enumerate().filter(|(_, unit)| is_line_end(**unit));
        let lines = std::iter::once(0).chain(ends.map(|(place, _)| place as u32 + 1)).collect();
        let pairs = text.windows(2).enumerate();
        let pairs = pairs.filter(|(_, two)| {
            matches!(two, [first, second]
                if first & 0xFC00 == 0xD800 && second & 0xFC00 == 0xDC00)
        });
        let pairs = pairs.map(|(place, _)| place as u32).collect();
        Self {
            arena,
            lines,
            pairs,
            text: arena.alloc_slice_copy(text),
            names,
            scopes: Scopes::new(hidden, outside),
            scope: ScopeId(0),
            functions: Vec::new(),
            classes: Vec::new(),
            class_count: 0,
            initialising: false,
            module_body: None,
            awaits: false,
            outside_allows: Allows::NOTHING,
            hiding: Vec::new(),
            began: At::default(),
        }
    }

    pub(super) fn list<T>(&self, items: Vec<T>) -> &'a [T] {
        self.arena.alloc_slice_fill_iter(items)
    }

    pub(super) fn node(&self, at: At, kind: Kind<'a>) -> Node<'a> {
        self.arena.alloc(Expression { at, kind })
    }

    /// A use of a name in the scope that is being lowered.
    pub(super) fn use_name(&mut self, name: Name, at: At) -> &'a Use {
        self.use_in(self.scope, name, at)
    }

    pub(super) fn use_in(&mut self, scope: ScopeId, name: Name, at: At) -> &'a Use {
        let found = self.arena.alloc(Use {
            name,
            at,
            to: Cell::new(Reference::Unresolved),
            check: Cell::new(false),
        });
        self.scopes.note_use(scope, found);
        found
    }

    pub(super) fn identifier(&mut self, identifier: &Identifier) -> &'a Use {
        self.use_name(Name(identifier.sym()), at(identifier))
    }

    /// A name of a pattern. One that is initialised is not asked whether it is.
    pub(super) fn bound(&mut self, identifier: &Identifier) -> &'a Use {
        let at = if self.initialising { At::NEVER } else { at(identifier) };
        self.use_name(Name(identifier.sym()), at)
    }

    /// Runs `f` in a scope inside the one that is being lowered.
    pub(super) fn inside<R>(
        &mut self,
        kind: ScopeKind,
        f: impl FnOnce(&mut Self, ScopeId) -> Lowered<R>,
    ) -> Lowered<R> {
        let outer = self.scope;
        let scope = self.scopes.add(kind, Some(outer));
        self.scope = scope;
        let result = f(self, scope);
        self.scope = outer;
        result
    }

    pub(super) fn declare(&mut self, name: Sym, kind: BindingKind, at: At) {
        self.scopes.declare(self.scope, Name(name), kind, at);
    }

    /// Declares a `var` in the function around.
    pub(super) fn declare_var(&mut self, name: Sym, at: At) {
        let mut function = self.scopes.get(self.scope).variables;
        if self.module_body == Some(function) {
            function = self.scopes.get(function).parent.unwrap_or(function);
        }
        self.scopes.declare(function, Name(name), BindingKind::Var, at);
    }

    pub(super) fn strict(&self) -> bool {
        self.functions.last().is_some_and(|function| function.strict)
    }

    /// `await` stands here: of a module's own statements it makes an asynchronous function.
    pub(super) fn note_await(&mut self) {
        self.awaits |= self.module_body == Some(self.scopes.get(self.scope).function);
    }

    /// `super` is used here: by the function around, through arrow functions.
    pub(super) fn note_super(&mut self) {
        for around in self.functions.iter_mut().rev() {
            around.uses_super = true;
            if !around.kind.is_arrow() {
                break;
            }
        }
    }

    /// What a direct `eval` may use here.
    pub(super) fn eval_allows(&self) -> Allows {
        let kinds = self.functions.iter().rev().map(|around| around.kind);
        let function = kinds.into_iter().find(|kind| !kind.is_arrow());
        let in_method = Allows::NEW_TARGET | Allows::SUPER_PROPERTY;
        match function {
            None | Some(FunctionKind::Top | FunctionKind::Arrow) => self.outside_allows,
            Some(FunctionKind::Normal) => Allows(Allows::NEW_TARGET),
            Some(FunctionKind::Method | FunctionKind::Accessor | FunctionKind::BaseConstructor) => {
                Allows(in_method)
            }
            Some(FunctionKind::DerivedConstructor) => Allows(in_method | Allows::SUPER_CALL),
            Some(FunctionKind::Initialiser) => Allows(in_method | Allows::NO_ARGUMENTS),
        }
    }

    /// The place of a position in the text, in UTF-16 units: the parser's columns are of characters.
    pub(super) fn offset(&self, at: At) -> u32 {
        let line = self.lines.get(at.line.saturating_sub(1) as usize).copied().unwrap_or(0);
        let place = line + at.column.saturating_sub(1);
        let pairs = &self.pairs[self.pairs.partition_point(|pair| *pair < line)..];
        // Each pair that begins before the place moves it by one.
        let (mut least, mut most) = (0, pairs.len());
        while least < most {
            let middle = usize::midpoint(least, most);
            match pairs[middle] < place + middle as u32 {
                true => least = middle + 1,
                false => most = middle,
            }
        }
        place + least as u32
    }

    /// Where a sign stands before an operand, on the same line.
    pub(super) fn sign_before(&self, sign: &str, operand: At) -> Option<At> {
        let before = self.text.get(..self.offset(operand) as usize)?;
        let skipped = |unit: &&u16| [32, 9, 40].contains(*unit);
        let skipped = before.iter().rev().take_while(skipped).count();
        let before = &before[..before.len() - skipped];
        let stands = before.ends_with(&sign.encode_utf16().collect::<Vec<_>>());
        let back = (skipped + sign.len()) as u32;
        let column = operand.column.checked_sub(back).filter(|column| stands && *column > 0)?;
        Some(At { column, ..operand })
    }

    /// Where a word stands before a place on its line: the parser keeps no places of statements.
    pub(super) fn word_before(&self, word: &str, at: At) -> At {
        let line = self.offset(At { column: 1, ..at }) as usize;
        let before = self.text.get(line..self.offset(at) as usize).unwrap_or_default();
        let word: Vec<u16> = word.encode_utf16().collect();
        match before.windows(word.len()).rposition(|window| window == word) {
            Some(place) => At { column: place as u32 + 1, ..at },
            None => at,
        }
    }
}

fn is_line_end(unit: u16) -> bool {
    matches!(unit, 10 | 0x2028 | 0x2029)
}

/// Where something begins.
pub(super) fn at(spanned: &impl boa_ast::Spanned) -> At {
    start(spanned.span())
}

pub(super) fn start(span: Span) -> At {
    At { line: span.start().line_number(), column: span.start().column_number() }
}

/// The private names of a class.
pub(super) struct ClassNames {
    pub(super) brand: Name,
    pub(super) static_brand: Name,
    pub(super) names: Vec<(Sym, Kinds)>,
}

/// What a private name is declared as.
#[derive(Clone, Copy, Default)]
pub(super) struct Kinds {
    pub(super) is_static: bool,
    pub(super) field: bool,
    pub(super) method: bool,
    pub(super) getter: bool,
    pub(super) setter: bool,
}
