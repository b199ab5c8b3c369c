//! The timelines to compare with: a file that `--format json` wrote, or the snapshots committed at a
//! revision. Nothing of the revision is built or run.

use super::definition::Definition;
use super::output::EXPECTATIONS;
use anyhow::{Context, bail};
use mem_report::{Timeline, json, review};
use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Output};

/// Timelines by their scenarios' names.
pub struct Old(HashMap<String, Timeline>);

impl Old {
    /// Reads the file of that name if it exists, otherwise the snapshots at that revision.
    pub fn read(place: &str, definitions: &[&Definition]) -> anyhow::Result<Self> {
        let path = Path::new(place);
        if path.is_file() {
            let file = File::open(path).with_context(|| format!("{place} cannot be opened"))?;
            let timelines = json::read(BufReader::new(file));
            return Ok(Self(timelines.with_context(|| place.to_owned())?.into_iter().collect()));
        }
        let revision = format!("{place}^{{commit}}");
        if !git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &revision])?
            .status
            .success()
        {
            bail!("{place} is neither a file nor a revision of this repository");
        }
        let mut timelines = HashMap::new();
        for definition in definitions {
            let file = format!(
                "{place}:./src/snapshots/xtask__scenarios__tests__{}.snap",
                definition.name
            );
            let shown = git(&["show", "--end-of-options", &file])?;
            // A scenario that the revision does not have is new.
            if shown.status.success() {
                let text = String::from_utf8_lossy(&shown.stdout);
                let timeline = timeline(&text).with_context(|| {
                    format!("{}'s snapshot at {place} cannot be read", definition.name)
                })?;
                timelines.insert(definition.name.to_owned(), timeline);
            }
        }
        Ok(Self(timelines))
    }

    /// The timeline of a scenario; an empty one if it is new.
    pub fn timeline(&self, definition: &Definition) -> Timeline {
        self.0.get(definition.name).cloned().unwrap_or_default()
    }
}

/// The timeline of a committed snapshot: what is between insta's header and the expectations.
fn timeline(snapshot: &str) -> anyhow::Result<Timeline> {
    let body = snapshot.splitn(3, "---\n").nth(2).context("insta's header is missing")?;
    let (samples, _) =
        body.split_once(EXPECTATIONS).context("it is older than the format for review")?;
    Ok(review::parse(samples)?.timeline)
}

fn git(arguments: &[&str]) -> anyhow::Result<Output> {
    let mut git = Command::new("git");
    git.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    git.output().context("git cannot be run")
}

#[cfg(test)]
mod tests {
    use super::timeline;

    #[test]
    fn a_snapshot_of_the_older_format_is_refused() {
        let old = "---\nsource: a\n---\n== d3-2 (D3.2): about\n\n sample  figure\n";
        let error = timeline(old).expect_err("another format");
        assert_eq!(error.to_string(), "it is older than the format for review");
        assert!(timeline("no header").is_err());
    }
}
