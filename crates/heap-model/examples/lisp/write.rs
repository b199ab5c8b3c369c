//! The writer. What is still to be written is a list in the heap, so depth and length are bounded
//! by the heap alone.

use super::records::{Machine, MachineFields, Val};
use super::{LispError, cons, parts, symbols};
use heap_model::typed::Gc;
use heap_model::{Kind, Scope, shapes};

/// Writes the machine's value: with quotes around strings, as it could be read again.
pub fn write(
    scope: &mut Scope<'_>,
    machine: Gc<'_, Machine>,
    text: &mut String,
    quoted: bool,
) -> Result<(), LispError> {
    scope.scope(|scope| {
        let value = machine.value(scope);
        let first = cons(scope, value, Val::Nil)?;
        machine.set_writing(scope, first);
        Ok::<_, LispError>(())
    })?;
    while scope.scope(|scope| write_next(scope, machine, text, quoted))? {}
    Ok(())
}

/// Writes the next of what is left; false if there is nothing. A mark stands before the rest of a list.
fn write_next(
    scope: &mut Scope<'_>,
    machine: Gc<'_, Machine>,
    text: &mut String,
    quoted: bool,
) -> Result<bool, LispError> {
    let work @ Val::Pair(_) = machine.writing(scope) else { return Ok(false) };
    let (value, mut left) = parts(scope, work)?;
    let rest = match value {
        Val::Absent => {
            let (rest, after) = parts(scope, left)?;
            left = after;
            if let Val::Pair(_) = rest {
                text.push(' ');
            }
            rest
        }
        Val::Pair(_) => {
            text.push('(');
            value
        }
        value => {
            write_atom(scope, value, text, quoted)?;
            machine.set_writing(scope, left);
            return Ok(true);
        }
    };
    let left = match rest {
        Val::Nil => {
            text.push(')');
            left
        }
        Val::Pair(_) => {
            let (car, cdr) = parts(scope, rest)?;
            let after = cons(scope, cdr, left)?;
            let after = cons(scope, Val::Absent, after)?;
            cons(scope, car, after)?
        }
        rest => {
            text.push_str(" . ");
            write_atom(scope, rest, text, quoted)?;
            text.push(')');
            left
        }
    };
    machine.set_writing(scope, left);
    Ok(true)
}

fn write_atom(
    scope: &mut Scope<'_>,
    value: Val<'_>,
    text: &mut String,
    quoted: bool,
) -> Result<(), LispError> {
    match value {
        Val::Symbol(symbol) => text.push_str(&symbols::text(scope, symbol)?),
        Val::Cell(cell) if scope.kind(cell)? == Kind::OneByteString => {
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
pub fn brief(scope: &Scope<'_>, value: Val<'_>) -> String {
    match value {
        Val::Nothing | Val::Absent => "nothing".into(),
        Val::Nil => "()".into(),
        Val::Bool(true) => "#t".into(),
        Val::Bool(false) => "#f".into(),
        Val::Number(number) => number.to_string(),
        Val::Pair(_) => "a pair".into(),
        Val::Symbol(_) => "a symbol".into(),
        Val::Closure(_) | Val::Native(_) => "a procedure".into(),
        Val::Cell(cell) if scope.kind(cell) == Ok(Kind::OneByteString) => "a string".into(),
        Val::Cell(_) => "a vector".into(),
    }
}
