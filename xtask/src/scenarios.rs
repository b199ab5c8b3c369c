//! `cargo xtask scenarios`: replays the document's scenarios on real memory and shows each sample
//! beside the document's figures and a recorded Node's.
//!
//! One file per scenario under `scenarios/`, named after its point; `definition` says what one is, `report` what it shows, `output`
//! its text in each format, `old` what `--compare` compares with. The only figures written down are the
//! document's and the recorded ones, each in a constant that says so.

mod d1_2_heap_limit;
mod d2_2_slab_walk;
mod d2_3_pool_threshold;
mod d2_5_stale_bytes;
mod d3_2_weak_map;
mod d4_5_writable;
mod d5_closures;
mod definition;
mod old;
mod output;
mod report;

use anyhow::{Context, bail};
use definition::Definition;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mem_report::compare::{Comparison, Threshold};
use mem_report::{Timeline, html, json, markdown, table};
use node_memory::{Baseline, RuntimeError};
use old::Old;
use output::Format;
use report::{Figures, Report};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// The arguments of `cargo xtask scenarios`.
#[derive(clap::Args)]
pub struct ScenarioArgs {
    /// Replay only the scenarios with this in their name, or of this point: d3-2 or D3.2 (may be repeated)
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// List the scenarios and stop
    #[arg(long)]
    list: bool,
    /// Grow the heap to the document's full limit of 1.4 GB
    #[arg(long)]
    full: bool,
    /// The format: by default a table, with --out pages
    #[arg(long)]
    format: Option<Format>,
    /// Write a file for each scenario, and an index of them, into DIR
    #[arg(long, value_name = "DIR", conflicts_with = "compare")]
    out: Option<PathBuf>,
    /// Show only what differs from a file of --format json, or from the snapshots of a revision; with --format html one
    /// page of it
    #[arg(long, value_name = "REF_OR_FILE")]
    compare: Option<String>,
}

/// The document's first sample, from which scenarios without one of their own start.
const DOCUMENT_START: Figures = [27541504, 5685248, 3092008, 214186, 10422];

/// The baseline that a sample of the document gives.
fn baseline(sample: &Figures) -> Baseline {
    let [_, heap_total, heap_used, external, array_buffers] = sample.map(|n| n as usize);
    Baseline { heap_total, heap_used, external, array_buffers, array_buffers_garbage: 0 }
}

/// Every scenario in the document's order, and a test for each, so that a run shows all snapshots that a change moves.
macro_rules! scenarios {
    ($($test:ident: $definition:expr,)*) => {
        const ALL: &[Definition] = &[$($definition),*];

        #[cfg(test)]
        mod tests {
            use super::*;

            $(
                #[test]
                fn $test() {
                    is_as_reviewed(&$definition);
                }
            )*

            fn is_as_reviewed(definition: &Definition) {
                let report = (definition.replay)(false).expect("the scenario replays");
                insta::with_settings!({ omit_expression => true }, {
                    insta::assert_snapshot!(definition.name, output::snapshot(&report));
                });
                assert!(report.holds(), "an expectation of {} fails", definition.name);
            }
        }
    };
}

scenarios! {
    d1_2_heap_limit: d1_2_heap_limit::DEFINITION,
    d2_2_slab_walk_node: d2_2_slab_walk::NODE,
    d2_2_slab_walk_recycle: d2_2_slab_walk::RECYCLE,
    d2_3_pool_threshold: d2_3_pool_threshold::DEFINITION,
    d2_5_stale_bytes: d2_5_stale_bytes::DEFINITION,
    d3_2_weak_map: d3_2_weak_map::DEFINITION,
    d4_5_writable_open: d4_5_writable::OPEN,
    d4_5_writable_corked: d4_5_writable::CORKED,
    d5_closures: d5_closures::DEFINITION,
}

/// Runs the command: non-zero if an expectation fails or a name matches nothing.
pub fn run(args: &ScenarioArgs) -> ExitCode {
    match try_run(args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether every expectation holds.
fn try_run(args: &ScenarioArgs) -> anyhow::Result<bool> {
    let meant = |definition: &&Definition| {
        args.only.is_empty() || args.only.iter().any(|name| definition.is_meant(name))
    };
    let chosen: Vec<&Definition> = ALL.iter().filter(meant).collect();
    if chosen.is_empty() {
        bail!("no scenario is called {}; --list shows them", args.only.join(" or "));
    }
    if args.list {
        for definition in chosen {
            let points = definition.points.join(", ");
            println!("{:24} {points:10} {}", definition.name, definition.about);
        }
        return Ok(true);
    }
    let written = if args.out.is_some() { Format::Html } else { Format::Table };
    let format = args.format.unwrap_or(written);
    let is_pages = format == Format::Html && args.out.is_none() && args.compare.is_none();
    if is_pages && chosen.len() > 1 {
        bail!("each scenario has a page of its own: --out DIR says where to write them");
    }
    let old = args.compare.as_deref().map(|place| Old::read(place, &chosen)).transpose()?;

    let (replayed, failed) = replay(&chosen, args.full);
    let holds = failed.is_empty() && replayed.iter().all(|(_, report)| report.holds());
    match (&old, &args.out) {
        (Some(old), _) => {
            // A scenario that is there no more is told, unless only some were asked for.
            let gone = if args.only.is_empty() { old.gone(ALL) } else { Vec::new() };
            print!("{}", compared(&replayed, old, &gone, format)?);
        }
        (None, Some(folder)) => {
            output::write_files(&replayed, format, folder)?;
            eprintln!("{}", folder.join("index.html").display());
        }
        (None, None) => {
            for (definition, report) in &replayed {
                print!("{}", output::text(definition, report, format)?);
            }
        }
    }
    let closing = closing(&replayed, &failed);
    if format == Format::Table && args.out.is_none() && old.is_none() {
        print!("{closing}");
    } else if !holds {
        eprint!("{closing}");
    }
    Ok(holds)
}

type Replayed<'d> = Vec<(&'d Definition, Report)>;
type Failed<'d> = Vec<(&'d Definition, RuntimeError)>;

/// Replays scenarios in order, with a bar at a terminal.
fn replay<'d>(chosen: &[&'d Definition], full: bool) -> (Replayed<'d>, Failed<'d>) {
    // indicatif hides the bar if stderr is no terminal.
    let bar =
        ProgressBar::with_draw_target(Some(chosen.len() as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:20} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let (mut replayed, mut failed) = (Vec::new(), Vec::new());
    for definition in chosen {
        bar.set_message(definition.name);
        match (definition.replay)(full) {
            Ok(report) => replayed.push((*definition, report)),
            Err(error) => failed.push((*definition, error)),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    (replayed, failed)
}

/// A line for each scenario: whether it holds, and what it showed.
fn closing(replayed: &[(&Definition, Report)], failed: &[(&Definition, RuntimeError)]) -> String {
    let mut text = String::new();
    for (definition, report) in replayed {
        let word = if report.holds() { "ok  " } else { "FAIL" };
        let _ = writeln!(text, "{word} {:24} {}", definition.name, report.shown);
    }
    for (definition, error) in failed {
        let _ = writeln!(text, "FAIL {:24} could not be replayed: {error}", definition.name);
    }
    text
}

/// The differences between the old timelines and the replayed ones. Markdown is empty if there are none; JSON lines have
/// all rows.
fn compared(
    replayed: &[(&Definition, Report)],
    old: &Old,
    gone: &[(&str, &Timeline)],
    format: Format,
) -> anyhow::Result<String> {
    let compare = |old: &Timeline, new: &Timeline| Comparison::new(old, new, Threshold::default());
    let replayed = replayed.iter().map(|(definition, report)| {
        (definition.name, compare(&old.timeline(definition), &report.timeline))
    });
    let gone = gone.iter().map(|(name, timeline)| (*name, compare(timeline, &Timeline::new())));
    let comparisons: Vec<(&str, Comparison)> = replayed.chain(gone).collect();
    if format == Format::Html {
        let mut page = Vec::new();
        html::write_comparison("Memory scenarios compared", &comparisons, &mut page)?;
        return String::from_utf8(page).context("a page is UTF-8");
    }
    if format == Format::Markdown {
        return Ok(markdown::comment(&comparisons));
    }
    if format == Format::Json {
        let mut text = Vec::new();
        for (name, comparison) in &comparisons {
            json::write_comparison(name, comparison, &mut text)?;
        }
        return String::from_utf8(text).context("JSON lines are UTF-8");
    }
    let mut text = String::new();
    for (name, comparison) in &comparisons {
        if !comparison.is_quiet() {
            let _ = writeln!(text, "== {name}\n\n{}", table::comparison(comparison));
        }
    }
    if text.is_empty() {
        let _ = writeln!(text, "nothing moved in {} scenarios", comparisons.len());
    }
    Ok(text)
}

#[cfg(test)]
mod names {
    use super::ALL;

    fn meant(name: &str) -> Vec<&'static str> {
        ALL.iter().filter(|definition| definition.is_meant(name)).map(|one| one.name).collect()
    }

    #[test]
    fn names_and_points_mean_scenarios_alike() {
        assert_eq!(meant("D3.2"), ["d3-2-weak-map"]);
        assert_eq!(meant("d3-2"), ["d3-2-weak-map"]);
        assert_eq!(meant("d3_2_weak_map"), ["d3-2-weak-map"]);
        assert_eq!(meant("D4.6"), meant("D4.5"));
        assert_eq!(meant("closures"), ["d5-closures"]);
        assert_eq!(meant("D2").len(), 4);
        assert!(meant("D9").is_empty());
    }
}
