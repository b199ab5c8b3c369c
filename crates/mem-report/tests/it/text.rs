//! Text of figures, read back.

use crate::figures::usage;
use mem_report::{Figure, MemoryUsage, ParseError, Source};

/// What `node -e 'console.log(process.memoryUsage())'` printed (v20.20.2).
const NODE: &str = "{
  rss: 41283584,
  heapTotal: 4059136,
  heapUsed: 3576800,
  external: 1319131,
  arrayBuffers: 10515
}
";

#[test]
fn node_s_text_is_read_and_printed_again_to_the_byte() {
    let usage: MemoryUsage = NODE.parse().expect("figures");
    assert_eq!(usage.heap_used(), Some(3_576_800));
    assert_eq!(usage.reading(Figure::Rss).map(|it| it.source), Some(Source::NODE));
    assert_eq!(format!("{usage}\n"), NODE);
}

#[test]
fn what_surrounds_node_s_text_is_passed_over() {
    let coloured = "start\n{\n  rss: \x1b[33m41283584\x1b[39m,\n  heapTotal: 4_059_136,\n  \
                    ownFigure: 1.5,\n  'heapUsed': 7,\n}\nend: {";
    let usage: MemoryUsage = coloured.parse().expect("figures");
    assert_eq!((usage.rss(), usage.heap_total()), (Some(41_283_584), Some(4_059_136)));
    assert_eq!((usage.heap_used(), usage.array_buffers()), (Some(7), None));
    assert_eq!("{}".parse(), Ok(MemoryUsage::new()));
}

#[test]
fn the_form_for_people_is_read_back_with_its_sources() {
    let text = format!("{:#}", usage());
    assert!(text.contains("heapUsed: 3,092,008 bytes (2.95 MiB; heap, exact)\n"), "{text}");
    assert_eq!(text.parse(), Ok(usage()));
    let own = usage().with(Figure::External, u64::MAX, Source::noisy("my, own; (pool)"));
    assert_eq!(format!("{own:#}").parse(), Ok(own));
}

#[test]
fn nothing_of_a_source_s_name_reaches_a_terminal_as_a_control_sequence() {
    for name in ["a\nrss: 1 bytes\u{1b}[31m\u{202e}", "{ rss: 1 }", "a\\b"] {
        let own = MemoryUsage::new().with(Figure::External, 1, Source::exact(name));
        let text = format!("{own:#}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.lines().count() == 1, "{text}");
        assert_eq!(text.parse(), Ok(own));
    }
}

#[test]
fn other_objects_before_node_s_are_passed_over() {
    let usage: MemoryUsage = "{\"pid\":1} [worker {2}] { rss: 3 }".parse().expect("figures");
    assert_eq!(usage.rss(), Some(3));
}

#[test]
fn a_difference_for_people_has_only_what_moved() {
    let later = usage().with(Figure::HeapUsed, 0, Source::HEAP);
    let text = format!("{:#}", later.since(&usage()));
    assert_eq!(text, "heapUsed: -3,092,008 bytes (-2.95 MiB; exact)\n");
}

#[test]
fn texts_that_are_no_figures_are_typed_errors() {
    let parse = |text: &str| text.parse::<MemoryUsage>().expect_err(text);
    assert_eq!(parse("hello"), ParseError::NoFigures);
    assert_eq!(parse("{ rss: 1"), ParseError::Unfinished);
    let entry = ParseError::Entry { line: 3, text: "nonsense".to_owned() };
    assert_eq!(parse("{\n  rss: 1,\n  nonsense\n}"), entry);
    for number in ["-1", "+1", "1.5", "1e9", "", "0x10", "18446744073709551616", "NaN"] {
        let wrong = ParseError::Number { figure: Figure::Rss, text: number.to_owned() };
        assert_eq!(parse(&format!("{{ rss: {number} }}")), wrong);
    }
    assert_eq!(parse("{ rss: 1, rss: 2 }"), ParseError::Twice(Figure::Rss));
    let entry = |text: &str| ParseError::Entry { line: 1, text: text.to_owned() };
    assert_eq!(parse("rss: 12 MB"), entry("rss: 12 MB"));
    assert_eq!(parse("rss: 1 bytes (x)"), entry("rss: 1 bytes (x)"));
}

#[cfg(feature = "serde")]
mod json {
    use super::*;
    use mem_report::{Detailed, Kinds};

    #[test]
    fn json_is_in_node_s_spelling_and_lacks_absent_figures() {
        let text = serde_json::to_string(&usage()).expect("json");
        let expected = r#"{"rss":27541504,"heapTotal":5685248,"heapUsed":3092008,"external":214186,"arrayBuffers":10422}"#;
        assert_eq!(text, expected);
        let mut old = usage();
        old.set(Figure::ArrayBuffers, None);
        let text = serde_json::to_string(&old).expect("json");
        assert!(!text.contains("arrayBuffers"));
        let read: MemoryUsage = serde_json::from_str(&text).expect("an old Node's");
        assert_eq!((read.external(), read.array_buffers()), (Some(214_186), None));
    }

    #[test]
    fn detailed_json_is_read_back_with_its_sources() {
        let text = serde_json::to_string(&Detailed(&usage())).expect("json");
        let rss = r#"{"rss":{"bytes":27541504,"source":"VmRSS","precision":"noisy"}"#;
        assert!(text.starts_with(rss), "{text}");
        assert_eq!(serde_json::from_str::<MemoryUsage>(&text).expect("json"), usage());
    }

    #[test]
    fn json_that_is_no_figures_is_an_error_and_null_an_absent_figure() {
        let read = |text: &str| serde_json::from_str::<MemoryUsage>(text);
        for text in [
            "[]",
            r#"{"rss":-1}"#,
            r#"{"rss":1.5}"#,
            r#"{"rss":"1"}"#,
            r#"{"rss":1,"rss":1}"#,
            r#"{"rss":{"bytes":1}}"#,
            r#"{"rss":{"bytes":1,"source":"x","precision":"so-so"}}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let usage = read(r#"{"rss":null,"ru_maxrss":{"a":[1]},"heapUsed":2}"#).expect("figures");
        assert_eq!((usage.rss(), usage.heap_used()), (None, Some(2)));
        let long =
            format!(r#"{{"rss":{{"bytes":1,"source":"{}","precision":"exact"}}}}"#, "x".repeat(65));
        assert!(read(&long).is_err(), "names of sources are kept, so they have a longest length");
    }

    #[test]
    fn a_table_by_kind_is_read_back() {
        let mut kinds = Kinds::new();
        kinds.add("heap", "strings", 2, 64);
        kinds.add_bytes("buffers", "slabs", 8192);
        let text = serde_json::to_string(&kinds).expect("json");
        assert_eq!(serde_json::from_str::<Kinds>(&text).expect("json"), kinds);
    }
}
