//! The programs of `benches/` that run as processes of their own, and Node's scripts beside them if a `node` is found.

use anyhow::{Context, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the engines' programs, beside the other built programs.
const ENGINES: &str = "engines";
/// MiB, which is more than most programs take.
const WARM: &str = "1536";

/// The cargo that runs this command.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A program's name in the table, and what runs it.
pub type Program = (&'static str, Command);

/// The built programs, and Node.
pub struct Programs {
    folder: PathBuf,
    node: Option<PathBuf>,
}

impl Programs {
    /// Builds the programs with their peers and looks for a `node`.
    pub fn build() -> anyhow::Result<Self> {
        Self::build_with(&["--package", "benches", "--features", "peers"])
    }

    /// Builds what arguments of `cargo build` say and looks for a `node`.
    pub fn build_with(arguments: &[&str]) -> anyhow::Result<Self> {
        let built =
            cargo().args(["build", "--release"]).args(arguments).status().context("cargo build")?;
        if !built.success() {
            bail!("the programs of benches did not build");
        }
        let node = which::which("node").ok();
        if node.is_none() {
            println!("no node is found: it is left out of the comparisons of programs");
        }
        Ok(Self { folder: target()?.join("release"), node })
    }

    /// The built program `name`, which takes a workload, an implementation and a size.
    pub fn built(&self, name: &str, arguments: [&str; 3]) -> Command {
        let mut command = self.program(name);
        command.args(arguments);
        command
    }

    /// Touches the memory that a program is about to use, in a process of its own: the peak of this process's resident set
    /// would be a lower bound of its children's.
    pub fn warm(&self) -> anyhow::Result<()> {
        let status = self.program("warm").arg(WARM).status().context("warm")?;
        ensure!(status.success(), "warm failed");
        Ok(())
    }

    /// The built program `name`.
    pub fn program(&self, name: &str) -> Command {
        Command::new(self.folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
    }

    /// A program of the workspace of engines, which is built in a folder of its own.
    pub fn engine(&self, name: &str) -> Command {
        let folder = self.folder.with_file_name(ENGINES).join("release");
        Command::new(folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
    }

    /// Builds the engines, which are no part of this workspace.
    pub fn build_engines(&self) -> anyhow::Result<()> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/engines");
        let built = cargo()
            .args(["build", "--release", "--target-dir"])
            .arg(self.folder.with_file_name(ENGINES))
            .arg("--manifest-path")
            .arg(folder.join("Cargo.toml"))
            .status()
            .context("cargo build")?;
        ensure!(built.success(), "the engines did not build");
        Ok(())
    }

    /// Where a `node` was found.
    pub fn found_node(&self) -> Option<&Path> {
        self.node.as_deref()
    }

    /// Node with `flags`, the script under `benches/node`, and its workload and size.
    pub fn node(&self, flags: &[&str], script: &str, arguments: [&str; 2]) -> Option<Program> {
        let mut command = Command::new(self.node.as_ref()?);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/node");
        command.args(flags).arg(folder.join(script)).args(arguments);
        Some(("node", command))
    }
}

/// The target folder, in which this program lies.
pub fn target() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().and_then(Path::parent).context("no target folder")?.to_path_buf())
}

/// The middle value.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
