//! How what is shown of an object is laid out: on one line, in columns, or on a line each.

use super::inspector::Inspector;
use crate::machine::{Machine, R};
use crate::objects::object::Type;
use crate::thrown::Outcome;

/// What stands before and behind an object's entries.
pub(super) struct Braces<'b> {
    pub base: &'b str,
    pub open: &'b str,
    pub close: &'static str,
}

/// Lists of more entries are put into columns.
const FEW: usize = 6;
/// A comma and a space.
const SEPARATOR: usize = 2;
/// Columns at the most.
const COLUMNS: usize = 15;

impl Inspector {
    /// Node's `reduceToSingleString`. `list` is the array whose elements are shown.
    pub(super) fn put_together(
        &mut self,
        machine: &mut Machine,
        shown: Vec<String>,
        braces: &Braces<'_>,
        list: Option<R>,
        level: i64,
    ) -> Outcome<String> {
        let Braces { base, open, close } = *braces;
        let space = if base.is_empty() { "" } else { " " };
        let count = shown.len();
        let mut shown = shown;
        if self.style.compact >= 1 {
            if let Some(list) = list
                && count > FEW
            {
                shown = self.in_columns(machine, shown, list)?;
            }
            if self.current - level < self.style.compact && shown.len() == count {
                let start = count + self.indentation + width(open) + width(base) + 10;
                let total: usize = shown.iter().map(|entry| width(entry)).sum();
                let fits = total + count + start <= self.style.width && !base.contains('\n');
                if fits {
                    let joined = shown.join(", ");
                    if !joined.contains('\n') {
                        return Ok(format!("{base}{space}{open} {joined} {close}"));
                    }
                }
            }
        }
        let line = format!("\n{}", " ".repeat(self.indentation));
        let joined = shown.join(&format!(",{line}  "));
        Ok(format!("{base}{space}{open}{line}  {joined}{line}{close}"))
    }

    /// Node's `groupArrayElements`: about as wide as it is high, if the entries are of like length.
    fn in_columns(
        &mut self,
        machine: &mut Machine,
        shown: Vec<String>,
        list: R,
    ) -> Outcome<Vec<String>> {
        let tells_more = self.style.elements < shown.len();
        let count = shown.len() - usize::from(tells_more);
        let lengths: Vec<usize> = shown[..count].iter().map(|entry| columns_of(entry)).collect();
        let total: usize = lengths.iter().map(|length| length + SEPARATOR).sum();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let most = longest + SEPARATOR;
        let alike = total as f64 / most as f64 > 5.0 || longest <= 6;
        if most * 3 + self.indentation >= self.style.width || !alike {
            return Ok(shown);
        }
        let bias = (most as f64 - total as f64 / shown.len() as f64).sqrt();
        let biased = (most as f64 - 3.0 - bias).max(1.0);
        let square = ((2.5 * biased * count as f64).sqrt() / biased + 0.5).floor() as usize;
        let columns = square
            .min(self.style.width.saturating_sub(self.indentation) / most)
            .min(self.style.compact as usize * 4)
            .min(COLUMNS);
        if columns <= 1 {
            return Ok(shown);
        }
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let own = lengths.iter().skip(column).step_by(columns);
                own.copied().max().unwrap_or(0) + SEPARATOR
            })
            .collect();
        let right = self.are_numbers(machine, list, shown.len())?;
        let mut rows = Vec::with_capacity(count.div_ceil(columns) + 1);
        for (row, entries) in shown[..count].chunks(columns).enumerate() {
            let mut line = String::new();
            for (column, entry) in entries.iter().enumerate() {
                let last = column + 1 == entries.len();
                let separator = if last { "" } else { ", " };
                let wide = lengths[row * columns + column] + separator.len();
                let wanted = widths[column] - if last { SEPARATOR } else { 0 };
                let padding = " ".repeat(wanted.saturating_sub(wide));
                match (right, last) {
                    (true, _) => line.extend([padding.as_str(), entry, separator]),
                    (false, false) => line.extend([entry, separator, padding.as_str()]),
                    (false, true) => line.push_str(entry),
                }
            }
            rows.push(line);
        }
        if tells_more {
            rows.extend(shown.into_iter().skip(count));
        }
        Ok(rows)
    }

    /// Whether the first elements of a list are all numbers, which stand at the right of their columns.
    fn are_numbers(&mut self, machine: &mut Machine, list: R, count: usize) -> Outcome<bool> {
        machine.scoped(|machine| {
            let value = machine.temp()?;
            for index in 0..count {
                machine.get(value, list, crate::objects::atoms::Key::Index(index as u32))?;
                let found = machine.type_of(value);
                if !found.is_number() && found != Type::BigInt {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }
}

/// The length of a text in UTF-16 units.
fn width(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text.encode_utf16().count(),
    }
}

/// The columns that a text takes on a terminal: those of East Asian scripts and of emoji take two, marks none.
fn columns_of(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars()
        .map(|character| match u32::from(character) {
            0x300..=0x36f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
            0x1100..=0x115f
            | 0x2e80..=0x303e
            | 0x3041..=0x33ff
            | 0x3400..=0x4dbf
            | 0x4e00..=0x9fff
            | 0xa000..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff01..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1f64f
            | 0x1f900..=0x1f9ff
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}
