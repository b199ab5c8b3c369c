//! A summary as text for a terminal, Markdown for a pull request, and JSON.

use super::findings::Finding;
use super::held::Held;
use super::summary::{Change, Summary};
use crate::escape::{Line, Markdown, short};
use crate::human::{grouped, mib, signed_mib};
use core::fmt::{self, Display, Write};
use std::io;

/// The characters of a holder that a line has.
const HOLDER: usize = 200;

fn line(text: &str) -> String {
    Line(&short(text, HOLDER)).to_string()
}

fn cell(text: &str) -> String {
    Markdown(&short(text, HOLDER)).to_string()
}

impl Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |number: usize| grouped(number as u128);
        writeln!(f, "{}", line(&self.title))?;
        let totals = &self.totals;
        writeln!(
            f,
            "  {} in {} nodes and {} edges: heap {}, array buffers {}, other native memory {}",
            mib(totals.total),
            count(self.nodes),
            count(self.edges),
            mib(totals.heap),
            mib(totals.array_buffers),
            mib(totals.native),
        )?;
        if totals.extra_native > 0 {
            writeln!(
                f,
                "  and {} outside the heap that no node stands for",
                mib(totals.extra_native)
            )?;
        }
        writeln!(f, "\nLeaks by name")?;
        if self.findings.is_empty() {
            writeln!(f, "  none found")?;
        }
        for finding in &self.findings {
            writeln!(f, "  {:>12}  {}", mib(finding.bytes), line(&finding.holder))?;
            writeln!(f, "  {:>12}  {}", "", line(&finding.detail))?;
            writeln!(f, "  {:>12}  {}", "", finding.kind.advice())?;
        }
        if let Some(change) = &self.change {
            writeln!(f, "\n{}", heading(change))?;
            for group in &change.groups {
                writeln!(
                    f,
                    "  {:>12}  {} (+{}, -{})",
                    signed_mib(group.bytes()),
                    line(&group.name),
                    grouped(group.new_count.into()),
                    grouped(group.freed_count.into()),
                )?;
            }
            writeln!(f, "\nWho holds what is new")?;
            for path in &change.paths {
                let count = grouped(path.count.into());
                writeln!(f, "  {:>12}  {} ({count} nodes)", mib(path.size), line(&path.holder))?;
            }
        }
        writeln!(f, "\nWho holds most")?;
        if self.held.is_empty() {
            writeln!(f, "  nothing of the program's holds 1 % of the heap")?;
        }
        for held in &self.held {
            writeln!(f, "  {:>12}  {}", mib(held.retained), line(&held.holder))?;
            writeln!(f, "  {:>12}  {}", "", line(&what(held)))?;
            if let Some(parts) = &held.made_of {
                let (bytes, what) = (mib(parts.retained), what(parts));
                let parts = format!("of which {bytes} are {what}: {}", parts.holder);
                writeln!(f, "  {:>12}  {}", "", line(&parts))?;
            }
        }
        writeln!(f, "\nBy kind (retained, own, count)")?;
        for group in &self.groups {
            writeln!(
                f,
                "  {:>12} {:>12} {:>12}  {}",
                mib(group.retained),
                mib(group.self_size),
                grouped(group.count.into()),
                line(&group.name),
            )?;
        }
        Ok(())
    }
}

/// What is held: such as `200 × Array, the largest @1234`.
fn what(held: &Held) -> String {
    let since = if held.was_in_first == Some(true) { ", since the first snapshot" } else { "" };
    match held.count {
        1 => format!("{} @{}{since}", held.name, held.id),
        count => {
            let count = grouped(count.into());
            format!("{count} × {}, the largest @{}{since}", held.name, held.id)
        }
    }
}

fn heading(change: &Change) -> String {
    let what = if change.is_of_three {
        "What was allocated between the first two snapshots and survived"
    } else {
        "What grew"
    };
    let (before, after) = (change.size_before, change.size_after);
    let bytes = i128::from(after) - i128::from(before);
    format!("{what}: {} to {}, {}", mib(before), mib(after), signed_mib(bytes))
}

impl Summary {
    /// Markdown for a comment on a pull request: leaks and what grew in tables, the rest folded. Names are code, so
    /// nothing in them is markup or a mention.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = self.write_markdown(&mut text);
        text
    }

    fn write_markdown(&self, to: &mut String) -> fmt::Result {
        writeln!(to, "### Heap snapshot {}\n", cell(&self.title))?;
        let totals = &self.totals;
        writeln!(
            to,
            "{} in {} nodes: heap {}, array buffers {}, other native memory {}.\n",
            mib(totals.total),
            grouped(self.nodes as u128),
            mib(totals.heap),
            mib(totals.array_buffers),
            mib(totals.native)
        )?;
        if self.findings.is_empty() {
            writeln!(to, "No leak that has a name was found.\n")?;
        } else {
            writeln!(to, "| leak | bytes | held by | what |\n|---|--:|---|---|")?;
            self.findings.iter().try_for_each(|finding| finding.row(to))?;
            writeln!(to)?;
        }
        if let Some(change) = &self.change {
            writeln!(
                to,
                "**{}**\n\n| kind | bytes | new | freed |\n|---|--:|--:|--:|",
                heading(change)
            )?;
            for group in &change.groups {
                let bytes = crate::human::signed(group.bytes());
                let (new, freed) =
                    (grouped(group.new_count.into()), grouped(group.freed_count.into()));
                writeln!(to, "| {} | {bytes} | {new} | {freed} |", cell(&group.name))?;
            }
            writeln!(to, "\n| new, held by | bytes | nodes |\n|---|--:|--:|")?;
            for path in &change.paths {
                let (bytes, count) = (grouped(path.size.into()), grouped(path.count.into()));
                writeln!(to, "| {} | {bytes} | {count} |", cell(&path.holder))?;
            }
            writeln!(to)?;
        }
        writeln!(to, "<details><summary>Who holds most, and kinds</summary>\n")?;
        writeln!(to, "| held by | what | retained |\n|---|---|--:|")?;
        for held in &self.held {
            let retained = grouped(held.retained.into());
            writeln!(to, "| {} | {} | {retained} |", cell(&held.holder), cell(&what(held)))?;
        }
        writeln!(to, "\n| kind | count | own | retained |\n|---|--:|--:|--:|")?;
        for group in &self.groups {
            let [count, own, retained] =
                [group.count, group.self_size, group.retained].map(|number| grouped(number.into()));
            writeln!(to, "| {} | {count} | {own} | {retained} |", cell(&group.name))?;
        }
        writeln!(to, "\n</details>")
    }

    /// Writes the summary as one line of JSON, with `mem-report` and `version` as the project's other JSON has.
    ///
    /// # Errors
    /// What the writer refuses.
    pub fn write_json(&self, mut to: impl io::Write) -> io::Result<()> {
        #[derive(serde::Serialize)]
        struct Head<'a> {
            #[serde(rename = "mem-report")]
            format: &'static str,
            version: u32,
            #[serde(flatten)]
            summary: &'a Summary,
        }
        let head = Head { format: "heapsnapshot", version: 1, summary: self };
        serde_json::to_writer(&mut to, &head)?;
        to.write_all(b"\n")
    }
}

impl Finding {
    fn row(&self, to: &mut String) -> fmt::Result {
        let bytes = grouped(self.bytes.into());
        writeln!(
            to,
            "| {} | {bytes} | {} | {} |",
            self.kind.word(),
            cell(&self.holder),
            cell(&self.detail)
        )
    }
}
