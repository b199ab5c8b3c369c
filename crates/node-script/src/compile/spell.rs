//! How the source spells an expression, for the error that names it (V8's `CallPrinter`).

use super::destructured::Source;
use super::function::FunctionCompiler;
use crate::parse::tree::{Binary, Element, Key, Kind, Logical, Node, Property, Target, Unary};

/// What V8 prints for an expression that has no text of its own.
const UNNAMED: &str = "(intermediate value)";
/// Links of a chain that are spelled: each link spells those before it.
const MOST_LINKS: usize = 500;

/// Before the text of a call that is not what is iterated, but stands last before it: V8 has no place for the iteration of
/// a pattern inside a pattern, and takes the last one before.
pub const LAST_CALL: &str = "= ";

/// What stands at the last place of an expression.
enum LastPlace<'a> {
    None,
    /// A call of this.
    Call(Node<'a>),
    Other,
}

impl<'a> FunctionCompiler<'_, 'a> {
    /// Says how the source spells what an instruction calls, constructs, iterates or takes apart.
    pub fn note_callee(&mut self, op: usize, spelled: Option<String>) {
        if let Some(text) = spelled {
            self.callees.push((op as u32, text.into()));
        }
    }

    /// The text of an expression; none is known for some, and for a chain that is very long.
    pub fn spell(&self, node: Node<'a>) -> Option<String> {
        self.spell_within(node, MOST_LINKS)
    }

    fn spell_within(&self, node: Node<'a>, links: usize) -> Option<String> {
        let links = links.checked_sub(1)?;
        Some(match &node.kind {
            Kind::Name(name) => self.names.text(name.name),
            Kind::This(_) => "this".to_owned(),
            Kind::NewTarget(_) => ".new.target".to_owned(),
            Kind::Member { object, name } => {
                let link = if matches!(object.kind, Kind::Optional(_)) { "?." } else { "." };
                format!("{}{link}{}", self.spell_within(object, links)?, self.names.text(*name))
            }
            Kind::Private { object, name } => {
                format!("{}.#{}", self.spell_within(object, links)?, self.names.text(name.name))
            }
            Kind::Index { object, key } => {
                let link = if matches!(object.kind, Kind::Optional(_)) { "?." } else { "" };
                let object = self.spell_within(object, links)?;
                match &key.kind {
                    Kind::String(name) => {
                        let link = if link.is_empty() { "." } else { link };
                        format!("{object}{link}{}", self.names.text(*name))
                    }
                    Kind::Template { strings: [name], .. } => {
                        format!("{object}.{}", self.names.text(*name))
                    }
                    _ => format!("{object}{link}[{}]", self.spell_within(key, links)?),
                }
            }
            Kind::Call { callee, .. } | Kind::TaggedTemplate { tag: callee, .. } => {
                format!("{}(...)", self.spell_within(callee, links)?)
            }
            Kind::SuperMember { key: Key::Name(name), .. } => {
                format!("{UNNAMED}.{}", self.names.text(*name))
            }
            Kind::Optional(inner) => self.spell_within(inner, links)?,
            Kind::Undefined => "undefined".to_owned(),
            Kind::Null => "null".to_owned(),
            Kind::Bool(value) => value.to_string(),
            Kind::Number(number) => crate::objects::number::to_text(*number),
            Kind::String(name) => format!("\"{}\"", self.names.text(*name)),
            Kind::Template { strings: [name], .. } => format!("\"{}\"", self.names.text(*name)),
            Kind::Template { values, .. } => {
                let text =
                    |value: &Node<'a>| self.spell(value).unwrap_or_else(|| UNNAMED.to_owned());
                values.iter().map(text).collect()
            }
            Kind::RegExp { pattern, flags } => {
                format!("/{}/{}", self.names.text(*pattern), self.names.text(*flags))
            }
            Kind::Unary { op: Unary::Minus, value } if matches!(value.kind, Kind::Number(_)) => {
                format!("-{}", self.spell_within(value, links)?)
            }
            Kind::Unary { op, value } => {
                let sign = match op {
                    Unary::Void => "void ",
                    Unary::TypeOf => "typeof ",
                    Unary::Minus => "-",
                    Unary::Plus => "+",
                    Unary::Not => "!",
                    Unary::BitNot => "~",
                };
                format!("({sign}{})", self.spell_within(value, links)?)
            }
            Kind::Delete(value) => format!("(delete {})", self.spell_within(value, links)?),
            Kind::Binary { op, left, right } => {
                format!(
                    "({} {} {})",
                    self.spell_within(left, links)?,
                    binary_sign(*op),
                    self.spell_within(right, links)?
                )
            }
            Kind::Logical { op, left, right } => {
                let sign = match op {
                    Logical::And => "&&",
                    Logical::Or => "||",
                    Logical::Coalesce => "??",
                };
                format!(
                    "({} {sign} {})",
                    self.spell_within(left, links)?,
                    self.spell_within(right, links)?
                )
            }
            Kind::Comma { left, right } => {
                format!(
                    "({} , {})",
                    self.spell_within(left, links)?,
                    self.spell_within(right, links)?
                )
            }
            Kind::Update { increment, prefix, target } => {
                let sign = if *increment { "++" } else { "--" };
                let target = self.spell_target(target)?;
                if *prefix { format!("({sign}{target})") } else { format!("({target}{sign})") }
            }
            Kind::Assign { target, .. }
            | Kind::AssignOp { target, .. }
            | Kind::AssignLogical { target, .. } => self.spell_target(target)?,
            Kind::Array(elements) => {
                let texts: Option<Vec<String>> = elements
                    .iter()
                    .map(|element| match element {
                        Element::Hole => Some(String::new()),
                        Element::Item(value) => self.spell_within(value, links),
                        Element::Spread(value) => {
                            Some(format!("(...{})", self.spell_within(value, links)?))
                        }
                    })
                    .collect();
                format!("[{}]", texts?.join(","))
            }
            Kind::Object(properties) => format!("{{{}}}", UNNAMED.repeat(properties.len())),
            Kind::Conditional { .. } => UNNAMED.repeat(3),
            Kind::Function(_)
            | Kind::Class(_)
            | Kind::New { .. }
            | Kind::BigInt(_)
            | Kind::Chain(_)
            | Kind::Await(_) => UNNAMED.to_owned(),
            _ => return None,
        })
    }

    /// The text of what is iterated.
    pub fn spell_iterated(&self, node: Node<'a>) -> Option<String> {
        match &node.kind {
            Kind::Call { callee, .. }
            | Kind::New { callee, .. }
            | Kind::TaggedTemplate { tag: callee, .. } => {
                Some(format!("{} is not a function or its return value", self.spell(callee)?))
            }
            _ => self.spell(node),
        }
    }

    /// The text of what a loop iterates.
    pub fn spell_looped(&self, node: Node<'a>) -> Option<String> {
        match &node.kind {
            Kind::Chain(_) | Kind::Logical { op: Logical::And | Logical::Or, .. } => None,
            _ => self.spell_iterated(node),
        }
    }

    /// What an error calls the value of an object pattern; nothing if it does not tell of the pattern, and says what
    /// could not be read.
    pub fn spell_object_source(&self, source: Source<'a>) -> Option<Option<String>> {
        match source {
            Source::Declared(node) | Source::Default(node) | Source::Assigned(node) => {
                Some(Some(self.spell(node).unwrap_or_else(|| UNNAMED.to_owned())))
            }
            Source::Loop => Some(Some(".for".to_owned())),
            Source::Catch => Some(Some(".catch".to_owned())),
            Source::Parameter { default: true } => Some(Some(UNNAMED.repeat(3))),
            Source::Parameter { default: false } => Some(None),
            Source::Inner => None,
        }
    }

    /// What an error calls the value of an array pattern.
    pub fn spell_array_source(&self, source: Source<'a>) -> Option<String> {
        match source {
            Source::Declared(node) => match &node.kind {
                Kind::Member { .. } | Kind::Index { .. } => None,
                _ => self.spell_looped(node),
            },
            Source::Default(node) => match &node.kind {
                Kind::Name(_) | Kind::Member { .. } | Kind::Comma { .. } => self.spell(node),
                Kind::Call { .. } | Kind::New { .. } => self.spell_iterated(node),
                _ => match self.last_place(node) {
                    LastPlace::Call(callee) => Some(format!("{LAST_CALL}{}", self.spell(callee)?)),
                    LastPlace::None | LastPlace::Other => None,
                },
            },
            Source::Loop => Some(".for".to_owned()),
            _ => None,
        }
    }

    /// The last place in the source that V8 would note for the instructions of an expression.
    fn last_place(&self, node: Node<'a>) -> LastPlace<'a> {
        match &node.kind {
            Kind::Undefined
            | Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::String(_)
            | Kind::RegExp { .. }
            | Kind::Function(_) => LastPlace::None,
            Kind::Call { callee, .. }
            | Kind::New { callee, .. }
            | Kind::TaggedTemplate { tag: callee, .. } => LastPlace::Call(callee),
            Kind::Chain(inner) | Kind::Unary { op: Unary::Not | Unary::Void, value: inner } => {
                self.last_place(inner)
            }
            Kind::Template { values, .. } => self.last_of(values.iter().rev().copied()),
            Kind::Conditional { condition, yes, no } => self.last_of([*no, *yes, *condition]),
            Kind::Logical { left, right, .. } | Kind::Comma { left, right } => {
                self.last_of([*right, *left])
            }
            Kind::Array(elements) => {
                let values: Option<Vec<Node<'a>>> = elements
                    .iter()
                    .rev()
                    .filter_map(|element| match element {
                        Element::Hole => None,
                        Element::Item(value) => Some(Some(*value)),
                        Element::Spread(_) => Some(None),
                    })
                    .collect();
                values.map_or(LastPlace::Other, |values| self.last_of(values))
            }
            Kind::Object(properties) => {
                let values: Option<Vec<Node<'a>>> = properties
                    .iter()
                    .rev()
                    .map(|property| match property {
                        Property::Value { key: Key::Name(_), value } => Some(*value),
                        _ => None,
                    })
                    .collect();
                values.map_or(LastPlace::Other, |values| self.last_of(values))
            }
            _ => LastPlace::Other,
        }
    }

    fn last_of(&self, backwards: impl IntoIterator<Item = Node<'a>>) -> LastPlace<'a> {
        let mut places = backwards.into_iter().map(|node| self.last_place(node));
        places.find(|place| !matches!(place, LastPlace::None)).unwrap_or(LastPlace::None)
    }

    /// Takes the names of a member for the function that is assigned to it, if it has none of its own (V8's
    /// `FuncNameInferrer`): `Foo.prototype.bar = function () {}` is `Foo.bar`. Returns how many were there before.
    pub fn infer(&mut self, member: Node<'a>, value: Node<'a>) -> usize {
        let known = self.inferring.len();
        if matches!(value.kind, Kind::Function(_) | Kind::Assign { .. }) {
            let around =
                self.function.name.filter(|_| known == 0).map(|name| self.names.text(name));
            let is_class = |name: &String| name.starts_with(char::is_uppercase);
            self.inferring.extend(around.filter(is_class));
            self.infer_member(member);
        }
        known
    }

    fn infer_member(&mut self, member: Node<'a>) {
        let first = self.inferring.len();
        let mut node = member;
        for _ in 0..MOST_LINKS {
            node = match &node.kind {
                Kind::Member { object, name } => {
                    self.inferring.push(self.names.text(*name));
                    object
                }
                Kind::Index { object, key } => {
                    let name = match &key.kind {
                        Kind::String(name) => self.names.text(*name),
                        _ => "<computed>".to_owned(),
                    };
                    self.inferring.push(name);
                    object
                }
                Kind::Name(name) => {
                    self.inferring.push(self.names.text(name.name));
                    break;
                }
                _ => break,
            };
        }
        self.inferring[first..].reverse();
        self.inferring.retain(|name| name != "prototype");
    }

    fn spell_target(&self, target: &Target<'a>) -> Option<String> {
        match target {
            Target::Name(name) => Some(self.names.text(name.name)),
            Target::Member(member) => self.spell(member),
            Target::Pattern(_) => None,
        }
    }
}

const fn binary_sign(op: Binary) -> &'static str {
    match op {
        Binary::Add => "+",
        Binary::Sub => "-",
        Binary::Mul => "*",
        Binary::Div => "/",
        Binary::Mod => "%",
        Binary::Exp => "**",
        Binary::BitAnd => "&",
        Binary::BitOr => "|",
        Binary::BitXor => "^",
        Binary::Shl => "<<",
        Binary::Shr => ">>",
        Binary::UShr => ">>>",
        Binary::Equal => "==",
        Binary::NotEqual => "!=",
        Binary::StrictEqual => "===",
        Binary::StrictNotEqual => "!==",
        Binary::Less => "<",
        Binary::LessEqual => "<=",
        Binary::Greater => ">",
        Binary::GreaterEqual => ">=",
        Binary::In => "in",
        Binary::InstanceOf => "instanceof",
    }
}
