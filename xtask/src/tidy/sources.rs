//! Source files: each opens with what it is for, and is short enough to be read in one sitting.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// A file with more lines is to be split where a concept ends.
const LONGEST: usize = 800;

/// All Rust files under a folder, in order.
///
/// # Errors
/// What reading a folder fails with.
pub fn rust_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What is wrong with a source file of a package, in words.
pub fn faults(source: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = source.lines().count();
    if lines > LONGEST {
        faults.push(format!("{lines} lines: split it where a concept ends"));
    }
    if !source.starts_with("//!") && !source.starts_with("#![doc") {
        faults.push("no header that says what the file is for".into());
    }
    faults
}

/// Whether a file has unsafe code, outside of comments.
pub fn has_unsafe_code(source: &str) -> bool {
    let code = |line: &&str| !line.trim_start().starts_with("//");
    let forms = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern", "unsafe trait"];
    source.lines().filter(code).any(|line| forms.iter().any(|form| line.contains(form)))
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
        assert!(has_unsafe_code("    let word = unsafe { cell.read() };\n"));
        assert!(!has_unsafe_code(
            "    // An unsafe fn has its reasons.\n#![forbid(unsafe_code)]\n"
        ));
    }
}
