//! Symbols: one record for each name, found by its bucket.

use super::LispError;
use super::builtins::BUILTINS;
use super::records::{Form, Native, Symbol, SymbolFields, Symbols, SymbolsFields, Val};
use heap_model::typed::Gc;
use heap_model::{Scope, shapes};

/// What the special forms begin with.
const FORMS: [(&str, Form); 10] = [
    ("quote", Form::Quote),
    ("if", Form::If),
    ("define", Form::Define),
    ("set!", Form::Set),
    ("lambda", Form::Lambda),
    ("begin", Form::Begin),
    ("let", Form::Let),
    ("cond", Form::Cond),
    ("and", Form::And),
    ("or", Form::Or),
];

/// Makes the symbols of all special forms and builtins.
pub fn make<'s>(scope: &mut Scope<'s>) -> Result<Gc<'s, Symbols<'s>>, LispError> {
    let symbols = scope.make(Symbols { count: 0, buckets: [None; 128] })?;
    for (name, form) in FORMS {
        intern(scope, symbols, name)?.set_form(scope, Some(form));
    }
    for builtin in &BUILTINS {
        let native = scope.make(Native { builtin })?;
        intern(scope, symbols, builtin.name)?.set_value(scope, Val::Native(native));
    }
    Ok(symbols)
}

/// The symbol of a name. O(its bucket).
pub fn intern<'s>(
    scope: &mut Scope<'s>,
    symbols: Gc<'_, Symbols>,
    name: &str,
) -> Result<Gc<'s, Symbol<'s>>, LispError> {
    scope.escape_as::<Gc<Symbol>, _>(|scope| {
        let hash = name.bytes().fold(0_usize, |hash, byte| hash * 31 % 65_521 + usize::from(byte));
        let first = symbols.buckets(scope, hash % 128);
        let mut next = first;
        while let Some(symbol) = next {
            if text(scope, symbol)? == name {
                return Ok(symbol);
            }
            next = symbol.next(scope);
        }
        let number = symbols.count(scope);
        symbols.set_count(scope, number + 1);
        let name = shapes::one_byte_string(scope, name.as_bytes())?;
        let symbol = Symbol { number, form: None, name, value: Val::Absent, next: first };
        let symbol = scope.make(symbol)?;
        symbols.set_buckets(scope, hash % 128, Some(symbol));
        Ok(symbol)
    })
}

/// A symbol's name.
pub fn text(scope: &mut Scope<'_>, symbol: Gc<'_, Symbol>) -> Result<String, LispError> {
    scope.scope(|scope| {
        let name = symbol.name(scope);
        Ok(String::from_utf8_lossy(shapes::string_bytes(scope, name)?).into_owned())
    })
}
