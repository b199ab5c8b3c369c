//! A scenario's chart as SVG: the figures that move, over the samples; dots for the replay, rings for a real Node, crosses for
//! the document.

use super::report::Report;
use mem_report::{Figure, human};
use std::fmt::Write as _;

const WIDTH: f64 = 540.0;
const HEIGHT: f64 = 230.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 92.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 24.0;
/// Lines of the grid, and the least distance between two names.
const STEPS: u64 = 4;
const NAME: f64 = 13.0;
/// Names of samples that are listed at most.
const NAMES: usize = 12;

/// The chart, a legend and the samples' names.
pub fn figure(report: &Report) -> String {
    let count = report.timeline.len();
    let shown = shown(report);
    let most = shown.iter().flat_map(|figure| values(report, *figure)).max().unwrap_or(1).max(1);
    let step = round_up(most.div_ceil(STEPS));
    let top = step * STEPS;
    let x = |index: usize| {
        let parts = (count.max(2) - 1) as f64;
        LEFT + (WIDTH - LEFT - RIGHT) * index as f64 / parts
    };
    let y = |bytes: u64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - bytes as f64 / top as f64);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\n",
        escaped(&spoken(report, &shown))
    );
    for line in 0..=STEPS {
        let at = y(step * line);
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>",
            WIDTH - RIGHT
        );
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            at + 4.0,
            axis(step * line, top)
        );
    }
    let every = count.div_ceil(16).max(1);
    for index in (0..count).step_by(every) {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x(index),
            HEIGHT - 6.0,
            index + 1
        );
    }
    let mut names: Vec<(f64, Figure)> = Vec::new();
    for figure in &shown {
        let own = column(report, *figure, None);
        let _ = writeln!(svg, "<g class=\"{}\">", figure.name());
        let points: Vec<String> =
            own.iter().map(|(index, bytes)| format!("{:.1},{:.1}", x(*index), y(*bytes))).collect();
        let _ = writeln!(svg, "<polyline points=\"{}\"/>", points.join(" "));
        for (number, peer) in report.peers.iter().enumerate() {
            for (index, bytes) in column(report, *figure, Some(number)) {
                let (x, y) = (x(index), y(bytes.min(top)));
                let title = format!("{peer}, {}: {}", figure.name(), human::grouped(bytes.into()));
                let title = escaped(&title);
                let _ = match peer.as_str() {
                    "document" => writeln!(
                        svg,
                        "<path class=\"document\" d=\"M{:.1} {:.1}l8 8m0 -8l-8 8\"><title>{title}</title></path>",
                        x - 4.0,
                        y - 4.0
                    ),
                    _ => writeln!(
                        svg,
                        "<circle class=\"node\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"><title>{title}</title></circle>"
                    ),
                };
            }
        }
        for (index, bytes) in &own {
            let _ = writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.5\"><title>replay, {}: {}</title></circle>",
                x(*index),
                y(*bytes),
                figure.name(),
                human::grouped((*bytes).into())
            );
        }
        svg.push_str("</g>\n");
        if let Some((_, bytes)) = own.last() {
            names.push((y(*bytes) + 4.0, *figure));
        }
    }
    // Names that would lie on one another move down, and then all up again if they leave the chart.
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    for index in 1..names.len() {
        names[index].0 = names[index].0.max(names[index - 1].0 + NAME);
    }
    let over = names.last().map_or(0.0, |(at, _)| (at - (HEIGHT - BOTTOM + 4.0)).max(0.0));
    for (at, figure) in names {
        let name = figure.name();
        let _ = writeln!(
            svg,
            "<text class=\"{name} name\" x=\"{:.1}\" y=\"{:.1}\">{name}</text>",
            WIDTH - RIGHT + 10.0,
            at - over
        );
    }
    svg.push_str("</svg>\n<p class=\"legend\">● replay");
    for peer in &report.peers {
        let mark = if peer == "document" { "×" } else { "○" };
        let _ = write!(svg, " &nbsp; {mark} {}", escaped(peer));
    }
    svg.push_str("</p>\n<ol class=\"samples\">\n");
    for (index, sample) in report.timeline.samples().enumerate().filter(|(index, _)| {
        count <= NAMES || index + 1 == count || index * NAMES / count != (index + 1) * NAMES / count
    }) {
        let _ = writeln!(svg, "<li><b>{}</b> {}</li>", index + 1, escaped(sample.label));
    }
    svg.push_str("</ol>\n");
    svg
}

/// The figures that are drawn: the heap's, and of the others the one that says more.
fn shown(report: &Report) -> Vec<Figure> {
    let most = values(report, Figure::HeapTotal).into_iter().max().unwrap_or(0);
    let moves = |figure: Figure| {
        let own = values(report, figure);
        // What would be seen to move beside the heap, and more than a first console.log adds.
        let seen = (most / 50).max(4096) + if figure == Figure::External { 400_000 } else { 0 };
        own.iter().max().zip(own.iter().min()).is_some_and(|(most, least)| most - least >= seen)
    };
    let mut shown = vec![Figure::HeapTotal, Figure::HeapUsed];
    if moves(Figure::ArrayBuffers) {
        shown.push(Figure::ArrayBuffers);
    } else if moves(Figure::External) {
        shown.push(Figure::External);
    }
    shown
}

fn values(report: &Report, figure: Figure) -> Vec<u64> {
    report.timeline.samples().filter_map(|sample| sample.usage.get(figure)).collect()
}

/// A figure's values with the samples' indices; of a peer only where it stands in a row.
fn column(report: &Report, figure: Figure, peer: Option<usize>) -> Vec<(usize, u64)> {
    let Some(peer) = peer else {
        let samples = report.timeline.samples().enumerate();
        return samples
            .filter_map(|(index, sample)| Some((index, sample.usage.get(figure)?)))
            .collect();
    };
    let samples = report.samples.iter().enumerate();
    let rows = samples.filter_map(|(index, sample)| {
        let row = sample.rows.iter().find(|row| row.figure == figure)?;
        Some((index, row.others.get(peer).copied().flatten()?))
    });
    rows.collect()
}

/// A round number of bytes, not below this one: 1, 2, 2.5 or 5 of a power of ten, in MiB or KiB.
fn round_up(bytes: u64) -> u64 {
    let unit = if bytes >= 1 << 19 { 1_048_576.0 } else { 1024.0 };
    let wanted = bytes as f64 / unit;
    let power = 10f64.powf(wanted.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * power >= wanted);
    (factor.unwrap_or(10.0) * power * unit).ceil() as u64
}

fn axis(bytes: u64, top: u64) -> String {
    let (unit, name) = if top >= 1 << 21 { (1_048_576.0, "MiB") } else { (1024.0, "KiB") };
    let number = bytes as f64 / unit;
    let digits = usize::from(number.fract() > 0.01);
    if bytes == 0 { "0".to_owned() } else { format!("{number:.digits$} {name}") }
}

fn spoken(report: &Report, shown: &[Figure]) -> String {
    let parts = shown.iter().map(|figure| {
        let own = values(report, *figure);
        let list: Vec<String> = own.iter().map(|bytes| human::mib(*bytes)).collect();
        format!("{figure}: {}", list.join(", "))
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// Text that is no markup.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
