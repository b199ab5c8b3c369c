//! A list and a graph over a shared pointer like `Rc`: the same program for each of the peers. The objects are forgotten
//! at the end, because their drop would recurse.

/// Defines `list` and `graph` over a pointer `$Gc` and a cell `$Cell`, whose types derive `Trace` and `Finalize`.
macro_rules! collect_over {
    ($Gc:ident, $Cell:ident, $collect:path) => {
        #[derive(Trace, Finalize)]
        struct Link(Option<$Gc<Link>>);

        #[derive(Trace, Finalize)]
        struct Vertex($Cell<[Option<$Gc<Vertex>>; $crate::collect::task::EDGES]>);

        /// Collects a list.
        pub fn list(millions: usize) -> $crate::timed::Report {
            let last = $Gc::new(Link(None));
            let first = (1..millions * 1_000_000).fold(last, |next, _| $Gc::new(Link(Some(next))));
            let time = $crate::collect::task::measure($collect);
            let references =
                std::iter::successors(Some(&first), |link| link.0.as_ref()).skip(1).count();
            std::mem::forget(first);
            $crate::collect::task::report(millions, references, time)
        }

        /// Collects a graph.
        pub fn graph(millions: usize) -> $crate::timed::Report {
            let vertices = millions * 1_000_000;
            let vertex =
                |_| $Gc::new(Vertex($Cell::new([const { None }; $crate::collect::task::EDGES])));
            let all: Vec<$Gc<Vertex>> = (0..vertices).map(vertex).collect();
            let mut random = $crate::collect::task::Random::new();
            for vertex in &all {
                let to = std::array::from_fn(|_| Some(all[random.below(vertices)].clone()));
                *vertex.0.borrow_mut() = to;
            }
            let time = $crate::collect::task::measure($collect);
            let references =
                all.iter().map(|vertex| vertex.0.borrow().iter().flatten().count()).sum();
            std::mem::forget(all);
            $crate::collect::task::report(millions, references, time)
        }
    };
}
pub(super) use collect_over;
