//! How far a figure of the replay may be from the document's or a real Node's, and what is said of it.

use mem_report::{Figure, human};

/// What is said of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The figures are the same.
    Equal,
    /// The difference is this small.
    Within(Tolerance),
    /// The data file says why it is larger.
    Explained(String),
    /// Nobody knows why.
    Unexplained(Tolerance),
}

impl Verdict {
    /// How bad it is.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Equal => 0,
            Self::Within(_) => 1,
            Self::Explained(_) => 2,
            Self::Unexplained(_) => 3,
        }
    }
}

/// How far a figure may be from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    pub per_cent: u64,
    /// Bytes that are within it in any case.
    pub bytes: u64,
}

impl Tolerance {
    /// Absolute figures: what a Node of the version that is played has, and the document.
    pub const fn of(figure: Figure) -> Self {
        match figure {
            Figure::HeapTotal => Self { per_cent: 10, bytes: 0 },
            Figure::HeapUsed => Self { per_cent: 1, bytes: 0 },
            Figure::External => Self { per_cent: 2, bytes: 0 },
            Figure::ArrayBuffers => Self { per_cent: 0, bytes: 0 },
            // Of the resident set only the change is compared: it is another program's code.
            Figure::Rss => Self { per_cent: 25, bytes: 4 << 20 },
        }
    }

    /// Of a Node that stands beside: as [`of`](Self::of), and a page of V8's heap. V8 counts what is left of a page of code as used
    /// from the time when code is made until the next collection, and as free afterwards; which of both differs from
    /// program to program and from run to run. The document's figures were printed once and are compared without that.
    pub const fn beside_a_node(figure: Figure) -> Self {
        match figure {
            Figure::HeapUsed => Self { per_cent: 1, bytes: 256 << 10 },
            _ => Self::of(figure),
        }
    }

    fn allows(self, difference: i128, of: i128) -> bool {
        let difference = difference.unsigned_abs();
        difference <= u128::from(self.bytes)
            || difference * 100 <= of.unsigned_abs() * u128::from(self.per_cent)
    }
}

/// Why a figure may differ, and at most by how many bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reason<'d> {
    pub why: &'d str,
    pub at_most: Option<u64>,
}

/// The verdict on a figure that is `own` here and `other` there. `whole` is the figure of which the tolerance is a part.
pub fn verdict(
    tolerance: Tolerance,
    own: i128,
    other: i128,
    whole: i128,
    reason: Option<Reason<'_>>,
) -> Verdict {
    let difference = own - other;
    let explains = |reason: &Reason<'_>| {
        reason.at_most.is_none_or(|most| difference.unsigned_abs() <= u128::from(most))
    };
    match reason.filter(explains) {
        _ if difference == 0 => Verdict::Equal,
        _ if tolerance.allows(difference, whole) => Verdict::Within(tolerance),
        Some(Reason { why, .. }) => Verdict::Explained(why.to_owned()),
        None => Verdict::Unexplained(tolerance),
    }
}

impl core::fmt::Display for Tolerance {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self { per_cent: 0, bytes: 0 } => f.write_str("nothing"),
            Self { per_cent, bytes: 0 } => write!(f, "{per_cent} %"),
            Self { per_cent, bytes } => write!(f, "{per_cent} % or {}", human::mib(*bytes)),
        }
    }
}
