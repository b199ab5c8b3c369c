//! OpenTelemetry: observable up-down counters, and the histogram of collections.

use super::{Conventions, GC_BUCKETS, GcType, Observation, SPACE_PARTS, names};
use core::time::Duration;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter, ObservableUpDownCounter};
use std::sync::Arc;

/// The attribute that names a space.
const SPACE_NAME: &str = "v8js.heap.space.name";
/// The attribute that names a kind of collection.
const GC_TYPE: &str = "v8js.gc.type";

/// Registers an observable counter for each figure; the closure is called for each of them when metrics are
/// collected.
///
/// ```
/// use mem_report::export::{Conventions, Observation, opentelemetry::observe};
/// use mem_report::{MemoryUsage, resident_set};
///
/// let meter = opentelemetry::global::meter("my service");
/// let counters = observe(&meter, Conventions::Current, || {
///     let mut usage = MemoryUsage::new();
///     usage.set(mem_report::Figure::Rss, resident_set().ok());
///     Observation::new(usage)
/// });
/// assert!(!counters.is_empty());
/// ```
pub fn observe(
    meter: &Meter,
    conventions: Conventions,
    observe: impl Fn() -> Observation + Send + Sync + 'static,
) -> Vec<ObservableUpDownCounter<i64>> {
    let observe = Arc::new(observe);
    let spaces = SPACE_PARTS.iter().flat_map(|(current, renamed, help, _)| {
        names(conventions, current, *renamed).map(move |name| (name, *help))
    });
    let process = [
        ("process.memory.usage", "the process's resident set"),
        ("process.memory.virtual", "the process's address space"),
    ];
    let instruments = process.into_iter().chain(spaces).map(|(name, help)| {
        let observe = Arc::clone(&observe);
        meter
            .i64_observable_up_down_counter(name)
            .with_unit("By")
            .with_description(help)
            .with_callback(move |instrument| {
                for gauge in observe().open_telemetry(conventions) {
                    if gauge.name == name {
                        let space = gauge.space.map(|space| KeyValue::new(SPACE_NAME, space));
                        let bytes = i64::try_from(gauge.bytes).unwrap_or(i64::MAX);
                        instrument.observe(bytes, space.as_slice());
                    }
                }
            })
            .build()
    });
    instruments.collect()
}

/// The histogram `v8js.gc.duration`, in seconds.
#[derive(Clone, Debug)]
pub struct GcDurations(Histogram<f64>);

impl GcDurations {
    /// Makes it.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        let histogram = meter
            .f64_histogram("v8js.gc.duration")
            .with_unit("s")
            .with_description("garbage collection duration")
            .with_boundaries(GC_BUCKETS.to_vec());
        Self(histogram.build())
    }

    /// Enters a collection's time.
    pub fn record(&self, kind: GcType, duration: Duration) {
        self.0.record(duration.as_secs_f64(), &[KeyValue::new(GC_TYPE, kind.name())]);
    }
}
