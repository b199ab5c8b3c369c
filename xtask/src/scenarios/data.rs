//! A scenario's data file, `scenarios/NAME.toml`: what the program `NAME.js` beside it shows, the document's figures, those
//! recorded from real Nodes, and what is expected.
//!
//! What is wrong in it is told with the file and the line.

use anyhow::{Context, anyhow, bail};
use mem_report::{Figure, MemoryUsage, Source, Timeline};
use node_memory::{NodeVersion, Output};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A scenario: its name, its program and its data.
#[derive(Clone, Debug)]
pub struct Data {
    pub name: String,
    /// The program's file.
    pub program: PathBuf,
    /// The data file; the program's where there is none.
    pub path: PathBuf,
    pub text: String,
    pub table: Table,
}

/// What the data file says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Table {
    /// The document's points that it shows; none for what people lose memory by.
    #[serde(default)]
    pub points: Vec<String>,
    /// What happens in it, in a line.
    pub about: String,
    /// What it proves, in a sentence.
    pub proves: String,
    /// Another file's program.
    pub program: Option<String>,
    /// Flags that a real Node and the replay are given.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Flags of the replay alone.
    #[serde(default)]
    pub replay_flags: Vec<String>,
    /// The release line that is played; 20 if nothing is said.
    pub node: Option<Spanned<String>>,
    /// Where the program's output goes: `pipe`, if nothing is said, or `terminal`.
    pub output: Option<Spanned<String>>,
    /// The samples' labels, in their order.
    pub samples: Vec<String>,
    /// How the program ends; `exit` if nothing is said.
    #[serde(default)]
    pub ends: Ends,
    /// The document's figures.
    pub document: Option<Figures>,
    #[serde(default)]
    pub expect: Vec<Expect>,
    #[serde(default)]
    pub explained: Vec<Explained>,
    /// What real Nodes printed.
    #[serde(default, rename = "recorded")]
    pub recordings: Vec<Recording>,
    /// Programs beside it whose system calls for memory are counted.
    #[serde(default)]
    pub counted: Vec<String>,
    #[serde(default)]
    pub notes: Vec<String>,
    /// Its figures differ from run to run, because the system has a part in them: there is no snapshot of it.
    #[serde(default)]
    pub varies: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ends {
    /// By itself.
    #[default]
    Exit,
    /// The heap's limit is reached.
    OutOfMemory,
}

/// A column of figures for each sample, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Figures {
    #[serde(default)]
    pub rss: Vec<u64>,
    #[serde(default)]
    pub heap_total: Vec<u64>,
    #[serde(default)]
    pub heap_used: Vec<u64>,
    #[serde(default)]
    pub external: Vec<u64>,
    #[serde(default)]
    pub array_buffers: Vec<u64>,
}

/// What a real Node printed: medians of some runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Recording {
    pub node: Spanned<String>,
    pub flags: Vec<String>,
    pub runs: usize,
    /// Scavenges and mark-compacts until each sample, by `--trace-gc`.
    #[serde(default)]
    pub scavenges: Vec<u64>,
    #[serde(default)]
    pub mark_compacts: Vec<u64>,
    /// Other lines that it printed.
    #[serde(default)]
    pub printed: Vec<String>,
    /// The system calls of the counted programs.
    #[serde(default)]
    pub calls: Vec<u64>,
    pub figures: Figures,
}

/// What must hold of the replay, and of each recorded Node.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expect {
    pub figure: Option<Spanned<String>>,
    /// The sample from which the figure's change is meant; without it, the figure itself.
    pub from: Option<Spanned<String>>,
    pub to: Option<Spanned<String>>,
    pub is: Option<i64>,
    pub at_least: Option<i64>,
    pub at_most: Option<i64>,
    /// A line that is printed.
    pub prints: Option<String>,
    /// It is expected of the replay alone, because of its flags.
    #[serde(default)]
    pub replay_only: bool,
    /// The release lines of which it is expected; all if none is named.
    #[serde(default)]
    pub lines: Vec<Spanned<String>>,
}

/// Why a figure differs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Explained {
    pub figure: Spanned<String>,
    /// The samples that it differs at; all if none is named.
    #[serde(default)]
    pub samples: Vec<Spanned<String>>,
    /// The release lines that it differs in; all if none is named.
    #[serde(default)]
    pub lines: Vec<Spanned<String>>,
    /// The largest difference that this explains, in bytes. With it, it also explains by how much a real Node misses what is
    /// expected.
    pub at_most: Option<u64>,
    pub by: String,
}

/// Whether something is meant for a release line: it names this one, or none.
pub fn is_for(lines: &[Spanned<String>], line: &str) -> bool {
    lines.is_empty() || lines.iter().any(|one| one.get_ref() == line)
}

/// The folder of the scenarios.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

impl Data {
    /// All scenarios of a folder, by their names.
    pub fn all(folder: &Path) -> anyhow::Result<Vec<Self>> {
        let listed = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
        let mut paths = Vec::new();
        for entry in listed {
            let path = entry.with_context(|| folder.display().to_string())?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
        paths.sort_by_key(|path| path.file_stem().map(ToOwned::to_owned));
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// Reads a data file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(path, text)
    }

    /// A data file with this text.
    pub fn parse(path: &Path, text: String) -> anyhow::Result<Self> {
        let table: Table = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| line(&text, span.start));
            anyhow!("{}:{line}: {}", path.display(), error.message())
        })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = table.program.clone().unwrap_or_else(|| format!("{name}.js"));
        let program = path.with_file_name(file);
        let data = Self { name, program, path: path.to_owned(), text, table };
        data.check()?;
        Ok(data)
    }

    /// A program without a data file.
    pub fn of_program(program: &Path, flags: Vec<String>) -> Self {
        let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let about = program.display().to_string();
        let table = Table { about, flags, ..Table::default() };
        let path = program.to_owned();
        Self { name, program: path.clone(), path, text: String::new(), table }
    }

    /// Its name, points and what happens in it.
    pub fn title(&self) -> String {
        let Table { points, about, .. } = &self.table;
        let points =
            if points.is_empty() { String::new() } else { format!(" ({})", points.join(", ")) };
        format!("{}{points}: {about}", self.name)
    }

    /// Whether a name or point on the command line means this scenario: `d3-2`, `D3.2`, `D3`.
    pub fn is_meant(&self, name: &str) -> bool {
        let spelled = |text: &str| text.to_lowercase().replace(['.', '_'], "-");
        let name = spelled(name);
        self.name.contains(&name) || self.table.points.iter().any(|point| spelled(point) == name)
    }

    /// The name of the release line that is played.
    pub fn line(&self) -> &str {
        self.table.node.as_ref().map_or("20", |node| node.get_ref())
    }

    /// The release line that is played.
    pub fn version(&self) -> anyhow::Result<NodeVersion> {
        match (version(self.line()), &self.table.node) {
            (Some(version), _) => Ok(version),
            (None, Some(node)) => {
                let text =
                    format!("no Node {} can be played: 12 to 26, the even ones", node.get_ref());
                Err(self.error(node, text))
            }
            (None, None) => Ok(NodeVersion::default()),
        }
    }

    /// Where the program's output goes.
    pub fn output(&self) -> anyhow::Result<Output> {
        let Some(output) = &self.table.output else { return Ok(Output::Pipe) };
        match output.get_ref().as_str() {
            "pipe" => Ok(Output::Pipe),
            "terminal" => Ok(Output::Terminal),
            other => Err(self.error(output, format!("an output is pipe or terminal, not {other}"))),
        }
    }

    /// The place of a sample in their order.
    pub fn sample(&self, label: &Spanned<String>) -> anyhow::Result<usize> {
        let known = self.table.samples.iter().position(|known| known == label.get_ref());
        known.ok_or_else(|| {
            let samples = self.table.samples.join(", ");
            self.error(
                label,
                format!("no sample is called {:?}; there are: {samples}", label.get_ref()),
            )
        })
    }

    pub fn figure(&self, name: &Spanned<String>) -> anyhow::Result<Figure> {
        Figure::from_name(name.get_ref()).ok_or_else(|| {
            let known = Figure::ALL.map(|figure| figure.to_string()).join(", ");
            self.error(name, format!("{:?} is no figure; there are: {known}", name.get_ref()))
        })
    }

    /// What a real Node of a release line printed, if that is recorded.
    pub fn recording(&self, line: &str) -> Option<&Recording> {
        self.table.recordings.iter().find(|one| one.line() == line)
    }

    fn error(&self, at: &Spanned<String>, text: String) -> anyhow::Error {
        anyhow!("{}:{}: {text}", self.path.display(), line(&self.text, at.span().start))
    }

    /// Whatever the types do not say.
    fn check(&self) -> anyhow::Result<()> {
        let at = self.path.display();
        let Table { samples, expect, .. } = &self.table;
        if !self.program.is_file() {
            bail!("{at}:1: its program {} is missing", self.program.display());
        }
        for name in &self.table.counted {
            if !self.program.with_file_name(name).is_file() {
                bail!("{at}:1: the counted program {name} is missing");
            }
        }
        if samples.is_empty() {
            bail!("{at}:1: no sample is named");
        }
        if expect.is_empty() {
            bail!("{at}:1: nothing is expected, so it shows nothing: add [[expect]]");
        }
        self.version()?;
        self.output()?;
        for (index, one) in expect.iter().enumerate() {
            let number = index + 1;
            let bounds = [one.is, one.at_least, one.at_most].iter().flatten().count();
            if let Some(figure) = &one.figure {
                self.figure(figure)?;
                one.from
                    .iter()
                    .chain(&one.to)
                    .try_for_each(|label| self.sample(label).map(drop))?;
                if one.to.is_none() || bounds == 0 || one.prints.is_some() {
                    let text =
                        "an expectation of a figure has `to`, and `is`, `at-least` or `at-most`";
                    return Err(self.error(figure, text.to_owned()));
                }
            } else if one.prints.is_none() || bounds > 0 {
                bail!("{at}:1: expectation {number} is neither of a figure nor of what is printed");
            }
        }
        let lines = expect.iter().flat_map(|one| &one.lines);
        for one in lines.chain(self.table.explained.iter().flat_map(|one| &one.lines)) {
            if version(one.get_ref()).is_none() {
                let text =
                    format!("no Node {} can be played: 12 to 26, the even ones", one.get_ref());
                return Err(self.error(one, text));
            }
        }
        for one in &self.table.explained {
            self.figure(&one.figure)?;
            one.samples.iter().try_for_each(|label| self.sample(label).map(drop))?;
        }
        let count = samples.len();
        let document = self.table.document.iter().flat_map(Figures::columns);
        for column in document {
            if !column.is_empty() && column.len() > count {
                bail!("{at}:1: the document's figures are of {} samples, of {count}", column.len());
            }
        }
        for one in &self.table.recordings {
            for column in one.figures.columns() {
                let is_other = !column.is_empty() && column.len() != count;
                if self.table.ends == Ends::Exit && is_other {
                    let text = format!("its figures are of {} samples, of {count}", column.len());
                    return Err(self.error(&one.node, text));
                }
            }
        }
        Ok(())
    }
}

impl Figures {
    fn columns(&self) -> [&Vec<u64>; 5] {
        [&self.rss, &self.heap_total, &self.heap_used, &self.external, &self.array_buffers]
    }

    /// As a timeline under the samples' labels.
    pub fn timeline(&self, labels: &[String], source: Source) -> Timeline {
        let count = self.columns().iter().map(|column| column.len()).max().unwrap_or(0);
        let mut timeline = Timeline::new();
        for index in 0..count {
            let mut usage = MemoryUsage::new();
            for (figure, column) in Figure::ALL.into_iter().zip(self.columns()) {
                if let Some(bytes) = column.get(index) {
                    usage = usage.with(figure, *bytes, source);
                }
            }
            let label = labels.get(index).cloned();
            timeline.push(&label.unwrap_or_else(|| format!("sample {}", index + 1)), usage);
        }
        timeline
    }
}

impl Recording {
    /// Its release line: `20` of `v20.20.2`.
    pub fn line(&self) -> &str {
        let version = self.node.get_ref().trim_start_matches('v');
        version.split('.').next().unwrap_or_default()
    }

    /// `Node 20.20.2`.
    pub fn title(&self) -> String {
        format!("Node {}", self.node.get_ref().trim_start_matches('v'))
    }
}

/// The release line with this number.
pub fn version(name: &str) -> Option<NodeVersion> {
    Some(match name {
        "12" => NodeVersion::V12,
        "14" => NodeVersion::V14,
        "16" => NodeVersion::V16,
        "18" => NodeVersion::V18,
        "20" => NodeVersion::V20,
        "22" => NodeVersion::V22,
        "24" => NodeVersion::V24,
        "26" => NodeVersion::V26,
        _ => return None,
    })
}

/// The line, from 1, of a place in a text.
fn line(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).matches('\n').count() + 1
}
