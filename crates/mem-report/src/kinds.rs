//! What memory consists of: a table by kind, and the difference of two.

use crate::Allocations;
use core::fmt;
use std::borrow::Cow;

/// One kind of thing that occupies memory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Kind {
    /// The account that the kind is part of ("heap", "buffers"). Bytes of one group add up; bytes of
    /// two groups may be the same memory seen twice.
    pub group: Cow<'static, str>,
    /// The kind's name ("strings").
    pub name: Cow<'static, str>,
    /// How many there are, where the source counts them.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub count: Option<u64>,
    /// How many bytes they occupy.
    pub bytes: u64,
}

/// A table of what memory consists of, in the order of its groups and names.
///
/// A group and a name occur once. Looking one up takes O(log n).
///
/// ```
/// use mem_report::Kinds;
///
/// let mut before = Kinds::new();
/// before.add("heap", "strings", 10, 480);
/// let mut after = before.clone();
/// after.add("heap", "strings", 200, 201_600);
/// let difference = after.since(&before);
/// assert_eq!(difference.changes()[0].to_string(), "strings +200, +201,600 bytes");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Kinds {
    /// Sorted by group and name, without two alike.
    rows: Vec<Kind>,
}

/// How far one kind has moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindChange {
    /// The kind's group.
    pub group: Cow<'static, str>,
    /// The kind's name.
    pub name: Cow<'static, str>,
    /// How many more or fewer, where both tables count them.
    pub count: Option<i128>,
    /// How many bytes more or fewer.
    pub bytes: i128,
}

/// The kinds that differ between two tables, the largest change of bytes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindsDifference {
    changes: Vec<KindChange>,
}

impl Kinds {
    /// An empty table.
    #[must_use]
    pub const fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds to a kind's count and bytes; sums that do not fit stay at the largest number.
    pub fn add(
        &mut self,
        group: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        count: u64,
        bytes: u64,
    ) {
        self.add_row(Kind { group: group.into(), name: name.into(), count: Some(count), bytes });
    }

    /// Adds to the bytes of a kind that is not counted.
    pub fn add_bytes(
        &mut self,
        group: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        bytes: u64,
    ) {
        self.add_row(Kind { group: group.into(), name: name.into(), count: None, bytes });
    }

    /// Adds the blocks and bytes that an allocator's scope left allocated; nothing where it freed more than it
    /// allocated.
    pub fn add_allocations(
        &mut self,
        group: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        left: &Allocations,
    ) {
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        self.add(group, name, number(left.live_blocks), number(left.live_bytes));
    }

    /// Adds a row, or its figures to the one that has its group and name. The sum has a count if both
    /// have one.
    pub fn add_row(&mut self, row: Kind) {
        match self.position(&row.group, &row.name) {
            Ok(at) => {
                let own = &mut self.rows[at];
                own.count = own.count.zip(row.count).map(|(a, b)| a.saturating_add(b));
                own.bytes = own.bytes.saturating_add(row.bytes);
            }
            Err(at) => self.rows.insert(at, row),
        }
    }

    /// The rows, sorted by group and name.
    #[must_use]
    pub fn rows(&self) -> &[Kind] {
        &self.rows
    }

    /// One kind's row.
    #[must_use]
    pub fn get(&self, group: &str, name: &str) -> Option<&Kind> {
        self.position(group, name).ok().map(|at| &self.rows[at])
    }

    /// The groups' names, sorted.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.rows.chunk_by(|a, b| a.group == b.group).map(|rows| rows[0].group.as_ref())
    }

    /// The rows of one group, sorted by name.
    #[must_use]
    pub fn group(&self, group: &str) -> &[Kind] {
        let from = self.rows.partition_point(|row| row.group.as_ref() < group);
        let to = self.rows.partition_point(|row| row.group.as_ref() <= group);
        &self.rows[from..to]
    }

    /// Whether the table has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes over the rows of another table.
    pub fn extend(&mut self, other: Self) {
        for row in other.rows {
            self.add_row(row);
        }
    }

    /// What differs from an earlier table; a kind that one of them lacks counts as 0 there.
    ///
    /// O(n), and O(m log m) for m kinds that differ.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> KindsDifference {
        let (mut old, mut new) = (earlier.rows.iter().peekable(), self.rows.iter().peekable());
        let mut changes = Vec::new();
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => break,
                (Some(_), None) => core::cmp::Ordering::Less,
                (None, Some(_)) => core::cmp::Ordering::Greater,
                (Some(old), Some(new)) => (&old.group, &old.name).cmp(&(&new.group, &new.name)),
            };
            let then = if order.is_le() { old.next() } else { None };
            let now = if order.is_ge() { new.next() } else { None };
            changes.extend(KindChange::between(then, now));
        }
        changes.sort_by_key(|change: &KindChange| core::cmp::Reverse(change.bytes.unsigned_abs()));
        KindsDifference { changes }
    }

    fn position(&self, group: &str, name: &str) -> Result<usize, usize> {
        self.rows
            .binary_search_by(|row| (row.group.as_ref(), row.name.as_ref()).cmp(&(group, name)))
    }
}

impl KindChange {
    /// The change from one row to another, if there is one.
    fn between(then: Option<&Kind>, now: Option<&Kind>) -> Option<Self> {
        let row = now.or(then)?;
        let count = |row: Option<&Kind>| row.map_or(Some(0), |row| row.count).map(i128::from);
        let bytes = |row: Option<&Kind>| row.map_or(0, |row| i128::from(row.bytes));
        let change = Self {
            group: row.group.clone(),
            name: row.name.clone(),
            count: count(now).zip(count(then)).map(|(now, then)| now - then),
            bytes: bytes(now) - bytes(then),
        };
        (change.bytes != 0 || change.count.is_some_and(|count| count != 0)).then_some(change)
    }
}

impl KindsDifference {
    /// The kinds that differ, the largest change of bytes first.
    #[must_use]
    pub fn changes(&self) -> &[KindChange] {
        &self.changes
    }

    /// Whether no kind differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The change of one kind, if it differs.
    #[must_use]
    pub fn get(&self, group: &str, name: &str) -> Option<&KindChange> {
        self.changes.iter().find(|change| change.group == group && change.name == name)
    }
}

/// Without the group: `strings +200, +201,600 bytes`.
impl fmt::Display for KindChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(count) = self.count {
            write!(f, " {},", crate::human::signed(count))?;
        }
        write!(f, " {} bytes", crate::human::signed(self.bytes))
    }
}
