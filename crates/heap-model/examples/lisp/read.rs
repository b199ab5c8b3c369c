//! The reader. It keeps the lists that are open in the heap, so their depth is bounded by the heap
//! alone.

use super::{CDR, LispError, cons, parts, register, symbols};
use heap_model::{Kind, Local, Scope, Value, shapes};

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

/// An open list: its first pair, its last pair, whether it is a quotation, the list around it.
mod open {
    pub const FIRST: usize = 0;
    pub const LAST: usize = 1;
    pub const QUOTES: usize = 2;
    pub const AROUND: usize = 3;
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { rest: text }
    }

    /// Reads an expression into its register; false at the end of the text.
    pub fn read(&mut self, scope: &mut Scope<'_>, registers: Local<'_>) -> Result<bool, LispError> {
        scope.set(registers, register::READING, Value::Null)?;
        while let Some(token) = self.token()? {
            if scope.scope(|scope| take(scope, registers, token))? {
                return Ok(true);
            }
        }
        match scope.scope(|scope| {
            Ok::<_, LispError>(matches!(scope.get(registers, register::READING)?, Value::Ref(_)))
        })? {
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
fn take(scope: &mut Scope<'_>, registers: Local<'_>, token: Token<'_>) -> Result<bool, LispError> {
    let value = match token {
        Token::Open => return begin(scope, registers, false),
        Token::Quote => return begin(scope, registers, true),
        Token::Close => {
            let Value::Ref(list) = scope.get(registers, register::READING)? else {
                return Err(LispError::Syntax("a list is closed that is not open".into()));
            };
            if matches!(scope.get(list, open::QUOTES)?, Value::Bool(true)) {
                return Err(LispError::Syntax("nothing is quoted".into()));
            }
            let around = scope.get(list, open::AROUND)?;
            scope.set(registers, register::READING, around)?;
            scope.get(list, open::FIRST)?
        }
        Token::Text(text) => Value::Ref(shapes::one_byte_string(scope, text.as_bytes())?),
        Token::Atom("#t") => Value::Bool(true),
        Token::Atom("#f") => Value::Bool(false),
        Token::Atom(atom) => match atom.parse() {
            Ok(number) => Value::Smi(number),
            Err(_) => Value::Ref(symbols::intern(scope, registers, atom)?),
        },
    };
    put(scope, registers, value)
}

fn begin(scope: &mut Scope<'_>, registers: Local<'_>, quotes: bool) -> Result<bool, LispError> {
    let list = scope.alloc(Kind::Array, 4, 0)?;
    let around = scope.get(registers, register::READING)?;
    scope.set(list, open::FIRST, Value::Null)?;
    scope.set(list, open::QUOTES, Value::Bool(quotes))?;
    scope.set(list, open::AROUND, around)?;
    scope.set(registers, register::READING, Value::Ref(list))?;
    if quotes {
        let quote = symbols::intern(scope, registers, "quote")?;
        append(scope, list, Value::Ref(quote))?;
    }
    Ok(false)
}

/// Puts a whole value into the innermost open list; true if none is open.
fn put(scope: &mut Scope<'_>, registers: Local<'_>, value: Value<'_>) -> Result<bool, LispError> {
    scope.set(registers, register::EXPRESSION, value)?;
    loop {
        let Value::Ref(list) = scope.get(registers, register::READING)? else { return Ok(true) };
        let value = scope.get(registers, register::EXPRESSION)?;
        append(scope, list, value)?;
        if !matches!(scope.get(list, open::QUOTES)?, Value::Bool(true)) {
            return Ok(false);
        }
        let (first, around) = (scope.get(list, open::FIRST)?, scope.get(list, open::AROUND)?);
        scope.set(registers, register::EXPRESSION, first)?;
        scope.set(registers, register::READING, around)?;
    }
}

fn append(scope: &mut Scope<'_>, list: Local<'_>, value: Value<'_>) -> Result<(), LispError> {
    let pair = cons(scope, value, Value::Null)?;
    match scope.get(list, open::LAST)? {
        Value::Ref(last) => {
            parts(scope, Value::Ref(last))?;
            scope.set(last, CDR, Value::Ref(pair))?;
        }
        _ => scope.set(list, open::FIRST, Value::Ref(pair))?,
    }
    scope.set(list, open::LAST, Value::Ref(pair))?;
    Ok(())
}
