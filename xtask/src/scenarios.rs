//! `cargo xtask scenarios`: replays the document's programs, and what people lose memory by, on real memory, and shows
//! each sample beside the document's figures and a real Node's.
//!
//! A scenario is a program, `scenarios/NAME.js`, which is what a real Node runs, and a data file, `scenarios/NAME.toml`. `data`
//! reads it, `replay` runs the program on the heap, `live` in a real Node; `report` compares, `verdict` says how far figures
//! may differ, `output` writes the text of each format, `exhibit` and `chart` the index of pages, `old` is what `--compare` compares with.

pub mod calls;
mod chart;
pub mod data;
mod exhibit;
#[cfg(test)]
mod holders;
pub mod live;
mod old;
mod output;
mod replay;
mod report;
#[cfg(test)]
mod tests;
mod verdict;

use anyhow::{Context, bail};
use data::{Data, folder};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use live::Node;
use mem_report::compare::{Comparison, Threshold};
use mem_report::{Timeline, html, json, markdown, table};
use old::Old;
use output::Format;
use replay::{Ran, Way, replay};
use report::{Peer, Report};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use verdict::Verdict;

/// The arguments of `cargo xtask scenarios`.
#[derive(clap::Args)]
pub struct ScenarioArgs {
    /// Replay only the scenarios with this in their name, or of this point: d3-2 or D3.2 (may be repeated)
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// List the scenarios and stop
    #[arg(long)]
    list: bool,
    /// Grow heaps to the document's limit of 1.4 GB where a scenario has a smaller one
    #[arg(long)]
    full: bool,
    /// Run each program in this Node too, and show its figures instead of the recorded ones; auto is the one on the path
    #[arg(long, value_name = "auto|PATH")]
    node: Option<String>,
    /// Play this release line of Node instead of each scenario's own, beside what was recorded of it: 16, 20, 22 or 24
    #[arg(long, value_name = "LINE", conflicts_with = "node")]
    play: Option<String>,
    /// Run this program instead of the scenarios; what it prints with console.log(process.memoryUsage()) is a sample
    #[arg(long, value_name = "FILE.js", conflicts_with = "only")]
    file: Option<PathBuf>,
    /// A flag for the program of --file, as Node has it (may be repeated)
    #[arg(long, value_name = "FLAG", requires = "file", allow_hyphen_values = true)]
    flag: Vec<String>,
    /// Begin with the machine's own figures instead of a recorded Node's
    #[arg(long)]
    no_baseline: bool,
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

/// Runs the command: non-zero if an expectation fails, a difference is unexplained or a name matches nothing.
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
    let all = match &args.file {
        Some(file) if !file.is_file() => bail!("{}: there is no such file", file.display()),
        Some(file) => {
            let with_gc = ["--expose-gc".to_owned()].into_iter().chain(args.flag.iter().cloned());
            vec![Data::of_program(file, with_gc.collect())]
        }
        None => Data::all(&folder())?,
    };
    let meant =
        |data: &&Data| args.only.is_empty() || args.only.iter().any(|name| data.is_meant(name));
    let chosen: Vec<&Data> = all.iter().filter(meant).collect();
    if chosen.is_empty() {
        bail!("no scenario is called {}; --list shows them", args.only.join(" or "));
    }
    if args.list {
        for data in chosen {
            let points = data.table.points.join(", ");
            println!("{:28} {points:16} {}", data.name, data.table.about);
        }
        return Ok(true);
    }
    let node = args.node.as_deref().map(Node::find).transpose()?;
    let written = if args.out.is_some() { Format::Html } else { Format::Table };
    let format = args.format.unwrap_or(written);
    let is_pages = format == Format::Html && args.out.is_none() && args.compare.is_none();
    if is_pages && chosen.len() > 1 {
        bail!("each scenario has a page of its own: --out DIR says where to write them");
    }
    let old = args.compare.as_deref().map(|place| Old::read(place, &chosen)).transpose()?;

    let (replayed, failed) = replay_all(&chosen, args, node.as_ref());
    let holds = failed.is_empty() && replayed.iter().all(|(_, report)| report.holds());
    match (&old, &args.out) {
        (Some(old), _) => {
            // A scenario that is there no more is told, unless only some were asked for.
            let gone = if args.only.is_empty() { old.gone(&all) } else { Vec::new() };
            print!("{}", compared(&replayed, old, &gone, format)?);
        }
        (None, Some(folder)) => {
            output::write_files(&replayed, format, folder)?;
            eprintln!("{}", folder.join("index.html").display());
        }
        (None, None) => {
            for (data, report) in &replayed {
                print!("{}", output::text(data, report, format)?);
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

type Replayed<'d> = Vec<(&'d Data, Report)>;
type Failed<'d> = Vec<(&'d Data, anyhow::Error)>;

/// Replays scenarios in order, with a bar at a terminal.
fn replay_all<'d>(
    chosen: &[&'d Data],
    args: &ScenarioArgs,
    node: Option<&Node>,
) -> (Replayed<'d>, Failed<'d>) {
    // indicatif hides the bar if stderr is no terminal.
    let bar =
        ProgressBar::with_draw_target(Some(chosen.len() as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:20} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let (mut replayed, mut failed) = (Vec::new(), Vec::new());
    for data in chosen {
        bar.set_message(data.name.clone());
        match of(data, args, node) {
            Ok(report) => replayed.push((*data, report)),
            Err(error) => failed.push((*data, error)),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    (replayed, failed)
}

/// Replays a scenario and compares it with a Node, which runs now or was recorded.
fn of(data: &Data, args: &ScenarioArgs, node: Option<&Node>) -> anyhow::Result<Report> {
    let mut way = Way { without_baseline: args.no_baseline, full: args.full, ..Way::default() };
    let Some(node) = node else {
        let line = args.play.as_deref().unwrap_or(data.line());
        way.version = data::version(line);
        if way.version.is_none() {
            bail!("no Node {line} can be played: 12 to 26, the even ones");
        }
        let ran = replay(data, way)?;
        let recorded = report::as_ran(data, line);
        let peers = report::recorded(data, line, recorded.as_ref());
        let calls = calls::lines(data, line);
        return Ok(Report { calls, ..Report::new(data, line, ran, &peers) });
    };
    way.version = data::version(node.line());
    // The real Node frees array buffers on its one thread, too.
    way.single_threaded = true;
    let theirs: Ran = node.scenario(data)?;
    let ran = replay(data, way)?;
    let mut peers = report::recorded(data, node.line(), None);
    let name = format!("Node {}", node.version.trim_start_matches('v'));
    eprintln!("{} ran {} with {}", data.name, node.version, node.flags(data).join(" "));
    let timeline = theirs.timeline.clone();
    peers.push(Peer { name, timeline, ran: Some(&theirs) });
    let calls = calls::lines(data, node.line());
    Ok(Report { calls, ..Report::new(data, node.line(), ran, &peers) })
}

/// A line for each scenario: whether it holds, and what it showed.
fn closing(replayed: &[(&Data, Report)], failed: &[(&Data, anyhow::Error)]) -> String {
    let mut text = String::new();
    for (data, report) in replayed {
        let word = if report.holds() { "ok  " } else { "FAIL" };
        let shown =
            if data.table.proves.is_empty() { &data.table.about } else { &data.table.proves };
        let _ = writeln!(text, "{word} {:28} {shown}", data.name);
        let verdicts = report.verdicts();
        if !verdicts.is_empty() && !report.holds() {
            let _ = writeln!(text, "     {:28} {verdicts}", "");
        }
    }
    for (data, error) in failed {
        let _ = writeln!(text, "FAIL {:28} {error:#}", data.name);
    }
    let holding = replayed.iter().filter(|(_, report)| report.holds()).count();
    let count = |of: fn(&Verdict) -> bool| -> usize {
        replayed.iter().map(|(_, report)| report.count(of)).sum()
    };
    let _ = writeln!(
        text,
        "\n{holding} of {} scenarios hold; figures beside others: {} equal, {} within what is allowed, {} explained, {} unexplained",
        replayed.len() + failed.len(),
        count(|verdict| *verdict == Verdict::Equal),
        count(|verdict| matches!(verdict, Verdict::Within(_))),
        count(|verdict| matches!(verdict, Verdict::Explained(_))),
        count(|verdict| matches!(verdict, Verdict::Unexplained(_))),
    );
    text
}

/// The differences between the old timelines and the replayed ones. Markdown is empty if there are none; JSON lines have
/// all rows.
fn compared(
    replayed: &[(&Data, Report)],
    old: &Old,
    gone: &[(&str, &Timeline)],
    format: Format,
) -> anyhow::Result<String> {
    let compare = |old: &Timeline, new: &Timeline| Comparison::new(old, new, Threshold::default());
    let replayed = replayed
        .iter()
        .map(|(data, report)| (data.name.as_str(), compare(&old.timeline(data), &report.timeline)));
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
