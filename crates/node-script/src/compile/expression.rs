//! Expressions: into a register that is given, into any register, for their effect, or as a condition of jumps.

use super::code::Constant;
use super::function::{Compiled, FunctionCompiler};
use super::op::{Op, PrivateError, R};
use crate::parse::tree::{
    At, Binary, Key, Kind, Logical, Node, PrivateKind, PrivateUse, Target, Unary,
};

impl<'a> FunctionCompiler<'_, 'a> {
    /// The value in some register, which is not to be written to.
    pub fn operand(&mut self, node: Node<'a>) -> Compiled<R> {
        match node.kind {
            Kind::Name(name) | Kind::This(name) => {
                if let Some(register) = self.variable_register(name) {
                    return Ok(register);
                }
            }
            _ => {}
        }
        let to = self.temp();
        self.expression(node, to)?;
        Ok(to)
    }

    /// The operand, which stays what it is while `later` is evaluated.
    pub fn operand_before(&mut self, node: Node<'a>, later: Node<'a>) -> Compiled<R> {
        if may_assign(later) {
            let to = self.temp();
            self.expression(node, to)?;
            return Ok(to);
        }
        self.operand(node)
    }

    /// Evaluates for the effect alone.
    pub fn effect(&mut self, node: Node<'a>) -> Compiled<()> {
        let mark = self.mark();
        match node.kind {
            Kind::Update { increment, target, .. } => {
                self.update(node.at, increment, target, None)?
            }
            Kind::Assign { target: Target::Name(name), value } => {
                // The value is made in the variable itself.
                match self.assigned_register(name) {
                    Some(to) if !may_throw_after_start(value) => self.expression(value, to)?,
                    _ => {
                        let from = self.operand(value)?;
                        self.assign_variable(name, from)?;
                    }
                }
            }
            _ => {
                self.operand(node)?;
            }
        }
        self.release(mark);
        Ok(())
    }

    /// The register of a variable that can be assigned to without more ado.
    fn assigned_register(&self, name: &crate::parse::scope::Use) -> Option<R> {
        use crate::parse::scope::{BindingKind, Reference};
        let register = self.variable_register(name)?;
        let Reference::Binding(id) = name.to.get() else { return None };
        let kind = self.scopes.binding(id).kind;
        let fixed = matches!(kind, BindingKind::Const | BindingKind::FunctionName);
        (!fixed).then_some(register)
    }

    pub fn expression(&mut self, node: Node<'a>, to: R) -> Compiled<()> {
        let mark = self.mark();
        self.expression_inside(node, to)?;
        self.release(mark);
        Ok(())
    }

    fn expression_inside(&mut self, node: Node<'a>, to: R) -> Compiled<()> {
        let at = node.at;
        match &node.kind {
            Kind::Undefined => {
                self.emit(Op::Undefined { to });
            }
            Kind::Null => {
                self.emit(Op::Null { to });
            }
            Kind::Bool(value) => {
                self.emit(Op::Bool { to, value: *value });
            }
            Kind::Number(number) => self.number(*number, to, at)?,
            Kind::String(name) => {
                let constant = self.text(*name, at)?;
                self.emit(Op::Constant { to, constant });
            }
            Kind::BigInt(digits) => {
                let constant = self.constant(Constant::BigInt((*digits).into()), at)?;
                self.emit(Op::Constant { to, constant });
            }
            Kind::RegExp { pattern, flags } => {
                let (pattern, flags) = (self.text(*pattern, at)?, self.text(*flags, at)?);
                self.emit_at(at, Op::RegExp { to, pattern, flags });
            }
            Kind::Name(name) | Kind::This(name) | Kind::NewTarget(name) => {
                self.load_variable(name, to)?;
            }
            Kind::Template { strings, values } => self.template(at, strings, values, to)?,
            Kind::TaggedTemplate { tag, raw, cooked, values } => {
                self.tagged_template(at, tag, raw, cooked, values, to)?;
            }
            Kind::Array(elements) => self.array(at, elements, to)?,
            Kind::Object(properties) => self.object(properties, to)?,
            Kind::Function(function) => self.closure(function, to)?,
            Kind::Class(class) => self.class(class, to)?,
            Kind::Member { object, name } => {
                let object = self.chain_operand(object)?;
                let site = self.site(*name, at)?;
                self.emit_at(at, Op::GetNamed { to, object, site });
            }
            Kind::Index { object, key } => {
                let object = match object.kind {
                    Kind::Optional(_) => self.chain_operand(object)?,
                    _ => self.operand_before(object, key)?,
                };
                let key = self.operand(key)?;
                self.emit_at(at, Op::GetKeyed { to, object, key });
            }
            Kind::Private { object, name } => {
                let object = self.chain_operand(object)?;
                self.get_private(at, object, name, to)?;
            }
            Kind::SuperMember { home, this, key } => {
                let base = self.super_base(home, this, key)?;
                self.emit_at(at, Op::GetSuper { to, base });
            }
            Kind::Call { callee, arguments, eval } => {
                self.call(at, callee, arguments, eval.map(|site| site.allows), to)?;
            }
            Kind::New { callee, arguments } => self.new_expression(at, callee, arguments, to)?,
            Kind::SuperCall { callee, new_target, this, arguments } => {
                self.super_call(at, callee, new_target, this, arguments, to)?;
            }
            Kind::ImportCall { specifier, options } => {
                let from = self.temps(2);
                self.expression(specifier, from)?;
                match options {
                    Some(options) => self.expression(options, from + 1)?,
                    None => {
                        self.emit(Op::Undefined { to: from + 1 });
                    }
                }
                self.emit_at(at, Op::Import { to, from });
            }
            Kind::Chain(inner) => {
                self.chain_ends.push(Vec::new());
                self.expression(inner, to)?;
                let ends = self.chain_ends.pop().unwrap_or_default();
                let over = self.jump();
                self.patch_all(&ends);
                self.emit(Op::Undefined { to });
                self.patch(over);
            }
            Kind::Optional(inner) => {
                self.expression(inner, to)?;
                let end = self.emit(Op::JumpIfNullish { from: to, target: 0 });
                self.chain_end(end);
            }
            Kind::Assign { target, value } => self.assignment(target, value, to)?,
            Kind::AssignOp { op, target, value } => {
                self.assign_op(at, *op, target, value, to)?;
            }
            Kind::AssignLogical { op, target, value } => {
                self.assign_logical(*op, target, value, to)?;
            }
            Kind::Update { increment, prefix, target } => {
                self.update(at, *increment, *target, Some((to, *prefix)))?;
            }
            Kind::Unary { op, value } => self.unary(at, *op, value, to)?,
            Kind::Delete(value) => self.delete(at, value, to)?,
            Kind::Binary { op, left, right } => self.binary(at, *op, left, right, to)?,
            Kind::Logical { op, left, right } => {
                self.expression(left, to)?;
                let end = self.emit(short_jump(*op, to));
                self.expression(right, to)?;
                self.patch(end);
            }
            Kind::Comma { left, right } => {
                self.effect(left)?;
                self.expression(right, to)?;
            }
            Kind::Conditional { condition, yes, no } => {
                let skip = self.condition(condition, false)?;
                self.expression(yes, to)?;
                let over = self.jump();
                self.patch_all(&skip);
                self.expression(no, to)?;
                self.patch(over);
            }
            Kind::PrivateIn { name, object } => {
                let object = self.operand(object)?;
                let key = self.temp();
                match name.what.get() {
                    PrivateKind::Field(field) => self.load_variable(field, key)?,
                    PrivateKind::Method { brand, .. } | PrivateKind::Accessor { brand, .. } => {
                        self.load_variable(brand, key)?;
                    }
                    PrivateKind::Unknown => {}
                }
                self.emit_at(at, Op::HasPrivate { to, object, key });
            }
            Kind::Await(value) => {
                let from = self.operand(value)?;
                self.emit_at(at, Op::Await { to, from });
            }
            Kind::Yield(value) => self.yield_value(at, *value, to)?,
            Kind::YieldAll(value) => self.yield_all(at, value, to)?,
        }
        Ok(())
    }

    /// Notes a jump to the end of the optional chain around.
    pub fn chain_end(&mut self, jump: usize) {
        if let Some(ends) = self.chain_ends.last_mut() {
            ends.push(jump);
        }
    }

    /// The operand of a chain's part: of an optional part, the jump out is taken first.
    pub fn chain_operand(&mut self, node: Node<'a>) -> Compiled<R> {
        if let Kind::Optional(inner) = node.kind {
            let register = self.operand(inner)?;
            let end = self.emit(Op::JumpIfNullish { from: register, target: 0 });
            self.chain_end(end);
            return Ok(register);
        }
        self.operand(node)
    }

    pub fn number(&mut self, number: f64, to: R, at: At) -> Compiled<()> {
        let small = number as i32;
        if f64::from(small) == number && !(small == 0 && number.is_sign_negative()) {
            self.emit(Op::Smi { to, value: small });
        } else {
            let constant = self.constant(Constant::Number(number), at)?;
            self.emit(Op::Constant { to, constant });
        }
        Ok(())
    }

    /// Jumps that are taken if the condition is `when`; else execution goes on behind.
    pub fn condition(&mut self, node: Node<'a>, when: bool) -> Compiled<Vec<usize>> {
        let mark = self.mark();
        let jumps = match node.kind {
            Kind::Unary { op: Unary::Not, value } => self.condition(value, !when)?,
            Kind::Logical { op: op @ (Logical::And | Logical::Or), left, right } => {
                // `a && b` is false as soon as `a` is, `a || b` true.
                let decided = op == Logical::Or;
                if decided == when {
                    let mut jumps = self.condition(left, when)?;
                    jumps.extend(self.condition(right, when)?);
                    jumps
                } else {
                    let skip = self.condition(left, decided)?;
                    let jumps = self.condition(right, when)?;
                    self.patch_all(&skip);
                    jumps
                }
            }
            Kind::Binary {
                op: op @ (Binary::StrictEqual | Binary::StrictNotEqual),
                left,
                right,
            } if constant_jump(&right.kind, 0, true).is_some() => {
                let left = self.operand(left)?;
                let equal = (op == Binary::StrictEqual) == when;
                let jump = constant_jump(&right.kind, left, equal);
                jump.map(|jump| vec![self.emit_at(node.at, jump)]).unwrap_or_default()
            }
            Kind::Binary { op, left, right } if is_comparison(op) => {
                let left = self.operand_before(left, right)?;
                let right = self.operand(right)?;
                vec![self.emit_at(node.at, compare_jump(op, left, right, when))]
            }
            Kind::Bool(value) => {
                if value == when {
                    vec![self.jump()]
                } else {
                    Vec::new()
                }
            }
            _ => {
                let from = self.operand(node)?;
                vec![self.emit(match when {
                    true => Op::JumpIfTrue { from, target: 0 },
                    false => Op::JumpIfFalse { from, target: 0 },
                })]
            }
        };
        self.release(mark);
        Ok(jumps)
    }

    fn unary(&mut self, at: At, op: Unary, value: Node<'a>, to: R) -> Compiled<()> {
        if let (Unary::TypeOf, Kind::Name(name)) = (op, &value.kind) {
            self.load_or_undefined(name, to)?;
            self.emit(Op::TypeOf { to, from: to });
            return Ok(());
        }
        if op == Unary::Void {
            self.effect(value)?;
            self.emit(Op::Undefined { to });
            return Ok(());
        }
        let from = self.operand(value)?;
        self.emit_at(
            at,
            match op {
                Unary::Minus => Op::Negate { to, from },
                Unary::Plus => Op::ToNumber { to, from },
                Unary::Not => Op::Not { to, from },
                Unary::BitNot => Op::BitNot { to, from },
                Unary::TypeOf | Unary::Void => Op::TypeOf { to, from },
            },
        );
        Ok(())
    }

    fn delete(&mut self, at: At, value: Node<'a>, to: R) -> Compiled<()> {
        match &value.kind {
            Kind::Member { object, name } => {
                let object = self.chain_operand(object)?;
                let name = self.text(*name, at)?;
                self.emit_at(at, Op::DeleteNamed { to, object, name });
            }
            Kind::Index { object, key } => {
                let object = self.chain_operand(object)?;
                let key = self.operand(key)?;
                self.emit_at(at, Op::DeleteKeyed { to, object, key });
            }
            Kind::Chain(inner) => {
                self.chain_ends.push(Vec::new());
                self.delete(at, inner, to)?;
                let ends = self.chain_ends.pop().unwrap_or_default();
                let over = self.jump();
                self.patch_all(&ends);
                self.emit(Op::Bool { to, value: true });
                self.patch(over);
            }
            Kind::SuperMember { .. } => {
                let message = "Unsupported reference to 'super'";
                self.throw_error(super::op::ErrorKind::ReferenceError, message, at)?;
            }
            Kind::Name(name) => {
                use crate::parse::scope::{Place, Reference};
                match name.to.get() {
                    Reference::Binding(id) if self.scopes.binding(id).place != Place::Extension => {
                        self.emit(Op::Bool { to, value: false });
                    }
                    _ => {
                        let context = self.context();
                        let name = self.text(name.name, at)?;
                        self.emit_at(at, Op::DeleteDynamic { to, context, name });
                    }
                }
            }
            _ => {
                self.effect(value)?;
                self.emit(Op::Bool { to, value: true });
            }
        }
        Ok(())
    }

    fn binary(
        &mut self,
        at: At,
        op: Binary,
        left: Node<'a>,
        right: Node<'a>,
        to: R,
    ) -> Compiled<()> {
        if let (Binary::Add | Binary::Sub, Kind::Number(number)) = (op, &right.kind)
            && let Some(value) = small_operand(*number)
        {
            let left = self.operand(left)?;
            self.emit_at(
                at,
                match op {
                    Binary::Add => Op::AddSmi { to, left, value },
                    _ => Op::SubSmi { to, left, value },
                },
            );
            return Ok(());
        }
        let left = self.operand_before(left, right)?;
        let right = self.operand(right)?;
        self.operator(at, op, left, right, to);
        Ok(())
    }

    pub fn operator(&mut self, at: At, op: Binary, left: R, right: R, to: R) {
        let negated = match op {
            Binary::NotEqual => Some(Op::Equal { to, left, right }),
            Binary::StrictNotEqual => Some(Op::StrictEqual { to, left, right }),
            _ => None,
        };
        if let Some(op) = negated {
            self.emit_at(at, op);
            self.emit(Op::Not { to, from: to });
            return;
        }
        self.emit_at(
            at,
            match op {
                Binary::Add => Op::Add { to, left, right },
                Binary::Sub => Op::Sub { to, left, right },
                Binary::Mul => Op::Mul { to, left, right },
                Binary::Div => Op::Div { to, left, right },
                Binary::Mod => Op::Mod { to, left, right },
                Binary::Exp => Op::Exp { to, left, right },
                Binary::BitAnd => Op::BitAnd { to, left, right },
                Binary::BitOr => Op::BitOr { to, left, right },
                Binary::BitXor => Op::BitXor { to, left, right },
                Binary::Shl => Op::Shl { to, left, right },
                Binary::Shr => Op::Shr { to, left, right },
                Binary::UShr => Op::UShr { to, left, right },
                Binary::Equal | Binary::NotEqual => Op::Equal { to, left, right },
                Binary::StrictEqual | Binary::StrictNotEqual => Op::StrictEqual { to, left, right },
                Binary::Less => Op::Less { to, left, right },
                Binary::LessEqual => Op::LessEqual { to, left, right },
                Binary::Greater => Op::Greater { to, left, right },
                Binary::GreaterEqual => Op::GreaterEqual { to, left, right },
                Binary::In => Op::In { to, key: left, object: right },
                Binary::InstanceOf => Op::InstanceOf { to, value: left, class: right },
            },
        );
    }

    /// The key, `this` and the home's function in a row.
    pub fn super_base(
        &mut self,
        home: &crate::parse::scope::Use,
        this: &crate::parse::scope::Use,
        key: &Key<'a>,
    ) -> Compiled<R> {
        let base = self.temps(3);
        self.load_variable(this, base + 1)?;
        match key {
            // What reads or writes converts it.
            Key::Computed(value) => self.expression(value, base)?,
            key => self.key(key, base)?,
        }
        self.load_variable(home, base + 2)?;
        Ok(base)
    }

    /// A property's key as a value.
    pub fn key(&mut self, key: &Key<'a>, to: R) -> Compiled<()> {
        match key {
            Key::Name(name) => match self.names.index(*name) {
                Some(index) => self.number(f64::from(index), to, At::default()),
                None => {
                    let constant = self.text(*name, At::default())?;
                    self.emit(Op::Constant { to, constant });
                    Ok(())
                }
            },
            Key::Computed(value) => {
                self.expression(value, to)?;
                self.emit_at(value.at, Op::ToKey { to, from: to });
                Ok(())
            }
        }
    }

    pub fn get_private(
        &mut self,
        at: At,
        object: R,
        name: &'a PrivateUse<'a>,
        to: R,
    ) -> Compiled<()> {
        let key = self.temp();
        match name.what.get() {
            PrivateKind::Field(field) => {
                self.load_variable(field, key)?;
                self.emit_at(at, Op::GetPrivate { to, object, key });
            }
            PrivateKind::Method { brand, method } => {
                self.check_brand(at, object, brand, name, key)?;
                self.load_variable(method, to)?;
            }
            PrivateKind::Accessor { brand, getter, .. } => {
                self.check_brand(at, object, brand, name, key)?;
                match getter {
                    Some(getter) => {
                        let base = self.temps(2);
                        self.load_variable(getter, base)?;
                        self.emit(Op::Move { to: base + 1, from: object });
                        self.emit_at(at, Op::Call { to, base, count: 0 });
                    }
                    None => self.throw_private(at, name, PrivateError::NoGetter)?,
                }
            }
            PrivateKind::Unknown => {}
        }
        Ok(())
    }

    pub fn set_private(
        &mut self,
        at: At,
        object: R,
        name: &'a PrivateUse<'a>,
        from: R,
    ) -> Compiled<()> {
        let key = self.temp();
        match name.what.get() {
            PrivateKind::Field(field) => {
                self.load_variable(field, key)?;
                self.emit_at(at, Op::SetPrivate { object, key, from });
            }
            PrivateKind::Method { .. } => {
                self.throw_private(at, name, PrivateError::NotWritable)?;
            }
            PrivateKind::Accessor { brand, setter, .. } => {
                self.check_brand(at, object, brand, name, key)?;
                match setter {
                    Some(setter) => {
                        let base = self.temps(3);
                        self.load_variable(setter, base)?;
                        self.emit(Op::Move { to: base + 1, from: object });
                        self.emit(Op::Move { to: base + 2, from });
                        self.emit_at(at, Op::Call { to: key, base, count: 1 });
                    }
                    None => self.throw_private(at, name, PrivateError::NoSetter)?,
                }
            }
            PrivateKind::Unknown => {}
        }
        Ok(())
    }

    fn check_brand(
        &mut self,
        at: At,
        object: R,
        brand: &'a crate::parse::scope::Use,
        name: &'a PrivateUse<'a>,
        key: R,
    ) -> Compiled<()> {
        self.load_variable(brand, key)?;
        let name = self.text(name.name, at)?;
        self.emit_at(at, Op::CheckBrand { object, brand: key, name });
        Ok(())
    }

    fn throw_private(
        &mut self,
        at: At,
        name: &'a PrivateUse<'a>,
        reason: PrivateError,
    ) -> Compiled<()> {
        let name = self.text(name.name, at)?;
        self.emit_at(at, Op::ThrowPrivate { name, reason });
        Ok(())
    }
}

/// The jump past the right side of a logical operator whose left side is in a register.
pub(super) fn short_jump(op: Logical, from: R) -> Op {
    match op {
        Logical::And => Op::JumpIfFalse { from, target: 0 },
        Logical::Or => Op::JumpIfTrue { from, target: 0 },
        Logical::Coalesce => Op::JumpIfNotNullish { from, target: 0 },
    }
}

fn small_operand(number: f64) -> Option<i16> {
    let small = number as i16;
    (f64::from(small) == number && !(small == 0 && number.is_sign_negative())).then_some(small)
}

/// The jump if a register is strictly equal to a constant, or if it is not.
fn constant_jump(constant: &Kind<'_>, left: R, equal: bool) -> Option<Op> {
    Some(match (constant, equal) {
        (Kind::Null, true) => Op::JumpIfNull { from: left, target: 0 },
        (Kind::Null, false) => Op::JumpIfNotNull { from: left, target: 0 },
        (Kind::Undefined, true) => Op::JumpIfUndefined { from: left, target: 0 },
        (Kind::Undefined, false) => Op::JumpIfNotUndefined { from: left, target: 0 },
        (Kind::Number(number), true) => {
            Op::JumpIfSmi { left, value: small_operand(*number)?, offset: 0 }
        }
        (Kind::Number(number), false) => {
            Op::JumpIfNotSmi { left, value: small_operand(*number)?, offset: 0 }
        }
        _ => return None,
    })
}

fn is_comparison(op: Binary) -> bool {
    matches!(
        op,
        Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual
            | Binary::StrictEqual
            | Binary::StrictNotEqual
    )
}

fn compare_jump(op: Binary, left: R, right: R, when: bool) -> Op {
    let offset = 0;
    match (op, when) {
        (Binary::Less, true) => Op::JumpIfLess { left, right, offset },
        (Binary::Less, false) => Op::JumpIfNotLess { left, right, offset },
        (Binary::LessEqual, true) => Op::JumpIfLessEqual { left, right, offset },
        (Binary::LessEqual, false) => Op::JumpIfNotLessEqual { left, right, offset },
        (Binary::Greater, true) => Op::JumpIfGreater { left, right, offset },
        (Binary::Greater, false) => Op::JumpIfNotGreater { left, right, offset },
        (Binary::GreaterEqual, true) => Op::JumpIfGreaterEqual { left, right, offset },
        (Binary::GreaterEqual, false) => Op::JumpIfNotGreaterEqual { left, right, offset },
        (Binary::StrictEqual, true) | (Binary::StrictNotEqual, false) => {
            Op::JumpIfStrictEqual { left, right, offset }
        }
        _ => Op::JumpIfNotStrictEqual { left, right, offset },
    }
}

/// Whether evaluating may assign to a variable of the function. Functions inside cannot: what they share is in a
/// context.
pub(super) fn may_assign(node: Node<'_>) -> bool {
    match &node.kind {
        Kind::Undefined
        | Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::String(_)
        | Kind::BigInt(_)
        | Kind::RegExp { .. }
        | Kind::Name(_)
        | Kind::This(_)
        | Kind::NewTarget(_)
        | Kind::Function(_) => false,
        Kind::Member { object, .. } | Kind::Private { object, .. } => may_assign(object),
        Kind::Index { object, key } => may_assign(object) || may_assign(key),
        Kind::Binary { left, right, .. } | Kind::Logical { left, right, .. } => {
            may_assign(left) || may_assign(right)
        }
        Kind::Unary { value, .. } => may_assign(value),
        Kind::Call { callee, arguments, .. } | Kind::New { callee, arguments } => {
            use crate::parse::tree::Element;
            may_assign(callee)
                || arguments.iter().any(|argument| match argument {
                    Element::Hole => false,
                    Element::Item(node) | Element::Spread(node) => may_assign(node),
                })
        }
        _ => true,
    }
}

/// Whether evaluating into a variable's own register could change the variable before the value is whole: an
/// expression of several steps that reads the variable or throws in between.
fn may_throw_after_start(node: Node<'_>) -> bool {
    !matches!(
        node.kind,
        Kind::Undefined
            | Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::String(_)
            | Kind::Name(_)
            | Kind::Function(_)
            | Kind::Member { .. }
            | Kind::Index { .. }
            | Kind::Binary { .. }
            | Kind::Call { .. }
            | Kind::New { .. }
            | Kind::Unary { .. }
    )
}
