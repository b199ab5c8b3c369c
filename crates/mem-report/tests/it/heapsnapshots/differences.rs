//! What grew between two and three snapshots.

use super::build::snapshot;
use mem_report::heapsnapshot::{Paths, Snapshot, difference, survivors};

type Edges<'a> = Vec<(u32, &'a str, usize)>;

/// A cache with items of these identities, as a variable `cache` of a context.
fn cache(ids: &[u32]) -> Snapshot {
    let indices: Vec<_> = (0..ids.len()).map(|index| index.to_string()).collect();
    let items: Edges<'_> =
        indices.iter().enumerate().map(|(at, index)| (1, index.as_str(), at + 3)).collect();
    let mut nodes: Vec<super::build::Node<'_>> = vec![
        (1, "", 0, &[(2, "run", 1)]),
        (3, "system / Context", 8, &[(0, "cache", 2)]),
        (5, "Array", 16, &items),
    ];
    nodes.extend(ids.iter().map(|id| (*id, "Item", 100, &[][..])));
    snapshot(&nodes)
}

#[test]
fn new_and_freed_nodes_are_told_by_group_and_by_holder() {
    let (before, after) = (cache(&[11, 13]), cache(&[13, 15, 17]));
    let paths = Paths::new(&after);
    let difference = difference(&before, &after, &paths);
    assert_eq!(difference.groups.len(), 1);
    let items = &difference.groups[0];
    assert_eq!((items.name.as_str(), items.new_count, items.freed_count), ("Item", 2, 1));
    assert_eq!((items.new_size, items.freed_size, items.bytes()), (200, 100, 100));
    assert_eq!(difference.paths.len(), 1);
    let path = &difference.paths[0];
    assert_eq!((path.holder.as_str(), path.count, path.size), ("cache[*]", 2, 200));
    assert_eq!(difference.size_after - difference.size_before, 100);
}

#[test]
fn of_three_snapshots_only_what_survived_the_third_counts() {
    let (first, second, third) = (cache(&[11]), cache(&[11, 13, 15]), cache(&[11, 15, 17]));
    let paths = Paths::new(&third);
    let survivors = survivors(&first, &second, &third, &paths);
    assert_eq!(survivors.groups.len(), 1);
    assert_eq!((survivors.groups[0].new_count, survivors.groups[0].freed_count), (1, 0));
}

#[test]
fn equal_snapshots_do_not_differ() {
    let one = cache(&[11, 13]);
    let difference = difference(&one, &cache(&[11, 13]), &Paths::new(&one));
    assert!(difference.groups.is_empty() && difference.paths.is_empty());
}
