//! JSON's bytes through a buffer of fixed size: numbers, strings, and values that are skipped.
//!
//! Invariant: the byte at `end` of the buffer is 0, which is no part of any token, so the loops over tokens need no
//! comparison with the end; they look at it only after they stopped.

use super::error::{Problem, SnapshotError};
use std::io::{ErrorKind, Read};

/// Bytes read at a time.
const BUFFER: usize = 1 << 18;
/// The longest number that is read, in digits: all of them fit 64 bits.
const DIGITS: usize = 19;
/// Lists and objects inside each other in a value that is skipped. V8's own nest as deep as the calls that it traced.
const DEPTH: usize = 1 << 16;

pub struct Scanner<R> {
    input: R,
    buffer: Box<[u8]>,
    at: usize,
    end: usize,
    /// Bytes of the file before the buffer's first.
    before: u64,
    is_over: bool,
}

impl<R: Read> Scanner<R> {
    pub fn new(input: R) -> Self {
        let buffer = vec![0; BUFFER + 1].into_boxed_slice();
        Self { input, buffer, at: 0, end: 0, before: 0, is_over: false }
    }

    /// The position of the next byte in the file.
    pub fn position(&self) -> u64 {
        self.before + self.at as u64
    }

    pub fn error(&self, problem: Problem) -> SnapshotError {
        SnapshotError::new(self.position(), problem)
    }

    /// The error of a byte that is not the expected one.
    pub fn expected(&self, what: &'static str) -> SnapshotError {
        let is_over = self.at == self.end && self.is_over;
        self.error(if is_over { Problem::Truncated } else { Problem::Expected(what) })
    }

    /// Reads more behind what is not consumed. Returns whether there was more.
    fn fill(&mut self) -> Result<bool, SnapshotError> {
        if self.is_over || self.at == 0 && self.end == BUFFER {
            return Ok(false);
        }
        self.buffer.copy_within(self.at..self.end, 0);
        self.before += self.at as u64;
        self.end -= self.at;
        self.at = 0;
        let start = self.end;
        while self.end < BUFFER {
            match self.input.read(&mut self.buffer[self.end..BUFFER]) {
                Ok(0) => {
                    self.is_over = true;
                    break;
                }
                Ok(count) => self.end += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.error(Problem::Io(error))),
            }
        }
        self.buffer[self.end] = 0;
        Ok(self.end > start)
    }

    /// The next byte that is no white space, not consumed; 0 at the end of the file.
    pub fn peek(&mut self) -> Result<u8, SnapshotError> {
        loop {
            match self.buffer[self.at] {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                0 if self.at == self.end => {
                    if !self.fill()? {
                        return Ok(0);
                    }
                }
                byte => return Ok(byte),
            }
        }
    }

    /// Consumes this byte if it is the next one that is no white space.
    pub fn take(&mut self, byte: u8) -> Result<bool, SnapshotError> {
        let is_next = self.peek()? == byte && self.at < self.end;
        self.at += usize::from(is_next);
        Ok(is_next)
    }

    /// Consumes this byte, or says what was expected.
    pub fn need(&mut self, byte: u8, what: &'static str) -> Result<(), SnapshotError> {
        if self.take(byte)? { Ok(()) } else { Err(self.expected(what)) }
    }

    /// A number that is whole and not negative.
    #[inline]
    pub fn number(&mut self) -> Result<u64, SnapshotError> {
        loop {
            let mut value = 0u64;
            let mut at = self.at;
            loop {
                let digit = self.buffer[at].wrapping_sub(b'0');
                if digit > 9 {
                    break;
                }
                value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
                at += 1;
            }
            let digits = at - self.at;
            let is_regular = (1..=DIGITS).contains(&digits) && at < self.end;
            if !is_regular && self.irregular_number(digits, at)? {
                continue;
            }
            self.at = at;
            return Ok(value);
        }
    }

    /// Looks why a number is not simply there. Returns whether it is to be read again.
    #[cold]
    fn irregular_number(&mut self, digits: usize, at: usize) -> Result<bool, SnapshotError> {
        if digits > DIGITS {
            return Err(self.error(Problem::Expected("a number below 10^19")));
        }
        if at == self.end {
            if self.fill()? {
                return Ok(true);
            }
            return if digits > 0 { Ok(false) } else { Err(self.expected("a number")) };
        }
        let skipped = self.position();
        self.peek()?;
        if self.position() > skipped { Ok(true) } else { Err(self.expected("a number")) }
    }

    /// Consumes a comma and returns true, or a closing bracket and returns false.
    #[inline]
    pub fn comma(&mut self, close: u8) -> Result<bool, SnapshotError> {
        if self.buffer[self.at] == b',' {
            self.at += 1;
            return Ok(true);
        }
        self.comma_or_close(close)
    }

    #[cold]
    fn comma_or_close(&mut self, close: u8) -> Result<bool, SnapshotError> {
        if self.take(b',')? {
            return Ok(true);
        }
        if self.take(close)? {
            return Ok(false);
        }
        Err(self.expected("a comma or the end of the list"))
    }

    /// Appends a string's text to `to`, at most `most` bytes of it. Returns whether it was cut.
    ///
    /// What is no UTF-8, and half a surrogate pair, becomes U+FFFD.
    pub fn string(&mut self, to: &mut Vec<u8>, most: usize) -> Result<bool, SnapshotError> {
        self.need(b'"', "a string")?;
        let start = to.len();
        let (mut bits, mut is_cut) = (0, false);
        loop {
            let rest = &self.buffer[self.at..self.end];
            let plain =
                rest.iter().position(|&byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len());
            let room = most.saturating_sub(to.len() - start);
            let taken = &rest[..plain.min(room)];
            is_cut |= plain > room;
            bits |= taken.iter().fold(0, |bits, byte| bits | byte);
            to.extend_from_slice(taken);
            self.at += plain;
            match self.buffer[self.at] {
                b'"' if self.at < self.end => {
                    self.at += 1;
                    break;
                }
                b'\\' if self.at < self.end => {
                    let letter = self.escape()?;
                    if is_cut || most.saturating_sub(to.len() - start) < letter.len_utf8() {
                        is_cut = true;
                    } else {
                        let mut utf8 = [0; 4];
                        to.extend_from_slice(letter.encode_utf8(&mut utf8).as_bytes());
                    }
                }
                _ => {
                    if !self.fill()? {
                        return Err(self.error(Problem::Truncated));
                    }
                }
            }
        }
        if bits >= 0x80 && core::str::from_utf8(&to[start..]).is_err() {
            let text = String::from_utf8_lossy(&to[start..]).into_owned();
            to.truncate(start);
            to.extend_from_slice(text.as_bytes());
        }
        Ok(is_cut)
    }

    /// The letter of an escape whose backslash is next.
    fn escape(&mut self) -> Result<char, SnapshotError> {
        self.at += 1;
        let letter = match self.byte()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.unicode(),
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            _ => {
                self.at -= 1;
                return Err(self.expected("an escape"));
            }
        };
        Ok(letter)
    }

    fn unicode(&mut self) -> Result<char, SnapshotError> {
        let first = self.hexadecimal()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if self.end - self.at < 6 {
            self.fill()?;
        }
        if self.buffer[self.at..self.end].starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hexadecimal()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hexadecimal(&mut self) -> Result<u32, SnapshotError> {
        // Filled first, so that the buffer does not move between the digits.
        if self.end - self.at < 4 {
            self.fill()?;
        }
        let mut code = 0;
        for _ in 0..4 {
            let digit = char::from(self.buffer[self.at]).to_digit(16);
            let Some(digit) = digit else { return Err(self.expected("four hexadecimal digits")) };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn byte(&mut self) -> Result<u8, SnapshotError> {
        if self.at == self.end && !self.fill()? {
            return Err(self.error(Problem::Truncated));
        }
        self.at += 1;
        Ok(self.buffer[self.at - 1])
    }

    /// Consumes a value of any kind. If `text` is given, the value's bytes are appended to it, `most` at most.
    pub fn value(
        &mut self,
        mut text: Option<&mut Vec<u8>>,
        most: usize,
    ) -> Result<(), SnapshotError> {
        let mut closers = Vec::new();
        let mut is_in_string = false;
        let mut is_started = false;
        self.peek()?;
        loop {
            if self.at == self.end && !self.fill()? {
                // A number or word may end with the file.
                let is_whole = is_started && closers.is_empty() && !is_in_string;
                return if is_whole { Ok(()) } else { Err(self.error(Problem::Truncated)) };
            }
            let byte = self.buffer[self.at];
            let ends_before = closers.is_empty()
                && !is_in_string
                && is_started
                && matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
            if ends_before {
                return Ok(());
            }
            is_started = true;
            self.at += 1;
            if let Some(text) = text.as_deref_mut() {
                if text.len() == most {
                    return Err(self.error(Problem::TooMany("bytes in a description")));
                }
                text.push(byte);
            }
            match byte {
                b'\\' if is_in_string => {
                    let escaped = self.byte()?;
                    if let Some(text) = text.as_deref_mut() {
                        text.push(escaped);
                    }
                }
                b'"' => {
                    is_in_string = !is_in_string;
                    if !is_in_string && closers.is_empty() {
                        return Ok(());
                    }
                }
                _ if is_in_string => {}
                b'[' | b'{' if closers.len() == DEPTH => return Err(self.error(Problem::TooDeep)),
                b'[' => closers.push(b']'),
                b'{' => closers.push(b'}'),
                b']' | b'}' => {
                    if closers.pop() != Some(byte) {
                        self.at -= 1;
                        return Err(self.expected("another bracket"));
                    }
                    if closers.is_empty() {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
    }
}
