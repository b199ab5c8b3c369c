//! What the language's programs are: expressions, read from parentheses.

use std::iter::Peekable;
use std::str::SplitWhitespace;

/// The number of a name.
pub type Name = usize;

type Words<'t> = Peekable<SplitWhitespace<'t>>;

pub enum Expr {
    Number(i32),
    Variable(Name),
    Let(Name, Box<Expr>),
    Set(Name, Box<Expr>),
    /// The function with this number.
    Function(usize),
    Call(Box<Expr>, Vec<Expr>),
    Object(Vec<(Name, Expr)>),
    Get(Box<Expr>, Name),
    Put(Box<Expr>, Name, Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    While(Box<Expr>, Box<Expr>),
    Do(Vec<Expr>),
}

/// What is done with two numbers: a number, or nothing.
pub type Operator = fn(i32, i32) -> Option<i32>;

pub struct Function {
    pub parameters: Vec<Name>,
    pub body: Expr,
}

#[derive(Default)]
pub struct Program {
    pub names: Vec<String>,
    pub functions: Vec<Function>,
}

impl Program {
    /// Reads a program: its functions, and what it does.
    pub fn read(text: &str) -> Result<(Self, Expr), String> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let mut program = Self::default();
        let mut words = spaced.split_whitespace().peekable();
        let body = program.expression(&mut words)?;
        match words.next() {
            None => Ok((program, body)),
            Some(word) => Err(format!("{word} is too much")),
        }
    }

    fn expression(&mut self, words: &mut Words<'_>) -> Result<Expr, String> {
        let word = words.next().ok_or("the program ends too soon")?;
        if word != "(" {
            return match word.parse() {
                Ok(number) => Ok(Expr::Number(number)),
                Err(_) if word == ")" => Err("an expression wanted, not )".into()),
                Err(_) => Ok(Expr::Variable(self.name(Some(word))?)),
            };
        }
        let form = words.peek().copied().unwrap_or("");
        if !FORMS.contains(&form) {
            let callee = Box::new(self.expression(words)?);
            return Ok(Expr::Call(callee, self.rest(words)?));
        }
        words.next();
        let expr = match form {
            "let" => Expr::Let(self.name(words.next())?, self.boxed(words)?),
            "set" => Expr::Set(self.name(words.next())?, self.boxed(words)?),
            "get" => {
                let object = self.boxed(words)?;
                Expr::Get(object, self.name(words.next())?)
            }
            "put" => {
                let object = self.boxed(words)?;
                Expr::Put(object, self.name(words.next())?, self.boxed(words)?)
            }
            "+" => Expr::Binary(i32::checked_add, self.boxed(words)?, self.boxed(words)?),
            "-" => Expr::Binary(i32::checked_sub, self.boxed(words)?, self.boxed(words)?),
            "<" => Expr::Binary(less, self.boxed(words)?, self.boxed(words)?),
            "while" => Expr::While(self.boxed(words)?, self.boxed(words)?),
            "do" => return Ok(Expr::Do(self.rest(words)?)),
            "object" => {
                let mut fields = Vec::new();
                while words.peek().is_some_and(|word| *word != ")") {
                    fields.push((self.name(words.next())?, self.expression(words)?));
                }
                Expr::Object(fields)
            }
            _ => {
                words.next_if_eq(&"(").ok_or("parameters wanted")?;
                let mut parameters = Vec::new();
                while words.peek().is_some_and(|word| *word != ")") {
                    parameters.push(self.name(words.next())?);
                }
                words.next();
                let body = self.expression(words)?;
                self.functions.push(Function { parameters, body });
                Expr::Function(self.functions.len() - 1)
            }
        };
        words.next_if_eq(&")").ok_or_else(|| format!("a ) is missing behind {form}"))?;
        Ok(expr)
    }

    fn boxed(&mut self, words: &mut Words<'_>) -> Result<Box<Expr>, String> {
        Ok(Box::new(self.expression(words)?))
    }

    /// The expressions up to the end of the form.
    fn rest(&mut self, words: &mut Words<'_>) -> Result<Vec<Expr>, String> {
        let mut expressions = Vec::new();
        while words.next_if_eq(&")").is_none() {
            expressions.push(self.expression(words)?);
        }
        Ok(expressions)
    }

    fn name(&mut self, word: Option<&str>) -> Result<Name, String> {
        let word = word.filter(|word| !["(", ")"].contains(word)).ok_or("a name wanted")?;
        let known = self.names.iter().position(|name| name == word);
        Ok(known.unwrap_or_else(|| {
            self.names.push(word.to_owned());
            self.names.len() - 1
        }))
    }
}

fn less(a: i32, b: i32) -> Option<i32> {
    (a < b).then_some(1)
}

const FORMS: [&str; 11] =
    ["let", "set", "fn", "object", "get", "put", "+", "-", "<", "while", "do"];
