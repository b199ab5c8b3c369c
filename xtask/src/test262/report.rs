//! The shares by folder, and the document that is made of them.

use super::expected::Expected;
use comfy_table::{CellAlignment, Table, presets};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What became of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed(String),
    /// Not run, for a reason of the list.
    NotRun(String),
}

/// Counts of a folder's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Share {
    pub files: usize,
    pub passed: usize,
    pub failed: usize,
    pub not_run: usize,
}

impl Share {
    fn add(&mut self, outcome: &Outcome) {
        self.files += 1;
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed(_) => self.failed += 1,
            Outcome::NotRun(_) => self.not_run += 1,
        }
    }

    fn of_all(self) -> String {
        percent(self.passed, self.files)
    }

    fn of_run(self) -> String {
        percent(self.passed, self.files - self.not_run)
    }
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    // Rounded down: 100 means all.
    format!("{:.1}", (1000 * part / whole) as f64 / 10.0)
}

/// The shares by folder: `language/expressions`, `built-ins/Map`; then the two wholes.
pub fn shares<'a>(
    outcomes: impl IntoIterator<Item = (&'a String, &'a Outcome)>,
) -> BTreeMap<String, Share> {
    let mut shares: BTreeMap<String, Share> = BTreeMap::new();
    for (path, outcome) in outcomes {
        let mut parts = path.split('/');
        let (top, folder) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let folder = if folder.ends_with(".js") { "" } else { folder };
        shares.entry(format!("{top}/{folder}")).or_default().add(outcome);
        shares.entry(format!("{top}, all")).or_default().add(outcome);
    }
    shares
}

/// The shares as a table of text.
pub fn table(shares: &BTreeMap<String, Share>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["folder", "files", "passed", "failed", "not run", "% of files", "% of run"]);
    for (folder, share) in shares {
        let Share { files, passed, failed, not_run } = *share;
        let counts = [files, passed, failed, not_run].map(|count| count.to_string());
        let row = [folder.clone()].into_iter().chain(counts);
        table.add_row(row.chain([share.of_all(), share.of_run()]));
    }
    for column in 1..7 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// Folders of `built-ins/` of objects that are not there at all.
const OTHERS: &[&str] = &[
    "AbstractModuleSource",
    "AsyncDisposableStack",
    "Atomics",
    "DisposableStack",
    "ShadowRealm",
    "SuppressedError",
    "Temporal",
];

/// The shares of the three parts of the suite, those of objects that are not there apart.
fn summary(shares: &BTreeMap<String, Share>) -> String {
    let of = |wanted: &dyn Fn(&str, &str) -> bool| {
        let mut sum = Share::default();
        for (name, share) in shares {
            if name.split_once('/').is_some_and(|(top, folder)| wanted(top, folder)) {
                sum.files += share.files;
                sum.passed += share.passed;
                sum.failed += share.failed;
                sum.not_run += share.not_run;
            }
        }
        sum
    };
    let other = |folder: &str| OTHERS.contains(&folder);
    let rows = [
        ("the language (`language/`)", of(&|top, _| top == "language")),
        (
            "the built-in objects (`built-ins/`)",
            of(&|top, folder| top == "built-ins" && !other(folder)),
        ),
        (
            "- of these: WeakMap, WeakSet, WeakRef, FinalizationRegistry",
            of(&|top, folder| {
                let weak = ["WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry"];
                top == "built-ins" && weak.contains(&folder)
            }),
        ),
        ("what the web needs beside them (`annexB/`)", of(&|top, _| top == "annexB")),
    ];
    let mut text = String::from(
        "\n| part | files | passed | failed | not run | % of files | % of run |\n|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for (name, share) in rows {
        let Share { files, passed, failed, not_run } = share;
        let (all, run) = (share.of_all(), share.of_run());
        let _ = writeln!(
            text,
            "| {name} | {files} | {passed} | {failed} | {not_run} | {all} | {run} |"
        );
    }
    let names: Vec<String> = OTHERS.iter().map(|name| format!("`{name}`")).collect();
    let _ = writeln!(
        text,
        "\nNot counted are the {} files of objects that are not there: {}.",
        of(&|top, folder| top == "built-ins" && other(folder)).files,
        names.join(", ")
    );
    text
}

/// `docs/javascript.md`: what is supported, by the suite's results.
pub fn document(shares: &BTreeMap<String, Share>, expected: &Expected) -> String {
    let mut text = String::from(include_str!("javascript.md"));
    text.push_str("\n## test262, in short\n");
    text.push_str(&summary(shares));
    text.push_str("\n## test262, by folder\n\n");
    text.push_str("`not run` are files of a feature or folder that is listed below.\n\n");
    text.push_str("| folder | files | passed | failed | not run | % of files | % of run |\n");
    text.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for (folder, share) in shares {
        let Share { files, passed, failed, not_run } = *share;
        let (all, run) = (share.of_all(), share.of_run());
        let _ = writeln!(
            text,
            "| {folder} | {files} | {passed} | {failed} | {not_run} | {all} | {run} |"
        );
    }
    text.push_str("\n## Features of later Nodes\n\n");
    text.push_str("The tests of these are run as that Node.\n\n");
    text.push_str("| feature | Node |\n|---|--:|\n");
    for (name, node) in &expected.since {
        let _ = writeln!(text, "| `{name}` | {node} |");
    }
    text.push_str("\n## Features that are not there\n\n| feature | why |\n|---|---|\n");
    for (name, reason) in expected.features.iter().chain(&expected.folders) {
        let _ = writeln!(text, "| `{name}` | {reason} |");
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in expected.files.values() {
        *reasons.entry(reason).or_default() += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, count)| (usize::MAX - count, *reason));
    text.push_str("\n## What fails, and why\n\n| files | why |\n|--:|---|\n");
    for (reason, count) in reasons {
        let _ = writeln!(text, "| {count} | {} |", reason.replace('|', "\\|"));
    }
    text
}
