//! From a tree to a program of the backtracking machine in `run`.

use super::modes::Modes;
use super::set::Set;
use super::tree::Node;

/// Where in a program an operation is.
pub(super) type Place = u32;
/// A number of the machine's registers.
pub(super) type Slot = u32;

#[derive(Clone, Debug)]
pub(super) enum Op {
    /// A code unit.
    Unit {
        unit: u32,
        back: bool,
    },
    /// A code point that is no single unit, or a surrogate, with the flag `u`.
    Point {
        point: u32,
        back: bool,
    },
    Class {
        class: u32,
        back: bool,
    },
    /// A class many times.
    Scan {
        class: u32,
        min: u32,
        max: u32,
        greedy: bool,
        back: bool,
    },
    /// Goes on, and at `other` if that fails.
    Try {
        other: Place,
    },
    /// Goes to `other`, and on here if that fails.
    TryOther {
        other: Place,
    },
    Jump {
        to: Place,
    },
    /// Keeps the place in a register.
    Save {
        slot: Slot,
    },
    /// No group of some has matched.
    Clear {
        from: Slot,
        to: Slot,
    },
    Zero {
        slot: Slot,
    },
    /// One turn more.
    Count {
        slot: Slot,
    },
    /// The head of a loop whose turns are counted: a turn, the exit, or one if the other fails.
    Turn {
        count: Slot,
        min: u32,
        max: u32,
        greedy: bool,
        exit: Place,
    },
    /// Fails if the place is where it was; if turns are counted, behind the least number of them.
    Moved {
        since: Slot,
        count: Option<(Slot, u32)>,
    },
    LineStart {
        multiline: bool,
    },
    LineEnd {
        multiline: bool,
    },
    WordEdge {
        negated: bool,
        folded: bool,
    },
    /// What a group matched, once more; of several the one that has matched.
    Back {
        groups: Box<[u32]>,
        ignore_case: bool,
        back: bool,
    },
    /// Keeps the height of the stack and the place in two registers.
    Look {
        slot: Slot,
    },
    /// What was looked for is there: nothing of it is tried again, and the place is as it was.
    Seen {
        slot: Slot,
    },
    /// As `Look`, and if nothing is there it goes on at `other`.
    LookNot {
        slot: Slot,
        other: Place,
    },
    /// What must not be there is: it fails.
    SeenNot {
        slot: Slot,
    },
    Match,
}

/// A set that is asked often.
#[derive(Debug)]
pub(super) struct Class {
    latin: [u64; 4],
    set: Set,
}

impl Class {
    fn new(set: &Set) -> Self {
        let mut latin = [0; 4];
        for point in (0..256).filter(|point| set.contains(*point)) {
            latin[point as usize / 64] |= 1 << (point % 64);
        }
        Self { latin, set: set.clone() }
    }

    #[inline]
    pub fn contains(&self, point: u32) -> bool {
        match self.latin.get(point as usize / 64) {
            Some(bits) => bits >> (point % 64) & 1 != 0,
            None => self.set.contains(point),
        }
    }
}

#[derive(Debug)]
pub(super) struct Program {
    pub ops: Vec<Op>,
    pub classes: Vec<Class>,
    /// Groups with the whole match; each has two registers, which come first.
    pub groups: u32,
    pub registers: u32,
    pub unicode: bool,
    /// What a match begins with, unless it may be anything.
    pub first: Option<Class>,
    /// A match begins at the text's start only.
    pub anchored: bool,
}

struct Compiler<'a> {
    ops: Vec<Op>,
    classes: Vec<Class>,
    registers: u32,
    unicode: bool,
    /// Inside what looks behind, where all goes from right to left.
    back: bool,
    names: &'a [(String, u32)],
}

pub(super) fn compile(tree: &Node, modes: Modes, groups: u32, names: &[(String, u32)]) -> Program {
    let mut compiler = Compiler {
        ops: Vec::new(),
        classes: Vec::new(),
        registers: 2 * groups,
        unicode: modes.unicode,
        back: false,
        names,
    };
    compiler.group(tree, 0);
    compiler.ops.push(Op::Match);
    let mut first = Set::default();
    let known = !tree.may_be_empty() && tree.first(&mut first);
    Program {
        ops: compiler.ops,
        classes: compiler.classes,
        groups,
        registers: compiler.registers,
        unicode: modes.unicode,
        first: known.then(|| Class::new(&first.settled())),
        anchored: tree.is_anchored(),
    }
}

impl Compiler<'_> {
    fn here(&self) -> Place {
        self.ops.len() as Place
    }

    fn slots(&mut self, count: u32) -> Slot {
        self.registers += count;
        self.registers - count
    }

    fn class(&mut self, set: &Set) -> u32 {
        self.classes.push(Class::new(set));
        self.classes.len() as u32 - 1
    }

    fn node(&mut self, node: &Node) {
        let back = self.back;
        match node {
            Node::Empty => {}
            Node::Char(point) => self.ops.push(match self.unicode {
                true if *point > 0xFFFF || (0xD800..0xE000).contains(point) => {
                    Op::Point { point: *point, back }
                }
                _ => Op::Unit { unit: *point, back },
            }),
            Node::Set(set) => {
                let class = self.class(set);
                self.ops.push(Op::Class { class, back });
            }
            Node::LineStart { multiline } => {
                self.ops.push(Op::LineStart { multiline: *multiline });
            }
            Node::LineEnd { multiline } => self.ops.push(Op::LineEnd { multiline: *multiline }),
            Node::WordEdge { negated, folded } => {
                self.ops.push(Op::WordEdge { negated: *negated, folded: *folded });
            }
            Node::Group { body, index: None } => self.node(body),
            Node::Group { body, index: Some(index) } => self.group(body, *index),
            Node::Look { body, behind, negated } => self.look(body, *behind, *negated),
            Node::Back { group, ignore_case } => {
                let groups = Box::new([*group]);
                self.ops.push(Op::Back { groups, ignore_case: *ignore_case, back });
            }
            Node::BackNamed { name, ignore_case } => {
                let own = self.names.iter().filter(|(known, _)| known == name);
                let groups = own.map(|(_, group)| *group).collect();
                self.ops.push(Op::Back { groups, ignore_case: *ignore_case, back });
            }
            Node::Repeat { body, min, max, greedy, groups } => {
                let clear = (!groups.is_empty())
                    .then(|| Op::Clear { from: 2 * groups.start, to: 2 * groups.end });
                self.repeat(body, *min, *max, *greedy, clear);
            }
            Node::Sequence(parts) if back => parts.iter().rev().for_each(|part| self.node(part)),
            Node::Sequence(parts) => parts.iter().for_each(|part| self.node(part)),
            Node::Choice(ways) => {
                let mut ends = Vec::new();
                for (number, way) in ways.iter().enumerate() {
                    if number + 1 == ways.len() {
                        self.node(way);
                        break;
                    }
                    let choice = self.hole();
                    self.node(way);
                    ends.push(self.hole());
                    self.ops[choice] = Op::Try { other: self.here() };
                }
                let to = self.here();
                ends.into_iter().for_each(|end| self.ops[end] = Op::Jump { to });
            }
        }
    }

    /// A place that is filled in later.
    fn hole(&mut self) -> usize {
        self.ops.push(Op::Match);
        self.ops.len() - 1
    }

    fn group(&mut self, body: &Node, index: u32) {
        let (start, end) = (2 * index, 2 * index + 1);
        let (first, last) = if self.back { (end, start) } else { (start, end) };
        self.ops.push(Op::Save { slot: first });
        self.node(body);
        self.ops.push(Op::Save { slot: last });
    }

    fn look(&mut self, body: &Node, behind: bool, negated: bool) {
        let slot = self.slots(2);
        let start = self.hole();
        let before = core::mem::replace(&mut self.back, behind);
        self.node(body);
        self.back = before;
        if negated {
            self.ops.push(Op::SeenNot { slot });
            self.ops[start] = Op::LookNot { slot, other: self.here() };
        } else {
            self.ops.push(Op::Seen { slot });
            self.ops[start] = Op::Look { slot };
        }
    }

    fn repeat(&mut self, body: &Node, min: u32, max: u32, greedy: bool, clear: Option<Op>) {
        if max == 0 {
            return;
        }
        let back = self.back;
        if let Node::Char(_) | Node::Set(_) = body {
            let mut set = Set::default();
            body.first(&mut set);
            let class = self.class(&set.settled());
            self.ops.push(Op::Scan { class, min, max, greedy, back });
            return;
        }
        let may_be_empty = body.may_be_empty();
        let since = may_be_empty.then(|| self.slots(1));
        let either = |other| if greedy { Op::Try { other } } else { Op::TryOther { other } };
        match (min, max) {
            (1, 1) => self.node(body),
            (0, 1 | u32::MAX) => {
                let head = self.hole();
                self.turn(body, clear, since, None);
                if max != 1 {
                    self.ops.push(Op::Jump { to: head as Place });
                }
                self.ops[head] = either(self.here());
            }
            (1, u32::MAX) if !may_be_empty => {
                let head = self.here();
                self.turn(body, clear, None, None);
                let next = self.here() + 2;
                self.ops.extend([either(next), Op::Jump { to: head }]);
            }
            _ => {
                let count = self.slots(1);
                self.ops.push(Op::Zero { slot: count });
                let head = self.hole();
                self.ops.push(Op::Count { slot: count });
                self.turn(body, clear, since, Some((count, min)));
                self.ops.push(Op::Jump { to: head as Place });
                self.ops[head] = Op::Turn { count, min, max, greedy, exit: self.here() };
            }
        }
    }

    /// One turn of a loop.
    fn turn(
        &mut self,
        body: &Node,
        clear: Option<Op>,
        since: Option<Slot>,
        count: Option<(Slot, u32)>,
    ) {
        self.ops.extend(clear);
        self.ops.extend(since.map(|slot| Op::Save { slot }));
        self.node(body);
        self.ops.extend(since.map(|since| Op::Moved { since, count }));
    }
}
