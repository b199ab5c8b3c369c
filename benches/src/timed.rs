//! Workloads that time parts of themselves, so that peers in other processes, and Node, can be compared: what they print,
//! and the clocks.

use cpu_time::ProcessTime;
use std::fmt;
use std::time::Instant;

/// A workload of the program `timed`: its name, its implementations, and what runs one of them.
pub struct TimedWorkload {
    /// The first argument of `timed`.
    pub name: &'static str,
    /// The second argument, ours first.
    pub implementations: &'static [TimedImplementation],
}

/// An implementation's name, and what runs it at a size and gives its figures.
pub type TimedImplementation = (&'static str, fn(usize) -> Report);

/// The result of a run and the figures that it measured. It prints as lines `NAME VALUE`; the result's name is `result`.
pub struct Report {
    /// The same for all implementations of a workload.
    pub result: u64,
    /// The figures' names, which are units, and values.
    pub figures: Vec<(&'static str, f64)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "result {}", self.result)?;
        self.figures.iter().try_for_each(|(name, value)| write!(f, "\n{name} {value}"))
    }
}

/// A time by two clocks, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Milliseconds {
    /// User and system time of all threads of the process.
    pub cpu: f64,
    /// By the wall clock, which includes the time of other processes.
    pub wall: f64,
}

/// Runs `part` once and returns how long it took.
pub fn time(part: impl FnOnce()) -> Milliseconds {
    let (cpu, wall) = (ProcessTime::now(), Instant::now());
    part();
    let (wall, cpu) = (wall.elapsed(), cpu.elapsed());
    Milliseconds { cpu: cpu.as_secs_f64() * 1e3, wall: wall.as_secs_f64() * 1e3 }
}

/// Runs `part` `runs` times and returns the median of its time by each clock.
///
/// # Panics
/// If `runs` is 0.
pub fn median(runs: usize, mut part: impl FnMut()) -> Milliseconds {
    let times: Vec<_> = (0..runs).map(|_| time(&mut part)).collect();
    Milliseconds {
        cpu: middle(times.iter().map(|time| time.cpu).collect()),
        wall: middle(times.iter().map(|time| time.wall).collect()),
    }
}

/// The median; for an even number of values the greater of the middle two.
///
/// # Panics
/// If there is no value.
#[must_use]
pub fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn a_report_prints_its_result_and_a_line_for_each_figure() {
        let report = Report { result: 7, figures: vec![("CPU ms", 1.5), ("wall ms", 2.0)] };
        assert_eq!(report.to_string(), "result 7\nCPU ms 1.5\nwall ms 2");
    }
}
