//! Shared informations: what the functions of one code have in common in the heap.
//!
//! A function's cell has the number of its code and a shared information, whose pool has the constants once the function
//! was first called.

use super::atoms::Atom;
use super::code::Code;
use super::layout::{POOL, SHARED_SLOTS, tag, tags};
use crate::compile::code::{Constant, Literal};
use crate::machine::{Machine, R};
use crate::thrown::Outcome;
use heap_model::{Kind, Value};

impl Machine {
    /// A shared information without constants.
    pub(crate) fn new_shared(&mut self, to: R, code: i32) -> Outcome {
        let mut registers = self.registers();
        registers.alloc_tagged(to, Kind::Array, tag(tags::SHARED_INFO), SHARED_SLOTS, 0)?;
        Ok(registers.store_value(to, POOL + 1, Value::Smi(code))?)
    }

    /// Puts a function's constants into the heap, in the shared information in a register.
    pub(crate) fn install(&mut self, shared: R, id: i32) -> Outcome {
        let template = self.codes.template(id).cloned();
        let template = template.ok_or(heap_model::AccessError::WrongKind)?;
        let atoms = self.scoped(|machine| {
            let (pool, value) = (machine.temp()?, machine.temp()?);
            let count = template.constants.len();
            machine.registers().alloc_tagged(pool, Kind::Array, tag(tags::POOL), count, 0)?;
            let mut atoms = Vec::with_capacity(count);
            for (place, constant) in template.constants.iter().enumerate() {
                atoms.push(machine.constant(value, constant)?);
                machine.registers().store(pool, place, value)?;
            }
            machine.registers().store(shared, POOL, pool)?;
            Ok(atoms)
        })?;
        let scopes = template.scopes.iter().map(|scope| {
            self.scopes.push(scope.clone());
            (self.scopes.len() - 1) as i32
        });
        let scopes = scopes.collect();
        self.codes.install(id, Code::new(id, template, atoms, scopes));
        Ok(())
    }

    fn constant(&mut self, to: R, constant: &Constant) -> Outcome<Atom> {
        match constant {
            Constant::Text(text) => {
                let key = crate::parse::names::array_index(text.iter().copied());
                let atom = self.atoms.intern(text);
                match key {
                    // The string of an index is no name.
                    Some(_) => self.new_string(to, text)?,
                    None => self.atom_value(to, atom)?,
                }
                return Ok(atom);
            }
            Constant::Number(number) => self.registers().alloc_f64(to, *number)?,
            Constant::BigInt(digits) => {
                self.big_int_from_text(to, digits, 10)?;
            }
            Constant::Function(template) => {
                let id = self.codes.add_compiled(template.clone());
                self.new_shared(to, id)?;
            }
            Constant::Array(literals) => self.literal_elements(to, literals)?,
            Constant::Template { .. } => self.registers().set_undefined(to),
        }
        Ok(Atom(0))
    }

    /// The elements of an array literal of constants, which its arrays share.
    fn literal_elements(&mut self, to: R, literals: &[Literal]) -> Outcome {
        let numbers = literals.iter().all(|literal| matches!(literal, Literal::Number(_)));
        let small = |number: f64| f64::from(number as i32) == number && !is_negative_zero(number);
        let double = numbers
            && literals.iter().any(|literal| match literal {
                Literal::Number(number) => !small(*number),
                _ => false,
            });
        if double {
            let mut registers = self.registers();
            let bytes = 8 * literals.len();
            registers.alloc_tagged(to, Kind::Bytes, tag(tags::DOUBLES), 0, bytes)?;
            for (place, literal) in literals.iter().enumerate() {
                if let Literal::Number(number) = literal {
                    registers.write_f64(to, 8 * place, *number)?;
                }
            }
            return Ok(());
        }
        let mut registers = self.registers();
        registers.alloc_holes(to, Kind::Array, literals.len())?;
        registers.set_tag(to, tag(tags::SHARED_ELEMENTS))?;
        self.scoped(|machine| {
            let value = machine.temp()?;
            for (place, literal) in literals.iter().enumerate() {
                let constant = match literal {
                    Literal::Hole => continue,
                    Literal::Undefined => Value::Undefined,
                    Literal::Null => Value::Null,
                    Literal::Bool(value) => Value::Bool(*value),
                    Literal::Number(number) => {
                        machine.set_number(value, *number)?;
                        machine.registers().store(to, place, value)?;
                        continue;
                    }
                    Literal::Text(text) => {
                        machine.constant(value, &Constant::Text(text.clone()))?;
                        machine.registers().store(to, place, value)?;
                        continue;
                    }
                };
                machine.registers().store_value(to, place, constant)?;
            }
            Ok(())
        })
    }
}

fn is_negative_zero(number: f64) -> bool {
    number == 0.0 && number.is_sign_negative()
}
