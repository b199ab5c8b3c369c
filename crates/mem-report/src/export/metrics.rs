//! The `metrics` crate: gauges and a histogram of its global (or local) recorder.

use super::{GcType, Observation};
use core::time::Duration;
use metrics::Unit;

const GC: &str = "nodejs_gc_duration_seconds";

/// Sets a gauge for each figure that is present, and describes it.
///
/// ```
/// use mem_report::export::{Observation, metrics};
/// use mem_report::{Figure, MemoryUsage, Source};
///
/// let usage = MemoryUsage::new().with(Figure::HeapUsed, 3_092_008, Source::HEAP);
/// metrics::record(&Observation::new(usage));
/// ```
pub fn record(observation: &Observation) {
    for gauge in observation.prometheus() {
        metrics::describe_gauge!(gauge.name, Unit::Bytes, gauge.help);
        let handle = match gauge.space {
            Some(space) => metrics::gauge!(gauge.name, "space" => space),
            None => metrics::gauge!(gauge.name),
        };
        handle.set(gauge.bytes as f64);
    }
}

/// Enters a collection's time in `nodejs_gc_duration_seconds`.
pub fn record_gc(kind: GcType, duration: Duration) {
    metrics::describe_histogram!(GC, Unit::Seconds, "time of a garbage collection");
    metrics::histogram!(GC, "kind" => kind.name()).record(duration.as_secs_f64());
}
