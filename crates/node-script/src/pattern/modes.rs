//! Flags.

/// An expression's flags.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Modes {
    /// `g`, `y` and `d`, which do not change what matches.
    pub global: bool,
    pub sticky: bool,
    pub indices: bool,
    pub ignore_case: bool,
    pub multiline: bool,
    pub dot_all: bool,
    /// `u` or `v`: characters are code points.
    pub unicode: bool,
    /// `v`: classes have strings and operations.
    pub sets: bool,
    /// What Node 24 has: flags of a group alone, and names that groups in different ways of a choice share.
    pub since_24: bool,
}

impl Modes {
    /// The flags of letters, of which unknown ones are nothing.
    pub fn of(letters: &str) -> Self {
        Self {
            global: letters.contains('g'),
            sticky: letters.contains('y'),
            indices: letters.contains('d'),
            ignore_case: letters.contains('i'),
            multiline: letters.contains('m'),
            dot_all: letters.contains('s'),
            unicode: letters.contains(['u', 'v']),
            sets: letters.contains('v'),
            since_24: false,
        }
    }
}
