//! One self-contained page: the summary, and the tree of dominators to click through.
//!
//! The page loads nothing and its policy (CSP) forbids every request. Each rectangle is as wide as what it retains;
//! what it dominates lies below it. A click or Enter makes a rectangle the whole width; nodes of one parent and kind
//! are one rectangle. What is less than one part in 2000 of the whole is not drawn.

use super::analysis::Analysis;
use super::summary::Summary;
use super::view::view;
use crate::escape::Html;
use std::io::{self, Write};

const SCRIPT: &str = include_str!("page/page.js");
const STYLE: &str = include_str!("page/page.css");

/// Writes the page of a summary and its analysis. O(nodes); the page's size does not grow with them beyond some MB.
///
/// # Errors
/// What the writer refuses.
pub fn write_page(
    summary: &Summary,
    analysis: &Analysis<'_>,
    mut to: impl Write,
) -> io::Result<()> {
    let title = Html(&summary.title);
    writeln!(
        to,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>"
    )?;
    let text = summary.to_string();
    // The first line is the title.
    let text = text.split_once('\n').map_or("", |(_, rest)| rest);
    writeln!(to, "<h2>Summary</h2>\n<pre>")?;
    text.lines().try_for_each(|line| writeln!(to, "{}", Html(line)))?;
    writeln!(
        to,
        "</pre>\n<h2>What holds the memory</h2>\n\
         <p>Each bar is as wide as what it retains. Below it lies what it holds. A click makes a bar the whole width.</p>\n\
         <nav id=\"trail\" aria-label=\"Path\"></nav>\n\
         <p id=\"about\" role=\"status\"></p>\n<div id=\"flame\" role=\"tree\" aria-label=\"Retained sizes\"></div>\n\
         <noscript><p>The view needs JavaScript; the summary has its figures.</p></noscript>\n</main>"
    )?;
    // In JSON, `<` may stand for itself; as a number it ends no script.
    let data = serde_json::to_string(&view(analysis))?.replace('<', "\\u003c");
    writeln!(to, "<script type=\"application/json\" id=\"data\">{data}</script>")?;
    writeln!(to, "<script>{SCRIPT}</script>\n</body>\n</html>")
}
