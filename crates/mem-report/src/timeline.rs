//! Samples in order, under labels. No unsafe code.

use crate::{Difference, Figure, MemoryUsage};
use core::fmt;

/// The five figures at one labelled moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What had just happened.
    pub label: String,
    /// The figures then.
    pub usage: MemoryUsage,
}

/// Samples in the order in which they were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    samples: Vec<Sample>,
}

impl Timeline {
    /// Adds a sample.
    pub fn push(&mut self, label: impl Into<String>, usage: MemoryUsage) {
        self.samples.push(Sample { label: label.into(), usage });
    }

    /// The samples in order.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Each sample but the first, with what has changed since the one before it.
    pub fn differences(&self) -> impl Iterator<Item = (&Sample, Difference)> {
        self.samples.windows(2).map(|pair| (&pair[1], pair[1].usage.since(&pair[0].usage)))
    }
}

/// A line per sample; the resident set is left out, because it does not repeat.
impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for sample in &self.samples {
            write!(f, "{}:", sample.label)?;
            for figure in &Figure::ALL[1..] {
                write!(f, " {} {}", figure.name(), figure.of(&sample.usage))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
