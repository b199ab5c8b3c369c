//! The command's arguments, in Node's spelling.

use clap::{Args, Parser, Subcommand, ValueEnum};
use node_memory::NodeVersion;
use std::path::PathBuf;

/// Runs JavaScript on Node.js's memory system
#[derive(Debug, Parser)]
#[command(name = "node-memory", version, disable_version_flag = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// Print this command's version
    #[arg(short = 'V', action = clap::ArgAction::Version)]
    pub version: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run JavaScript as node does; `node-memory FLAGS FILE` does, too
    #[command(
        override_usage = "node-memory [FLAGS] [FILE | -] [ARGUMENTS]\n       node-memory [FLAGS] -e CODE [ARGUMENTS]",
        args_override_self = true,
        after_help = "Without a file, the program is read from the standard input. NODE_OPTIONS has further flags.\n\
                      node-memory snapshot FILE says what holds the memory of a heap snapshot: node-memory snapshot --help"
    )]
    Run(Box<Run>),
    /// Say what holds the memory of a heap snapshot, and what grew between two or three of one process
    Snapshot(Snapshot),
}

/// What `node-memory snapshot` is told.
#[derive(Debug, Args)]
pub struct Snapshot {
    /// Snapshots as V8 writes them, the earliest first. Of three, what was allocated between the first two and survived
    /// the third is told
    #[arg(required = true, num_args = 1..=3, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The form of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: SnapshotFormat,
    /// The report's file; by default, and for -, the standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The bytes that a leak holds at least
    #[arg(long, value_name = "BYTES", default_value_t = 4096)]
    pub least: u64,
}

/// The form of a snapshot's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SnapshotFormat {
    Text,
    Markdown,
    Json,
    Html,
}

/// What `node-memory run` is told.
#[derive(Debug, Args)]
pub struct Run {
    /// Run a text instead of a file
    #[arg(short, long, value_name = "CODE")]
    pub eval: Option<String>,
    /// Run a text and print what it gives
    #[arg(short, long, value_name = "CODE", num_args = 0..=1)]
    pub print: Option<Option<String>>,
    /// Say whether the program's syntax is right, without running it
    #[arg(short, long)]
    pub check: bool,
    /// Require a module before the program; may be given again
    #[arg(short, long, value_name = "MODULE")]
    pub require: Vec<String>,
    /// What the text of -e or of the standard input is
    #[arg(long, value_name = "commonjs|module")]
    pub input_type: Option<String>,
    /// What happens to rejections that nobody handles: throw (unless 'unhandledRejection' is listened to), strict, warn,
    /// warn-with-error-code, none
    #[arg(long, value_name = "MODE")]
    pub unhandled_rejections: Option<String>,
    /// How many calls an error's stack has: the first Error.stackTraceLimit
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub stack_trace_limit: Option<i32>,
    /// Print no warnings
    #[arg(long)]
    pub no_warnings: bool,
    /// Print no warnings of what is deprecated
    #[arg(long)]
    pub no_deprecation: bool,
    /// Print warnings with their stacks
    #[arg(long)]
    pub trace_warnings: bool,
    /// Print warnings of what is deprecated with their stacks
    #[arg(long)]
    pub trace_deprecation: bool,
    /// Throw what is deprecated
    #[arg(long)]
    pub throw_deprecation: bool,
    /// Print the version of the Node that is played
    #[arg(short, long)]
    pub version: bool,
    /// Give the program the function gc()
    #[arg(long)]
    pub expose_gc: bool,
    /// The largest old generation, in MiB
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 24))]
    pub max_old_space_size: Option<u64>,
    /// The largest semi-space, in MiB; the young generation has three
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 14))]
    pub max_semi_space_size: Option<u64>,
    /// The size that a semi-space begins with, in MiB
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 14))]
    pub min_semi_space_size: Option<u64>,
    /// The heap's limit, in MiB
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(2..=1 << 24))]
    pub max_heap_size: Option<u64>,
    /// A new space that does not grow, and an old one that grows by 30 %
    #[arg(long)]
    pub predictable_gc_schedule: bool,
    /// An old generation of at most 2 GiB, whatever memory there is
    #[arg(long)]
    pub no_huge_max_old_generation_size: bool,
    /// Print a line for each collection
    #[arg(long)]
    pub trace_gc: bool,
    /// Print a line for each collection as names and values
    #[arg(long)]
    pub trace_gc_nvp: bool,
    /// Fill every Buffer with zeros
    #[arg(long)]
    pub zero_fill_buffers: bool,
    /// The stack that calls may take, in KiB
    #[arg(long, value_name = "KIB", default_value_t = 984, value_parser = clap::value_parser!(u64).range(64..=1 << 20))]
    pub stack_size: u64,
    /// The steps that one match of a regular expression may take: beyond, it throws a RangeError
    #[arg(long, value_name = "N", default_value_t = 1_000_000_000)]
    pub regexp_step_limit: u64,
    /// The heap's limit that V8 had on systems of 32 or 64 bits
    #[arg(long, value_name = "32-bit|64-bit")]
    pub preset: Option<String>,
    /// Whether a released slab is given to new Buffers (recycle)
    #[arg(long, value_name = "recycle")]
    pub reuse: Option<String>,
    /// Play an embedded Node, which does not track array buffers
    #[arg(long)]
    pub embedded: bool,
    /// Free array buffers as a Node without --single-threaded: external falls a collection later
    #[arg(long)]
    pub background_sweeping: bool,
    /// Whose sizes, pools and marks are played
    #[arg(long, value_name = "VERSION", default_value = "20")]
    pub node: Version,
    /// Start from that Node's figures
    #[arg(long)]
    pub baseline: bool,
    /// Virtual time, fixed random numbers and dates: two runs print the same
    #[arg(long)]
    pub deterministic: bool,
    /// Write the figures of each process.memoryUsage() and the collections between into a file
    #[arg(long, value_name = "FORMAT")]
    pub report: Option<Format>,
    /// The report's file, or - for the standard output; by default the program's name with .memory and the format's ending
    #[arg(long, value_name = "FILE", requires = "report")]
    pub report_out: Option<PathBuf>,
    /// Write a heap snapshot into this file once the program has ended
    #[arg(long, value_name = "FILE")]
    pub heapsnapshot_at_exit: Option<PathBuf>,
    /// The program; - is the standard input
    pub file: Option<PathBuf>,
    /// What the program finds in process.argv
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<String>,
}

impl Run {
    /// The flags that set a Node up.
    pub fn node_arguments(&self) -> Vec<String> {
        let mut flags = Vec::new();
        let mut add = |given: bool, text: String| {
            if given {
                flags.push(text);
            }
        };
        add(self.expose_gc, "--expose-gc".to_owned());
        if let Some(size) = self.max_old_space_size {
            add(true, format!("--max-old-space-size={size}"));
        }
        if let Some(size) = self.max_semi_space_size {
            add(true, format!("--max-semi-space-size={size}"));
        }
        if let Some(size) = self.min_semi_space_size {
            add(true, format!("--min-semi-space-size={size}"));
        }
        if let Some(size) = self.max_heap_size {
            add(true, format!("--max-heap-size={size}"));
        }
        add(self.predictable_gc_schedule, "--predictable-gc-schedule".to_owned());
        add(self.trace_gc, "--trace-gc".to_owned());
        add(self.trace_gc_nvp, "--trace-gc-nvp".to_owned());
        add(self.zero_fill_buffers, "--zero-fill-buffers".to_owned());
        flags
    }

    /// The flags that Node does not have.
    pub fn own_arguments(&self) -> Vec<String> {
        let named = [("--preset", &self.preset), ("--reuse", &self.reuse)];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        let plain =
            [("--embedded", self.embedded), ("--background-sweeping", self.background_sweeping)];
        let plain = plain.into_iter().filter(|(_, given)| *given).map(|(name, _)| name.to_owned());
        named.chain(plain).collect()
    }
}

/// A Node that can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Version {
    #[value(name = "12")]
    V12,
    #[value(name = "14")]
    V14,
    #[value(name = "16")]
    V16,
    #[value(name = "18")]
    V18,
    #[value(name = "20")]
    V20,
    #[value(name = "22")]
    V22,
    #[value(name = "24")]
    V24,
    #[value(name = "26")]
    V26,
}

impl From<Version> for NodeVersion {
    fn from(version: Version) -> Self {
        match version {
            Version::V12 => Self::V12,
            Version::V14 => Self::V14,
            Version::V16 => Self::V16,
            Version::V18 => Self::V18,
            Version::V20 => Self::V20,
            Version::V22 => Self::V22,
            Version::V24 => Self::V24,
            Version::V26 => Self::V26,
        }
    }
}

/// A report's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Html,
    Markdown,
    Json,
}

impl Format {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Json => "jsonl",
        }
    }
}
