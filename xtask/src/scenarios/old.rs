//! The timelines to compare with: a file that `--format json` wrote, or the snapshots committed at a
//! revision. Nothing of the revision is built or run.

use super::data::Data;
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
    pub fn read(place: &str, definitions: &[&Data]) -> anyhow::Result<Self> {
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
        // A scenario that the revision does not have is new; one that it alone has is gone.
        let folder = format!("{place}:./src/snapshots");
        let listed = git(&["ls-tree", "--name-only", "--end-of-options", &folder])?;
        let listed = String::from_utf8_lossy(&listed.stdout);
        let mut timelines = HashMap::new();
        for file in listed.lines() {
            let Some(name) = scenario(file) else { continue };
            let shown = git(&["show", "--end-of-options", &format!("{folder}/{file}")])?;
            if !shown.status.success() {
                bail!("{file} at {place} cannot be read");
            }
            match timeline(&String::from_utf8_lossy(&shown.stdout)) {
                Ok(timeline) => drop(timelines.insert(name.to_owned(), timeline)),
                Err(error) if definitions.iter().any(|one| one.name == name) => {
                    return Err(
                        error.context(format!("{name}'s snapshot at {place} cannot be read"))
                    );
                }
                Err(_) => {}
            }
        }
        Ok(Self(timelines))
    }

    /// The timelines, by name, whose scenario is none of these.
    pub fn gone(&self, definitions: &[Data]) -> Vec<(&str, &Timeline)> {
        let is_gone = |name: &str| definitions.iter().all(|definition| definition.name != name);
        let mut gone: Vec<_> = self
            .0
            .iter()
            .map(|(name, timeline)| (name.as_str(), timeline))
            .filter(|(name, _)| is_gone(name))
            .collect();
        gone.sort_by_key(|(name, _)| *name);
        gone
    }

    /// The timeline of a scenario; an empty one if it is new.
    pub fn timeline(&self, definition: &Data) -> Timeline {
        self.0.get(&definition.name).cloned().unwrap_or_default()
    }
}

/// The scenario whose snapshot a file is.
fn scenario(file: &str) -> Option<&str> {
    let name = file.strip_suffix(".snap")?;
    Some(name.strip_prefix("xtask__scenarios__tests__").unwrap_or(name))
        .filter(|name| !name.contains("__"))
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
    use super::{Old, scenario, timeline};
    use crate::scenarios::data::{Data, folder};
    use mem_report::Timeline;

    #[test]
    fn a_scenario_that_is_there_no_more_is_told() {
        let name = scenario("xtask__scenarios__tests__d9-renamed.snap").expect("a scenario's");
        assert_eq!(scenario("xtask__other__tests__a.snap"), None);
        let old = [name, "d3-2-weak-map"].map(|name| (name.to_owned(), Timeline::new()));
        let old = Old(old.into_iter().collect());
        let all = Data::all(&folder()).expect("the scenarios can be read");
        let gone = old.gone(&all);
        assert_eq!(gone.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["d9-renamed"]);
    }

    #[test]
    fn a_snapshot_of_the_older_format_is_refused() {
        let old = "---\nsource: a\n---\n== d3-2 (D3.2): about\n\n sample  figure\n";
        let error = timeline(old).expect_err("another format");
        assert_eq!(error.to_string(), "it is older than the format for review");
        assert!(timeline("no header").is_err());
    }
}
