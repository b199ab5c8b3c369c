//! The object of a module's exports (ECMA-262, section 10.4.6): its properties are the module's variables.

use super::record::{ModuleId, Part, Resolved};
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Atom, Key, known};
use crate::objects::class::{Class, Flags, ObjectKind};
use crate::objects::layout::FIRST;
use crate::objects::property::Descriptor;
use crate::thrown::Outcome;
use heap_model::{Kind, Tagged, Value};

impl Machine {
    /// The object of a module's exports, made when it is first asked for.
    pub(crate) fn module_namespace(&mut self, to: R, id: ModuleId) -> Outcome {
        self.load_module_part(to, id, Part::Namespace)?;
        if self.registers().get(to).is_cell() {
            return Ok(());
        }
        let names = self.namespace_names(id);
        self.es_modules.records[id].exported = names;
        self.scoped(|machine| {
            let object = machine.temps(2)?;
            let part = object + 1;
            machine.registers().set_null(part);
            let mut class = Class::new(ObjectKind::Namespace, Kind::Object, FIRST + 1, 0);
            class.unique = true;
            let class = machine.add_class(class, part)?;
            machine.new_of(object, class)?;
            machine.registers().store_value(object, FIRST, Value::Smi(id as i32))?;
            machine.new_text(part, "Module")?;
            machine.define_named(object, known::TO_STRING_TAG, part, Flags(0))?;
            machine.fix_properties(object, Flags(0))?;
            machine.store_module(id, Part::Namespace, object)?;
            machine.copy(to, object);
            Ok(())
        })
    }

    /// A variable of another module, whose context is in `to`.
    pub(crate) fn load_import(&mut self, to: R, slot: usize, name: Atom) -> Outcome {
        if !self.registers().get(to).is_cell() {
            return self.throw_not_initialised(name);
        }
        self.registers().load(to, to, slot)?;
        if self.registers().get(to) == Tagged::HOLE {
            return self.throw_not_initialised(name);
        }
        Ok(())
    }

    fn namespace_find(&mut self, object: R, key: Key) -> Outcome<Option<Resolved>> {
        let id = self.registers().peek(object, FIRST)?.as_smi().unwrap_or(0) as usize;
        let name = crate::objects::atoms::units(&self.key_text(key));
        let exported = &self.es_modules.records[id].exported;
        let found = exported.binary_search_by(|(known, _)| known.cmp(&name)).ok();
        Ok(found.map(|place| exported[place].1))
    }

    /// Whether a key of an object of exports is a name of it: symbols are as those of other objects.
    pub(crate) fn is_export_key(&self, key: Key) -> bool {
        !matches!(key, Key::Name(name) if self.atoms.is_symbol(name) || self.atoms.is_private(name))
    }

    /// Whether a module exports a name.
    pub(crate) fn namespace_has(&mut self, object: R, key: Key) -> Outcome<bool> {
        Ok(self.namespace_find(object, key)?.is_some())
    }

    /// The value of an exported name; false if there is none.
    pub(crate) fn namespace_get(&mut self, to: R, object: R, key: Key) -> Outcome<bool> {
        match self.namespace_find(object, key)? {
            None => {
                self.undefined(to);
                Ok(false)
            }
            Some(Resolved::Namespace(id)) => {
                self.module_namespace(to, id)?;
                Ok(true)
            }
            Some(Resolved::Slot(id, slot)) => {
                let text = self.key_text(key);
                let name = self.atoms.intern_str(&text);
                self.scoped(|machine| {
                    let value = machine.temp()?;
                    machine.load_module_part(value, id, Part::Context)?;
                    machine.load_import(value, usize::from(slot), name)?;
                    machine.copy(to, value);
                    Ok(true)
                })
            }
        }
    }

    /// Whether a property may be defined so: only as it is.
    pub(crate) fn namespace_define(
        &mut self,
        object: R,
        key: Key,
        descriptor: &Descriptor,
    ) -> Outcome<bool> {
        self.scoped(|machine| {
            let value = machine.temp()?;
            let there = machine.namespace_get(value, object, key)?;
            let same = there
                && descriptor.configurable != Some(true)
                && descriptor.enumerable != Some(false)
                && descriptor.writable != Some(false)
                && !descriptor.is_accessor();
            Ok(same && descriptor.value.is_none_or(|given| machine.same_value(value, given)))
        })
    }

    /// The names of an object of exports.
    pub(crate) fn namespace_keys(&mut self, object: R) -> Outcome<Vec<Key>> {
        let id = self.registers().peek(object, FIRST)?.as_smi().unwrap_or(0) as usize;
        let exported = self.es_modules.records[id].exported.clone();
        Ok(exported.iter().map(|(name, _)| self.key_of(name)).collect())
    }

    /// `import.meta` of a module.
    pub(super) fn new_import_meta(&mut self, to: R, id: ModuleId) -> Outcome {
        let url = self.es_modules.records[id].url.clone();
        self.scoped(|machine| {
            let meta = machine.temps(3)?;
            let (value, text) = (meta + 1, meta + 2);
            machine.registers().set_null(value);
            machine.new_with_prototype(meta, value)?;
            let file = &super::targets::url_path(&url);
            let directory = std::path::Path::new(file).parent();
            let directory = directory.map_or(String::new(), |path| path.display().to_string());
            for (name, shown) in [("dirname", directory.as_str()), ("filename", file)] {
                let name = machine.atoms.intern_str(name);
                machine.new_text(value, shown)?;
                machine.define_named(meta, name, value, Flags::PLAIN)?;
            }
            machine.new_text(text, &url)?;
            machine.module_closure(value, super::dynamic::resolve, 2, text)?;
            let resolve = machine.atoms.intern_str("resolve");
            machine.define_named(meta, resolve, value, Flags::PLAIN)?;
            let name = machine.atoms.intern_str("url");
            machine.define_named(meta, name, text, Flags::PLAIN)?;
            machine.copy(to, meta);
            Ok(())
        })
    }

    /// The promise of the module that a program begins with, kept until its end.
    pub(crate) fn keep_main_promise(&mut self, promise: R) {
        self.store_root(roots::MAIN_PROMISE, promise);
    }
}
