//! The exporters, against the crates that they export to.

use mem_report::export::{Conventions, GcType, Observation, Space};
use mem_report::{Figure, MemoryUsage, Source};
use std::time::Duration;

/// All but arrayBuffers, and two spaces.
fn observation() -> Observation {
    let usage = MemoryUsage::new()
        .with(Figure::Rss, 27_541_504, Source::VM_RSS)
        .with(Figure::HeapTotal, 5_685_248, Source::HEAP)
        .with(Figure::HeapUsed, 3_092_008, Source::HEAP)
        .with(Figure::External, 214_186, Source::POOL);
    let space = |name, used| Space { name, size: 1 << 20, used, available: 4096, physical: 8192 };
    let mut observation = Observation::new(usage)
        .with_space(space("new_space".into(), 100))
        .with_space(space("large_object_space".into(), 200));
    observation.virtual_size = Some(1 << 40);
    observation
}

#[test]
fn prometheus_client_scrapes_what_is_present() {
    use mem_report::export::prometheus_client::{GcDurations, MemoryCollector};
    use prometheus_client::{encoding::text::encode, registry::Registry};

    let mut registry = Registry::default();
    registry.register_collector(Box::new(MemoryCollector::new(observation)));
    let durations = GcDurations::register(&mut registry);
    durations.record(GcType::Minor, Duration::from_millis(20));
    durations.record(GcType::WeakCallbacks, Duration::from_secs(5));
    let mut text = String::new();
    encode(&mut text, &registry).expect("text");
    for line in [
        "# TYPE process_resident_memory_bytes gauge",
        "process_resident_memory_bytes 27541504",
        "process_virtual_memory_bytes 1099511627776",
        "nodejs_heap_size_total_bytes 5685248",
        "nodejs_heap_size_used_bytes 3092008",
        "nodejs_external_memory_bytes 214186",
        "nodejs_heap_space_size_used_bytes{space=\"new\"} 100",
        "nodejs_heap_space_size_used_bytes{space=\"large_object\"} 200",
        "nodejs_heap_space_size_available_bytes{space=\"new\"} 4096",
        "nodejs_gc_duration_seconds_bucket{le=\"0.01\",kind=\"minor\"} 0",
        "nodejs_gc_duration_seconds_bucket{le=\"0.1\",kind=\"minor\"} 1",
        "nodejs_gc_duration_seconds_bucket{le=\"1.0\",kind=\"weakcb\"} 0",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("array_buffers"), "an absent figure is not exported:\n{text}");
    assert_eq!(text.matches("# TYPE nodejs_heap_space_size_used_bytes").count(), 1);
}

#[test]
fn the_metrics_crate_s_recorder_gets_gauges_and_histograms() {
    use metrics_util::debugging::{DebugValue, DebuggingRecorder};

    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, || {
        mem_report::export::metrics::record(&observation());
        mem_report::export::metrics::record_gc(GcType::Major, Duration::from_millis(1500));
    });
    let mut seen: Vec<String> = Vec::new();
    for (key, unit, help, value) in recorder.snapshotter().snapshot().into_vec() {
        assert!(unit.is_some() && help.is_some());
        let labels: Vec<_> =
            key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let value = match value {
            DebugValue::Gauge(value) => value.into_inner(),
            DebugValue::Histogram(values) => values.iter().map(|value| value.into_inner()).sum(),
            DebugValue::Counter(value) => value as f64,
        };
        seen.push(format!("{}{{{}}} {value}", key.key().name(), labels.join(",")));
    }
    for expected in [
        "process_resident_memory_bytes{} 27541504",
        "nodejs_heap_size_used_bytes{} 3092008",
        "nodejs_heap_space_size_total_bytes{space=new} 1048576",
        "nodejs_gc_duration_seconds{kind=major} 1.5",
    ] {
        assert!(seen.iter().any(|it| it == expected), "{expected} is not in {seen:#?}");
    }
    assert!(!seen.iter().any(|it| it.contains("array_buffers")));
}

/// What OpenTelemetry's reader collects: `name{attributes} value`.
fn collected(conventions: Conventions) -> Vec<String> {
    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
    use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};

    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
    let meter = provider.meter("test");
    let _counters = mem_report::export::opentelemetry::observe(&meter, conventions, observation);
    let durations = mem_report::export::opentelemetry::GcDurations::new(&meter);
    durations.record(GcType::Incremental, Duration::from_millis(50));
    provider.force_flush().expect("metrics are collected");
    let mut seen = Vec::new();
    let resources = exporter.get_finished_metrics().expect("metrics");
    let scopes = resources.iter().flat_map(|resource| resource.scope_metrics());
    for metric in scopes.flat_map(|scope| scope.metrics()) {
        match metric.data() {
            AggregatedMetrics::I64(MetricData::Sum(sum)) => {
                assert!(!sum.is_monotonic(), "an up-down counter");
                assert_eq!(metric.unit(), "By");
                for point in sum.data_points() {
                    let attributes: Vec<_> = point
                        .attributes()
                        .map(|it| format!("{}={}", it.key, it.value.as_str()))
                        .collect();
                    let name = metric.name();
                    seen.push(format!("{name}{{{}}} {}", attributes.join(","), point.value()));
                }
            }
            AggregatedMetrics::F64(MetricData::Histogram(histogram)) => {
                assert_eq!(metric.unit(), "s");
                for point in histogram.data_points() {
                    let bounds: Vec<_> = point.bounds().collect();
                    let kind: Vec<_> = point.attributes().map(|it| it.value.to_string()).collect();
                    seen.push(format!("{}{kind:?} {bounds:?} {}", metric.name(), point.sum()));
                }
            }
            other => panic!("{}: {other:?}", metric.name()),
        }
    }
    seen
}

#[test]
fn opentelemetry_collects_under_the_current_names() {
    let seen = collected(Conventions::Current);
    for expected in [
        "process.memory.usage{} 27541504",
        "process.memory.virtual{} 1099511627776",
        "v8js.memory.heap.used{v8js.heap.space.name=new_space} 100",
        "v8js.memory.heap.space.size{v8js.heap.space.name=large_object_space} 1048576",
        "v8js.memory.heap.space.available_size{v8js.heap.space.name=new_space} 4096",
        "v8js.memory.heap.space.physical_size{v8js.heap.space.name=new_space} 8192",
        "v8js.gc.duration[\"incremental\"] [0.01, 0.1, 1.0, 10.0] 0.05",
    ] {
        assert!(seen.iter().any(|it| it == expected), "{expected} is not in {seen:#?}");
    }
    assert!(!seen.iter().any(|it| it.contains("heap.limit") || it.contains("js.heap.space.ava")));
}

#[test]
fn opentelemetry_collects_under_the_renamed_names_or_both() {
    let limit = "v8js.memory.heap.limit{v8js.heap.space.name=new_space} 1048576".to_owned();
    let available =
        "v8js.heap.space.available_size{v8js.heap.space.name=new_space} 4096".to_owned();
    let current = "v8js.memory.heap.space.size{v8js.heap.space.name=new_space} 1048576".to_owned();
    let used = "v8js.memory.heap.used{v8js.heap.space.name=new_space} 100".to_owned();
    let renamed = collected(Conventions::Renamed);
    assert!(renamed.contains(&limit) && renamed.contains(&available) && renamed.contains(&used));
    assert!(!renamed.contains(&current));
    let both = collected(Conventions::Both);
    assert!(both.contains(&limit) && both.contains(&current));
    assert_eq!(both.iter().filter(|it| **it == used).count(), 1);
}

#[test]
fn the_names_are_those_of_the_semantic_conventions() {
    use opentelemetry_semantic_conventions::{attribute, metric};
    let names: Vec<String> = collected(Conventions::Current);
    for name in [
        metric::PROCESS_MEMORY_USAGE,
        metric::PROCESS_MEMORY_VIRTUAL,
        metric::V8JS_MEMORY_HEAP_USED,
        metric::V8JS_MEMORY_HEAP_SPACE_SIZE,
        metric::V8JS_MEMORY_HEAP_SPACE_AVAILABLE_SIZE,
        metric::V8JS_MEMORY_HEAP_SPACE_PHYSICAL_SIZE,
        metric::V8JS_GC_DURATION,
    ] {
        assert!(names.iter().any(|it| it.starts_with(name)), "{name}");
    }
    assert!(names.iter().any(|it| it.contains(attribute::V8JS_HEAP_SPACE_NAME)));
    assert_eq!(attribute::V8JS_GC_TYPE, "v8js.gc.type");
}
