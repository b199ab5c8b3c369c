//! Own properties: as they were found, and as they are to be defined.

use super::class::{Flags, Place};
use super::representation::Representation;
use crate::machine::R;

/// An own property that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    None,
    Field(Place, Flags, Representation),
    /// A slot of the dictionary of names.
    Entry(usize, Flags),
    /// The engine's own.
    Internal(u16, Flags),
}

impl Found {
    pub(crate) fn flags(self) -> Option<Flags> {
        match self {
            Self::None => None,
            Self::Field(_, flags, _) | Self::Entry(_, flags) | Self::Internal(_, flags) => {
                Some(flags)
            }
        }
    }
}

/// A property as it is to be defined (ECMA-262's property descriptor). Values are registers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Descriptor {
    pub value: Option<R>,
    pub getter: Option<R>,
    pub setter: Option<R>,
    pub writable: Option<bool>,
    pub enumerable: Option<bool>,
    pub configurable: Option<bool>,
}

impl Descriptor {
    pub(crate) fn data(value: R, flags: Flags) -> Self {
        Self {
            value: Some(value),
            writable: Some(flags.writable()),
            enumerable: Some(flags.enumerable()),
            configurable: Some(flags.configurable()),
            ..Self::default()
        }
    }

    pub(crate) fn is_accessor(&self) -> bool {
        self.getter.is_some() || self.setter.is_some()
    }

    pub(crate) fn is_data(&self) -> bool {
        self.value.is_some() || self.writable.is_some()
    }
}
