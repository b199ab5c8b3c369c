//! Symbols: one cell for each name, found by its bucket.

use super::builtins::BUILTINS;
use super::machine::FORMS;
use super::{LispError, register};
use heap_model::{Kind, Local, Scope, Value, shapes};

const NAME: usize = 0;
/// The value that the symbol has outside all environments; the hole if it has none.
pub const VALUE: usize = 1;
const NEXT: usize = 2;
/// The number of the special form that the symbol begins, if it does.
pub const FORM: usize = 3;
pub const SLOTS: usize = 4;

const BUCKETS: usize = 128;

/// Makes the symbols of all special forms and builtins.
pub fn define_all(scope: &mut Scope<'_>, registers: Local<'_>) -> Result<(), LispError> {
    let buckets = scope.alloc(Kind::Array, BUCKETS, 0)?;
    scope.set(registers, register::SYMBOLS, Value::Ref(buckets))?;
    for (number, name) in FORMS.iter().enumerate() {
        let symbol = intern(scope, registers, name)?;
        scope.set(symbol, FORM, Value::Smi(number as i32))?;
    }
    for (number, builtin) in BUILTINS.iter().enumerate() {
        let closure = scope.alloc(Kind::Closure, 1, 0)?;
        scope.set(closure, 0, Value::Smi(number as i32))?;
        let symbol = intern(scope, registers, builtin.name)?;
        scope.set(symbol, VALUE, Value::Ref(closure))?;
    }
    Ok(())
}

/// The symbol of a name. O(its bucket).
pub fn intern<'s>(
    scope: &mut Scope<'s>,
    registers: Local<'_>,
    name: &str,
) -> Result<Local<'s>, LispError> {
    scope.escape(|scope| {
        let hash = name.bytes().fold(0_usize, |hash, byte| hash * 31 % 65_521 + usize::from(byte));
        let bucket = hash % BUCKETS;
        let Value::Ref(buckets) = scope.get(registers, register::SYMBOLS)? else {
            return Err(LispError::Unbound(name.to_owned()));
        };
        let first = scope.get(buckets, bucket)?;
        let mut next = first;
        while let Value::Ref(symbol) = next {
            if text(scope, symbol)? == name {
                return Ok(symbol);
            }
            next = scope.get(symbol, NEXT)?;
        }
        let symbol = scope.alloc(Kind::Object, SLOTS, 0)?;
        let text = shapes::one_byte_string(scope, name.as_bytes())?;
        scope.set(symbol, NAME, Value::Ref(text))?;
        scope.set(symbol, VALUE, Value::Hole)?;
        scope.set(symbol, NEXT, first)?;
        scope.set(buckets, bucket, Value::Ref(symbol))?;
        Ok(symbol)
    })
}

/// A symbol's name.
pub fn text(scope: &mut Scope<'_>, symbol: Local<'_>) -> Result<String, LispError> {
    scope.scope(|scope| {
        let Value::Ref(name) = scope.get(symbol, NAME)? else { return Ok(String::new()) };
        Ok(String::from_utf8_lossy(shapes::string_bytes(scope, name)?).into_owned())
    })
}
