//! Figures for monitoring: under Prometheus's and OpenTelemetry's names.
//!
//! An exporter takes a closure that gives an [`Observation`], and asks it when it is asked itself. A figure that
//! is absent is not exported. Each exporter is behind the feature of its crate: `metrics`, `opentelemetry`,
//! `prometheus-client`.
//!
//! Prometheus's names are those of its own client libraries (`process_resident_memory_bytes`) and of Node's
//! `prom-client` (`nodejs_heap_size_used_bytes`). OpenTelemetry's are those of its semantic conventions 1.43;
//! [`Conventions`] has those from before they were renamed too.

#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(feature = "opentelemetry")]
pub mod opentelemetry;
#[cfg(feature = "prometheus-client")]
pub mod prometheus_client;

#[cfg(any(feature = "metrics", feature = "prometheus-client"))]
use crate::Figure;
use crate::{MemoryUsage, ProcessMemory};
use std::borrow::Cow;

/// What is exported of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observation {
    /// The five figures.
    pub usage: MemoryUsage,
    /// The process's address space in bytes.
    pub virtual_size: Option<u64>,
    /// The heap's spaces.
    pub spaces: Vec<Space>,
}

/// One space of a heap, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// Its name, as V8 spells it (`new_space`).
    pub name: Cow<'static, str>,
    /// Committed.
    pub size: u64,
    /// Of its cells.
    pub used: u64,
    /// Committed and free.
    pub available: u64,
    /// Resident.
    pub physical: u64,
}

/// What kind of collection took time: OpenTelemetry's `v8js.gc.type`, `prom-client`'s `kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GcType {
    /// Of the new space.
    Minor,
    /// Of all spaces.
    Major,
    /// A step of incremental marking.
    Incremental,
    /// Weak callbacks.
    WeakCallbacks,
}

/// Which of OpenTelemetry's names are exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conventions {
    /// Those of version 1.43 of the semantic conventions.
    #[default]
    Current,
    /// Those from before: `v8js.memory.heap.limit`, `v8js.heap.space.available_size` and
    /// `v8js.heap.space.physical_size`.
    Renamed,
    /// Both, while dashboards are changed.
    Both,
}

/// The bounds of OpenTelemetry's and `prom-client`'s histograms of collections, in seconds.
pub const GC_BUCKETS: [f64; 4] = [0.01, 0.1, 1.0, 10.0];

/// A value under a name, and under a label if it is a space's.
#[cfg_attr(
    not(any(feature = "metrics", feature = "opentelemetry", feature = "prometheus-client")),
    expect(dead_code, reason = "each exporter uses a part")
)]
#[derive(Clone, Debug, PartialEq, Eq)]
struct Gauge {
    name: &'static str,
    help: &'static str,
    space: Option<Cow<'static, str>>,
    bytes: u64,
}

impl Observation {
    /// The five figures alone.
    #[must_use]
    pub fn new(usage: MemoryUsage) -> Self {
        Self { usage, ..Self::default() }
    }

    /// With a process's resident set, where the figures have none, and its address space.
    #[must_use]
    pub fn with_process(mut self, process: ProcessMemory) -> Self {
        self.virtual_size = process.virtual_size.map(|reading| reading.bytes);
        self.usage = self.usage.or(process.into());
        self
    }

    /// With one more space.
    #[must_use]
    pub fn with_space(mut self, space: Space) -> Self {
        self.spaces.push(space);
        self
    }

    #[cfg(any(feature = "metrics", feature = "prometheus-client"))]
    fn prometheus(&self) -> Vec<Gauge> {
        let names = [
            (Figure::Rss, "process_resident_memory_bytes"),
            (Figure::HeapTotal, "nodejs_heap_size_total_bytes"),
            (Figure::HeapUsed, "nodejs_heap_size_used_bytes"),
            (Figure::External, "nodejs_external_memory_bytes"),
            (Figure::ArrayBuffers, "nodejs_array_buffers_bytes"),
        ];
        let figures = names.into_iter().filter_map(|(figure, name)| {
            Some(Gauge {
                name,
                help: figure.definition(),
                space: None,
                bytes: self.usage.get(figure)?,
            })
        });
        let mut gauges: Vec<Gauge> = figures.collect();
        gauges.extend(self.virtual_size.map(|bytes| Gauge {
            name: "process_virtual_memory_bytes",
            help: "the process's address space now",
            space: None,
            bytes,
        }));
        type Part = fn(&Space) -> u64;
        let parts: [(&str, &str, Part); 3] = [
            ("nodejs_heap_space_size_total_bytes", "committed by a space", |space| space.size),
            ("nodejs_heap_space_size_used_bytes", "of a space's cells", |space| space.used),
            ("nodejs_heap_space_size_available_bytes", "free in a space", |space| space.available),
        ];
        for (name, help, part) in parts {
            for space in &self.spaces {
                // `prom-client` leaves the ending out.
                let label = space.name.strip_suffix("_space").unwrap_or(&space.name).to_owned();
                gauges.push(Gauge { name, help, space: Some(label.into()), bytes: part(space) });
            }
        }
        gauges
    }

    #[cfg(feature = "opentelemetry")]
    fn open_telemetry(&self, conventions: Conventions) -> Vec<Gauge> {
        let mut gauges = Vec::new();
        let mut process = |name, help, bytes: Option<u64>| {
            gauges.extend(bytes.map(|bytes| Gauge { name, help, space: None, bytes }));
        };
        process("process.memory.usage", "resident set", self.usage.rss());
        process("process.memory.virtual", "address space", self.virtual_size);
        for (current, renamed, help, part) in SPACE_PARTS {
            for name in names(conventions, current, *renamed) {
                gauges.extend(self.spaces.iter().map(|space| Gauge {
                    name,
                    help,
                    space: Some(space.name.clone()),
                    bytes: part(space),
                }));
            }
        }
        gauges
    }
}

/// A current name, the one from before if it was renamed, the description, and the figure.
#[cfg(feature = "opentelemetry")]
type SpacePart = (&'static str, Option<&'static str>, &'static str, fn(&Space) -> u64);

#[cfg(feature = "opentelemetry")]
const SPACE_PARTS: &[SpacePart] = &[
    ("v8js.memory.heap.used", None, "bytes of a space's cells", |space| space.used),
    (
        "v8js.memory.heap.space.size",
        Some("v8js.memory.heap.limit"),
        "bytes committed by a space",
        |space| space.size,
    ),
    (
        "v8js.memory.heap.space.available_size",
        Some("v8js.heap.space.available_size"),
        "bytes free in a space",
        |space| space.available,
    ),
    (
        "v8js.memory.heap.space.physical_size",
        Some("v8js.heap.space.physical_size"),
        "bytes of a space that are resident",
        |space| space.physical,
    ),
];

/// The names under which a figure is exported; one that was never renamed has one in all conventions.
#[cfg(feature = "opentelemetry")]
fn names(
    conventions: Conventions,
    current: &'static str,
    renamed: Option<&'static str>,
) -> impl Iterator<Item = &'static str> {
    let with_current = renamed.is_none() || conventions != Conventions::Renamed;
    let with_renamed = conventions != Conventions::Current;
    with_current.then_some(current).into_iter().chain(renamed.filter(|_| with_renamed))
}

impl GcType {
    /// As both OpenTelemetry and `prom-client` spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Incremental => "incremental",
            Self::WeakCallbacks => "weakcb",
        }
    }
}
