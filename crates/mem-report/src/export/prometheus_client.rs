//! The `prometheus-client` crate: a collector that reads when it is scraped.

use super::{GC_BUCKETS, GcType, Observation};
use core::fmt;
use core::time::Duration;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Reads a closure at each scrape.
///
/// ```
/// use mem_report::export::{Observation, prometheus_client::MemoryCollector};
/// use mem_report::{Figure, MemoryUsage, Source};
/// use prometheus_client::{encoding::text::encode, registry::Registry};
///
/// let usage = MemoryUsage::new().with(Figure::HeapUsed, 3_092_008, Source::HEAP);
/// let mut registry = Registry::default();
/// registry.register_collector(Box::new(MemoryCollector::new(move || Observation::new(usage))));
/// let mut text = String::new();
/// encode(&mut text, &registry)?;
/// assert!(text.contains("nodejs_heap_size_used_bytes 3092008\n"));
/// # Ok::<(), std::fmt::Error>(())
/// ```
pub struct MemoryCollector<F>(F);

impl<F: Fn() -> Observation + Send + Sync + 'static> MemoryCollector<F> {
    /// Of a closure that observes.
    pub const fn new(observe: F) -> Self {
        Self(observe)
    }
}

impl<F> fmt::Debug for MemoryCollector<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemoryCollector").finish_non_exhaustive()
    }
}

impl<F: Fn() -> Observation + Send + Sync + 'static> Collector for MemoryCollector<F> {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let gauges = (self.0)().prometheus();
        for family in gauges.chunk_by(|a, b| a.name == b.name) {
            let (name, help) = (family[0].name, family[0].help);
            let kind = ConstGauge::new(0_u64).metric_type();
            let mut metric = encoder.encode_descriptor(name, help, None, kind)?;
            if family[0].space.is_none() {
                ConstGauge::new(family[0].bytes).encode(metric)?;
                continue;
            }
            for gauge in family {
                let space = gauge.space.as_deref().unwrap_or_default();
                ConstGauge::new(gauge.bytes).encode(metric.encode_family(&[("space", space)])?)?;
            }
        }
        Ok(())
    }
}

/// The histogram `nodejs_gc_duration_seconds`, by kind.
#[derive(Clone, Debug)]
pub struct GcDurations(Family<Kind, Histogram, fn() -> Histogram>);

/// The label of a kind of collection.
type Kind = [(&'static str, &'static str); 1];

impl GcDurations {
    /// Registers it.
    pub fn register(registry: &mut Registry) -> Self {
        let family =
            Family::new_with_constructor((|| Histogram::new(GC_BUCKETS)) as fn() -> Histogram);
        registry.register(
            "nodejs_gc_duration_seconds",
            "time of a garbage collection",
            family.clone(),
        );
        Self(family)
    }

    /// Enters a collection's time.
    pub fn record(&self, kind: GcType, duration: Duration) {
        self.0.get_or_create(&[("kind", kind.name())]).observe(duration.as_secs_f64());
    }
}
