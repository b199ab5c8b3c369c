//! Binary trees over a shared pointer like `Rc`: the same program for each of the peers.

/// Defines `run` over a pointer `$Gc`, whose types derive `$derive`.
macro_rules! binary_trees_over {
    ($Gc:ident, [$($derive:ident),*]) => {
        #[derive($($derive),*)]
        struct Tree(Option<($Gc<Tree>, $Gc<Tree>)>);

        fn build(depth: usize) -> $Gc<Tree> {
            $Gc::new(Tree((depth > 0).then(|| (build(depth - 1), build(depth - 1)))))
        }

        fn count(tree: &$Gc<Tree>) -> u64 {
            tree.0.as_ref().map_or(1, |(left, right)| 1 + count(left) + count(right))
        }

        /// Runs the workload.
        pub fn run(depth: usize) -> u64 {
            let mut nodes = count(&build(depth + 1));
            let long = build(depth);
            for (depth, trees) in $crate::binary_trees::task::rounds(depth) {
                nodes += (0..trees).map(|_| count(&build(depth))).sum::<u64>();
            }
            nodes + count(&long)
        }
    };
}
pub(super) use binary_trees_over;
