//! What every implementation of binary trees builds.

/// How many trees of each depth are made, shallowest first.
pub(super) fn rounds(depth: usize) -> impl Iterator<Item = (usize, usize)> {
    (4..=depth).step_by(2).map(move |shallow| (shallow, 1 << (depth - shallow + 4)))
}
