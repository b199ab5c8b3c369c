//! Budgets in a TOML file whose change is itself reviewed.
//!
//! ```toml
//! [[budget]]                    # heapUsed of one sample
//! sample = "after warm-up"
//! heapUsed = "12 MiB"
//!
//! [[budget]]                    # how far liveBytes may rise from one sample to another
//! since = "after warm-up"
//! sample = "after 1000 requests"
//! liveBytes = "64 KiB"
//! allocations = 5000
//!
//! [[budget]]                    # rss of every sample
//! rss = "96 MiB"
//! ```
//!
//! Each [`Metric`]'s name may have a limit, which is the most it may be: a number, or a text with a unit
//! (bytes, KiB, MiB, GiB).

use crate::check::{self, Violation};
use crate::{Metric, Timeline};
use core::fmt;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The budgets of a file.
///
/// ```
/// use mem_report::{Figure, MemoryUsage, Source, Timeline, budget::Budgets};
///
/// let budgets = Budgets::parse("[[budget]]\nsample = \"loaded\"\nheapUsed = \"4 KiB\"")?;
/// let mut timeline = Timeline::new();
/// timeline.push("loaded", MemoryUsage::new().with(Figure::HeapUsed, 5000, Source::HEAP));
/// let exceeded = budgets.check(&timeline);
/// assert!(exceeded[0].to_string().starts_with(
///     "heapUsed of \"loaded\" is 5,000 bytes; allowed: at most 4,096 bytes"
/// ));
/// # Ok::<(), mem_report::budget::BudgetError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budgets {
    budgets: Vec<Budget>,
}

/// Limits on one sample, on the change to it from another one, or on every sample.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Budget {
    sample: Option<String>,
    since: Option<String>,
    limits: Vec<(Metric, i128)>,
}

/// Why a text holds no budgets.
#[derive(Debug)]
#[non_exhaustive]
pub enum BudgetError {
    /// It is not TOML, or not of the shape that this module describes.
    Toml(toml::de::Error),
    /// A budget names a metric that does not exist.
    UnknownMetric {
        /// The budget, counted from 1.
        budget: usize,
        /// The name.
        name: String,
    },
    /// A limit is no number of bytes or calls.
    Limit {
        /// The budget, counted from 1.
        budget: usize,
        /// The metric.
        metric: Metric,
    },
    /// A budget has no limit.
    NoLimit {
        /// The budget, counted from 1.
        budget: usize,
    },
    /// A budget says `since` and no `sample`.
    SinceWithoutSample {
        /// The budget, counted from 1.
        budget: usize,
    },
}

impl fmt::Display for BudgetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Toml(_) => f.write_str("the file of budgets cannot be read"),
            Self::UnknownMetric { budget, name } => {
                write!(
                    f,
                    "budget {budget}: there is no metric \"{}\"; there are ",
                    name.escape_debug()
                )?;
                let names: Vec<_> = Metric::ALL.iter().map(|metric| metric.name()).collect();
                f.write_str(&names.join(", "))
            }
            Self::Limit { budget, metric } => write!(
                f,
                "budget {budget}: the limit of {metric} is no whole number, nor a text as \"12 MiB\""
            ),
            Self::NoLimit { budget } => write!(f, "budget {budget}: it limits no metric"),
            Self::SinceWithoutSample { budget } => {
                write!(f, "budget {budget}: `since` needs a `sample` at which the change ends")
            }
        }
    }
}

impl core::error::Error for BudgetError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Toml(error) => Some(error),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    budget: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    sample: Option<String>,
    since: Option<String>,
    #[serde(flatten)]
    limits: BTreeMap<String, toml::Value>,
}

impl Budgets {
    /// Reads a file's text.
    ///
    /// # Errors
    /// The text is not TOML of this shape, or a name or limit in it means nothing.
    pub fn parse(text: &str) -> Result<Self, BudgetError> {
        let file: File = toml::from_str(text).map_err(BudgetError::Toml)?;
        let numbered = file.budget.into_iter().enumerate();
        let budgets = numbered.map(|(index, written)| Budget::read(index + 1, written));
        Ok(Self { budgets: budgets.collect::<Result<_, _>>()? })
    }

    /// What exceeds its budget, in the file's order; a budget whose sample or metric does not exist is
    /// exceeded too, so that none is forgotten. O(budgets × samples).
    #[must_use]
    pub fn check(&self, timeline: &Timeline) -> Vec<Violation> {
        self.budgets.iter().flat_map(|budget| budget.check(timeline)).collect()
    }

    /// Whether the file has no budget.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.budgets.is_empty()
    }
}

impl Budget {
    fn read(number: usize, written: Written) -> Result<Self, BudgetError> {
        let Written { sample, since, limits } = written;
        if since.is_some() && sample.is_none() {
            return Err(BudgetError::SinceWithoutSample { budget: number });
        }
        if limits.is_empty() {
            return Err(BudgetError::NoLimit { budget: number });
        }
        let limits = limits.into_iter().map(|(name, value)| {
            let metric = Metric::from_name(&name)
                .ok_or(BudgetError::UnknownMetric { budget: number, name })?;
            let limit =
                limit(&value, metric).ok_or(BudgetError::Limit { budget: number, metric })?;
            Ok((metric, limit))
        });
        Ok(Self { sample, since, limits: limits.collect::<Result<_, _>>()? })
    }

    fn check(&self, timeline: &Timeline) -> Vec<Violation> {
        let mut exceeded = Vec::new();
        for (metric, limit) in &self.limits {
            match (&self.sample, &self.since) {
                (Some(sample), Some(since)) => {
                    exceeded
                        .extend(check::change(timeline, *metric, since, sample, ..=*limit).err());
                }
                (Some(sample), None) => {
                    exceeded.extend(check::value(timeline, *metric, sample, ..=*limit).err());
                }
                (None, _) => exceeded.extend(check::every(timeline, *metric, ..=*limit).err()),
            }
        }
        exceeded
    }
}

/// A limit: a whole number, or for bytes a text with a unit.
fn limit(value: &toml::Value, metric: Metric) -> Option<i128> {
    match value {
        toml::Value::Integer(number) => (*number >= 0).then_some((*number).into()),
        toml::Value::String(text) if metric.is_bytes() => {
            let (number, unit) = text.trim().split_once(' ')?;
            let unit = match unit.trim_start() {
                "bytes" => 1.0,
                "KiB" => 1024.0,
                "MiB" => 1_048_576.0,
                "GiB" => 1_073_741_824.0,
                _ => return None,
            };
            let bytes = number.parse::<f64>().ok()? * unit;
            (0.0..=u64::MAX as f64).contains(&bytes).then_some(bytes as i128)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{BudgetError, Budgets};
    use crate::{Figure, MemoryUsage, Source, Timeline};

    #[test]
    fn a_budget_that_names_no_metric_is_refused_with_the_names_there_are() {
        let error = Budgets::parse("[[budget]]\nheap_used = 1").expect_err("no such metric");
        assert!(
            matches!(&error, BudgetError::UnknownMetric { budget: 1, name } if name == "heap_used")
        );
        assert!(error.to_string().contains("heapUsed"));
    }

    #[test]
    fn limits_that_are_none_are_refused() {
        for limit in ["-1", "\"12 MB\"", "\"12\"", "\"-1 MiB\"", "\"nan MiB\"", "true", "1.5"] {
            let error = Budgets::parse(&format!("[[budget]]\nrss = {limit}")).expect_err(limit);
            assert!(matches!(error, BudgetError::Limit { .. }), "{limit}");
        }
        assert!(matches!(Budgets::parse("[[budget]"), Err(BudgetError::Toml(_))));
        assert!(matches!(Budgets::parse("[[budgets]]"), Err(BudgetError::Toml(_))));
        let since = Budgets::parse("[[budget]]\nsince = \"a\"\nrss = 1");
        assert!(matches!(since, Err(BudgetError::SinceWithoutSample { budget: 1 })));
        let nothing = Budgets::parse("[[budget]]\nrss = 1\n[[budget]]\nsample = \"a\"");
        assert!(matches!(nothing, Err(BudgetError::NoLimit { budget: 2 })));
    }

    #[test]
    fn a_budget_without_a_sample_holds_for_every_sample() {
        let budgets = Budgets::parse("[[budget]]\nheapUsed = \"0.5 KiB\"").expect("budgets");
        let mut timeline = Timeline::new();
        let used = |bytes| MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP);
        timeline.push("a", used(512));
        assert!(budgets.check(&timeline).is_empty());
        timeline.push("b", used(513));
        timeline.push("c", used(0));
        assert_eq!(budgets.check(&timeline).len(), 1);
    }

    #[test]
    fn a_budget_of_a_sample_or_metric_that_is_not_there_counts_as_exceeded() {
        let text = "[[budget]]\nsample = \"gone\"\nrss = 1\n[[budget]]\nsample = \"a\"\nrss = 1";
        let mut timeline = Timeline::new();
        timeline.push("a", MemoryUsage::new());
        let exceeded = Budgets::parse(text).expect("budgets").check(&timeline);
        let words: Vec<_> = exceeded.iter().map(|one| one.to_string()).collect();
        assert!(words[0].starts_with("no sample is called \"gone\""), "{words:?}");
        assert!(words[1].starts_with("the sample \"a\" has no rss"), "{words:?}");
    }
}
