//! Criterion's benchmarks: ids are `crate/operation/workload/implementation`, and the
//! implementation that has the crate's name is ours.

use super::row::Row;
use anyhow::{Context, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Runs the benchmarks and reads their medians.
pub fn run(filter: &str, quick: bool) -> anyhow::Result<Vec<Row>> {
    let start = SystemTime::now();
    let mut command = super::programs::cargo();
    command.args(["bench", "--package", "benches", "--features", "peers", "--benches", "--"]);
    if quick {
        command.args(["--warm-up-time", "0.3", "--measurement-time", "1"]);
    }
    if !filter.is_empty() {
        command.arg(filter);
    }
    let status = command.status().context("cargo bench")?;
    ensure!(status.success(), "cargo bench failed");
    let mut files = Vec::new();
    find(&target_directory()?.join("criterion"), start, &mut files);
    let mut groups: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
    for file in files {
        let (group, implementation) = id(&file)?;
        let estimates = read(&file.with_file_name("estimates.json"))?;
        let median = estimates["median"]["point_estimate"].as_f64().context("no median")?;
        groups.entry(group).or_default().push((implementation, median));
    }
    let row = |(group, results): (String, Vec<(String, f64)>)| {
        let ours = group.split('/').next().unwrap_or_default().to_owned();
        Row::new(group, "ns", &ours, results)
    };
    Ok(groups.into_iter().filter_map(row).collect())
}

fn id(file: &Path) -> anyhow::Result<(String, String)> {
    let benchmark = read(file)?;
    let text = |key: &str| {
        let missing = || format!("{}: no {key}", file.display());
        benchmark[key].as_str().map(str::to_owned).with_context(missing)
    };
    Ok((text("group_id")?, text("function_id")?))
}

fn read(file: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    serde_json::from_str(&text).with_context(|| file.display().to_string())
}

/// The `new/benchmark.json` files written since `start`.
fn find(folder: &Path, start: SystemTime, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, start, found);
        } else if path.ends_with("new/benchmark.json")
            && entry.metadata().and_then(|data| data.modified()).is_ok_and(|time| time >= start)
        {
            found.push(path);
        }
    }
}

fn target_directory() -> anyhow::Result<PathBuf> {
    let output = Command::new(super::programs::cargo().get_program())
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .output()
        .context("cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    metadata["target_directory"].as_str().map(PathBuf::from).context("no target directory")
}
