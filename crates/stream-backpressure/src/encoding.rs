//! The encodings by which text becomes bytes.
//!
//! Names and rules are those of `Buffer.from(string, encoding)` in Node's `lib/buffer.js`.

use crate::error::Error;
use core::convert::Infallible;

/// An encoding, by one of its names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    name: &'static str,
    scheme: Scheme,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Utf8,
    Utf16,
    Latin1,
    Base64,
    Hex,
    /// The name for bytes; no text can be decoded by it.
    Buffer,
    /// No encoding at all.
    Unknown,
}

const NAMES: &[(&str, Scheme)] = &[
    ("utf8", Scheme::Utf8),
    ("utf-8", Scheme::Utf8),
    ("ucs2", Scheme::Utf16),
    ("ucs-2", Scheme::Utf16),
    ("utf16le", Scheme::Utf16),
    ("utf-16le", Scheme::Utf16),
    ("latin1", Scheme::Latin1),
    ("binary", Scheme::Latin1),
    ("ascii", Scheme::Latin1),
    ("base64", Scheme::Base64),
    ("base64url", Scheme::Base64),
    ("hex", Scheme::Hex),
    ("buffer", Scheme::Buffer),
];

impl Encoding {
    /// An unknown name: a stream of bytes refuses the text, a stream in object mode ignores the name.
    pub const UNKNOWN: Self = Self { name: "unknown", scheme: Scheme::Unknown };

    /// The encoding of that name, in any case: Node's eleven names with their spellings, and
    /// `buffer`, which a write may name although no text has it.
    ///
    /// # Errors
    /// [`Error::UnknownEncoding`] (`ERR_UNKNOWN_ENCODING`).
    ///
    /// ```
    /// use stream_backpressure::Encoding;
    /// assert_eq!(Encoding::named("UTF-8")?.name(), "utf-8");
    /// assert!(Encoding::named("utf9").is_err());
    /// # Ok::<(), stream_backpressure::Error<std::convert::Infallible>>(())
    /// ```
    pub fn named(name: &str) -> Result<Self, Error<Infallible>> {
        NAMES
            .iter()
            .find(|(known, _)| name.eq_ignore_ascii_case(known))
            .map(|(name, scheme)| Self { name, scheme: *scheme })
            .ok_or(Error::UnknownEncoding)
    }

    /// Its name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The bytes of a text, in linear time. Never fails: invalid hex ends the text and invalid base64 is skipped, as in
    /// Node. Empty for `buffer` and [`UNKNOWN`](Self::UNKNOWN).
    ///
    /// ```
    /// # use stream_backpressure::Encoding;
    /// assert_eq!(Encoding::named("hex")?.decode("6869xx"), b"hi");
    /// assert_eq!(Encoding::named("latin1")?.decode("\u{20ac}"), [0xac]);
    /// # Ok::<(), stream_backpressure::Error<std::convert::Infallible>>(())
    /// ```
    #[must_use]
    pub fn decode(self, text: &str) -> Vec<u8> {
        match self.scheme {
            Scheme::Utf8 => text.as_bytes().to_vec(),
            Scheme::Utf16 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Scheme::Latin1 => low_bytes(text).collect(),
            Scheme::Base64 => base64(low_bytes(text)).collect(),
            Scheme::Hex => hex(low_bytes(text)).collect(),
            Scheme::Buffer | Scheme::Unknown => Vec::new(),
        }
    }

    /// How many bytes [`decode`](Self::decode) returns for a text of `units` UTF-16 units, without making
    /// them.
    pub(crate) fn decoded_len(self, text: &str, units: usize) -> usize {
        match self.scheme {
            Scheme::Utf8 => text.len(),
            Scheme::Utf16 => units * 2,
            Scheme::Latin1 => units,
            Scheme::Base64 => base64(low_bytes(text)).count(),
            Scheme::Hex => hex(low_bytes(text)).count(),
            Scheme::Buffer | Scheme::Unknown => 0,
        }
    }

    /// The encoding as a stream's default, which has one name for utf8.
    pub(crate) fn as_default(self) -> Self {
        if self.scheme == Scheme::Utf8 { Self::default() } else { self }
    }

    /// Whether text of this encoding can be decoded.
    pub(crate) fn decodes(self) -> bool {
        !matches!(self.scheme, Scheme::Buffer | Scheme::Unknown)
    }

    /// Whether it is `buffer`.
    pub(crate) fn is_buffer(self) -> bool {
        self.scheme == Scheme::Buffer
    }
}

impl Default for Encoding {
    /// utf8.
    fn default() -> Self {
        Self { name: "utf8", scheme: Scheme::Utf8 }
    }
}

impl core::fmt::Debug for Encoding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name)
    }
}

fn hex(text: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    let mut digits = text.map(|byte| char::from(byte).to_digit(16));
    let pair = move || Some(digits.next()?? << 4 | digits.next()??);
    core::iter::from_fn(pair).map(|pair| pair as u8)
}

/// The low bytes of a text's UTF-16 units, which are all that Node reads.
fn low_bytes(text: &str) -> impl Iterator<Item = u8> {
    text.encode_utf16().map(|unit| unit as u8)
}

fn base64(text: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    let mut sextets = text.take_while(|byte| *byte != b'=').filter_map(sextet);
    let (mut bits, mut held) = (0_u32, 0);
    core::iter::from_fn(move || {
        while held < 8 {
            bits = bits << 6 | u32::from(sextets.next()?);
            held += 6;
        }
        held -= 8;
        Some((bits >> held) as u8)
    })
}

/// The value of a base64 character, of either alphabet.
fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    fn decode(encoding: &str, text: &str) -> Vec<u8> {
        Encoding::named(encoding).expect("known").decode(text)
    }

    #[test]
    fn base64_skips_what_is_none_and_ends_at_its_padding() {
        assert_eq!(decode("base64", "YQ==YQ=="), b"a");
        assert_eq!(decode("base64", "YWJj ZGVm"), b"abcdef");
        assert_eq!(decode("base64url", "Y!W*J-j_+/"), [0x61, 0x62, 0x7e, 0x8f, 0xff, 0xbf]);
        assert_eq!(decode("base64", "YWJjZ"), b"abc");
        assert_eq!(decode("base64", "=YWJj"), b"");
    }

    #[test]
    fn hex_ends_at_the_first_character_that_is_none() {
        assert_eq!(decode("hex", "abxxcd"), [0xab]);
        assert_eq!(decode("hex", "abc"), [0xab]);
        assert_eq!(decode("hex", "a\u{e9}"), []);
        assert_eq!(decode("hex", "\u{161}\u{162}"), [0xab], "only low bytes are looked at");
        assert_eq!(decode("base64", "YW\u{14a}j"), b"abc");
        assert_eq!(decode("base64", "YWJ\u{13d}j"), b"ab");
    }

    #[test]
    fn wide_characters_keep_their_low_bytes() {
        assert_eq!(decode("ascii", "\u{e9}\u{20ac}\u{1f600}"), [0xe9, 0xac, 0x3d, 0x00]);
        assert_eq!(decode("ucs2", "a\u{1f600}"), [0x61, 0, 0x3d, 0xd8, 0, 0xde]);
    }
}
