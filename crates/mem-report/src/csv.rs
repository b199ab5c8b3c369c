//! A timeline as CSV (RFC 4180): a line a sample; a table by kind as CSV: a line a sample and kind.

use crate::escape::Csv;
use crate::{Metric, Timeline};
use std::io::{self, Write};

/// Writes a timeline: sample, label, step, seconds, collections, then a column for each [`Metric`]. What is
/// absent is empty. O(samples).
///
/// # Errors
/// What the writer refuses.
///
/// ```
/// use mem_report::{Figure, MemoryUsage, Source, Timeline, csv};
///
/// let mut timeline = Timeline::new();
/// timeline.push("=start", MemoryUsage::new().with(Figure::HeapUsed, 1000, Source::HEAP));
/// let mut text = Vec::new();
/// csv::write(&timeline, &mut text)?;
/// assert!(String::from_utf8_lossy(&text).contains("1,\"'=start\",0,,,,,1000,,"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write(timeline: &Timeline, mut to: impl Write) -> io::Result<()> {
    write!(to, "sample,label,step,seconds,collections")?;
    for metric in Metric::ALL {
        write!(to, ",{metric}")?;
    }
    to.write_all(b"\r\n")?;
    for (index, sample) in timeline.samples().enumerate() {
        let number = timeline.dropped() + index as u64 + 1;
        write!(to, "{number},{},{},", Csv(sample.label), sample.step)?;
        if let Some(at) = sample.at {
            write!(to, "{}.{:09}", at.as_secs(), at.subsec_nanos())?;
        }
        to.write_all(b",")?;
        if let Some(collections) = sample.collections {
            write!(to, "{collections}")?;
        }
        for metric in Metric::ALL {
            to.write_all(b",")?;
            if let Some(value) = metric.of(&sample) {
                write!(to, "{value}")?;
            }
        }
        to.write_all(b"\r\n")?;
    }
    Ok(())
}

/// Writes the tables by kind: sample, label, group, kind, count, bytes. O(kinds of all samples).
///
/// # Errors
/// What the writer refuses.
pub fn write_kinds(timeline: &Timeline, mut to: impl Write) -> io::Result<()> {
    to.write_all(b"sample,label,group,kind,count,bytes\r\n")?;
    for (index, sample) in timeline.samples().enumerate() {
        let number = timeline.dropped() + index as u64 + 1;
        for row in sample.kinds.map_or(&[][..], |kinds| kinds.rows()) {
            let (label, group, name) = (Csv(sample.label), Csv(&row.group), Csv(&row.name));
            write!(to, "{number},{label},{group},{name},")?;
            if let Some(count) = row.count {
                write!(to, "{count}")?;
            }
            write!(to, ",{}\r\n", row.bytes)?;
        }
    }
    Ok(())
}
