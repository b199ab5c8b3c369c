//! The functions that are not written in Lisp.

use super::records::{PairFields, Val};
use super::{LispError, cons, pair, parts, wanted};
use heap_model::typed::FromValue;
use heap_model::{Kind, Local, Scope, Value, shapes};
use std::cmp::Ordering;

/// A function of Rust's.
pub struct Builtin {
    pub name: &'static str,
    pub arguments: usize,
    pub run: Run,
}

type Run = for<'s> fn(&mut Scope<'s>, &[Val<'s>]) -> Result<Val<'s>, LispError>;

const fn builtin(name: &'static str, arguments: usize, run: Run) -> Builtin {
    Builtin { name, arguments, run }
}

pub static BUILTINS: [Builtin; 27] = [
    builtin("cons", 2, |scope, a| cons(scope, a[0], a[1])),
    builtin("car", 1, |scope, a| Ok(parts(scope, a[0])?.0)),
    builtin("cdr", 1, |scope, a| Ok(parts(scope, a[0])?.1)),
    builtin("set-car!", 2, |scope, a| {
        pair(scope, a[0])?.set_car(scope, a[1]);
        Ok(Val::Nothing)
    }),
    builtin("set-cdr!", 2, |scope, a| {
        pair(scope, a[0])?.set_cdr(scope, a[1]);
        Ok(Val::Nothing)
    }),
    builtin("null?", 1, |_, a| Ok(Val::Bool(matches!(a[0], Val::Nil)))),
    builtin("pair?", 1, |_, a| Ok(Val::Bool(matches!(a[0], Val::Pair(_))))),
    builtin("symbol?", 1, |_, a| Ok(Val::Bool(matches!(a[0], Val::Symbol(_))))),
    builtin("not", 1, |_, a| Ok(Val::Bool(matches!(a[0], Val::Bool(false))))),
    builtin("eq?", 2, |scope, a| Ok(Val::Bool(scope.same_value(a[0].into(), a[1].into())))),
    builtin("+", 2, |scope, a| arithmetic(scope, a, i32::checked_add)),
    builtin("-", 2, |scope, a| arithmetic(scope, a, i32::checked_sub)),
    builtin("*", 2, |scope, a| arithmetic(scope, a, i32::checked_mul)),
    builtin("quotient", 2, |scope, a| arithmetic(scope, a, i32::checked_div)),
    builtin("remainder", 2, |scope, a| arithmetic(scope, a, i32::checked_rem)),
    builtin("=", 2, |scope, a| compare(scope, a, Ordering::is_eq)),
    builtin("<", 2, |scope, a| compare(scope, a, Ordering::is_lt)),
    builtin(">", 2, |scope, a| compare(scope, a, Ordering::is_gt)),
    builtin("make-vector", 2, make_vector),
    builtin("vector-ref", 2, |scope, a| {
        let (vector, index) = element(scope, a)?;
        let value = scope.get(vector, index)?;
        Ok(Val::from_value(value, scope).unwrap_or(Val::Nothing))
    }),
    builtin("vector-set!", 3, |scope, a| {
        let (vector, index) = element(scope, a)?;
        scope.set(vector, index, a[2].into())?;
        Ok(Val::Nothing)
    }),
    builtin("vector-length", 1, |scope, a| {
        let vector = of_kind(scope, a[0], Kind::Array, "a vector")?;
        Ok(Val::Number(scope.slot_count(vector)? as i32))
    }),
    builtin("string-append", 2, |scope, a| {
        let mut text = string(scope, a[0])?.to_vec();
        text.extend_from_slice(string(scope, a[1])?);
        Ok(Val::Cell(shapes::one_byte_string(scope, &text)?))
    }),
    builtin("string-length", 1, |scope, a| Ok(Val::Number(string(scope, a[0])?.len() as i32))),
    builtin("string=?", 2, |scope, a| Ok(Val::Bool(string(scope, a[0])? == string(scope, a[1])?))),
    builtin("number->string", 1, |scope, a| {
        let text = number(scope, a[0])?.to_string();
        Ok(Val::Cell(shapes::one_byte_string(scope, text.as_bytes())?))
    }),
    // The machine does it, for it has the output.
    builtin("display", 1, |_, _| Ok(Val::Nothing)),
];

fn number(scope: &Scope<'_>, value: Val<'_>) -> Result<i32, LispError> {
    let Val::Number(number) = value else { return Err(wanted(scope, "a number", value)) };
    Ok(number)
}

fn arithmetic<'s>(
    scope: &Scope<'s>,
    a: &[Val<'s>],
    operation: fn(i32, i32) -> Option<i32>,
) -> Result<Val<'s>, LispError> {
    let result = operation(number(scope, a[0])?, number(scope, a[1])?);
    result.map(Val::Number).ok_or(LispError::Arithmetic)
}

fn compare<'s>(
    scope: &Scope<'s>,
    a: &[Val<'s>],
    holds: fn(Ordering) -> bool,
) -> Result<Val<'s>, LispError> {
    Ok(Val::Bool(holds(number(scope, a[0])?.cmp(&number(scope, a[1])?))))
}

fn of_kind<'s>(
    scope: &Scope<'_>,
    value: Val<'s>,
    kind: Kind,
    what: &'static str,
) -> Result<Local<'s>, LispError> {
    match value {
        Val::Cell(cell) if scope.kind(cell)? == kind => Ok(cell),
        value => Err(wanted(scope, what, value)),
    }
}

fn string<'a>(scope: &'a Scope<'_>, value: Val<'_>) -> Result<&'a [u8], LispError> {
    let cell = of_kind(scope, value, Kind::OneByteString, "a string")?;
    Ok(shapes::string_bytes(scope, cell)?)
}

fn make_vector<'s>(scope: &mut Scope<'s>, a: &[Val<'s>]) -> Result<Val<'s>, LispError> {
    let length = usize::try_from(number(scope, a[0])?).map_err(|_| LispError::Arithmetic)?;
    let vector = scope.alloc(Kind::Array, length, 0)?;
    for slot in 0..length {
        scope.set(vector, slot, Value::from(a[1]))?;
    }
    Ok(Val::Cell(vector))
}

/// A vector and the index of one of its elements.
fn element<'s>(scope: &Scope<'_>, a: &[Val<'s>]) -> Result<(Local<'s>, usize), LispError> {
    let vector = of_kind(scope, a[0], Kind::Array, "a vector")?;
    let index = usize::try_from(number(scope, a[1])?).ok();
    let index = index.filter(|index| scope.slot_count(vector).is_ok_and(|count| *index < count));
    Ok((vector, index.ok_or(LispError::Arithmetic)?))
}
