//! Tables by kind and their differences.

use mem_report::{Kind, Kinds};

fn table(rows: &[(&'static str, &'static str, u64, u64)]) -> Kinds {
    let mut kinds = Kinds::new();
    for (group, name, count, bytes) in rows {
        kinds.add(*group, *name, *count, *bytes);
    }
    kinds
}

#[test]
fn rows_of_one_kind_are_added_up_and_sorted() {
    let mut kinds = table(&[("heap", "strings", 1, 24), ("buffers", "slabs", 1, 8192)]);
    kinds.extend(table(&[("heap", "strings", 2, 48), ("heap", "arrays", 1, 16)]));
    let rows: Vec<_> =
        kinds.rows().iter().map(|row| (&*row.group, &*row.name, row.bytes)).collect();
    assert_eq!(rows, [("buffers", "slabs", 8192), ("heap", "arrays", 16), ("heap", "strings", 72)]);
    assert_eq!(kinds.groups().collect::<Vec<_>>(), ["buffers", "heap"]);
    assert_eq!(kinds.group("heap").len(), 2);
    assert_eq!(kinds.group("hea").len(), 0);
    assert_eq!(kinds.get("heap", "strings").and_then(|row| row.count), Some(3));
}

#[test]
fn a_difference_names_what_moved_largest_first() {
    let before = table(&[("h", "a", 1, 10), ("h", "gone", 5, 500), ("h", "same", 1, 1)]);
    let after = table(&[("h", "a", 3, 40), ("h", "new", 2, 90), ("h", "same", 1, 1)]);
    let difference = after.since(&before);
    let shown: Vec<_> = difference.changes().iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["gone -5, -500 bytes", "new +2, +90 bytes", "a +2, +30 bytes"]);
    assert!(after.since(&after).is_empty());
    assert_eq!(difference.get("h", "new").map(|change| change.bytes), Some(90));
    assert_eq!(difference.get("h", "same"), None);
}

#[test]
fn a_count_that_changes_without_bytes_is_a_change() {
    let difference = table(&[("h", "a", 3, 10)]).since(&table(&[("h", "a", 1, 10)]));
    assert_eq!(difference.changes()[0].count, Some(2));
}

#[test]
fn a_kind_that_is_not_counted_has_no_change_of_count() {
    let mut after = Kinds::new();
    after.add_bytes("h", "slabs", 20);
    let mut before = after.clone();
    before.add("h", "slabs", 1, 1);
    assert_eq!(before.get("h", "slabs").and_then(|row| row.count), None);
    let difference = before.since(&after);
    assert_eq!(difference.changes()[0].to_string(), "slabs +1 bytes");
}

#[test]
fn sums_that_do_not_fit_stay_at_the_largest_number() {
    let mut kinds = table(&[("h", "a", u64::MAX, u64::MAX)]);
    kinds.add("h", "a", 1, 1);
    let row = Kind { group: "h".into(), name: "a".into(), count: Some(u64::MAX), bytes: u64::MAX };
    assert_eq!(kinds.rows(), [row]);
    let fallen = Kinds::new().since(&kinds);
    assert_eq!(fallen.changes()[0].bytes, -i128::from(u64::MAX));
}
