//! What a run is remembered by: its samples and the collections between them, as a timeline, and the reports of it.

use crate::flags::Format;
use heap_model::{CollectionEvent, CollectionKind};
use mem_report::{MemoryUsage, Timeline, html, json, markdown};
use std::collections::VecDeque;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// Collections that are kept for the message at the heap's limit.
const LAST: usize = 8;

/// What the listeners of a run write to.
#[derive(Clone, Debug, Default)]
pub struct Record(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    timeline: Timeline,
    last: VecDeque<CollectionEvent>,
}

impl Record {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Nothing that holds it can fail halfway.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A collection: a statement of the timeline, if there is to be one.
    pub fn collected(&self, event: CollectionEvent, in_timeline: bool) {
        let mut inner = self.inner();
        if inner.last.len() == LAST {
            inner.last.pop_front();
        }
        inner.last.push_back(event);
        if in_timeline {
            inner.timeline.statement(format!("collection: {}", line(&event)));
        }
    }

    /// A sample, labelled by its place in the program.
    pub fn sample(&self, label: &str, usage: &MemoryUsage) {
        self.inner().timeline.push(label, *usage);
    }

    /// The last collections, the latest last.
    pub fn last(&self) -> Vec<CollectionEvent> {
        self.inner().last.iter().copied().collect()
    }

    /// Writes the report.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, format: Format, title: &str, to: &Path) -> io::Result<()> {
        let inner = self.inner();
        let timeline = &inner.timeline;
        let mut out: Box<dyn Write> = match to.as_os_str() == "-" {
            true => Box::new(io::stdout().lock()),
            false => Box::new(BufWriter::new(std::fs::File::create(to)?)),
        };
        match format {
            Format::Html => html::Page::new(title, timeline).write(&mut out)?,
            Format::Markdown => out.write_all(markdown::timeline(title, timeline).as_bytes())?,
            Format::Json => json::write(title, timeline, &mut out)?,
        }
        out.flush()
    }
}

/// A collection as V8's `--trace-gc` has it, without the time.
pub fn line(event: &CollectionEvent) -> String {
    let name = match event.kind {
        CollectionKind::Scavenge => "Scavenge",
        _ => "Mark-Compact",
    };
    let mb = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    format!(
        "{name} {:.1} ({:.1}) -> {:.1} ({:.1}) MB",
        mb(event.used_before),
        mb(event.committed_before),
        mb(event.used_after),
        mb(event.committed_after),
    )
}

/// A time in milliseconds, which is 0 where time is virtual.
fn ms(time: Duration, is_virtual: bool) -> f64 {
    if is_virtual { 0.0 } else { time.as_secs_f64() * 1e3 }
}

/// What a line of V8's about a collection begins with: the process, the heap, and when it ended.
fn head(event: &CollectionEvent, is_virtual: bool) -> String {
    let pid = if is_virtual { 1 } else { std::process::id() };
    format!("[{pid}:0x1] {:8.0} ms:", ms(event.since_start, is_virtual))
}

/// A line of `--trace-gc`.
pub fn trace(event: &CollectionEvent, is_virtual: bool) -> String {
    use heap_model::Cause;
    let cause = match event.cause {
        Cause::Allocation => "allocation failure",
        Cause::OldSpaceLimit => "allocation limit",
        Cause::ExternalMemory => "external memory pressure",
        Cause::Requested => "testing",
        Cause::Idle => "idle task",
        Cause::LastResort => "last resort",
        _ => "another cause",
    };
    let pause = ms(event.pause, is_virtual);
    format!("{} {}, {pause:.2} / 0.00 ms; {cause}", head(event, is_virtual), line(event))
}

/// A line of `--trace-gc-nvp`: of V8's names those that this collector has, in V8's order.
pub fn trace_values(event: &CollectionEvent, is_virtual: bool) -> String {
    use heap_model::Cause;
    let kind = if event.kind == CollectionKind::Scavenge { "s" } else { "mc" };
    let reduces = u8::from(matches!(event.cause, Cause::Idle | Cause::LastResort));
    format!(
        "{} pause={:.1} gc={kind} reduce_memory={reduces} incremental_steps_count={} total_size_before={} \
         total_size_after={} promoted={} new_space_survived={}",
        head(event, is_virtual),
        ms(event.pause, is_virtual),
        event.steps,
        event.used_before,
        event.used_after,
        event.promoted,
        event.copied,
    )
}
