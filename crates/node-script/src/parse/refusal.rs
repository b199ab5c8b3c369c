//! Why V8 refuses a text: its words, and what it marks.
//!
//! The parser that makes the tree takes some texts that V8 refuses, and says of others in its own words why it stops, and
//! where it noticed. So each text is read here as well, as V8 reads it: what is an error is noted in V8's order, and nothing
//! is made of the rest. The grammar and its decisions are those of V8's `ParserBase`: an expression may turn out to be a pattern or an arrow's
//! parameters, and what would be wrong with it then waits in a [`Cover`](cover::Cover) until that is known.
//!
//! After the first mistake all that is read is [`Token::Illegal`]. A mistake that is noted later counts only if it lies
//! before the first, as in V8: so what waited is told where the text ends in the midst of it.

mod class;
mod cover;
mod declared;
mod expression;
mod function;
mod literal;
mod loops;
mod module;
mod property;
mod reader;
mod scanner;
mod state;
mod statement;
mod token;

use super::error::ParseError;
use super::goal::Goal;
use super::tree::At;
use reader::Reader;

/// What V8 says of a text that it refuses; none if V8 would take it. Whether the parser has refused it is known: if not,
/// its regular expressions are not looked at, as later Nodes take more of them.
pub(super) fn of(text: &[u16], goal: Goal<'_>, refused: bool) -> Option<ParseError> {
    let mut reader = Reader::new(text, goal);
    reader.checks_patterns = refused;
    let mistake = reader.read(goal)?;
    let at = place(text, mistake.start as usize);
    Some(ParseError {
        message: mistake.message,
        at,
        width: mistake.end.saturating_sub(mistake.start),
    })
}

/// The line and column of a unit.
fn place(text: &[u16], offset: usize) -> At {
    let offset = offset.min(text.len());
    let (mut line, mut begin) = (1, 0);
    for (place, unit) in text[..offset].iter().enumerate() {
        let pair = *unit == 13 && text.get(place + 1) == Some(&10);
        if scanner::is_line_end(*unit) && !pair {
            (line, begin) = (line + 1, place + 1);
        }
    }
    At { line, column: (offset - begin) as u32 + 1 }
}
