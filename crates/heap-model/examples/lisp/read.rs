//! The reader. It keeps the lists that are open in the heap, so their depth is bounded by the heap
//! alone.

use super::records::{Machine, MachineFields, Open, OpenFields, Pair, PairFields, Val};
use super::{LispError, symbols};
use heap_model::typed::Gc;
use heap_model::{Scope, shapes};

/// Where in the text the reader is.
pub struct Reader<'t> {
    rest: &'t str,
}

enum Token<'t> {
    Open,
    Close,
    Quote,
    Text(String),
    Atom(&'t str),
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { rest: text }
    }

    /// Reads an expression for the machine to evaluate; false at the end of the text.
    pub fn read(
        &mut self,
        scope: &mut Scope<'_>,
        machine: Gc<'_, Machine>,
    ) -> Result<bool, LispError> {
        machine.set_reading(scope, None);
        while let Some(token) = self.token()? {
            if scope.scope(|scope| take(scope, machine, token))? {
                return Ok(true);
            }
        }
        match scope.scope(|scope| machine.reading(scope).is_some()) {
            true => Err(LispError::Syntax("a list is not closed".into())),
            false => Ok(false),
        }
    }

    fn token(&mut self) -> Result<Option<Token<'t>>, LispError> {
        loop {
            self.rest = self.rest.trim_start();
            let Some(comment) = self.rest.strip_prefix(';') else { break };
            self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
        }
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let rest = &self.rest[first.len_utf8()..];
        let token = match first {
            '(' => Token::Open,
            ')' => Token::Close,
            '\'' => Token::Quote,
            '"' => {
                let end =
                    rest.find('"').ok_or(LispError::Syntax("a string is not closed".into()))?;
                self.rest = &rest[end + 1..];
                return Ok(Some(Token::Text(rest[..end].replace("\\n", "\n"))));
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || "()'\";".contains(c);
                let (atom, rest) =
                    self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
                self.rest = rest;
                return Ok(Some(Token::Atom(atom)));
            }
        };
        self.rest = rest;
        Ok(Some(token))
    }
}

/// Takes a token; true if it ends the expression.
fn take(
    scope: &mut Scope<'_>,
    machine: Gc<'_, Machine>,
    token: Token<'_>,
) -> Result<bool, LispError> {
    let value = match token {
        Token::Open => return begin(scope, machine, false),
        Token::Quote => return begin(scope, machine, true),
        Token::Close => {
            let Some(list) = machine.reading(scope) else {
                return Err(LispError::Syntax("a list is closed that is not open".into()));
            };
            if list.quotes(scope) {
                return Err(LispError::Syntax("nothing is quoted".into()));
            }
            let around = list.around(scope);
            machine.set_reading(scope, around);
            list.first(scope)
        }
        Token::Text(text) => Val::Cell(shapes::one_byte_string(scope, text.as_bytes())?),
        Token::Atom("#t") => Val::Bool(true),
        Token::Atom("#f") => Val::Bool(false),
        Token::Atom(atom) => match atom.parse() {
            Ok(number) => Val::Number(number),
            Err(_) => {
                let symbols = machine.symbols(scope);
                Val::Symbol(symbols::intern(scope, symbols, atom)?)
            }
        },
    };
    put(scope, machine, value)
}

fn begin(scope: &mut Scope<'_>, machine: Gc<'_, Machine>, quotes: bool) -> Result<bool, LispError> {
    let around = machine.reading(scope);
    let list = scope.make(Open { quotes, first: Val::Nil, last: None, around })?;
    machine.set_reading(scope, Some(list));
    if quotes {
        let symbols = machine.symbols(scope);
        let quote = symbols::intern(scope, symbols, "quote")?;
        append(scope, list, Val::Symbol(quote))?;
    }
    Ok(false)
}

/// Puts a whole value into the innermost open list; true if none is open.
fn put(scope: &mut Scope<'_>, machine: Gc<'_, Machine>, value: Val<'_>) -> Result<bool, LispError> {
    machine.set_expression(scope, value);
    while let Some(list) = machine.reading(scope) {
        let value = machine.expression(scope);
        append(scope, list, value)?;
        if !list.quotes(scope) {
            return Ok(false);
        }
        let (first, around) = (list.first(scope), list.around(scope));
        machine.set_expression(scope, first);
        machine.set_reading(scope, around);
    }
    Ok(true)
}

fn append(scope: &mut Scope<'_>, list: Gc<'_, Open>, value: Val<'_>) -> Result<(), LispError> {
    let pair = scope.make(Pair { car: value, cdr: Val::Nil })?;
    match list.last(scope) {
        Some(last) => last.set_cdr(scope, Val::Pair(pair)),
        None => list.set_first(scope, Val::Pair(pair)),
    }
    list.set_last(scope, Some(pair));
    Ok(())
}
