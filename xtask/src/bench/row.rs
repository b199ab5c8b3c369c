//! A row of the table: one figure of one benchmark, by implementation.

use serde::Serialize;

/// One figure of one benchmark, by every implementation; the first is ours.
#[derive(Serialize)]
pub struct Row {
    pub benchmark: String,
    pub unit: String,
    pub results: Vec<Measured>,
}

#[derive(Serialize)]
pub struct Measured {
    pub implementation: String,
    pub value: f64,
    /// This implementation's value divided by ours.
    pub ratio: f64,
}

impl Row {
    /// A row, if ours is among the results; ours comes first.
    pub fn new(
        benchmark: String,
        unit: &str,
        ours: &str,
        mut results: Vec<(String, f64)>,
    ) -> Option<Self> {
        let own = results.iter().position(|(name, _)| name == ours)?;
        results[..=own].rotate_right(1);
        let base = results[0].1;
        let results = results
            .into_iter()
            .map(|(implementation, value)| Measured { implementation, value, ratio: value / base })
            .collect();
        Some(Self { benchmark, unit: unit.to_owned(), results })
    }
}

#[cfg(test)]
mod tests {
    use super::Row;

    #[test]
    fn ours_comes_first_and_ratios_are_to_it() {
        let results = vec![("a".into(), 6.0), ("ours".into(), 2.0), ("b".into(), 1.0)];
        let row = Row::new("x".into(), "ns", "ours", results).expect("ours is there");
        let names: Vec<_> = row.results.iter().map(|m| m.implementation.as_str()).collect();
        assert_eq!(names, ["ours", "a", "b"]);
        assert_eq!(row.results.iter().map(|m| m.ratio).collect::<Vec<_>>(), [1.0, 3.0, 0.5]);
        assert!(Row::new("x".into(), "ns", "ours", vec![("a".into(), 1.0)]).is_none());
    }
}
