//! [`Buffer`] and [`Frozen`] as values: equality, order and hashes are those of the slice of their bytes; comparison with
//! slices, vectors and strings; iteration; formatting.

use crate::frozen::Frozen;
use crate::raw::buffer::Buffer;
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::FusedIterator;
use std::string::FromUtf8Error;

/// The bytes of a buffer, one by one.
#[derive(Clone, Debug)]
pub struct IntoIter<B> {
    bytes: B,
    start: usize,
    end: usize,
}

impl<B: AsRef<[u8]>> IntoIter<B> {
    fn new(bytes: B) -> Self {
        let end = bytes.as_ref().len();
        Self { bytes, start: 0, end }
    }
}

impl<B: AsRef<[u8]>> Iterator for IntoIter<B> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.as_ref()[..self.end].get(self.start)?;
        self.start += 1;
        Some(byte)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end - self.start;
        (left, Some(left))
    }
}

impl<B: AsRef<[u8]>> DoubleEndedIterator for IntoIter<B> {
    fn next_back(&mut self) -> Option<u8> {
        let byte = *self.bytes.as_ref()[self.start..self.end].last()?;
        self.end -= 1;
        Some(byte)
    }
}

impl<B: AsRef<[u8]>> ExactSizeIterator for IntoIter<B> {}
impl<B: AsRef<[u8]>> FusedIterator for IntoIter<B> {}

/// The traits of a type that dereferences to its bytes.
macro_rules! value {
    ($bytes:ident) => {
        impl AsRef<[u8]> for $bytes {
            fn as_ref(&self) -> &[u8] {
                self
            }
        }

        impl Borrow<[u8]> for $bytes {
            fn borrow(&self) -> &[u8] {
                self
            }
        }

        impl PartialEq for $bytes {
            fn eq(&self, other: &Self) -> bool {
                **self == **other
            }
        }

        impl Eq for $bytes {}

        impl Hash for $bytes {
            /// The hash of the slice of its bytes, so that a map can be searched by a slice.
            fn hash<H: Hasher>(&self, state: &mut H) {
                (**self).hash(state);
            }
        }

        impl PartialOrd for $bytes {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $bytes {
            fn cmp(&self, other: &Self) -> Ordering {
                (**self).cmp(&**other)
            }
        }

        impl fmt::Debug for $bytes {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($bytes), "({:02x?})"), &**self)
            }
        }

        impl fmt::LowerHex for $bytes {
            /// Two digits a byte.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let prefix = if f.alternate() { "0x" } else { "" };
                f.write_str(prefix)?;
                self.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::UpperHex for $bytes {
            /// Two digits a byte.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let prefix = if f.alternate() { "0x" } else { "" };
                f.write_str(prefix)?;
                self.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
            }
        }

        impl<'a> IntoIterator for &'a $bytes {
            type Item = &'a u8;
            type IntoIter = std::slice::Iter<'a, u8>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        impl IntoIterator for $bytes {
            type Item = u8;
            type IntoIter = IntoIter<Self>;

            fn into_iter(self) -> Self::IntoIter {
                IntoIter::new(self)
            }
        }

        impl TryFrom<$bytes> for String {
            type Error = FromUtf8Error;

            /// The bytes as UTF-8: moved if they came from a vector, otherwise copied.
            fn try_from(bytes: $bytes) -> Result<Self, FromUtf8Error> {
                Self::from_utf8(Vec::from(bytes))
            }
        }

        compare!($bytes, [u8], |other| other);
        compare!($bytes, str, |other| other.as_bytes());
        compare!($bytes, Vec<u8>, |other| other);
        compare!($bytes, String, |other| other.as_bytes());
        compare!($bytes, &[u8], |other| other);
        compare!($bytes, &str, |other| other.as_bytes());
        compare!($bytes, [u8; N], |other| other, const N: usize);
        compare!($bytes, &[u8; N], |other| &other[..], const N: usize);
    };
}

/// Comparison with another type, in both directions.
macro_rules! compare {
    ($bytes:ident, $other:ty, |$it:ident| $slice:expr $(, $($generic:tt)*)?) => {
        impl$(<$($generic)*>)? PartialEq<$other> for $bytes {
            fn eq(&self, $it: &$other) -> bool {
                let other: &[u8] = $slice;
                **self == *other
            }
        }

        impl$(<$($generic)*>)? PartialEq<$bytes> for $other {
            fn eq(&self, other: &$bytes) -> bool {
                *other == *self
            }
        }

        impl$(<$($generic)*>)? PartialOrd<$other> for $bytes {
            fn partial_cmp(&self, $it: &$other) -> Option<Ordering> {
                let other: &[u8] = $slice;
                (**self).partial_cmp(other)
            }
        }

        impl$(<$($generic)*>)? PartialOrd<$bytes> for $other {
            fn partial_cmp(&self, other: &$bytes) -> Option<Ordering> {
                other.partial_cmp(self).map(Ordering::reverse)
            }
        }
    };
}

value!(Buffer);
value!(Frozen);

impl PartialEq<Frozen> for Buffer {
    fn eq(&self, other: &Frozen) -> bool {
        **self == **other
    }
}

impl PartialEq<Buffer> for Frozen {
    fn eq(&self, other: &Buffer) -> bool {
        **self == **other
    }
}

impl From<Buffer> for Vec<u8> {
    /// A copy.
    fn from(buffer: Buffer) -> Self {
        buffer.to_vec()
    }
}
