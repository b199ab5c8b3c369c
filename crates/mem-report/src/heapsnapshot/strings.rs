//! All strings of a snapshot in one run of bytes; the generated names of a weak map's entries as three numbers each.

/// The strings, by their index in the file.
#[derive(Debug, Default)]
pub struct Strings {
    bytes: Vec<u8>,
    /// Where each string ends in `bytes`.
    ends: Vec<u64>,
    /// The entries whose names the file has as strings, in the order of those.
    entries: Vec<NamedEntry>,
    /// How many were longer than the limit.
    cut: u64,
}

/// An entry of a weak map, as V8's snapshot names it: node identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WeakEntry {
    /// The identity of the key.
    pub key: u32,
    /// The identity of the value.
    pub value: u32,
    /// The identity of the table, which belongs to the weak map.
    pub table: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct NamedEntry {
    pub string: u32,
    pub entry: WeakEntry,
}

impl Strings {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn reserve(&mut self, strings: usize) {
        self.ends.reserve_exact(strings);
    }

    /// A string's bytes are appended here, then [`finish_string`](Self::finish_string) ends it.
    pub fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    pub fn finish_string(&mut self, is_cut: bool) {
        if is_cut {
            self.bytes.extend_from_slice("…".as_bytes());
            self.cut += 1;
        }
        let start = self.ends.last().map_or(0, |end| *end as usize);
        if let Some(entry) = entry_of(&self.bytes[start..]) {
            self.entries.push(NamedEntry { string: self.ends.len() as u32, entry });
            self.bytes.truncate(start);
        }
        self.ends.push(self.bytes.len() as u64);
    }

    pub fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.entries.shrink_to_fit();
    }

    /// A string, empty where the file has none of that index or the name of an entry.
    pub fn get(&self, index: u32) -> &str {
        let index = index as usize;
        let Some(end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        let bytes = self.bytes.get(start as usize..*end as usize).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or("\u{fffd}")
    }

    pub fn entries(&self) -> &[NamedEntry] {
        &self.entries
    }

    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// Bytes that it takes.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity() + 8 * self.ends.capacity() + 16 * self.entries.capacity()
    }
}

/// The entry that a name of the form `3 / part of key (K @1) -> value (V @3) pair in WeakMap (table @5)` stands for
/// (`V8HeapExplorer::ExtractEphemeronHashTableReferences` in V8's `src/profiler/heap-snapshot-generator.cc`).
fn entry_of(name: &[u8]) -> Option<WeakEntry> {
    let rest = name.strip_suffix(b")")?;
    let (rest, table) = identity(rest)?;
    let rest = rest.strip_suffix(b") pair in WeakMap (table")?;
    let (rest, value) = identity(rest)?;
    // A name may hold anything, so the key's identity is the last that the value's opening follows.
    let middle = b") -> value (";
    let at = rest.windows(middle.len()).rposition(|window| window == middle)?;
    let (rest, key) = identity(&rest[..at])?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_entry = digits > 0 && rest[digits..].starts_with(b" / part of key (");
    is_entry.then_some(WeakEntry { key, value, table })
}

/// Splits ` @123` from the end.
fn identity(text: &[u8]) -> Option<(&[u8], u32)> {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (rest, digits) = text.split_at(text.len() - digits);
    let number = core::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((rest.strip_suffix(b" @")?, number))
}

#[cfg(test)]
mod tests {
    use super::{WeakEntry, entry_of};

    #[test]
    fn the_name_of_an_entry_gives_its_three_identities() {
        let name =
            b"3 / part of key (K @4603) -> value (f (x) -> @1 @57119) pair in WeakMap (table @57065)";
        let entry = WeakEntry { key: 4603, value: 57119, table: 57065 };
        assert_eq!(entry_of(name), Some(entry));
    }

    #[test]
    fn another_name_is_no_entry() {
        for name in
            ["", ")", "3 / part of key (K @1) -> value (V @2)", "pair in WeakMap (table @5)"]
        {
            assert_eq!(entry_of(name.as_bytes()), None, "{name}");
        }
        let without_number = b"a / part of key (K @1) -> value (V @2) pair in WeakMap (table @3)";
        assert_eq!(entry_of(without_number), None);
    }
}
