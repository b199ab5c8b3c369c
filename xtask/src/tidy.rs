//! `cargo xtask tidy`: what the compiler does not check.
//!
//! - No modules of a package depend on one another in a circle.
//! - Each source file opens with what it is for, and none is too long.
//! - A crate without unsafe code forbids it, and `docs/UNSAFE.md` lists exactly the files that have some.
//! - Links in documents lead somewhere, and the paths and names in backticks exist.

mod circles;
mod docs;
mod modules;
mod sources;

use modules::Modules;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

/// Documents whose names in backticks are ours; others name V8's and Node's too.
const NAMES_ARE_OURS: [&str; 2] = ["docs/ARCHITECTURE.md", "docs/UNSAFE.md"];

/// Where each file with unsafe code is listed.
const UNSAFE: &str = "docs/UNSAFE.md";

/// A package of the workspace.
struct Package {
    /// Its folder from the repository's root.
    folder: String,
    /// `lib.rs` or `main.rs`.
    root: &'static str,
}

/// Checks the repository and prints each fault.
pub fn run() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    match faults(&root) {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            eprintln!("{} faults", faults.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn faults(root: &Path) -> io::Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut sources = String::new();
    let mut with_unsafe_code = BTreeSet::new();
    for package in packages(root)? {
        let folder = root.join(&package.folder);
        let src = folder.join("src");
        circles_of(&package, &src, &mut faults);
        let mut library_has_unsafe_code = false;
        for file in sources::rust_files(&folder)? {
            let text = fs::read_to_string(&file)?;
            let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            let of_the_library = file.starts_with(&src);
            faults.extend(
                sources::faults(&text).into_iter().map(|fault| format!("{shown}: {fault}")),
            );
            if sources::has_unsafe_code(&text) {
                library_has_unsafe_code |= of_the_library;
                with_unsafe_code.insert(shown);
            }
            if of_the_library {
                sources.push_str(&text);
            }
        }
        let head = fs::read_to_string(src.join(package.root))?;
        if !library_has_unsafe_code && !head.contains("#![forbid(unsafe_code)]") {
            faults.push(format!("{}: no unsafe code, and not forbidden", package.folder));
        }
    }
    for document in documents(root)? {
        let markdown = fs::read_to_string(root.join(&document))?;
        claims_of(root, &document, &markdown, &sources, &mut faults);
    }
    let listed = fs::read_to_string(root.join(UNSAFE))?;
    let listed = docs::claims(&listed).spans.into_iter().filter(|span| span.ends_with(".rs"));
    let listed: BTreeSet<String> = listed.collect();
    let (missing, stale) = docs::unsafe_files(&listed, &with_unsafe_code);
    faults.extend(missing.iter().map(|file| format!("{UNSAFE}: does not list {file}")));
    faults.extend(stale.iter().map(|file| format!("{UNSAFE}: {file} has no unsafe code")));
    Ok(faults)
}

fn circles_of(package: &Package, src: &Path, faults: &mut Vec<String>) {
    match Modules::read(src, package.root) {
        Ok(modules) => {
            for circle in circles::circles(&modules.edges()) {
                let edges: Vec<String> =
                    circle.iter().map(|(from, to)| format!("\n  {from} -> {to}")).collect();
                faults.push(format!("{}: modules in a circle:{}", package.folder, edges.concat()));
            }
        }
        Err(error) => faults.push(format!("{}: {error}", package.folder)),
    }
}

fn claims_of(root: &Path, document: &str, markdown: &str, sources: &str, faults: &mut Vec<String>) {
    let claims = docs::claims(markdown);
    let folder = Path::new(document).parent().unwrap_or(Path::new(""));
    for target in &claims.links {
        if !root.join(docs::resolve(folder, target)).exists() {
            faults.push(format!("{document}: no {target}"));
        }
    }
    for path in claims.spans.iter().filter_map(|span| docs::as_path(span)) {
        if !root.join(path).exists() {
            faults.push(format!("{document}: no {path}"));
        }
    }
    if NAMES_ARE_OURS.contains(&document) {
        for span in &claims.spans {
            let words = docs::as_name(span).unwrap_or_default();
            if !words.into_iter().all(|word| has_word(sources, word)) {
                faults.push(format!("{document}: no {span} in the sources"));
            }
        }
    }
}

/// Whether a text contains a word, not only as a part of another.
fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + word.len()..].starts_with(part))
}

fn packages(root: &Path) -> io::Result<Vec<Package>> {
    let mut folders = vec!["benches".to_owned(), "xtask".to_owned()];
    for entry in fs::read_dir(root.join("crates"))? {
        folders.push(format!("crates/{}", entry?.file_name().to_string_lossy()));
    }
    folders.sort();
    let package = |folder: String| {
        let library = root.join(&folder).join("src/lib.rs").exists();
        Package { folder, root: if library { "lib.rs" } else { "main.rs" } }
    };
    Ok(folders.into_iter().map(package).collect())
}

/// Markdown files of the root, of `docs/` and of each package, from the root.
fn documents(root: &Path) -> io::Result<Vec<String>> {
    let mut folders: Vec<PathBuf> = vec![PathBuf::new(), "docs".into()];
    folders.extend(packages(root)?.into_iter().map(|package| package.folder.into()));
    let mut documents = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(root.join(&folder))? {
            let name = entry?.file_name();
            if Path::new(&name).extension().is_some_and(|extension| extension == "md") {
                documents.push(folder.join(name).display().to_string());
            }
        }
    }
    documents.sort();
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use super::has_word;

    #[test]
    fn a_part_of_a_word_is_not_the_word() {
        assert!(has_word("fn collect(&mut self)", "collect"));
        assert!(!has_word("fn collect_all()", "collect"));
        assert!(!has_word("", "collect"));
    }
}
