//! The documents: their links lead to files that exist, the paths and names in backticks exist, and `docs/UNSAFE.md` lists
//! exactly the files with unsafe code.

use pulldown_cmark::{Event, Parser, Tag};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// What a document says about the repository.
#[derive(Default)]
pub struct Claims {
    /// Targets of links, without fragments; addresses of other places left out.
    pub links: Vec<String>,
    /// The contents of code spans.
    pub spans: Vec<String>,
}

/// Reads the claims of a document.
pub fn claims(markdown: &str) -> Claims {
    let mut claims = Claims::default();
    for event in Parser::new_ext(markdown, pulldown_cmark::Options::ENABLE_TABLES) {
        match event {
            Event::Code(span) => claims.spans.push(span.into_string()),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let target = dest_url.split('#').next().unwrap_or_default();
                if !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") {
                    claims.links.push(target.to_owned());
                }
            }
            _ => {}
        }
    }
    claims
}

/// The code span as a path of the repository, if it looks like one.
pub fn as_path(span: &str) -> Option<&str> {
    let folders = ["crates/", "xtask/", "benches/", "docs/", ".ci/", ".github/", ".cargo/"];
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    (folders.iter().any(|folder| span.starts_with(folder)) && span.chars().all(plain))
        .then_some(span)
}

/// The words of a code span that is a Rust path, such as `Heap::collect`; the sources must contain them.
pub fn as_name(span: &str) -> Option<Vec<&str>> {
    let span = span.strip_suffix("()").unwrap_or(span);
    let words: Vec<&str> = span.split("::").collect();
    let name = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    (words.len() > 1 && words.iter().all(name)).then_some(words)
}

/// A link's target from the folder of the document, as a path from the repository's root.
pub fn resolve(folder: &Path, target: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for component in folder.join(target).components() {
        match component {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}

/// Files with unsafe code that the list leaves out, and files of the list that have none.
pub fn unsafe_files<'f>(
    listed: &'f BTreeSet<String>,
    found: &'f BTreeSet<String>,
) -> (Vec<&'f String>, Vec<&'f String>) {
    (found.difference(listed).collect(), listed.difference(found).collect())
}

#[cfg(test)]
mod tests {
    use super::{as_name, as_path, claims, resolve, unsafe_files};
    use std::path::Path;

    #[test]
    fn links_and_code_spans_are_read_and_code_blocks_are_not() {
        let claims = claims("See [it](a.md#part), `docs/b.md`.\n\n```rust\nlet `c`;\n```\n");
        assert_eq!((claims.links, claims.spans), (vec!["a.md".into()], vec!["docs/b.md".into()]));
    }

    #[test]
    fn a_link_to_another_place_is_no_claim_about_the_repository() {
        assert!(claims("[Node](https://nodejs.org) [top](#top)").links.is_empty());
    }

    #[test]
    fn paths_and_names_are_told_from_other_code() {
        assert_eq!(as_path("crates/heap-model/src/lib.rs"), Some("crates/heap-model/src/lib.rs"));
        assert_eq!(as_path("crates/*/src"), None);
        assert_eq!(as_name("Heap::collect()"), Some(vec!["Heap", "collect"]));
        assert_eq!(as_name("cargo test"), None);
        assert_eq!(as_name("v8::Global<T>"), None);
    }

    #[test]
    fn a_link_is_resolved_from_its_document() {
        assert_eq!(resolve(Path::new("docs"), "../README.md"), Path::new("README.md"));
    }

    #[test]
    fn the_list_of_unsafe_files_is_compared_both_ways() {
        let (listed, found) = (["a".into()].into(), ["b".into()].into());
        let (missing, stale) = unsafe_files(&listed, &found);
        assert_eq!((missing, stale), (vec![&"b".to_owned()], vec![&"a".to_owned()]));
    }
}
