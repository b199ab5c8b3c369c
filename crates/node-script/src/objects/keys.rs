//! Listing an object's keys, and its prototype.

use super::atoms::{Atom, Key};
use super::class::{Flags, ObjectKind};
use super::elements::Store;
use super::layout::FIRST;
use crate::machine::{Machine, R};
use crate::thrown::Outcome;

impl Machine {
    // -- listing ------------------------------------------------------------------------------------------------

    /// The own keys of an object, in the language's order: indices, then names, then symbols, if they are wanted.
    pub(crate) fn own_keys(&mut self, object: R, symbols: bool) -> Outcome<Vec<Key>> {
        let Some(id) = self.class_of(object) else { return Ok(Vec::new()) };
        let kind = self.classes.get(id).kind;
        if kind == ObjectKind::Proxy {
            return self.proxy_keys(object, symbols);
        }
        if kind == ObjectKind::Namespace {
            let mut keys = self.namespace_keys(object)?;
            if symbols {
                keys.extend(self.own_named_keys(object)?);
            }
            return Ok(keys);
        }
        let mut keys: Vec<Key> = self.own_indices(object)?.into_iter().map(Key::Index).collect();
        let named = self.own_named_keys(object)?;
        keys.extend(named.into_iter().filter(|key| match key {
            Key::Name(name) => symbols || !self.atoms.is_symbol(*name),
            Key::Index(_) => true,
        }));
        Ok(keys)
    }

    /// The own keys of an object that are enumerable and no symbols, in the language's order.
    pub(crate) fn own_enumerable(&mut self, object: R) -> Outcome<Vec<Key>> {
        let mut keys = Vec::new();
        let Some(id) = self.class_of(object) else { return Ok(keys) };
        if matches!(self.classes.get(id).kind, ObjectKind::Proxy | ObjectKind::Namespace) {
            for key in self.own_keys(object, false)? {
                if self.is_enumerable(object, key)? {
                    keys.push(key);
                }
            }
            return Ok(keys);
        }
        for index in self.own_indices(object)? {
            if self.is_enumerable(object, Key::Index(index))? {
                keys.push(Key::Index(index));
            }
        }
        keys.extend(self.enumerable_names(object)?.into_iter().map(Key::Name));
        Ok(keys)
    }

    /// The own names of an object, which is no Proxy, that are enumerable and neither indexes nor symbols.
    pub(crate) fn enumerable_names(&mut self, object: R) -> Outcome<Vec<Atom>> {
        let Some(id) = self.class_of(object) else { return Ok(Vec::new()) };
        let mut names = self.classes.get(id).enumerable();
        names.retain(|property| !self.classes.get(id).dictionary || property.flags.is_internal());
        let mut names: Vec<Atom> = names.into_iter().map(|property| property.key).collect();
        if self.classes.get(id).dictionary {
            let more = self.scoped(|machine| {
                let table = machine.temp()?;
                machine.properties(table, object)?;
                machine.names_of(table)
            })?;
            let more = more.into_iter().filter(|(_, flags, _)| flags.enumerable());
            names.extend(more.map(|(key, ..)| key));
        }
        let atoms = &self.atoms;
        names.retain(|name| !atoms.is_private(*name) && !atoms.is_symbol(*name));
        Ok(names)
    }

    /// Whether an object has nothing that is enumerable, as most prototypes; false if that is not told at once.
    pub(crate) fn has_nothing_enumerable(&mut self, object: R) -> Outcome<bool> {
        let Some(id) = self.class_of(object) else { return Ok(true) };
        let class = self.classes.get(id);
        let plain = matches!(class.kind, ObjectKind::Ordinary | ObjectKind::Function);
        if !plain || class.dictionary || class.has_enumerable() {
            return Ok(false);
        }
        self.scoped(|machine| {
            let elements = machine.temp()?;
            machine.elements(elements, object)?;
            Ok(machine.store_of(elements) == (Store::None, 0))
        })
    }

    /// The own names of an object, then its symbols.
    pub(crate) fn own_named_keys(&mut self, object: R) -> Outcome<Vec<Key>> {
        let Some(id) = self.class_of(object) else { return Ok(Vec::new()) };
        let mut names = Vec::new();
        for property in self.classes.get(id).properties() {
            names.push(property.key);
        }
        if self.classes.get(id).dictionary {
            let more = self.scoped(|machine| {
                let table = machine.temp()?;
                machine.properties(table, object)?;
                machine.names_of(table)
            })?;
            names.extend(more.into_iter().map(|(key, ..)| key));
        }
        names.retain(|name| !self.atoms.is_private(*name));
        let (named, by_symbol): (Vec<Atom>, Vec<Atom>) =
            names.into_iter().partition(|name| !self.atoms.is_symbol(*name));
        Ok(named.into_iter().chain(by_symbol).map(Key::Name).collect())
    }

    /// The indices of an object's own elements, the least first.
    pub(crate) fn own_indices(&mut self, object: R) -> Outcome<Vec<u32>> {
        let kind = self.kind_of(object);
        if kind == Some(ObjectKind::TypedArray) {
            return Ok((0..self.typed_length(object)? as u32).collect());
        }
        let length = match kind {
            Some(ObjectKind::Array) => self.array_length(object),
            _ => usize::MAX,
        };
        self.scoped(|machine| {
            let elements = machine.temp()?;
            let mut indices = Vec::new();
            let mut characters = 0;
            if kind == Some(ObjectKind::String) {
                machine.registers().load(elements, object, FIRST)?;
                characters = machine.string_length(elements);
                indices.extend(0..characters as u32);
            }
            machine.elements(elements, object)?;
            let (store, room) = machine.store_of(elements);
            if store == super::elements::Store::Dictionary {
                indices.extend(machine.numbers_of(elements)?.into_iter().map(|(key, ..)| key));
                return Ok(indices);
            }
            for index in characters..room.min(length) {
                if machine.own_flags(object, Key::Index(index as u32))?.is_some() {
                    indices.push(index as u32);
                }
            }
            Ok(indices)
        })
    }

    // -- prototypes ---------------------------------------------------------------------------------------------

    /// `[[SetPrototypeOf]]` with an object or `null`; whether it was done.
    pub(crate) fn set_prototype(&mut self, object: R, prototype: R) -> Outcome<bool> {
        let Some(id) = self.class_of(object) else { return Ok(true) };
        if self.classes.get(id).kind == ObjectKind::Proxy {
            return self.proxy_set_prototype(object, prototype);
        }
        self.scoped(|machine| {
            let old = machine.temp()?;
            machine.class_prototype(old, id)?;
            if machine.is_same(old, prototype) {
                return Ok(true);
            }
            if !machine.classes.get(id).extensible {
                return Ok(false);
            }
            machine.load_root(old, crate::machine::roots::OBJECT_PROTOTYPE);
            if machine.is_same(old, object) {
                // An immutable prototype (ECMA-262, section 10.4.7).
                return Ok(false);
            }
            machine.copy(old, prototype);
            while let Some(next) = machine.class_of(old) {
                if machine.is_same(old, object) {
                    return Ok(false);
                }
                if machine.classes.get(next).kind == ObjectKind::Proxy {
                    break;
                }
                machine.class_prototype(old, next)?;
            }
            machine.replace_prototype(object, prototype)?;
            Ok(true)
        })
    }

    /// `[[GetPrototypeOf]]`: a Proxy is asked.
    pub(crate) fn get_prototype(&mut self, to: R, object: R) -> Outcome {
        if self.kind_of(object) == Some(ObjectKind::Proxy) {
            return self.proxy_get_prototype(to, object);
        }
        self.prototype_of(to, object)
    }

    /// Goes on to an object's prototype. Proxies along the way are counted: too many are a circle (V8's
    /// `PrototypeIterator::AdvanceFollowingProxies`).
    pub(crate) fn follow_prototype(&mut self, holder: R, proxies: &mut usize) -> Outcome {
        *proxies += usize::from(self.kind_of(holder) == Some(ObjectKind::Proxy));
        if *proxies > 100 << 10 {
            return Err(crate::thrown::Thrown::Overflow);
        }
        self.get_prototype(holder, holder)
    }

    /// `[[IsExtensible]]`.
    pub(crate) fn is_extensible(&mut self, object: R) -> Outcome<bool> {
        match self.class_of(object) {
            None => Ok(false),
            Some(id) if self.classes.get(id).kind == ObjectKind::Proxy => {
                self.proxy_is_extensible(object)
            }
            Some(id) => Ok(self.classes.get(id).extensible),
        }
    }

    /// `[[PreventExtensions]]`.
    pub(crate) fn prevent_extensions(&mut self, object: R) -> Outcome<bool> {
        if self.kind_of(object) == Some(ObjectKind::Proxy) {
            return self.proxy_prevent_extensions(object);
        }
        self.fix_properties(object, Flags(0))?;
        Ok(true)
    }
}
