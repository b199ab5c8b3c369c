//! Instructions that no loop is made of: each is a call of a method, once the frame knows where it is.

use super::frame::CONSTRUCT;
use super::iterate::Caller;
use crate::compile::op::{NO_VALUE, Op, PrivateError};
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::Key;
use crate::objects::class::Flags;
use crate::objects::code::Code;
use crate::objects::layout::HOME;
use crate::objects::property::Descriptor;
use crate::thrown::Outcome;
use heap_model::Tagged;

#[inline(always)]
fn u(register: u16) -> R {
    R::from(register)
}

impl Machine {
    /// Does what an instruction says that the loop leaves to this function.
    #[inline(never)]
    pub(super) fn rarely(&mut self, op: Op, code: &Code) -> Outcome {
        match op {
            // -- contexts -----------------------------------------------------------------------------------
            Op::CopyContext { context } => self.copy_context(u(context))?,
            Op::CheckThis { from } => {
                if self.registers().get(u(from)) == Tagged::HOLE {
                    return self.throw_this_missing();
                }
            }
            Op::ThrowConstant { .. } => {
                return self.throw_constant();
            }
            Op::LoadImport { to, slot, name } => {
                let slot = self.registers().get(u(slot)).as_smi().unwrap_or(0);
                self.load_import(u(to), slot as usize, code.atoms[usize::from(name)])?;
            }

            // -- names --------------------------------------------------------------------------------------
            Op::LoadGlobalOrUndefined { to, site } => {
                self.load_root(u(to), roots::GLOBAL);
                let cell = &code.caches[usize::from(site)];
                self.load_global_slowly(u(to), code.site(site), cell, true)?;
            }
            Op::StoreGlobal { site, from } => {
                let strict = code.template.strict;
                self.store_global(code.site(site), u(from), strict)?;
            }
            Op::DeclareGlobal { site, from } => {
                self.declare_global_function(code.site(site), u(from), false)?;
            }
            Op::InitialiseScript { site, from } => {
                self.initialise_script(code.site(site), u(from))?;
            }
            Op::LoadDynamic { to, context, name } => {
                let name = code.atoms[usize::from(name)];
                self.load_dynamic(u(to), u(context), name, false)?;
            }
            Op::LoadDynamicOrUndefined { to, context, name } => {
                let name = code.atoms[usize::from(name)];
                self.load_dynamic(u(to), u(context), name, true)?;
            }
            Op::StoreDynamic { context, name, from } => {
                let name = code.atoms[usize::from(name)];
                let strict = code.template.strict;
                self.store_dynamic(u(context), name, u(from), strict)?;
            }
            Op::FindDynamic { to, context, name } => {
                let name = code.atoms[usize::from(name)];
                self.find_with(u(to), u(context), name)?;
            }
            Op::LoadFound { to, object, name } => {
                let key = Key::Name(code.atoms[usize::from(name)]);
                self.load_found_name(u(to), u(object), key, code.template.strict)?;
            }
            Op::StoreFound { object, name, from } => {
                let key = Key::Name(code.atoms[usize::from(name)]);
                self.store_found_name(u(object), key, u(from), code.template.strict)?;
            }
            Op::DeleteDynamic { to, context, name } => {
                let name = code.atoms[usize::from(name)];
                let gone = self.delete_dynamic(u(context), name)?;
                self.registers().set_bool(u(to), gone);
            }
            Op::LoadDynamicCallee { to, context, name } => {
                let name = code.atoms[usize::from(name)];
                self.load_dynamic_callee(u(to), u(context), name)?;
            }
            Op::DeclareDynamic { assigned, context, name, from } => {
                let name = code.atoms[usize::from(name)];
                self.declare_dynamic(u(context), name, u(from), assigned)?;
            }
            Op::NewWith { to, outer, object } => {
                self.new_with(u(to), u(outer), u(object))?;
            }
            Op::GlobalThis { to } => self.load_root(u(to), roots::GLOBAL),

            // -- properties ---------------------------------------------------------------------------------
            Op::DefineKeyed { object, key, from } => {
                let key = self.to_key(u(key))?;
                self.define_member(u(object), key, &Descriptor::data(u(from), Flags::PLAIN))?;
            }
            Op::DefineMethod { object, key, from } => {
                let key = self.to_key(u(key))?;
                self.define_member(u(object), key, &Descriptor::data(u(from), Flags::HIDDEN))?;
            }
            Op::DefineGetter { object, key, from, enumerable } => {
                let key = self.to_key(u(key))?;
                let getter = Some(u(from));
                let descriptor = Descriptor { getter, ..accessor(enumerable) };
                self.define_member(u(object), key, &descriptor)?;
            }
            Op::DefineSetter { object, key, from, enumerable } => {
                let key = self.to_key(u(key))?;
                let setter = Some(u(from));
                let descriptor = Descriptor { setter, ..accessor(enumerable) };
                self.define_member(u(object), key, &descriptor)?;
            }
            Op::SetPrototype { object, from } => {
                if self.is_object(u(from)) || self.is_null(u(from)) {
                    self.set_prototype(u(object), u(from))?;
                }
            }
            Op::DeleteNamed { to, object, name } => {
                let key = Key::Name(code.atoms[usize::from(name)]);
                self.delete_operator(u(to), u(object), key, code.template.strict)?;
            }
            Op::DeleteKeyed { to, object, key } => {
                let key = self.to_key(u(key))?;
                self.delete_operator(u(to), u(object), key, code.template.strict)?;
            }
            Op::GetSuper { to, base } => self.get_super(u(to), u(base))?,
            Op::SetSuper { base, from } => {
                self.set_super(u(base), u(from), code.template.strict)?;
            }
            Op::CopyProperties { to, from, except } => {
                let mut keys = Vec::new();
                if except > 0 {
                    self.array_keys(u(except), &mut keys)?;
                }
                self.copy_properties(u(to), u(from), &keys)?;
            }
            Op::NewPrivateName { to, name } => {
                let text = self.atoms.text(code.atoms[usize::from(name)]);
                let text = crate::objects::atoms::units(&format!("#{text}"));
                let atom = self.atoms.add_private(text);
                self.atom_value(u(to), atom)?;
            }
            Op::GetPrivate { to, object, key } => {
                self.get_private(u(to), u(object), u(key))?;
            }
            Op::SetPrivate { object, key, from } => {
                self.set_private(u(object), u(key), u(from))?;
            }
            Op::DefinePrivate { object, key, from } => {
                self.define_private(u(object), u(key), u(from))?;
            }
            Op::HasPrivate { to, object, key } => {
                if !self.is_object(u(object)) {
                    let text = "Cannot use 'in' operator to search for a private field in a value that is no object";
                    return self.throw_type_error(text);
                }
                let there = match self.private_key(u(key)) {
                    Some(key) => self.has_private(u(object), key)?,
                    None => false,
                };
                self.registers().set_bool(u(to), there);
            }
            Op::CheckBrand { object, brand, name } => {
                let there = match self.private_key(u(brand)) {
                    Some(brand) => self.has_private(u(object), brand)?,
                    None => false,
                };
                if !there {
                    let name = self.atoms.text(code.atoms[usize::from(name)]);
                    let text =
                        format!("Receiver must be an instance of the class that declares #{name}");
                    return self.throw_type_error(&text);
                }
            }
            Op::ThrowPrivate { name, reason } => {
                let name = self.atoms.text(code.atoms[usize::from(name)]);
                let text = match reason {
                    PrivateError::NotWritable => {
                        format!("Private method '#{name}' is not writable")
                    }
                    PrivateError::NoGetter => {
                        format!("'#{name}' was defined without a getter")
                    }
                    PrivateError::NoSetter => {
                        format!("'#{name}' was defined without a setter")
                    }
                };
                return self.throw_type_error(&text);
            }

            // -- operators ----------------------------------------------------------------------------------
            Op::TypeOf { to, from } => {
                let atom = self.typeof_atom(u(from));
                self.atom_value(u(to), atom)?;
            }
            Op::ToNumber { to, from } => {
                let number = self.to_number(u(from))?;
                self.set_number(u(to), number)?;
            }
            Op::ToNumeric { to, from } => self.to_numeric(u(to), u(from))?,
            Op::ToString { to, from } => self.to_string(u(to), u(from))?,
            Op::In { to, key, object } => {
                let holds = self.in_operator(u(key), u(object))?;
                self.registers().set_bool(u(to), holds);
            }
            Op::InstanceOf { to, value, class } => {
                let holds = self.instance_of(u(value), u(class))?;
                self.registers().set_bool(u(to), holds);
            }

            // -- calls --------------------------------------------------------------------------------------
            Op::SuperClass { to, callee } => {
                self.prototype_of(u(to), u(callee))?;
            }
            Op::ThrowError { kind, message } => {
                let text = self.atoms.text(code.atoms[usize::from(message)]);
                return self.throw_error(kind, &text);
            }
            Op::CheckPattern { from, name } => {
                if self.registers().get(u(from)).is_nullish() {
                    let what = self.show(u(from));
                    let spelled = self.spelled().unwrap_or_else(|| self.show_with_type(u(from)));
                    let name = match code.atoms.get(usize::from(name)) {
                        Some(name) => format!("property '{}' of ", self.atoms.text(*name)),
                        None => String::new(),
                    };
                    let text = format!("Cannot destructure {name}'{spelled}' as it is {what}.");
                    return self.throw_type_error(&text);
                }
            }

            // -- functions and classes ----------------------------------------------------------------------
            Op::Class { base, members } => self.make_class(u(base), members)?,
            Op::SetHome { function, home } => {
                self.registers().store(u(function), HOME, u(home))?;
            }
            Op::SetFields { class, from } => self.set_class_fields(u(class), u(from))?,
            Op::SetBrand { class, key } => self.set_class_brand(u(class), u(key))?,
            Op::DefineFields { this, callee } => {
                self.define_fields(u(this), u(callee))?;
            }
            Op::SetFunctionName { function, key, prefix } => {
                let key = self.to_key(u(key))?;
                self.set_function_name(u(function), key, prefix)?;
            }
            Op::Debugger => {}
            Op::MappedArguments { to, context } => {
                self.mapped_arguments(u(to), u(context), code)?;
            }
            Op::Arguments { to } => self.plain_arguments(u(to), false)?,
            Op::Rest { to, from } => self.rest_arguments(u(to), usize::from(from))?,
            Op::NewTarget { to } => {
                let construct = self.frames.last().is_some_and(|frame| frame.has(CONSTRUCT));
                if construct {
                    self.load_root(u(to), roots::NEW_TARGET);
                } else {
                    self.undefined(u(to));
                }
            }

            // -- literals -----------------------------------------------------------------------------------
            Op::Array { to, length } => self.new_array(u(to), usize::from(length))?,
            Op::ArrayLiteral { to, constant } => {
                self.array_literal(u(to), usize::from(constant))?;
            }
            Op::PushHole { array } => {
                let length = self.array_length(u(array));
                self.truncate_array(u(array), length + 1)?;
            }
            Op::PushAll { array, from } => self.push_all(u(array), u(from))?,
            Op::RegExp { to, pattern, flags } => {
                self.regexp_literal(
                    u(to),
                    code.atoms[usize::from(pattern)],
                    code.atoms[usize::from(flags)],
                )?;
            }
            Op::TemplateObject { to, constant } => {
                self.template_object(u(to), usize::from(constant), code)?;
            }

            // -- iteration ----------------------------------------------------------------------------------
            Op::Iterator { to, from } => self.get_iterator_of(u(to), u(from), Caller::Source)?,
            Op::AsyncIterator { to, from } => self.get_async_iterator(u(to), u(from))?,
            Op::NextResult { to, iterator, value } => {
                let given = if value == NO_VALUE { &[][..] } else { &[u(value)] };
                self.call(u(to), u(iterator) + 1, u(iterator), given)?;
            }
            Op::ResultValue { to, result } => self.result_value(u(to), u(result))?,
            Op::CloseIterator { iterator } => self.close_iterator(u(iterator))?,
            Op::CloseIteratorQuietly { iterator } => {
                self.close_iterator_quietly(u(iterator))?;
            }
            Op::IteratorMethod { to, iterator, which } => {
                self.iterator_method(u(to), u(iterator), which)?;
            }
            Op::CheckObject { from } => self.check_result(u(from))?,
            Op::ForIn { to, object } => self.for_in(u(to), u(object))?,

            // -- suspension ---------------------------------------------------------------------------------
            Op::AsyncStart { to } => self.begin_async(u(to))?,
            Op::Import { to, from } => {
                let referrer = code.template.source.name.clone();
                self.import(u(to), u(from), u(from) + 1, &referrer)?;
            }
            _ => unreachable!("an instruction of the loop's own"),
        }
        Ok(())
    }
}

/// What a getter or a setter of the source is defined as.
fn accessor(enumerable: bool) -> Descriptor {
    let (enumerable, configurable) = (Some(enumerable), Some(true));
    Descriptor { enumerable, configurable, ..Descriptor::default() }
}
