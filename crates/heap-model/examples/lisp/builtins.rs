//! The functions that are not written in Lisp.

use super::{CAR, CDR, LispError, cons, pair, parts, symbol, wanted};
use heap_model::{Kind, Local, Scope, Value, shapes};
use std::cmp::Ordering;

/// A function of Rust's.
pub struct Builtin {
    pub name: &'static str,
    pub arguments: usize,
    pub run: Run,
}

type Run = for<'s> fn(&mut Scope<'s>, &[Value<'s>]) -> Result<Value<'s>, LispError>;

const fn builtin(name: &'static str, arguments: usize, run: Run) -> Builtin {
    Builtin { name, arguments, run }
}

pub const BUILTINS: [Builtin; 27] = [
    builtin("cons", 2, |scope, a| Ok(Value::Ref(cons(scope, a[0], a[1])?))),
    builtin("car", 1, |scope, a| Ok(parts(scope, a[0])?.0)),
    builtin("cdr", 1, |scope, a| Ok(parts(scope, a[0])?.1)),
    builtin("set-car!", 2, |scope, a| set_part(scope, a, CAR)),
    builtin("set-cdr!", 2, |scope, a| set_part(scope, a, CDR)),
    builtin("null?", 1, |_, a| Ok(Value::Bool(matches!(a[0], Value::Null)))),
    builtin("pair?", 1, |scope, a| Ok(Value::Bool(pair(scope, a[0]).is_some()))),
    builtin("symbol?", 1, |scope, a| Ok(Value::Bool(symbol(scope, a[0]).is_some()))),
    builtin("not", 1, |_, a| Ok(Value::Bool(matches!(a[0], Value::Bool(false))))),
    builtin("eq?", 2, |scope, a| Ok(Value::Bool(same(scope, a[0], a[1])))),
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
        Ok(scope.get(vector, index)?)
    }),
    builtin("vector-set!", 3, |scope, a| {
        let (vector, index) = element(scope, a)?;
        scope.set(vector, index, a[2])?;
        Ok(Value::Undefined)
    }),
    builtin("vector-length", 1, |scope, a| {
        let vector = of_kind(scope, a[0], Kind::Array, "a vector")?;
        Ok(Value::Smi(scope.slot_count(vector)? as i32))
    }),
    builtin("string-append", 2, |scope, a| {
        let mut text = string(scope, a[0])?.to_vec();
        text.extend_from_slice(string(scope, a[1])?);
        Ok(Value::Ref(shapes::one_byte_string(scope, &text)?))
    }),
    builtin("string-length", 1, |scope, a| Ok(Value::Smi(string(scope, a[0])?.len() as i32))),
    builtin("string=?", 2, |scope, a| {
        Ok(Value::Bool(string(scope, a[0])? == string(scope, a[1])?))
    }),
    builtin("number->string", 1, |scope, a| {
        let text = number(scope, a[0])?.to_string();
        Ok(Value::Ref(shapes::one_byte_string(scope, text.as_bytes())?))
    }),
    // The machine does it, for it has the output.
    builtin("display", 1, |_, _| Ok(Value::Undefined)),
];

fn number(scope: &Scope<'_>, value: Value<'_>) -> Result<i32, LispError> {
    let Value::Smi(number) = value else { return Err(wanted(scope, "a number", value)) };
    Ok(number)
}

fn arithmetic<'s>(
    scope: &Scope<'s>,
    a: &[Value<'s>],
    operation: fn(i32, i32) -> Option<i32>,
) -> Result<Value<'s>, LispError> {
    let result = operation(number(scope, a[0])?, number(scope, a[1])?);
    result.map(Value::Smi).ok_or(LispError::Arithmetic)
}

fn compare<'s>(
    scope: &Scope<'s>,
    a: &[Value<'s>],
    holds: fn(Ordering) -> bool,
) -> Result<Value<'s>, LispError> {
    Ok(Value::Bool(holds(number(scope, a[0])?.cmp(&number(scope, a[1])?))))
}

fn same(scope: &Scope<'_>, a: Value<'_>, b: Value<'_>) -> bool {
    match (a, b) {
        (Value::Ref(a), Value::Ref(b)) => scope.same(a, b),
        (Value::Smi(a), Value::Smi(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Null, Value::Null) | (Value::Undefined, Value::Undefined) => true,
        _ => false,
    }
}

fn set_part<'s>(
    scope: &mut Scope<'s>,
    a: &[Value<'s>],
    slot: usize,
) -> Result<Value<'s>, LispError> {
    let pair = pair(scope, a[0]).ok_or_else(|| wanted(scope, "a pair", a[0]))?;
    scope.set(pair, slot, a[1])?;
    Ok(Value::Undefined)
}

fn of_kind<'s>(
    scope: &Scope<'_>,
    value: Value<'s>,
    kind: Kind,
    what: &'static str,
) -> Result<Local<'s>, LispError> {
    match value {
        Value::Ref(cell) if scope.kind(cell)? == kind => Ok(cell),
        value => Err(wanted(scope, what, value)),
    }
}

fn string<'a>(scope: &'a Scope<'_>, value: Value<'_>) -> Result<&'a [u8], LispError> {
    let cell = of_kind(scope, value, Kind::OneByteString, "a string")?;
    Ok(shapes::string_bytes(scope, cell)?)
}

fn make_vector<'s>(scope: &mut Scope<'s>, a: &[Value<'s>]) -> Result<Value<'s>, LispError> {
    let length = usize::try_from(number(scope, a[0])?).map_err(|_| LispError::Arithmetic)?;
    let vector = scope.alloc(Kind::Array, length, 0)?;
    for slot in 0..length {
        scope.set(vector, slot, a[1])?;
    }
    Ok(Value::Ref(vector))
}

/// A vector and the index of one of its elements.
fn element<'s>(scope: &Scope<'_>, a: &[Value<'s>]) -> Result<(Local<'s>, usize), LispError> {
    let vector = of_kind(scope, a[0], Kind::Array, "a vector")?;
    let index = usize::try_from(number(scope, a[1])?).ok();
    let index = index.filter(|index| scope.slot_count(vector).is_ok_and(|count| *index < count));
    Ok((vector, index.ok_or(LispError::Arithmetic)?))
}
