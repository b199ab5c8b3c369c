//! Expressions.

use super::function::{Parts, parts};
use super::{Lower, Lowered, at, start};
use crate::parse::error::ParseError;
use crate::parse::names::Name;
use crate::parse::tree::{
    At, Binary, Element, EvalSite, FunctionKind, Key, Kind, Logical, Node, PrivateUse, Property,
    Target, Unary,
};
use boa_ast::Spanned;
use boa_ast::expression::access::{PropertyAccess, PropertyAccessField};
use boa_ast::expression::literal::{LiteralKind, PropertyDefinition, TemplateElement};
use boa_ast::expression::operator::Binary as BinaryNode;
use boa_ast::expression::operator::assign::{Assign, AssignOp};
use boa_ast::expression::operator::binary::{
    ArithmeticOp, BinaryOp, BitwiseOp, LogicalOp, RelationalOp,
};
use boa_ast::expression::operator::unary::UnaryOp;
use boa_ast::expression::operator::update::{UpdateOp, UpdateTarget};
use boa_ast::expression::{Call, Expression, Optional, OptionalOperationKind, TaggedTemplate};
use boa_ast::property::{MethodDefinitionKind, PropertyName};
use std::cell::Cell;

impl<'a> Lower<'a> {
    pub(super) fn expression(&mut self, node: &Expression) -> Lowered<Node<'a>> {
        // A chain is as deep as it is long, and its links begin where their first does: that is found once, as each
        // span asks the one before.
        match node {
            Expression::Binary(binary) => return self.binary(binary),
            Expression::PropertyAccess(access) => return self.access(access),
            Expression::Call(call) => return self.call(call),
            _ => {}
        }
        let place = start(node.span());
        let lowered = self.no_chain(node, place);
        self.began = place;
        lowered
    }

    /// `+` and its kin, which begin where their left side does.
    fn binary(&mut self, binary: &BinaryNode) -> Lowered<Node<'a>> {
        let left = self.expression(binary.lhs())?;
        let place = self.began;
        let right = self.expression(binary.rhs())?;
        let place_of_right = self.began;
        self.began = place;
        // V8 names the place of a sign, too.
        let place = match binary.op() {
            BinaryOp::Comma | BinaryOp::Logical(_) => place,
            op => self.sign_before(&op.to_string(), place_of_right).unwrap_or(place),
        };
        let kind = match binary.op() {
            BinaryOp::Comma => Kind::Comma { left, right },
            BinaryOp::Logical(op) => Kind::Logical { op: logical(op), left, right },
            BinaryOp::Arithmetic(op) => Kind::Binary { op: arithmetic(op), left, right },
            BinaryOp::Bitwise(op) => Kind::Binary { op: bitwise(op), left, right },
            BinaryOp::Relational(op) => Kind::Binary { op: relational(op), left, right },
        };
        Ok(self.node(place, kind))
    }

    /// An expression that begins at a place.
    fn no_chain(&mut self, node: &Expression, place: At) -> Lowered<Node<'a>> {
        let kind = match node {
            Expression::Binary(binary) => return self.binary(binary),
            Expression::PropertyAccess(access) => return self.access(access),
            Expression::Call(call) => return self.call(call),
            Expression::This(_) => Kind::This(self.use_this(place)),
            Expression::Identifier(name) => Kind::Name(self.identifier(name)),
            Expression::Literal(literal) => match literal.kind() {
                LiteralKind::String(text) => Kind::String(Name(*text)),
                LiteralKind::Num(number) => Kind::Number(*number),
                LiteralKind::Int(number) => Kind::Number(f64::from(*number)),
                LiteralKind::BigInt(number) => {
                    Kind::BigInt(self.arena.alloc_str(&number.to_string()))
                }
                LiteralKind::Bool(value) => Kind::Bool(*value),
                LiteralKind::Null => Kind::Null,
                LiteralKind::Undefined => Kind::Undefined,
            },
            Expression::RegExpLiteral(node) => {
                Kind::RegExp { pattern: Name(node.pattern()), flags: Name(node.flags()) }
            }
            Expression::ArrayLiteral(array) => {
                let mut elements = Vec::new();
                for element in array.as_ref() {
                    elements.push(match element {
                        None => Element::Hole,
                        Some(element) => self.list_element(element)?,
                    });
                }
                Kind::Array(self.list(elements))
            }
            Expression::ObjectLiteral(object) => {
                let mut properties = Vec::new();
                for property in object.properties() {
                    properties.push(self.property_definition(property)?);
                }
                Kind::Object(self.list(properties))
            }
            Expression::Spread(_) => {
                return Err(ParseError::new("Unexpected token '...'", place));
            }
            Expression::FunctionExpression(f) => {
                let inside = f.has_binding_identifier();
                let parts = parts!(f, FunctionKind::Normal, false, false, f.name(), inside, place);
                Kind::Function(self.function(&parts)?)
            }
            Expression::ArrowFunction(f) => {
                let parts = parts!(f, FunctionKind::Arrow, false, false, f.name(), false, place);
                Kind::Function(self.function(&parts)?)
            }
            Expression::AsyncArrowFunction(f) => {
                let parts = parts!(f, FunctionKind::Arrow, true, false, f.name(), false, place);
                Kind::Function(self.function(&parts)?)
            }
            Expression::GeneratorExpression(f) => {
                let inside = f.has_binding_identifier();
                let parts = parts!(f, FunctionKind::Normal, false, true, f.name(), inside, place);
                Kind::Function(self.function(&parts)?)
            }
            Expression::AsyncFunctionExpression(f) => {
                let inside = f.has_binding_identifier();
                let parts = parts!(f, FunctionKind::Normal, true, false, f.name(), inside, place);
                Kind::Function(self.function(&parts)?)
            }
            Expression::AsyncGeneratorExpression(f) => {
                let inside = f.has_binding_identifier();
                let parts = parts!(f, FunctionKind::Normal, true, true, f.name(), inside, place);
                Kind::Function(self.function(&parts)?)
            }
            Expression::ClassExpression(class) => Kind::Class(self.class_expression(class)?),
            Expression::TemplateLiteral(template) => {
                let (mut strings, mut values) = (Vec::new(), Vec::new());
                for element in template.elements() {
                    match element {
                        TemplateElement::String(text) => strings.push(Name(*text)),
                        TemplateElement::Expr(value) => {
                            // Two values may follow one another without a text between.
                            if strings.len() == values.len() {
                                strings.push(self.names.of(""));
                            }
                            values.push(self.expression(value)?);
                        }
                    }
                }
                if strings.len() == values.len() {
                    strings.push(self.names.of(""));
                }
                Kind::Template { strings: self.list(strings), values: self.list(values) }
            }
            Expression::TaggedTemplate(node) => self.tagged_template(node)?,
            Expression::New(node) => {
                let callee = self.expression(node.constructor())?;
                Kind::New { callee, arguments: self.arguments(node.arguments())? }
            }
            Expression::SuperCall(call) => {
                let arguments = self.arguments(call.arguments())?;
                let hidden = self.scopes.hidden;
                Kind::SuperCall {
                    callee: self.use_name(hidden.callee, place),
                    new_target: self.use_name(hidden.new_target, place),
                    this: self.use_name(hidden.this, At::NEVER),
                    arguments,
                }
            }
            Expression::ImportCall(node) => {
                let specifier = self.expression(node.specifier())?;
                let options = node.options().map(|options| self.expression(options)).transpose()?;
                Kind::ImportCall { specifier, options }
            }
            Expression::Optional(node) => return self.optional(node),
            Expression::NewTarget(_) => {
                let name = self.scopes.hidden.new_target;
                Kind::NewTarget(self.use_name(name, place))
            }
            Expression::ImportMeta(_) => self.import_meta(place)?,
            Expression::Assign(assign) => self.assign(assign)?,
            Expression::Unary(unary) => {
                let value = self.expression(unary.target())?;
                let op = match unary.op() {
                    UnaryOp::Minus => Unary::Minus,
                    UnaryOp::Plus => Unary::Plus,
                    UnaryOp::Not => Unary::Not,
                    UnaryOp::Tilde => Unary::BitNot,
                    UnaryOp::TypeOf => Unary::TypeOf,
                    UnaryOp::Void => Unary::Void,
                    UnaryOp::Delete => return Ok(self.node(place, Kind::Delete(value))),
                };
                match (op, &value.kind) {
                    (Unary::Minus, Kind::Number(number)) => Kind::Number(-number),
                    _ => Kind::Unary { op, value },
                }
            }
            Expression::Update(update) => {
                let target = match update.target() {
                    UpdateTarget::Identifier(name) => Target::Name(self.identifier(name)),
                    UpdateTarget::PropertyAccess(access) => self.member_target(access)?,
                };
                let (increment, prefix) = match update.op() {
                    UpdateOp::IncrementPost => (true, false),
                    UpdateOp::IncrementPre => (true, true),
                    UpdateOp::DecrementPost => (false, false),
                    UpdateOp::DecrementPre => (false, true),
                };
                Kind::Update { increment, prefix, target }
            }
            Expression::BinaryInPrivate(node) => {
                let name = self.private_use(node.lhs())?;
                Kind::PrivateIn { name, object: self.expression(node.rhs())? }
            }
            Expression::Conditional(node) => {
                let condition = self.expression(node.condition())?;
                let yes = self.expression(node.if_true())?;
                Kind::Conditional { condition, yes, no: self.expression(node.if_false())? }
            }
            Expression::Await(node) => {
                self.note_await();
                Kind::Await(self.expression(node.target())?)
            }
            Expression::Yield(node) => {
                let value = node.target().map(|value| self.expression(value)).transpose()?;
                match value {
                    Some(value) if node.delegate() => Kind::YieldAll(value),
                    value => Kind::Yield(value),
                }
            }
            Expression::Parenthesized(node) => return self.expression(node.expression()),
        };
        Ok(self.node(place, kind))
    }

    fn list_element(&mut self, element: &Expression) -> Lowered<Element<'a>> {
        Ok(match element {
            Expression::Spread(spread) => Element::Spread(self.expression(spread.target())?),
            item => Element::Item(self.expression(item)?),
        })
    }

    fn arguments(&mut self, arguments: &[Expression]) -> Lowered<&'a [Element<'a>]> {
        let mut list = Vec::with_capacity(arguments.len());
        for argument in arguments {
            list.push(self.list_element(argument)?);
        }
        Ok(self.list(list))
    }

    fn call(&mut self, call: &Call) -> Lowered<Node<'a>> {
        let direct = match call.function() {
            Expression::Identifier(name) => name.sym() == boa_interner::Sym::EVAL,
            _ => false,
        };
        let eval = direct.then(|| {
            self.scopes.note_eval(self.scope, self.strict());
            self.note_super();
            let allows = self.eval_allows();
            &*self.arena.alloc(EvalSite { scope: self.scope, allows })
        });
        let callee = self.expression(call.function())?;
        let began = self.began;
        let arguments = self.arguments(call.args())?;
        self.began = began;
        // V8 names the place of the property that is called, or of the function's name; else that of the bracket.
        let place = match (&callee.kind, call.function()) {
            (_, Expression::PropertyAccess(PropertyAccess::Simple(access)))
                if let PropertyAccessField::Const(_) = access.field() =>
            {
                callee.at
            }
            (Kind::Name(_), _) => began,
            (_, Expression::PropertyAccess(PropertyAccess::Super(access)))
                if let PropertyAccessField::Const(name) = access.field() =>
            {
                at(name)
            }
            _ => start(call.span()),
        };
        Ok(self.node(place, Kind::Call { callee, arguments, eval }))
    }

    fn tagged_template(&mut self, node: &TaggedTemplate) -> Lowered<Kind<'a>> {
        let tag = self.expression(node.tag())?;
        let raw = node.raws().iter().map(|text| Name(*text)).collect();
        let cooked = node.cookeds().iter().map(|text| text.map(Name)).collect();
        let mut values = Vec::new();
        for value in node.exprs() {
            values.push(self.expression(value)?);
        }
        let (raw, cooked) = (self.list(raw), self.list(cooked));
        Ok(Kind::TaggedTemplate { tag, raw, cooked, values: self.list(values) })
    }

    fn optional(&mut self, node: &Optional) -> Lowered<Node<'a>> {
        let place = start(node.span());
        let mut chain = self.expression(node.target())?;
        for operation in node.chain() {
            if operation.shorted() {
                chain = self.node(chain.at, Kind::Optional(chain));
            }
            let at = start(operation.span());
            let kind = match operation.kind() {
                OptionalOperationKind::SimplePropertyAccess { field } => {
                    self.field(chain, field)?.1
                }
                OptionalOperationKind::PrivatePropertyAccess { field } => {
                    Kind::Private { object: chain, name: self.private_use(field)? }
                }
                OptionalOperationKind::Call { args } => {
                    Kind::Call { callee: chain, arguments: self.arguments(args)?, eval: None }
                }
            };
            chain = self.node(at, kind);
        }
        Ok(self.node(place, Kind::Chain(chain)))
    }

    fn field(&mut self, object: Node<'a>, field: &PropertyAccessField) -> Lowered<(At, Kind<'a>)> {
        Ok(match field {
            PropertyAccessField::Const(name) => {
                (at(name), Kind::Member { object, name: Name(name.sym()) })
            }
            PropertyAccessField::Expr(key) => {
                let key = self.expression(key)?;
                let kind = match key.kind {
                    Kind::String(name) if self.names.index(name).is_none() => {
                        Kind::Member { object, name }
                    }
                    _ => Kind::Index { object, key },
                };
                (key.at, kind)
            }
        })
    }

    pub(super) fn access(&mut self, access: &PropertyAccess) -> Lowered<Node<'a>> {
        let (place, kind) = match access {
            PropertyAccess::Simple(access) => {
                let object = self.expression(access.target())?;
                let began = self.began;
                let field = self.field(object, access.field())?;
                self.began = began;
                field
            }
            PropertyAccess::Private(access) => {
                let object = self.expression(access.target())?;
                let name = access.field();
                (at(&name), Kind::Private { object, name: self.private_use(&name)? })
            }
            PropertyAccess::Super(access) => {
                let place = start(access.span());
                let hidden = self.scopes.hidden;
                self.note_super();
                let home = self.use_name(hidden.callee, place);
                let this = self.use_name(hidden.this, place);
                let key = match access.field() {
                    PropertyAccessField::Const(name) => Key::Name(Name(name.sym())),
                    PropertyAccessField::Expr(key) => Key::Computed(self.expression(key)?),
                };
                self.began = place;
                (place, Kind::SuperMember { home, this, key })
            }
        };
        Ok(self.node(place, kind))
    }

    /// What a private name stands for, by the classes around.
    pub(super) fn private_use(
        &mut self,
        name: &boa_ast::function::PrivateName,
    ) -> Lowered<&'a PrivateUse<'a>> {
        let place = at(name);
        let what = self.private_kind(name.description(), place)?;
        let text = Name(name.description());
        Ok(self.arena.alloc(PrivateUse { name: text, what: Cell::new(what) }))
    }

    fn assign(&mut self, assign: &Assign) -> Lowered<Kind<'a>> {
        let target = self.assign_target(assign.lhs())?;
        if let (AssignOp::Assign, Target::Member(member)) = (assign.op(), target)
            && let Kind::Member { object, .. } = member.kind
            && let Kind::This(_) = object.kind
            && let Some(function) = self.functions.last_mut()
        {
            function.assigned = function.assigned.saturating_add(1);
        }
        let value = self.expression(assign.rhs())?;
        let op = match assign.op() {
            AssignOp::Assign => return Ok(Kind::Assign { target, value }),
            AssignOp::BoolAnd => return Ok(assign_logical(Logical::And, target, value)),
            AssignOp::BoolOr => return Ok(assign_logical(Logical::Or, target, value)),
            AssignOp::Coalesce => return Ok(assign_logical(Logical::Coalesce, target, value)),
            AssignOp::Add => Binary::Add,
            AssignOp::Sub => Binary::Sub,
            AssignOp::Mul => Binary::Mul,
            AssignOp::Div => Binary::Div,
            AssignOp::Mod => Binary::Mod,
            AssignOp::Exp => Binary::Exp,
            AssignOp::And => Binary::BitAnd,
            AssignOp::Or => Binary::BitOr,
            AssignOp::Xor => Binary::BitXor,
            AssignOp::Shl => Binary::Shl,
            AssignOp::Shr => Binary::Shr,
            AssignOp::Ushr => Binary::UShr,
        };
        Ok(Kind::AssignOp { op, target, value })
    }

    fn property_definition(&mut self, property: &PropertyDefinition) -> Lowered<Property<'a>> {
        Ok(match property {
            PropertyDefinition::IdentifierReference(name) => {
                let place = at(name);
                let found = self.identifier(name);
                let value = self.node(place, Kind::Name(found));
                Property::Value { key: Key::Name(Name(name.sym())), value }
            }
            PropertyDefinition::Property(name, value) => {
                let prototype = matches!(name, PropertyName::Literal(name) if name.sym() == boa_interner::Sym::__PROTO__);
                let key = self.key(name)?;
                let value = self.expression(value)?;
                if prototype { Property::Prototype(value) } else { Property::Value { key, value } }
            }
            PropertyDefinition::SpreadObject(value) => Property::Spread(self.expression(value)?),
            PropertyDefinition::CoverInitializedName(name, _) => {
                let message = "Invalid shorthand property initializer";
                return Err(ParseError::new(message, at(name)));
            }
            PropertyDefinition::MethodDefinition(m) => {
                let key = self.key(m.name())?;
                let name = m.name().literal();
                let (is_async, is_generator) = method_kind(m.kind());
                let accessor =
                    matches!(m.kind(), MethodDefinitionKind::Get | MethodDefinitionKind::Set);
                let kind = if accessor { FunctionKind::Accessor } else { FunctionKind::Method };
                let place = name.as_ref().map_or(At::default(), at);
                let parts = parts!(m, kind, is_async, is_generator, name, false, place);
                let function = self.function(&parts)?;
                match m.kind() {
                    MethodDefinitionKind::Get => Property::Getter { key, function },
                    MethodDefinitionKind::Set => Property::Setter { key, function },
                    _ => Property::Method { key, function },
                }
            }
        })
    }
}

/// Whether a method is asynchronous, and whether it is a generator.
pub(super) fn method_kind(kind: MethodDefinitionKind) -> (bool, bool) {
    match kind {
        MethodDefinitionKind::Get | MethodDefinitionKind::Set | MethodDefinitionKind::Ordinary => {
            (false, false)
        }
        MethodDefinitionKind::Generator => (false, true),
        MethodDefinitionKind::AsyncGenerator => (true, true),
        MethodDefinitionKind::Async => (true, false),
    }
}

fn assign_logical<'a>(op: Logical, target: Target<'a>, value: Node<'a>) -> Kind<'a> {
    Kind::AssignLogical { op, target, value }
}

fn logical(op: LogicalOp) -> Logical {
    match op {
        LogicalOp::And => Logical::And,
        LogicalOp::Or => Logical::Or,
        LogicalOp::Coalesce => Logical::Coalesce,
    }
}

fn arithmetic(op: ArithmeticOp) -> Binary {
    match op {
        ArithmeticOp::Add => Binary::Add,
        ArithmeticOp::Sub => Binary::Sub,
        ArithmeticOp::Div => Binary::Div,
        ArithmeticOp::Mul => Binary::Mul,
        ArithmeticOp::Exp => Binary::Exp,
        ArithmeticOp::Mod => Binary::Mod,
    }
}

fn bitwise(op: BitwiseOp) -> Binary {
    match op {
        BitwiseOp::And => Binary::BitAnd,
        BitwiseOp::Or => Binary::BitOr,
        BitwiseOp::Xor => Binary::BitXor,
        BitwiseOp::Shl => Binary::Shl,
        BitwiseOp::Shr => Binary::Shr,
        BitwiseOp::UShr => Binary::UShr,
    }
}

fn relational(op: RelationalOp) -> Binary {
    match op {
        RelationalOp::Equal => Binary::Equal,
        RelationalOp::NotEqual => Binary::NotEqual,
        RelationalOp::StrictEqual => Binary::StrictEqual,
        RelationalOp::StrictNotEqual => Binary::StrictNotEqual,
        RelationalOp::GreaterThan => Binary::Greater,
        RelationalOp::GreaterThanOrEqual => Binary::GreaterEqual,
        RelationalOp::LessThan => Binary::Less,
        RelationalOp::LessThanOrEqual => Binary::LessEqual,
        RelationalOp::In => Binary::In,
        RelationalOp::InstanceOf => Binary::InstanceOf,
    }
}
