//! Programs that are none: each prints what Node v20 prints of it.
//!
//! `refused/programs.jsonl` has them, a line each: the kind of the file, the text, and what was printed.
//! `node refused/record.js` records that anew.

use node_memory::{Runtime, RuntimeOptions};
use node_script::{Finished, Machine, Options};
use std::path::Path;

fn printed(kind: &str, text: &str) -> String {
    let runtime = Runtime::new(RuntimeOptions::default()).unwrap();
    let options = Options {
        out: Box::new(std::io::sink()),
        err: Box::new(std::io::sink()),
        steps: Some(1000),
        ..Options::default()
    };
    let mut machine = Machine::new(runtime, options).unwrap();
    let path = format!("/refused.{kind}");
    let finished = machine.run_text(Path::new(&path), text);
    let Finished::Uncaught(shown) = finished else { return format!("{finished:?}") };
    // Behind the error are its calls.
    let shown = shown.split("\n    at ").next().unwrap_or_default();
    let place = shown.strip_prefix("file://").unwrap_or(shown);
    place.strip_prefix(&format!("{path}:")).unwrap_or(place).to_owned()
}

#[test]
fn what_is_wrong_with_a_text_is_told_and_marked_as_in_node() {
    let mut differing = Vec::new();
    for line in include_str!("refused/programs.jsonl").lines() {
        let [kind, text, expected]: [String; 3] = serde_json::from_str(line).unwrap();
        let shown = printed(&kind, &text);
        if shown != expected {
            differing.push(format!("{text}\n--- Node:\n{expected}\n--- here:\n{shown}\n"));
        }
    }
    assert!(differing.is_empty(), "{} differ:\n{}", differing.len(), differing.join("\n"));
}
