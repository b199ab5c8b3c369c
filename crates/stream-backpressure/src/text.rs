//! Chunks that may be text.
//!
//! The rules for chunks and for the length of a text follow `_write` in Node's `lib/internal/streams/writable.js`.

use crate::chunk::{Chunk, Rules};
use crate::encoding::Encoding;
use crate::error::Error;
use crate::options::NodeVersion;
use core::convert::Infallible;

/// A text, with or without an encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// The encoding. If the writer named none, the sink sees the stream's default.
    pub encoding: Option<Encoding>,
    /// The number of UTF-16 units, which is the length of a text.
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

    /// A text in an encoding.
    #[must_use]
    pub fn encoded(mut self, encoding: Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// The length in UTF-16 units, as in JavaScript.
    #[must_use]
    pub fn utf16_len(&self) -> usize {
        self.units
    }
}

/// A chunk as a JavaScript program may write it: bytes, text, or another value.
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
    /// Another value, which only a stream in object mode takes.
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
                if !fits(encoding, rules) {
                    return Err(Error::UnknownEncoding);
                }
                Ok(if rules.decode_strings {
                    encoding.decoded_len(&text.text, text.units)
                } else {
                    text.units
                })
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

/// Whether a stream with these rules accepts text of this encoding.
fn fits(encoding: Encoding, rules: Rules) -> bool {
    // Until Node 22 a text could name `buffer`, as bytes do, where it was not decoded.
    let bears = !rules.decode_strings && rules.node < NodeVersion::V24;
    encoding.decodes() || encoding.is_buffer() && bears
}

#[cfg(test)]
mod tests {
    use super::{Data, Text};
    use crate::chunk::{Chunk, Rules};
    use crate::encoding::Encoding;
    use crate::error::Error;
    use crate::options::NodeVersion;

    #[test]
    fn text_counts_its_utf16_units_where_it_is_not_decoded() {
        let mut rules = Rules {
            object_mode: false,
            decode_strings: false,
            default_encoding: Encoding::named("latin1").expect("known"),
            node: NodeVersion::V20,
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
        assert_eq!(check(false, NodeVersion::V22), Ok(1));
        assert_eq!(check(false, NodeVersion::V24), Err(Error::UnknownEncoding));
        assert_eq!(check(true, NodeVersion::V20), Err(Error::UnknownEncoding));
    }
}
