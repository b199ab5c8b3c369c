//! The writer. What is still to be written is a list in the heap, so depth and length are bounded
//! by the heap alone.

use super::{LispError, cons, pair, parts, register, symbol, symbols};
use heap_model::{Kind, Local, Scope, Value, shapes};

/// Writes the value that is in its register: with quotes around strings, as it could be read again.
pub fn write(
    scope: &mut Scope<'_>,
    registers: Local<'_>,
    text: &mut String,
    quoted: bool,
) -> Result<(), LispError> {
    scope.scope(|scope| {
        let value = scope.get(registers, register::VALUE)?;
        let first = cons(scope, value, Value::Null)?;
        scope.set(registers, register::WRITING, Value::Ref(first))?;
        Ok::<_, LispError>(())
    })?;
    while scope.scope(|scope| write_next(scope, registers, text, quoted))? {}
    Ok(())
}

/// Writes the next of what is left; false if there is nothing. A hole is the rest of a list, which
/// is in the pair after it.
fn write_next(
    scope: &mut Scope<'_>,
    registers: Local<'_>,
    text: &mut String,
    quoted: bool,
) -> Result<bool, LispError> {
    let Value::Ref(work) = scope.get(registers, register::WRITING)? else { return Ok(false) };
    let (value, mut left) = parts(scope, Value::Ref(work))?;
    let rest = match value {
        Value::Hole => {
            let (rest, after) = parts(scope, left)?;
            left = after;
            if pair(scope, rest).is_some() {
                text.push(' ');
            }
            rest
        }
        value if pair(scope, value).is_some() => {
            text.push('(');
            value
        }
        value => {
            write_atom(scope, value, text, quoted)?;
            scope.set(registers, register::WRITING, left)?;
            return Ok(true);
        }
    };
    let left = match rest {
        Value::Null => {
            text.push(')');
            left
        }
        rest if pair(scope, rest).is_some() => {
            let (car, cdr) = parts(scope, rest)?;
            let after = cons(scope, cdr, left)?;
            let after = cons(scope, Value::Hole, Value::Ref(after))?;
            Value::Ref(cons(scope, car, Value::Ref(after))?)
        }
        rest => {
            text.push_str(" . ");
            write_atom(scope, rest, text, quoted)?;
            text.push(')');
            left
        }
    };
    scope.set(registers, register::WRITING, left)?;
    Ok(true)
}

fn write_atom(
    scope: &mut Scope<'_>,
    value: Value<'_>,
    text: &mut String,
    quoted: bool,
) -> Result<(), LispError> {
    if let Some(symbol) = symbol(scope, value) {
        text.push_str(&symbols::text(scope, symbol)?);
        return Ok(());
    }
    match value {
        Value::Ref(cell) if scope.kind(cell)? == Kind::OneByteString => {
            let string = String::from_utf8_lossy(shapes::string_bytes(scope, cell)?);
            if quoted {
                text.extend(["\"", &string, "\""]);
            } else {
                text.push_str(&string);
            }
        }
        value => text.push_str(&brief(scope, value)),
    }
    Ok(())
}

/// A value in a word or two.
pub fn brief(scope: &Scope<'_>, value: Value<'_>) -> String {
    match value {
        Value::Undefined | Value::Hole => "nothing".into(),
        Value::Null => "()".into(),
        Value::Bool(true) => "#t".into(),
        Value::Bool(false) => "#f".into(),
        Value::Smi(number) => number.to_string(),
        Value::Ref(cell) => match (scope.kind(cell), scope.slot_count(cell)) {
            (Ok(Kind::OneByteString), _) => "a string".into(),
            (Ok(Kind::Closure), _) => "a procedure".into(),
            (Ok(Kind::Array), _) => "a vector".into(),
            (Ok(Kind::Object), Ok(symbols::SLOTS)) => "a symbol".into(),
            _ => "a pair".into(),
        },
        value => format!("{value:?}"),
    }
}
