//! Snapshots of timelines for [insta](https://insta.rs), version 1.47 or later.

use crate::Timeline;
use crate::review::Review;
use ::insta::internals::SnapshotContents;
use ::insta::{Comparator, Snapshot};
use std::path::{Path, PathBuf};

/// Compares a timeline with a committed snapshot: they match as long as exact figures are equal and noisy
/// ones inside their bands.
///
/// [`assert_timeline_snapshot!`](crate::assert_timeline_snapshot) sets it.
#[derive(Clone, Debug)]
pub struct Bands {
    timeline: Timeline,
    review: fn(&Timeline) -> Review<'_>,
}

impl Bands {
    /// Compares with this timeline, whose text `review` makes.
    #[must_use]
    pub fn new(timeline: &Timeline, review: fn(&Timeline) -> Review<'_>) -> Self {
        Self { timeline: timeline.clone(), review }
    }

    /// The timeline's text, with the bands of the committed one that the values are inside of.
    #[must_use]
    pub fn text(&self, committed: &str) -> String {
        (self.review)(&self.timeline).keeping(committed).to_string()
    }

    /// Whether the timeline is as the committed text says. Blank lines at the end do not count.
    #[must_use]
    pub fn holds(&self, committed: &str) -> bool {
        self.text(committed).trim_end() == committed.trim_end()
    }
}

impl Comparator for Bands {
    fn matches(&self, reference: &Snapshot, _test: &Snapshot) -> bool {
        match reference.contents() {
            SnapshotContents::Text(text) => self.holds(&text.to_string()),
            SnapshotContents::Binary(_) => false,
        }
    }

    fn dyn_clone(&self) -> Box<dyn Comparator> {
        Box::new(self.clone())
    }
}

/// The text of a committed snapshot where insta keeps it, without its header; empty if there is none.
///
/// `manifest` is the package's folder, `file` the test's source as `file!()` gives it (from the workspace's
/// root or the package's).
#[doc(hidden)]
#[must_use]
pub fn committed(manifest: &str, file: &str, module: &str, name: &str) -> String {
    let settings = ::insta::Settings::clone_current();
    let suffix = settings.snapshot_suffix().map(|suffix| format!("@{suffix}")).unwrap_or_default();
    // As `get_snapshot_filename` of insta's `runtime.rs` does.
    let mut stem = format!("{name}{suffix}").replace(['/', '\\'], "__");
    if settings.prepend_module_to_snapshot() {
        stem = format!("{}__{stem}", module.replace("::", "__"));
    }
    let folder = |root: &Path| root.join(file).parent().map(PathBuf::from);
    let folders = Path::new(manifest).ancestors().filter_map(folder);
    let texts = folders.filter_map(|folder| {
        let path = folder.join(settings.snapshot_path()).join(format!("{stem}.snap"));
        std::fs::read_to_string(path).ok()
    });
    // The header is between two lines of three dashes; git may give the file Windows' line ends.
    let body =
        |text: String| text.replace("\r\n", "\n").splitn(3, "---\n").nth(2).map(str::to_owned);
    texts.into_iter().next().and_then(body).unwrap_or_default()
}

/// Asserts that a timeline is as its committed snapshot says, by [`Review`]'s text.
///
/// `assert_timeline_snapshot!("name", &timeline)`; a third argument is a function that takes the timeline and
/// gives its [`Review`], where that is not `Review::new`. Exact figures must be equal, noisy ones inside
/// their committed bands. A band whose value is still inside stays in the new snapshot too, so that a review
/// shows only what has moved.
///
/// ```
/// use mem_report::review::Review;
/// use mem_report::{Figure, MemoryUsage, Source, Timeline, assert_timeline_snapshot};
///
/// # fn a_test() {
/// let mut timeline = Timeline::new();
/// timeline.push("start", MemoryUsage::new().with(Figure::HeapUsed, 1000, Source::HEAP));
/// assert_timeline_snapshot!("start", &timeline);
/// assert_timeline_snapshot!("start without rss", &timeline, |timeline| {
///     Review::new(timeline).without(Figure::Rss)
/// });
/// # }
/// ```
#[macro_export]
macro_rules! assert_timeline_snapshot {
    ($name:expr, $timeline:expr $(,)?) => {
        $crate::assert_timeline_snapshot!($name, $timeline, |timeline| {
            $crate::review::Review::new(timeline)
        })
    };
    ($name:expr, $timeline:expr, $review:expr $(,)?) => {{
        let name: &str = ::core::convert::AsRef::as_ref(&$name);
        let bands = $crate::insta::Bands::new($timeline, $review);
        let manifest = ::core::env!("CARGO_MANIFEST_DIR");
        let committed =
            $crate::insta::committed(manifest, ::core::file!(), ::core::module_path!(), name);
        let text = bands.text(&committed);
        let mut settings = $crate::insta::insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.set_comparator(::std::boxed::Box::new(bands));
        settings.bind(|| $crate::insta::insta::assert_snapshot!(name, text));
    }};
}

#[doc(hidden)]
pub use ::insta;
