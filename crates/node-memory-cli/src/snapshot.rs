//! `node-memory snapshot`: what heap snapshots say of where the memory is.

use crate::flags::{Snapshot as Flags, SnapshotFormat};
use indicatif::{ProgressBar, ProgressStyle};
use mem_report::heapsnapshot::{Analysis, Reader, Search, Snapshot, Summary, write_page};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// Files from this length on show their progress, if the standard error is a terminal.
const LONG: u64 = 32 << 20;

pub fn run(flags: &Flags) -> ExitCode {
    match try_run(flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("node-memory: {text}");
            ExitCode::FAILURE
        }
    }
}

fn try_run(flags: &Flags) -> Result<(), String> {
    let mut snapshots = Vec::new();
    for file in &flags.files {
        snapshots.push(read(file)?);
    }
    let Some(last) = snapshots.pop() else { return Err("no file".to_owned()) };
    let names: Vec<_> = flags
        .files
        .iter()
        .map(|file| file.file_name().unwrap_or_default().to_string_lossy())
        .collect();
    let analysis = Analysis::new(&last);
    let search = Search::new().least(flags.least).sources(&source);
    let summary = Summary::new(&names.join(" → "), &analysis, &snapshots, &search);
    write(flags, &summary, &analysis).map_err(|error| match &flags.out {
        Some(file) => format!("the report cannot be written: {}: {error}", file.display()),
        None => format!("the report cannot be written: {error}"),
    })
}

fn write(flags: &Flags, summary: &Summary, analysis: &Analysis<'_>) -> io::Result<()> {
    let mut to: Box<dyn Write> = match &flags.out {
        Some(file) if file.as_os_str() != "-" => Box::new(BufWriter::new(File::create(file)?)),
        _ => Box::new(BufWriter::new(io::stdout().lock())),
    };
    let written = match flags.format {
        SnapshotFormat::Text => write!(to, "{summary}"),
        SnapshotFormat::Markdown => to.write_all(summary.markdown().as_bytes()),
        SnapshotFormat::Json => summary.write_json(&mut to),
        SnapshotFormat::Html => write_page(summary, analysis, &mut to),
    };
    // Whoever reads may have read enough.
    match written.and_then(|()| to.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn read(path: &Path) -> Result<Snapshot, String> {
    let failed = |error: &dyn core::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| failed(&error))?;
    let length = file.metadata().map_err(|error| failed(&error))?.len();
    let bar = if length < LONG { ProgressBar::hidden() } else { ProgressBar::new(length) };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(name);
    let snapshot = Reader::new().length(length).read(bar.wrap_read(file));
    bar.finish_and_clear();
    snapshot.map_err(|error| {
        let why = std::error::Error::source(&error);
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        failed(&format_args!("{error}{why}"))
    })
}

/// A script's text from its file, if that is still there.
fn source(script: &str) -> Option<String> {
    let path = script.strip_prefix("file://").unwrap_or(script);
    Path::new(path).is_absolute().then(|| std::fs::read_to_string(path).ok())?
}
