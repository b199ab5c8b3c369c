//! What objects and functions are called.

use super::Name;
use super::inspector::Inspector;
use crate::machine::{Machine, R};
use crate::objects::atoms::known;
use crate::objects::class::Flags;
use crate::parse::tree::FunctionKind;
use crate::thrown::Outcome;

impl Inspector {
    /// The name of the constructor that an object is an instance of; none if it has no prototype.
    pub(super) fn constructor(
        &mut self,
        machine: &mut Machine,
        object: R,
        level: i64,
    ) -> Outcome<Option<String>> {
        machine.scoped(|machine| {
            let holder = machine.temps(3)?;
            let (class, name) = (holder + 1, holder + 2);
            machine.copy(holder, object);
            while machine.is_object(holder) {
                let found = machine.own_property(class, holder, known::CONSTRUCTOR.into())?;
                if found.is_some_and(|flags| !flags.is_accessor())
                    && machine.is_callable(class)
                    && machine.plain_property(name, class, known::NAME)?
                    && machine.is_string(name)
                    && machine.string_length(name) > 0
                    && machine.is_instance(object, class)?
                {
                    return machine.rust_string(name).map(Some);
                }
                machine.prototype_of(holder, holder)?;
            }
            machine.prototype_of(holder, object)?;
            if !machine.is_object(holder) {
                return Ok(None);
            }
            // An object whose prototypes have no constructor.
            if self.style.depth.is_some_and(|depth| level > depth) {
                return Ok(Some("Object <Complex prototype>".to_owned()));
            }
            let above = self.constructor(machine, holder, level + 1)?;
            let shown = match above {
                None => {
                    let style =
                        super::Style { custom: false, depth: Some(-1), ..self.style.clone() };
                    machine.inspect_with(holder, &style)?
                }
                Some(name) => name,
            };
            Ok(Some(format!("Object <{shown}>")))
        })
    }

    /// The object's `Symbol.toStringTag`, or nothing if it is shown among its properties.
    pub(super) fn tag(&mut self, machine: &mut Machine, object: R) -> Outcome<String> {
        machine.scoped(|machine| {
            let tag = machine.temp()?;
            machine.get_named(tag, object, known::TO_STRING_TAG)?;
            if !machine.is_string(tag) {
                return Ok(String::new());
            }
            let own = machine.own_flags(object, known::TO_STRING_TAG.into())?;
            let shown = own.is_some_and(|flags| self.style.show_hidden || Flags::enumerable(flags));
            if shown { Ok(String::new()) } else { machine.rust_string(tag) }
        })
    }

    /// `[Function: name]`, `[class Name extends Other]`.
    pub(super) fn function(
        &mut self,
        machine: &mut Machine,
        function: R,
        name: &Name<'_>,
    ) -> Outcome<String> {
        let template =
            machine.code_of(function).and_then(|code| machine.codes.template(code).cloned());
        let own = machine.temps(2)?;
        let found = machine.own_property(own, function, known::NAME.into())?;
        let spelled = match found {
            Some(flags) if !flags.is_accessor() && machine.is_string(own) => {
                machine.rust_string(own)?
            }
            _ => String::new(),
        };
        let is_class = template.as_ref().is_some_and(|code| {
            matches!(code.kind, FunctionKind::BaseConstructor | FunctionKind::DerivedConstructor)
        });
        if is_class {
            return self.class(machine, function, &spelled, name);
        }
        let what = match template.map(|code| (code.is_async, code.is_generator)) {
            Some((true, true)) => "AsyncGeneratorFunction",
            Some((true, false)) => "AsyncFunction",
            Some((false, true)) => "GeneratorFunction",
            _ => "Function",
        };
        let mut base = format!("[{what}");
        if name.constructor.is_none() {
            base.push_str(" (null prototype)");
        }
        match spelled.is_empty() {
            true => base.push_str(" (anonymous)"),
            false => base.extend([": ", &spelled]),
        }
        base.push(']');
        if let Some(constructor) = name.constructor
            && constructor != what
        {
            base.extend([" ", constructor]);
        }
        if !name.tag.is_empty() && name.constructor != Some(name.tag) {
            base.extend([" [", name.tag, "]"]);
        }
        Ok(base)
    }

    fn class(
        &mut self,
        machine: &mut Machine,
        class: R,
        spelled: &str,
        name: &Name<'_>,
    ) -> Outcome<String> {
        let mut base =
            format!("class {}", if spelled.is_empty() { "(anonymous)" } else { spelled });
        if let Some(constructor) = name.constructor
            && constructor != "Function"
        {
            base.extend([" [", constructor, "]"]);
        }
        if !name.tag.is_empty() && name.constructor != Some(name.tag) {
            base.extend([" [", name.tag, "]"]);
        }
        if name.constructor.is_none() {
            return Ok(format!("[{base} extends null]"));
        }
        let parent = machine.temps(2)?;
        machine.prototype_of(parent, class)?;
        if machine.plain_property(parent + 1, parent, known::NAME)? && machine.is_string(parent + 1)
        {
            let parent = machine.rust_string(parent + 1)?;
            if !parent.is_empty() {
                base.extend([" extends ", &parent]);
            }
        }
        Ok(format!("[{base}]"))
    }
}
