//! `cargo xtask bench`: the criterion benchmarks of `benches/` and whole-process comparisons, then
//! one table of all: benchmark, ours, each peer, ratio.
//!
//! `micro` runs criterion and reads its estimates; `whole` runs processes in alternation and takes medians; `timed` takes
//! the medians of figures that programs measure and print themselves; `scripts` runs JavaScript in other engines, too;
//! `snapshots` has readers of heap snapshots.

mod micro;
mod programs;
mod row;
mod scripts;
pub mod snapshots;
mod timed;
mod whole;

use anyhow::Context;
use comfy_table::{CellAlignment, Table, presets};
use row::{Measured, Row};
use std::path::PathBuf;
use std::process::ExitCode;

/// The arguments of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct BenchArgs {
    /// Run only the benchmarks whose ids contain FILTER
    filter: Option<String>,
    /// Fewer samples and runs, for a first look
    #[arg(long)]
    quick: bool,
    /// How often each program runs (5, or 3 with --quick)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    runs: Option<u16>,
    /// Write the table's rows to FILE
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &BenchArgs) -> ExitCode {
    match measure(args) {
        Ok(rows) if rows.is_empty() => {
            eprintln!("no benchmark's id contains the filter");
            ExitCode::from(2)
        }
        Ok(rows) => {
            println!("\n{}", table(&rows));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &BenchArgs) -> anyhow::Result<Vec<Row>> {
    let filter = args.filter.as_deref().unwrap_or("");
    // Those of criterion take minutes to compile, and none is of JavaScript or of heap snapshots.
    let has_none = [scripts::OURS, snapshots::ID].iter().any(|own| filter.starts_with(own));
    let mut rows = if has_none { Vec::new() } else { micro::run(filter, args.quick)? };
    let runs = args.runs.unwrap_or(if args.quick { 3 } else { 5 });
    rows.extend(whole::run(filter, args.quick, runs)?);
    rows.extend(timed::run(filter, args.quick, runs)?);
    rows.extend(scripts::run(filter, runs)?);
    rows.extend(snapshots::run(filter, args.quick, runs)?);
    if let Some(file) = &args.json {
        let text = serde_json::to_string_pretty(&rows)?;
        std::fs::write(file, text).with_context(|| file.display().to_string())?;
    }
    Ok(rows)
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["benchmark", "unit", "ours", "peer", "peer's", "peer / ours"]);
    for row in rows {
        let ours = format!("{:.2}", row.results[0].value);
        let peer = |peer: &Measured| {
            [
                peer.implementation.clone(),
                format!("{:.2}", peer.value),
                format!("{:.2}", peer.ratio),
            ]
        };
        let mut peers: Vec<_> = row.results[1..].iter().map(peer).collect();
        peers.resize(peers.len().max(1), Default::default());
        for (place, peer) in peers.into_iter().enumerate() {
            let own = [row.benchmark.clone(), row.unit.clone(), ours.clone()];
            table
                .add_row(if place == 0 { own } else { Default::default() }.into_iter().chain(peer));
        }
    }
    for place in [2, 4, 5] {
        if let Some(column) = table.column_mut(place) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
