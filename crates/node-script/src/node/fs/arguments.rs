//! Arguments of `fs`'s functions: paths, descriptors, encodings and what is to be written (`lib/internal/fs/utils.js`).

use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R};
use crate::objects::class::ObjectKind;
use crate::objects::object::Type;
use crate::thrown::Outcome;
use std::path::PathBuf;

/// `Number.MAX_SAFE_INTEGER`.
const SAFE: f64 = 9_007_199_254_740_991.0;

impl Machine {
    pub(in crate::node) fn file_path(&mut self, value: R) -> Outcome<(String, PathBuf)> {
        self.file_path_of(value, "path")
    }

    /// The path that an argument of a name gives (`getValidatedPath`).
    pub(super) fn file_path_of(&mut self, value: R, name: &str) -> Outcome<(String, PathBuf)> {
        let path = match self.type_of(value) {
            Type::String => self.rust_string(value)?,
            _ if self.is_uint8_array(value)? => {
                String::from_utf8_lossy(&self.bytes_of(value)?).into_owned()
            }
            _ => match self.url_path(value)? {
                Some(path) => path,
                None => {
                    let must = "of type string or an instance of Buffer or URL";
                    return self.throw_argument_type(name, must, value);
                }
            },
        };
        if path.contains('\0') {
            let why = "must be a string, Uint8Array, or URL without null bytes";
            return self.throw_argument_that(name, why, value);
        }
        let whole = match path.is_empty() {
            true => PathBuf::new(),
            false => self.options.directory.join(&path),
        };
        Ok((path, whole))
    }

    /// The path of a `file:` URL; none of what is no URL.
    fn url_path(&mut self, value: R) -> Outcome<Option<String>> {
        if !self.is_object(value) {
            return Ok(None);
        }
        let url = self.scoped(|machine| {
            let text = machine.temp()?;
            machine.get_text(text, value, "href")?;
            Ok(match machine.is_string(text) {
                true => url::Url::parse(&machine.rust_string(text)?).ok(),
                false => None,
            })
        })?;
        let Some(url) = url else { return Ok(None) };
        if url.scheme() != "file" {
            let (code, text) = ("ERR_INVALID_URL_SCHEME", "The URL must be of scheme file");
            return self.throw_node_error(ErrorKind::TypeError, code, text);
        }
        Ok(url.to_file_path().ok().map(|path| path.to_string_lossy().into_owned()))
    }

    /// The number that is a descriptor (`getValidatedFd`).
    pub(super) fn descriptor_number(&mut self, value: R) -> Outcome<usize> {
        Ok(self.check_integer("fd", value, 0.0, f64::from(i32::MAX))? as usize)
    }

    /// Whether a value is a descriptor rather than a path.
    pub(super) fn is_descriptor(&mut self, value: R) -> Outcome<bool> {
        if self.type_of(value) == Type::BigInt {
            let text = "Cannot mix BigInt and other types, use explicit conversions";
            return self.throw_type_error(text);
        }
        let number = self.registers().number(value);
        Ok(number.is_some_and(|number| f64::from(number as i32) == number))
    }

    /// Where to read: whole numbers and BigInts count; no number at all goes on where the file is.
    pub(super) fn file_position(&mut self, value: R) -> Outcome<Option<f64>> {
        let number = match self.type_of(value) {
            Type::Undefined | Type::Null => return Ok(None),
            Type::BigInt => self.big_int_text(value, 10)?.parse().unwrap_or(-1.0),
            found if found.is_number() => self.check_integer("position", value, -1.0, SAFE)?,
            _ => {
                let must = "of type bigint or integer";
                return self.throw_argument_type("position", must, value);
            }
        };
        Ok(Some(number).filter(|number| *number >= 0.0))
    }

    /// The encoding that options name, or are: none, or one that is known.
    pub(super) fn read_encoding(&mut self, to: R, options: R) -> Outcome {
        match self.type_of(options) {
            Type::Undefined | Type::Null => return Ok(()),
            Type::String => self.copy(to, options),
            Type::Object(_) if self.is_callable(options) => return Ok(()),
            Type::Object(_) => self.get_text(to, options, "encoding")?,
            _ => {
                let must = "one of type string or object";
                return self.throw_argument_type("options", must, options);
            }
        }
        let known = match self.is_string(to) {
            true => {
                let name = self.rust_string(to)?;
                name.is_empty() || name == "buffer" || crate::node::buffer::is_known(&name)
            }
            false => !self.to_boolean(to),
        };
        if !known {
            return self.throw_argument_that("encoding", "is invalid encoding", to);
        }
        if !self.to_boolean(to) {
            self.undefined(to);
        }
        Ok(())
    }

    /// What is to be written: a string, or bytes.
    pub(super) fn file_bytes(&mut self, value: R, name: &str) -> Outcome<Vec<u8>> {
        match self.kind_of(value) {
            Some(ObjectKind::TypedArray | ObjectKind::DataView) => self.bytes_of(value),
            _ if self.is_string(value) => Ok(self.rust_string(value)?.into_bytes()),
            _ => {
                let shown = self.received(value);
                let text = format!(
                    "The \"{name}\" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received {shown}"
                );
                self.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_TYPE", &text)
            }
        }
    }

    /// A file's new length: what is below nothing is nothing.
    pub(super) fn file_length(&mut self, value: R) -> Outcome<u64> {
        if self.is_undefined(value) {
            return Ok(0);
        }
        Ok(self.check_integer("len", value, -SAFE, SAFE)?.max(0.0) as u64)
    }
}
