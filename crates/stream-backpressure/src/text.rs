//! Chunks that may be text, and the encodings by which text becomes bytes.
//!
//! Names and rules are those of `Buffer.from(string, encoding)` in Node's `lib/buffer.js`.

use crate::chunk::{Chunk, Rules};
use crate::error::Error;
use crate::options::Node;
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
    /// The name that bytes bear; no text can be decoded by it.
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
    /// A name that is none: a stream of bytes refuses its text, a stream of objects does not look.
    pub const UNKNOWN: Self = Self { name: "unknown", scheme: Scheme::Unknown };

    /// The encoding of that name, in any case: Node's eleven names with their spellings, and
    /// `buffer`, which a write may name though it is none.
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

    /// The bytes of a text, in time linear in it. Never fails: what is no hex or base64 ends or is
    /// skipped, as Node does it. Empty for `buffer` and [`UNKNOWN`](Self::UNKNOWN).
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

    /// How many bytes [`decode`](Self::decode) gives, without making them.
    fn decoded_len(self, text: &Text) -> usize {
        match self.scheme {
            Scheme::Utf8 => text.text.len(),
            Scheme::Utf16 => text.units * 2,
            Scheme::Latin1 => text.units,
            Scheme::Base64 => base64(low_bytes(&text.text)).count(),
            Scheme::Hex => hex(low_bytes(&text.text)).count(),
            Scheme::Buffer | Scheme::Unknown => 0,
        }
    }

    /// The encoding as a stream's default, which has one name for utf8.
    pub(crate) fn as_default(self) -> Self {
        if self.scheme == Scheme::Utf8 { Self::default() } else { self }
    }

    /// Whether a stream by these rules takes text of this encoding.
    fn fits(self, rules: Rules) -> bool {
        match self.scheme {
            Scheme::Unknown => false,
            Scheme::Buffer => !rules.decode_strings && rules.node < Node::V24,
            _ => true,
        }
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

/// The low bytes of a text's UTF-16 units, which is all that Node looks at.
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

/// A text with its encoding, if it names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Its encoding. The sink sees the stream's default here where the writer named none.
    pub encoding: Option<Encoding>,
    /// UTF-16 units, which is what a text counts.
    units: usize,
}

impl Text {
    /// A text that names no encoding.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let units = text.encode_utf16().count();
        Self { text, encoding: None, units }
    }

    /// The same with an encoding.
    #[must_use]
    pub fn encoded(mut self, encoding: Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// Its length as JavaScript counts it, in UTF-16 units.
    #[must_use]
    pub fn utf16_len(&self) -> usize {
        self.units
    }
}

/// A chunk as a JavaScript program may write it: bytes, text, or what is neither.
///
/// ```
/// use stream_backpressure::{Completion, Data, Event, Options, Sink, Writable};
///
/// #[derive(Default)]
/// struct Bytes(Vec<u8>);
/// impl Sink<Data> for Bytes {
///     type Error = std::convert::Infallible;
///     fn write(&mut self, chunk: Data) -> Completion<Self::Error> {
///         let Data::Bytes(bytes) = chunk else { unreachable!("text is decoded") };
///         self.0.extend(bytes);
///         Completion::Done
///     }
/// }
///
/// let mut writable = Writable::over(Options::default(), Bytes::default());
/// writable.write(Data::text("h\u{e9}"))?;
/// assert_eq!(writable.sink().0, "h\u{e9}".as_bytes());
/// assert_eq!(writable.write(Data::Null).unwrap_err().error.code(), Some("ERR_STREAM_NULL_VALUES"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Data {
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    Text(Text),
    /// `null`, which no stream takes.
    Null,
    /// Another value, which only a stream of objects takes.
    Other(u64),
}

impl Data {
    /// A text that names no encoding.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Text::new(text))
    }
}

impl Chunk for Data {
    fn length(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Text(text) => text.units,
            Self::Null | Self::Other(_) => 0,
        }
    }

    fn check(&self, rules: Rules) -> Result<usize, Error<Infallible>> {
        match self {
            Self::Null => Err(Error::NullValues),
            _ if rules.object_mode => Ok(self.length()),
            Self::Bytes(bytes) => Ok(bytes.len()),
            Self::Other(_) => Err(Error::InvalidChunk),
            Self::Text(text) => {
                let encoding = text.encoding.unwrap_or(rules.default_encoding);
                if !encoding.fits(rules) {
                    return Err(Error::UnknownEncoding);
                }
                Ok(if rules.decode_strings { encoding.decoded_len(text) } else { text.units })
            }
        }
    }

    fn prepare(&mut self, rules: Rules) {
        if let Self::Text(text) = self
            && !rules.object_mode
        {
            let encoding = text.encoding.unwrap_or(rules.default_encoding);
            if rules.decode_strings {
                *self = Self::Bytes(encoding.decode(&text.text));
            } else {
                text.encoding = Some(encoding);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Data, Encoding, Text};
    use crate::chunk::{Chunk, Rules};
    use crate::error::Error;
    use crate::options::Node;

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

    #[test]
    fn text_counts_its_utf16_units_where_it_is_not_decoded() {
        let mut rules = Rules {
            object_mode: false,
            decode_strings: false,
            default_encoding: Encoding::named("latin1").expect("known"),
            node: Node::V20,
        };
        let mut chunk = Data::text("\u{1f600}");
        assert_eq!(chunk.check(rules), Ok(2));
        chunk.prepare(rules);
        assert_eq!(chunk.length(), 2);
        let Data::Text(Text { encoding: Some(encoding), .. }) = &chunk else { panic!("text") };
        assert_eq!(encoding.name(), "latin1");
        rules.decode_strings = true;
        assert_eq!(chunk.check(rules), Ok(2));
        chunk.prepare(rules);
        assert_eq!(chunk, Data::Bytes(vec![0x3d, 0x00]));
    }

    #[test]
    fn buffer_is_an_encoding_for_old_nodes_that_do_not_decode() {
        let buffer = Encoding::named("buffer").expect("known");
        let check = |decode_strings, node| {
            let default_encoding = Encoding::default();
            let rules = Rules { object_mode: false, decode_strings, default_encoding, node };
            Data::Text(Text::new("x").encoded(buffer)).check(rules)
        };
        assert_eq!(check(false, Node::V22), Ok(1));
        assert_eq!(check(false, Node::V24), Err(Error::UnknownEncoding));
        assert_eq!(check(true, Node::V20), Err(Error::UnknownEncoding));
    }
}
