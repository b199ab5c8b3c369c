//! Splay over a shared pointer like `Rc`: the same program for each of the peers.

/// Defines `run` over a pointer `$Gc` and a cell `$Cell`, whose types derive `$derive`.
macro_rules! splay_over {
    ($Gc:ident, $Cell:ident, [$($derive:ident),*]) => {
        type Link = Option<$Gc<Node>>;

        #[derive($($derive),*)]
        struct Node {
            key: i32,
            sides: [$Cell<Link>; 2],
            _payload: Option<Payload>,
        }

        #[derive($($derive),*)]
        enum Payload {
            Leaf($Gc<Leaf>),
            Branch($Gc<Branch>),
        }

        #[derive($($derive),*)]
        struct Leaf(Vec<i32>, String);

        #[derive($($derive),*)]
        struct Branch(Payload, Payload);

        fn payload(text: &str, depth: usize) -> Payload {
            if depth == 0 {
                return Payload::Leaf($Gc::new(Leaf((0..$crate::splay::task::LEAF as i32).collect(), text.to_owned())));
            }
            Payload::Branch($Gc::new(Branch(payload(text, depth - 1), payload(text, depth - 1))))
        }

        fn node(key: i32, payload: Option<Payload>) -> $Gc<Node> {
            let sides = [$Cell::new(None), $Cell::new(None)];
            $Gc::new(Node { key, sides, _payload: payload })
        }

        impl $crate::splay::tree::Node for $Gc<Node> {
            type Context = ();

            fn new((): (), key: i32) -> Self {
                node(key, Some(payload(&$crate::splay::task::text(key), $crate::splay::task::DEPTH)))
            }

            fn bare((): ()) -> Self {
                node(0, None)
            }

            fn key(&self) -> i32 {
                self.key
            }

            fn side(&self, side: usize) -> Link {
                self.sides[side].borrow().clone()
            }

            fn put(&self, (): (), side: usize, to: Link) {
                *self.sides[side].borrow_mut() = to;
            }
        }

        /// Runs the workload.
        pub fn run(thousands: usize) -> u64 {
            $crate::splay::tree::run::<$Gc<Node>>(thousands)
        }
    };
}
pub(super) use splay_over;
