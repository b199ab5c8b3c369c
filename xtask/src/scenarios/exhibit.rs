//! The index of the scenarios' pages, which is the project's exhibit: each scenario with its program, its chart and what it
//! found. One page that loads nothing and needs no script.

use super::chart::{self, escaped};
use super::data::Data;
use super::report::Report;
use super::verdict::Verdict;
use std::fmt::Write as _;

const STYLE: &str = include_str!("exhibit.css");

/// The groups, by how the names of their scenarios begin.
const GROUPS: &[(&str, &str, &str)] = &[
    ("d1", "D1", "Allocation in the V8 heap"),
    ("d2", "D2", "Off-heap memory: slabs"),
    ("d3", "D3", "WeakMap"),
    ("d4", "D4", "Writable and back-pressure"),
    ("d5", "D5", "Closures"),
    ("leak", "Leaks", "What people lose memory by, and the mend"),
];

/// The page. `addresses` are those of the scenarios' own pages.
pub fn page(replayed: &[(&Data, Report)], addresses: &[String]) -> String {
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Memory scenarios</title>\n",
    );
    let _ = write!(page, "<style>{STYLE}</style>\n</head>\n<body>\n<main>\n");
    head(&mut page, replayed);
    for (prefix, short, title) in GROUPS {
        let mut own = replayed
            .iter()
            .zip(addresses)
            .filter(|((data, _), _)| data.name.starts_with(prefix))
            .peekable();
        if own.peek().is_none() {
            continue;
        }
        let _ = writeln!(page, "<h2 id=\"{prefix}\"><span>{short}</span> {title}</h2>");
        own.for_each(|((data, report), address)| article(&mut page, data, report, address));
    }
    let known = |data: &Data| GROUPS.iter().any(|(prefix, ..)| data.name.starts_with(prefix));
    for ((data, report), address) in
        replayed.iter().zip(addresses).filter(|((data, _), _)| !known(data))
    {
        article(&mut page, data, report, address);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn head(page: &mut String, replayed: &[(&Data, Report)]) {
    let count = |of: fn(&Verdict) -> bool| -> usize {
        replayed.iter().map(|(_, report)| report.count(of)).sum()
    };
    let holds = replayed.iter().filter(|(_, report)| report.holds()).count();
    page.push_str(
        "<header>\n<h1>What Node.js does with memory</h1>\n\
         <p class=\"lead\">Each program here is JavaScript that a real Node runs. The same text ran on node-memory, whose heap, \
         slabs and chunks are real memory. Beside its figures stand those that a real Node printed, and those of the \
         document: study notes on Node 16, restated point by point.</p>\n",
    );
    let _ = writeln!(
        page,
        "<dl class=\"tiles\">\
         <div><dt>scenarios hold</dt><dd>{holds} of {}</dd></div>\
         <div><dt>figures equal</dt><dd>{}</dd></div>\
         <div><dt>within what is allowed</dt><dd>{}</dd></div>\
         <div><dt>explained</dt><dd>{}</dd></div>\
         <div><dt>unexplained</dt><dd>{}</dd></div></dl>",
        replayed.len(),
        count(|verdict| *verdict == Verdict::Equal),
        count(|verdict| matches!(verdict, Verdict::Within(_))),
        count(|verdict| matches!(verdict, Verdict::Explained(_))),
        count(|verdict| matches!(verdict, Verdict::Unexplained(_))),
    );
    page.push_str("<nav aria-label=\"Groups\">");
    for (prefix, short, title) in GROUPS {
        if replayed.iter().any(|(data, _)| data.name.starts_with(prefix)) {
            let _ = write!(page, "<a href=\"#{prefix}\"><b>{short}</b> {title}</a>");
        }
    }
    page.push_str("</nav>\n</header>\n");
}

fn article(page: &mut String, data: &Data, report: &Report, address: &str) {
    let (state, word) = if report.holds() { ("holds", "holds") } else { ("fails", "fails") };
    let points = data.table.points.join(", ");
    let _ = writeln!(
        page,
        "<article id=\"{name}\">\n<p class=\"meta\"><a href=\"./{address}\">{name}</a>{points} <span class=\"{state}\">{word}</span></p>\n\
         <h3>{about}</h3>\n<p class=\"proves\">{proves}</p>\n<div class=\"two\">",
        name = escaped(&data.name),
        address = escaped(address),
        points = if points.is_empty() {
            String::new()
        } else {
            format!(" <span class=\"points\">{points}</span>")
        },
        about = escaped(&capitalised(&data.table.about)),
        proves = escaped(&data.table.proves),
    );
    program(page, data);
    page.push_str("<div>\n");
    if report.timeline.len() > 1 {
        page.push_str(&chart::figure(report));
    }
    if !report.printed.is_empty() {
        page.push_str("<ul class=\"printed\">\n");
        for line in &report.printed {
            let _ = writeln!(page, "<li>{}</li>", escaped(line));
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</div>\n</div>\n<details><summary>");
    let verdicts = report.verdicts();
    let _ = write!(page, "{} expectations", report.checks.len());
    if !verdicts.is_empty() {
        let _ =
            write!(page, "; figures beside {}: {verdicts}", escaped(&report.peers.join(" and ")));
    }
    page.push_str("</summary>\n<ul>\n");
    for check in &report.checks {
        let mark = if check.holds { "✓" } else { "✗" };
        let found =
            if check.found.is_empty() { String::new() } else { format!(": {}", check.found) };
        let _ = writeln!(page, "<li>{mark} {}{}</li>", escaped(&check.what), escaped(&found));
    }
    for why in &report.explanations {
        let _ = writeln!(page, "<li>explained: {}</li>", escaped(why));
    }
    for note in
        data.table.notes.iter().map(|note| format!("note: {note}")).chain(report.calls.clone())
    {
        let _ = writeln!(page, "<li>{}</li>", escaped(&note));
    }
    page.push_str("</ul>\n</details>\n</article>\n");
}

/// The program's lines; those that print a sample are marked.
fn program(page: &mut String, data: &Data) {
    let text = std::fs::read_to_string(&data.program).unwrap_or_default();
    page.push_str("<pre tabindex=\"0\" aria-label=\"Program\"><code>");
    for line in text.lines() {
        let class = match () {
            () if line.contains("console.log(process.memoryUsage())") => " class=\"sample\"",
            () if line.trim_start().starts_with("//") => " class=\"comment\"",
            () => "",
        };
        let _ = write!(page, "<span{class}>{}\n</span>", escaped(line));
    }
    page.push_str("</code></pre>\n");
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}
