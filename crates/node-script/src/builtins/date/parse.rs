//! Texts of dates: ECMA-262's format (section 21.4.1.32), and what `Date`'s own texts and common others look like.

use super::calendar::{MONTHS, time_of};

/// The time that a text tells, or NaN.
pub(super) fn parse(text: &str) -> f64 {
    let text = text.trim();
    iso(text).or_else(|| free(text)).unwrap_or(f64::NAN)
}

/// Reads exactly `count` digits.
fn digits(text: &mut &str, count: usize) -> Option<f64> {
    let head = text.get(..count)?;
    if !head.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    *text = &text[count..];
    head.parse().ok()
}

fn skip(text: &mut &str, letter: char) -> bool {
    match text.strip_prefix(letter) {
        Some(rest) => {
            *text = rest;
            true
        }
        None => false,
    }
}

fn iso(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut parts = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    parts[0] = match rest.as_bytes().first()? {
        b'+' | b'-' => {
            let negative = rest.starts_with('-');
            rest = &rest[1..];
            let year = digits(&mut rest, 6)?;
            if negative && year == 0.0 {
                return None;
            }
            if negative { -year } else { year }
        }
        _ => digits(&mut rest, 4)?,
    };
    if skip(&mut rest, '-') {
        parts[1] = digits(&mut rest, 2)? - 1.0;
        if skip(&mut rest, '-') {
            parts[2] = digits(&mut rest, 2)?;
        }
    }
    if !(0.0..12.0).contains(&parts[1]) || !(1.0..=31.0).contains(&parts[2]) {
        return None;
    }
    if rest.is_empty() {
        return Some(time_of(parts));
    }
    if !skip(&mut rest, 'T') && !skip(&mut rest, 't') && !skip(&mut rest, ' ') {
        return None;
    }
    parts[3] = digits(&mut rest, 2)?;
    if !skip(&mut rest, ':') {
        return None;
    }
    parts[4] = digits(&mut rest, 2)?;
    if skip(&mut rest, ':') {
        parts[5] = digits(&mut rest, 2)?;
        if skip(&mut rest, '.') {
            let count = rest.bytes().take_while(u8::is_ascii_digit).count();
            let fraction: f64 = format!("0.{}", rest.get(..count)?).parse().ok()?;
            parts[6] = (fraction * 1000.0 + 1e-6).floor();
            rest = &rest[count..];
        }
    }
    let whole_day = parts[3] == 24.0 && parts[4..] == [0.0; 3];
    if parts[4] > 59.0 || parts[5] > 59.0 || parts[3] > 23.0 && !whole_day {
        return None;
    }
    let offset = match rest {
        "" | "Z" | "z" => 0.0,
        _ => zone(rest)?,
    };
    Some(time_of(parts) - offset)
}

/// The milliseconds of `+01:30` or `-0130`.
fn zone(text: &str) -> Option<f64> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1.0,
        b'-' => -1.0,
        _ => return None,
    };
    let mut rest = &text[1..];
    let hours = digits(&mut rest, 2)?;
    skip(&mut rest, ':');
    let minutes = if rest.is_empty() { 0.0 } else { digits(&mut rest, 2)? };
    rest.is_empty().then_some(sign * (hours * 3_600_000.0 + minutes * 60_000.0))
}

/// A text in words: the month by its name or as the first of three numbers, the day, the year, a time, and a zone.
fn free(text: &str) -> Option<f64> {
    let mut month = None;
    let mut numbers = Vec::new();
    let mut clock = [0.0; 3];
    let mut offset = 0.0;
    let (mut has_clock, mut afternoon) = (false, None);
    let without: String = match text.find('(') {
        Some(open) => text[..open].to_owned(),
        None => text.to_owned(),
    };
    for word in without.split([' ', ',', '/']).filter(|word| !word.is_empty()) {
        let lower = word.to_ascii_lowercase();
        if word.contains(':') {
            for (place, part) in word.split(':').enumerate() {
                *clock.get_mut(place)? = part.parse().ok()?;
            }
            has_clock = true;
        } else if let Some(found) =
            MONTHS.iter().position(|name| lower.starts_with(&name.to_ascii_lowercase()))
        {
            month = Some(found as f64);
        } else if let Some(rest) = lower.strip_prefix("gmt").or_else(|| lower.strip_prefix("utc")) {
            offset = if rest.is_empty() { 0.0 } else { zone(rest)? };
        } else if lower == "z" {
            offset = 0.0;
        } else if lower == "am" || lower == "pm" {
            afternoon = Some(lower == "pm");
        } else if word.bytes().all(|byte| byte.is_ascii_digit()) {
            numbers.push(word.parse::<f64>().ok()?);
        } else if has_clock && (word.starts_with('+') || word.starts_with('-')) {
            offset = zone(word)?;
        } else if !["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
            .iter()
            .any(|day| lower.starts_with(day))
        {
            return None;
        }
    }
    let (month, date, year) = match (month, &numbers[..]) {
        (Some(month), &[a, b]) if a > 31.0 => (month, b, a),
        (Some(month), &[date, year]) => (month, date, year),
        (Some(month), &[year]) if year > 31.0 => (month, 1.0, year),
        (Some(month), &[date]) => (month, date, 2001.0),
        (None, &[year, month, date]) if year > 31.0 => (month - 1.0, date, year),
        (None, &[month, date, year]) => (month - 1.0, date, year),
        _ => return None,
    };
    let year = match year {
        0.0..=49.0 => year + 2000.0,
        50.0..=99.0 => year + 1900.0,
        _ => year,
    };
    match afternoon {
        Some(true) if clock[0] < 12.0 => clock[0] += 12.0,
        Some(false) if clock[0] == 12.0 => clock[0] = 0.0,
        _ => {}
    }
    if !(0.0..12.0).contains(&month) || !(1.0..=31.0).contains(&date) || clock[0] > 24.0 {
        return None;
    }
    Some(time_of([year, month, date, clock[0], clock[1], clock[2].trunc(), 0.0]) - offset)
}
