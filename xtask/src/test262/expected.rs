//! The list of failures that are known, each with its reason: `xtask/test262/expected-failures.txt`.
//!
//! A line is one of
//! - `feature NAME: REASON`: tests of a feature that is not there; these are not run;
//! - `since NODE NAME`: tests of a feature that a later Node has, which is then played;
//! - `folder PREFIX: REASON`: tests below a path; these are not run;
//! - `reason TEXT`: the reason of the files below it;
//! - a path: a file that fails. A file that no longer fails must be taken from the list.

use super::front_matter::FrontMatter;
use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    pub features: BTreeMap<String, String>,
    /// The Node that the tests of a feature are run as.
    pub since: BTreeMap<String, u32>,
    pub folders: BTreeMap<String, String>,
    /// The reason of each file.
    pub files: BTreeMap<String, String>,
}

impl Expected {
    /// Reads the list.
    ///
    /// # Errors
    /// The line that is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut result = Self::default();
        let mut reason = String::new();
        for line in text.lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(text) = line.strip_prefix("reason ") {
                text.clone_into(&mut reason);
                continue;
            }
            let entry = |text: &str| {
                let (name, why) = text.split_once(": ").ok_or("a reason is missing")?;
                Ok::<_, String>((name.to_owned(), why.to_owned()))
            };
            if let Some((node, name)) =
                line.strip_prefix("since ").and_then(|text| text.split_once(' '))
            {
                let node = node.parse().map_err(|_| format!("not understood: {line}"))?;
                result.since.insert(name.to_owned(), node);
            } else if let Some(text) = line.strip_prefix("feature ") {
                result.features.extend([entry(text)?]);
            } else if let Some(text) = line.strip_prefix("folder ") {
                result.folders.extend([entry(text)?]);
            } else if line.ends_with(".js") {
                result.files.insert(line.to_owned(), reason.clone());
            } else {
                return Err(format!("not understood: {line}"));
            }
        }
        Ok(result)
    }

    /// The list as text: what is not run first, then the files by their reasons.
    pub fn print(&self) -> String {
        let mut text = String::from(
            "# What of test262 fails, and why. `cargo xtask test262` fails if a file fails that is not here, or passes that is.\n\n",
        );
        for (name, reason) in &self.features {
            let _ = writeln!(text, "feature {name}: {reason}");
        }
        text.push('\n');
        for (name, node) in &self.since {
            let _ = writeln!(text, "since {node} {name}");
        }
        text.push('\n');
        for (name, reason) in &self.folders {
            let _ = writeln!(text, "folder {name}: {reason}");
        }
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (file, reason) in &self.files {
            reasons.entry(reason).or_default().push(file);
        }
        for (reason, files) in reasons {
            let _ = writeln!(text, "\nreason {reason}");
            files.iter().for_each(|file| text.extend([*file, "\n"]));
        }
        text
    }

    /// The Node that a test asks for, if it is later than the one that is played otherwise.
    pub fn node(&self, front: &FrontMatter) -> Option<u32> {
        front.features.iter().filter_map(|name| self.since.get(name)).max().copied()
    }

    /// Why a test is not run.
    pub fn not_run(&self, path: &str, front: &FrontMatter) -> Option<&str> {
        let folder = self.folders.iter().find(|(prefix, _)| path.starts_with(*prefix));
        let feature = || front.features.iter().find_map(|name| self.features.get(name));
        folder.map(|(_, reason)| reason).or_else(feature).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_is_printed() {
        let mut list = Expected::default();
        list.features.insert("x".to_owned(), "not in Node".to_owned());
        list.since.insert("y".to_owned(), 22);
        list.folders.insert("a/b/".to_owned(), "no".to_owned());
        list.files.insert("a/c.js".to_owned(), "the first".to_owned());
        list.files.insert("a/d.js".to_owned(), "the second".to_owned());
        list.files.insert("b/e.js".to_owned(), "the first".to_owned());
        assert_eq!(Expected::parse(&list.print()), Ok(list));
    }
}
