//! Source files: each opens with what it is for, and is short enough to be read in one sitting.

use std::path::{Path, PathBuf};
use std::{fs, io};
use syn::visit::{self, Visit};

/// A longer file is to be split where a concept ends.
const LONGEST: usize = 800;

/// All Rust files under a folder, in order; what is built and the tests' fixtures are left out.
///
/// # Errors
/// What reading a folder fails with.
pub fn rust_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with("target") && !path.ends_with("fixtures") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The faults of a source file, in words.
pub fn faults(source: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = source.lines().count();
    if lines > LONGEST {
        faults.push(format!("{lines} lines: split it where a concept ends"));
    }
    // A crate's front page is its README, perhaps under a feature.
    let has_readme = source.contains("doc = include_str!(\"../README.md\")");
    if !source.starts_with("//!") && !has_readme {
        faults.push("no header that says what the file is for".into());
    }
    faults
}

/// Whether a file has unsafe code. One that does not parse has none: the compiler will say more.
pub fn has_unsafe_code(source: &str) -> bool {
    let mut found = Found(false);
    if let Ok(file) = syn::parse_file(source) {
        found.visit_file(&file);
    }
    found.0
}

/// Whether unsafe code was met.
struct Found(bool);

impl<'ast> Visit<'ast> for Found {
    fn visit_expr_unsafe(&mut self, _: &'ast syn::ExprUnsafe) {
        self.0 = true;
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.0 |= matches!(signature.safety, syn::Safety::Unsafe(_));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.0 |= item.unsafety.is_some();
        visit::visit_item_impl(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.0 |= item.unsafety.is_some();
        visit::visit_item_trait(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, faults, has_unsafe_code};

    #[test]
    fn a_file_without_a_header_or_with_too_many_lines_is_at_fault() {
        assert!(faults("//! Cells.\n").is_empty());
        assert!(faults("#![doc = include_str!(\"../README.md\")]\n").is_empty());
        assert_eq!(faults("struct Cell;\n").len(), 1);
        assert_eq!(faults(&format!("//! Cells.\n{}", "\n".repeat(LONGEST))).len(), 1);
    }

    #[test]
    fn unsafe_code_is_told_from_talk_about_it() {
        for code in [
            "fn f() { let word = unsafe { cell.read() }; }",
            "impl Cell { unsafe fn read(self) {} }",
            "unsafe impl Send for Cell {}",
        ] {
            assert!(has_unsafe_code(code), "{code}");
        }
        assert!(!has_unsafe_code(
            "// unsafe { }\n#![forbid(unsafe_code)]\nconst A: &str = \"unsafe fn\";"
        ));
    }
}
