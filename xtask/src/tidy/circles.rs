//! Circles among modules: strongly connected components of more than one module.

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use std::collections::BTreeSet;

/// The circles in a graph, each with its edges, in order.
pub fn circles(edges: &BTreeSet<(String, String)>) -> Vec<Vec<(&str, &str)>> {
    let edges = || edges.iter().map(|(from, to)| (from.as_str(), to.as_str()));
    let graph = DiGraphMap::<&str, ()>::from_edges(edges());
    let mut circles: Vec<Vec<(&str, &str)>> = tarjan_scc(&graph)
        .into_iter()
        .filter(|members| members.len() > 1)
        .map(|members| {
            let inside = |(from, to): &(&str, &str)| members.contains(from) && members.contains(to);
            edges().filter(inside).collect()
        })
        .collect();
    circles.sort();
    circles
}

#[cfg(test)]
mod tests {
    use super::circles;
    use std::collections::BTreeSet;

    fn edges(pairs: &[(&str, &str)]) -> BTreeSet<(String, String)> {
        pairs.iter().map(|(from, to)| ((*from).into(), (*to).into())).collect()
    }

    #[test]
    fn modules_that_depend_downwards_only_make_no_circle() {
        assert!(circles(&edges(&[("api", "heap"), ("api", "cell"), ("heap", "cell")])).is_empty());
    }

    #[test]
    fn a_circle_is_shown_with_its_edges_alone() {
        let edges = edges(&[("api", "heap"), ("heap", "scope"), ("scope", "heap")]);
        assert_eq!(circles(&edges), [[("heap", "scope"), ("scope", "heap")]]);
    }
}
