//! Texts and bytes: Node's encodings in both directions (`lib/buffer.js`, `src/string_bytes.cc`).

use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R};
use crate::objects::string::Text;
use crate::thrown::Outcome;
use std::fmt::Write;
use stream_backpressure::Encoding;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The encoding that a program names; `buffer` is none here.
pub(super) fn named(name: &str) -> Option<Encoding> {
    Encoding::named(name).ok().filter(|encoding| encoding.name() != "buffer")
}

/// The name of an encoding's scheme.
fn scheme(encoding: Encoding) -> &'static str {
    match encoding.name() {
        "utf8" | "utf-8" => "utf8",
        "ucs2" | "ucs-2" | "utf16le" | "utf-16le" => "utf16le",
        "latin1" | "binary" => "latin1",
        other => other,
    }
}

/// The bytes of a string in an encoding.
pub(super) fn encode(text: &Text, encoding: Encoding) -> Vec<u8> {
    match (scheme(encoding), text) {
        ("utf8", Text::OneByte(text)) if text.is_ascii() => text.clone(),
        ("latin1" | "ascii", Text::OneByte(text)) => text.clone(),
        ("latin1" | "ascii", Text::TwoByte(text)) => text.iter().map(|unit| *unit as u8).collect(),
        ("utf16le", text) => text.units().iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        _ => encoding.decode(&text.to_text()),
    }
}

/// How a string in an encoding is measured: by what `Buffer.byteLength` says.
pub(super) fn byte_length(text: &Text, encoding: Encoding) -> usize {
    match scheme(encoding) {
        "latin1" | "ascii" => text.len(),
        "utf16le" => 2 * text.len(),
        "hex" => text.len() / 2,
        "base64" | "base64url" => {
            let mut length = text.len();
            for _ in 0..2 {
                if length > 0 && text.at(length - 1) == u16::from(b'=') {
                    length -= 1;
                }
            }
            length * 3 / 4
        }
        _ => encode(text, encoding).len(),
    }
}

/// Bytes as a text of an encoding.
fn decode(bytes: &[u8], encoding: Encoding) -> Text {
    match scheme(encoding) {
        "latin1" => Text::OneByte(bytes.to_vec()),
        "ascii" => Text::OneByte(bytes.iter().map(|byte| byte & 0x7f).collect()),
        "utf16le" => {
            let pairs = bytes.as_chunks::<2>().0.iter();
            Text::TwoByte(pairs.map(|pair| u16::from_le_bytes(*pair)).collect())
        }
        "hex" => {
            let mut text = String::with_capacity(2 * bytes.len());
            for byte in bytes {
                let _ = write!(text, "{byte:02x}");
            }
            Text::OneByte(text.into_bytes())
        }
        "base64" => Text::OneByte(base64(bytes, BASE64, true)),
        "base64url" => Text::OneByte(base64(bytes, BASE64_URL, false)),
        _ if bytes.is_ascii() => Text::OneByte(bytes.to_vec()),
        _ => Text::TwoByte(String::from_utf8_lossy(bytes).encode_utf16().collect()),
    }
}

fn base64(bytes: &[u8], alphabet: &[u8; 64], padded: bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |place| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            if place <= group.len() {
                text.push(alphabet[(bits >> (18 - 6 * place) & 63) as usize]);
            } else if padded {
                text.push(b'=');
            }
        }
    }
    text
}

impl Machine {
    /// The encoding that an argument names: utf8 if it names none.
    pub(super) fn encoding_of(&mut self, value: R) -> Outcome<Encoding> {
        if !self.is_string(value) {
            return Ok(Encoding::default());
        }
        let name = self.rust_string(value)?;
        if name.is_empty() {
            return Ok(Encoding::default());
        }
        self.encoding_named(&name)
    }

    pub(super) fn encoding_named(&mut self, name: &str) -> Outcome<Encoding> {
        match named(name) {
            Some(encoding) => Ok(encoding),
            None => self.throw_unknown_encoding(name),
        }
    }

    pub(crate) fn throw_unknown_encoding<T>(&mut self, name: &str) -> Outcome<T> {
        let message = format!("Unknown encoding: {name}");
        self.throw_node_error(ErrorKind::TypeError, "ERR_UNKNOWN_ENCODING", &message)
    }

    /// The bytes of a string in an encoding, and its length in units.
    pub(crate) fn encoded(&mut self, string: R, encoding: Encoding) -> Outcome<(Vec<u8>, usize)> {
        let text = self.text(string)?;
        Ok((encode(&text, encoding), text.len()))
    }

    /// A string of bytes in an encoding.
    pub(crate) fn decoded(&mut self, to: R, bytes: &[u8], encoding: Encoding) -> Outcome {
        match decode(bytes, encoding) {
            Text::OneByte(text) => self.new_one_byte(to, &text),
            Text::TwoByte(text) => self.new_string(to, &text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BASE64, BASE64_URL, base64};

    #[test]
    fn base64_is_padded_and_base64url_is_not() {
        assert_eq!(base64(b"ab", BASE64, true), b"YWI=");
        assert_eq!(base64(b"a", BASE64_URL, false), b"YQ");
        assert_eq!(base64(&[0xfb, 0xff, 0xbf], BASE64, true), b"+/+/");
        assert_eq!(base64(&[0xfb, 0xff, 0xbf], BASE64_URL, false), b"-_-_");
    }
}
