//! The figures as text, written and read back: as Node's `console.log` prints them, and for people.

use crate::escape::{Line, read_line};
use crate::{Difference, Figure, MemoryUsage, Precision, Reading, Source, human};
use core::fmt;
use core::str::FromStr;

/// `{}` is the text of Node's `console.log(process.memoryUsage())`; absent figures are left out.
/// `{:#}` is for people: a figure a line, with its source.
///
/// Both are read back by [`str::parse`], the second with the sources.
///
/// ```
/// use mem_report::{Figure, MemoryUsage, Source};
///
/// let usage = MemoryUsage::new().with(Figure::Rss, 27_541_504, Source::VM_RSS);
/// assert_eq!(usage.to_string(), "{ rss: 27541504 }");
/// assert_eq!(format!("{usage:#}"), "rss: 27,541,504 bytes (26.27 MiB; VmRSS, noisy)\n");
/// assert_eq!(format!("{usage:#}").parse(), Ok(usage));
/// ```
impl fmt::Display for MemoryUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            let entries = self.present();
            return inspect(f, entries.map(|(figure, it)| format!("{figure}: {}", it.bytes)));
        }
        for (figure, Reading { bytes, source }) in self.present() {
            let (number, mib) = (human::grouped(bytes.into()), human::mib(bytes));
            let (name, precision) = (Line(source.name()), source.precision());
            writeln!(f, "{figure}: {number} bytes ({mib}; {name}, {precision})")?;
        }
        Ok(())
    }
}

/// As [`MemoryUsage`], each figure with its sign; `{:#}` has only those that have moved.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            let entries = self.present();
            return inspect(f, entries.map(|(figure, it)| format!("{figure}: {:+}", it.bytes)));
        }
        for (figure, change) in self.moved() {
            let (number, mib) = (human::signed(change.bytes), human::signed_mib(change.bytes));
            writeln!(f, "{figure}: {number} bytes ({mib}; {})", change.precision)?;
        }
        Ok(())
    }
}

/// An object's text as `console.log` prints it, from that of its entries: `isBelowBreakLength` and
/// `reduceToSingleString` of Node's `lib/internal/util/inspect.js`.
fn inspect(f: &mut fmt::Formatter<'_>, entries: impl Iterator<Item = String>) -> fmt::Result {
    let entries: Vec<String> = entries.collect();
    let start = entries.len() + "{".len() + 10;
    let length: usize = entries.iter().map(String::len).sum();
    if entries.is_empty() {
        f.write_str("{}")
    } else if length + entries.len() + start <= 80 {
        write!(f, "{{ {} }}", entries.join(", "))
    } else {
        write!(f, "{{\n  {}\n}}", entries.join(",\n  "))
    }
}

/// Why a text is not one of figures. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseError {
    /// The text has no object in braces and no line of a figure.
    NoFigures,
    /// The object in braces does not end.
    Unfinished,
    /// An entry is not a name, a colon and a value.
    Entry {
        /// The line that it stands on.
        line: usize,
        /// The entry.
        text: String,
    },
    /// A figure's value is not a whole number of bytes that 64 bits hold.
    Number {
        /// The figure.
        figure: Figure,
        /// The value.
        text: String,
    },
    /// A figure is there twice.
    Twice(Figure),
}

/// From what [`MemoryUsage`] prints, or a Node.
///
/// Text around Node's object, other objects, colours, numeric separators and figures that this crate does not know are
/// passed over; a Node from before `arrayBuffers` leaves it absent. Figures of Node's text have
/// [`Source::NODE`].
impl FromStr for MemoryUsage {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = without_colours(text);
        // A source's name may have braces too.
        let brace = if text.lines().any(is_line) { None } else { brace(&text) };
        match brace {
            Some(brace) => parse_object(&text, brace, &text[brace + 1..]),
            None => parse_lines(&text),
        }
    }
}

/// Whether a line is one of the form for people.
fn is_line(line: &str) -> bool {
    line.split_once(':').is_some_and(|(name, value)| {
        Figure::from_name(name.trim()).is_some() && value.contains("bytes")
    })
}

/// Where the object begins: the first one that has a figure, or the first one.
fn brace(text: &str) -> Option<usize> {
    let has_figure = |at: &usize| {
        let object = text[at + 1..].split(['{', '}']).next().unwrap_or_default();
        let mut names = object.split(',').filter_map(|entry| entry.split_once(':'));
        names.any(|(name, _)| figure(name).is_some())
    };
    let mut braces = text.match_indices('{').map(|(at, _)| at);
    braces.find(has_figure).or_else(|| text.find('{'))
}

/// The figure of a name in an object, in which it may stand in quotes.
fn figure(name: &str) -> Option<Figure> {
    Figure::from_name(name.trim().trim_matches(['\'', '"']))
}

/// Node's object, without its opening brace, which is at an offset of the whole text.
fn parse_object(text: &str, brace: usize, object: &str) -> Result<MemoryUsage, ParseError> {
    let (object, _) = object.split_once('}').ok_or(ParseError::Unfinished)?;
    let mut usage = MemoryUsage::new();
    let mut offset = brace + 1;
    for entry in object.split(',') {
        let start = offset + entry.len() - entry.trim_start().len();
        offset += entry.len() + 1;
        let entry = entry.trim();
        if entry.is_empty() {
            continue;
        }
        let wrong = || ParseError::Entry {
            line: text[..start].matches('\n').count() + 1,
            text: entry.to_owned(),
        };
        let (name, value) = entry.split_once(':').ok_or_else(wrong)?;
        if let Some(figure) = figure(name) {
            let bytes = number(figure, value, '_')?;
            add(&mut usage, figure, Reading::new(bytes, Source::NODE))?;
        }
    }
    Ok(usage)
}

/// The form for people. Lines that name no figure are passed over.
fn parse_lines(text: &str) -> Result<MemoryUsage, ParseError> {
    let mut usage = MemoryUsage::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let Some((name, value)) = line.split_once(':') else { continue };
        let Some(figure) = Figure::from_name(name.trim()) else { continue };
        let wrong = || ParseError::Entry { line: index + 1, text: line.to_owned() };
        let (digits, rest) = value.split_once("bytes").ok_or_else(wrong)?;
        let bytes = number(figure, digits, ',')?;
        let source = match rest.trim() {
            "" => Source::NODE,
            rest => source(rest).ok_or_else(wrong)?,
        };
        add(&mut usage, figure, Reading::new(bytes, source))?;
    }
    if usage.is_empty() { Err(ParseError::NoFigures) } else { Ok(usage) }
}

/// The source in `(26.27 MiB; VmRSS, noisy)`.
fn source(text: &str) -> Option<Source> {
    let inside = text.strip_prefix('(')?.strip_suffix(')')?;
    let (_, source) = inside.split_once("; ")?;
    let (name, precision) = source.rsplit_once(", ")?;
    let precision = match precision {
        "exact" => Precision::Exact,
        "noisy" => Precision::Noisy,
        _ => return None,
    };
    Source::from_name(&read_line(name)?, precision)
}

fn number(figure: Figure, text: &str, separator: char) -> Result<u64, ParseError> {
    let wrong = || ParseError::Number { figure, text: text.trim().to_owned() };
    let digits: String = text.trim().chars().filter(|it| *it != separator).collect();
    // `parse` takes a sign, which no figure has.
    if digits.starts_with('+') { Err(wrong()) } else { digits.parse().map_err(|_| wrong()) }
}

fn add(usage: &mut MemoryUsage, figure: Figure, reading: Reading) -> Result<(), ParseError> {
    if usage.reading(figure).is_some() {
        return Err(ParseError::Twice(figure));
    }
    usage.set(figure, Some(reading));
    Ok(())
}

/// A text without the escape sequences by which a terminal is told colours (`ESC [ ... m`).
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let codes = part.trim_start_matches(|it: char| it.is_ascii_digit() || it == ';');
        plain.push_str(codes.strip_prefix('m').unwrap_or(part));
    }
    plain
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFigures => f.write_str("the text has no memory figures"),
            Self::Unfinished => f.write_str("the object's closing brace is missing"),
            Self::Entry { line, text } => write!(f, "line {line} is no figure: {text:?}"),
            Self::Number { figure, text } => write!(f, "{figure} is no number of bytes: {text:?}"),
            Self::Twice(figure) => write!(f, "{figure} is there twice"),
        }
    }
}

impl core::error::Error for ParseError {}
