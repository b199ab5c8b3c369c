//! JSON and what else serde writes, in Node's spelling.
//!
//! A present figure is a number; an absent one is left out. What is read may have, in place of a number,
//! a map with the source ([`Detailed`] writes it); a number without a source is Node's.

use crate::{Figure, Kind, Kinds, MemoryUsage, Precision, Reading, Source};
use core::fmt;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

impl Serialize for MemoryUsage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.present().count()))?;
        for (figure, reading) in self.present() {
            map.serialize_entry(figure.name(), &reading.bytes)?;
        }
        map.end()
    }
}

/// Figures that are written with their sources:
/// `{"rss":{"bytes":27541504,"source":"VmRSS","precision":"noisy"}}`.
#[derive(Clone, Copy, Debug)]
pub struct Detailed<'a>(pub &'a MemoryUsage);

impl Serialize for Detailed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.present().count()))?;
        for (figure, reading) in self.0.present() {
            map.serialize_entry(figure.name(), &reading)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for MemoryUsage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Figures;
        impl<'de> Visitor<'de> for Figures {
            type Value = MemoryUsage;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the figures of process.memoryUsage()")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MemoryUsage, A::Error> {
                let mut usage = MemoryUsage::new();
                while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                    match Figure::from_name(&name) {
                        Some(figure) if usage.reading(figure).is_some() => {
                            return Err(A::Error::custom(format_args!("{figure} is there twice")));
                        }
                        Some(figure) => usage.set(figure, map.next_value()?),
                        None => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(usage)
            }
        }
        deserializer.deserialize_map(Figures)
    }
}

impl Serialize for Reading {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("bytes", &self.bytes)?;
        map.serialize_entry("source", self.source.name())?;
        map.serialize_entry("precision", &self.source.precision())?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Reading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u64),
            Detailed { bytes: u64, source: String, precision: Precision },
        }
        match Written::deserialize(deserializer)? {
            Written::Number(bytes) => Ok(Self::new(bytes, Source::NODE)),
            Written::Detailed { bytes, source, precision } => {
                let source = Source::from_name(&source, precision)
                    .ok_or_else(|| D::Error::custom("too many sources, or one with a long name"))?;
                Ok(Self::new(bytes, source))
            }
        }
    }
}

/// Rows in any order; those of one kind are added up.
impl<'de> Deserialize<'de> for Kinds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut kinds = Self::new();
        for row in Vec::<Kind>::deserialize(deserializer)? {
            kinds.add_row(row);
        }
        Ok(kinds)
    }
}
