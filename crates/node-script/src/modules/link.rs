//! Linking: what each name that is imported or exported stands for (ECMA-262's `ResolveExport` and
//! `InitializeEnvironment`).

use super::common_js::is_part;
use super::record::{Body, ModuleId, Part, Resolved, Status};
use crate::compile::code::{ExportCode, ImportCode, Place};
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R};
use crate::objects::layout::CONTEXT;
use crate::thrown::Outcome;
use heap_model::{Kind, Value};
use std::rc::Rc;

/// What a name was found to be.
enum Search {
    Found(Resolved),
    Missing,
    /// Two modules export it, and both are exported whole.
    Ambiguous,
}

impl Machine {
    /// Links a module and all that it requests.
    pub(crate) fn link_module(&mut self, id: ModuleId) -> Outcome {
        let mut order = Vec::new();
        self.unlinked(id, &mut order);
        let linked = self.link_all(&order);
        if linked.is_err() {
            for id in order {
                self.es_modules.records[id].status = Status::New;
            }
        }
        linked
    }

    fn link_all(&mut self, order: &[ModuleId]) -> Outcome {
        for id in order {
            self.instantiate(*id)?;
        }
        for id in order {
            self.bind_imports(*id)?;
        }
        Ok(())
    }

    /// The modules that are to be linked, each behind those that it requests.
    fn unlinked(&mut self, id: ModuleId, order: &mut Vec<ModuleId>) {
        let mut stack = vec![(id, 0)];
        if self.es_modules.records[id].status != Status::New {
            return;
        }
        self.es_modules.records[id].status = Status::Linked;
        while let Some((id, next)) = stack.pop() {
            let requested = self.es_modules.records[id].requested.as_ref();
            let Some(other) = requested.and_then(|list| list.get(next)).copied() else {
                order.push(id);
                continue;
            };
            stack.push((id, next + 1));
            if self.es_modules.records[other].status == Status::New {
                self.es_modules.records[other].status = Status::Linked;
                stack.push((other, 0));
            }
        }
    }

    /// Makes a module's context, its functions and the function of its statements.
    fn instantiate(&mut self, id: ModuleId) -> Outcome {
        let Body::Source { code, parts } = self.es_modules.records[id].body.clone() else {
            return Ok(());
        };
        self.scoped(|machine| {
            let outer = machine.temps(3)?;
            let (inner, part) = (outer + 1, outer + 2);
            machine.new_shared(part, code)?;
            machine.new_function(outer, part, code, None)?;
            machine.call_function(inner, outer, &[])?;
            let inner_code = machine.code_of(inner).unwrap_or(0);
            let template = machine.codes.template(inner_code);
            let has_await = template.is_some_and(|template| template.is_async);
            machine.es_modules.records[id].has_await = has_await;
            machine.store_module(id, Part::Body, inner)?;
            machine.registers().load(part, inner, CONTEXT)?;
            machine.store_module(id, Part::Context, part)?;
            machine.new_import_meta(outer, id)?;
            Ok(machine.registers().store(part, usize::from(parts.meta), outer)?)
        })
    }

    fn bind_imports(&mut self, id: ModuleId) -> Outcome {
        let Some(parts) = self.es_modules.records[id].source() else { return Ok(()) };
        for (name, export) in &parts.exports {
            if let ExportCode::Indirect { request, name: Some(from) } = export {
                let mut seen = Vec::new();
                match self.resolve_export(id, name, &mut seen) {
                    Search::Found(_) => {}
                    search => return self.throw_unresolved(id, *request, from, &search),
                }
            }
        }
        self.scoped(|machine| {
            let context = machine.temps(2)?;
            let value = context + 1;
            for import in &parts.imports {
                machine.load_module_part(context, id, Part::Context)?;
                machine.bind_import(id, import, context, value)?;
            }
            Ok(())
        })
    }

    fn bind_import(&mut self, id: ModuleId, import: &ImportCode, context: R, value: R) -> Outcome {
        let slot = usize::from(import.slot);
        let requested = self.es_modules.records[id].requested.as_ref();
        let Some(other) = requested.and_then(|list| list.get(import.request)).copied() else {
            return Ok(());
        };
        let Some(name) = &import.name else {
            self.module_namespace(value, other)?;
            return Ok(self.registers().store(context, slot, value)?);
        };
        match self.resolve_export(other, name, &mut Vec::new()) {
            Search::Found(Resolved::Slot(module, from)) => {
                self.load_module_part(value, module, Part::Context)?;
                let mut registers = self.registers();
                registers.store(context, slot, value)?;
                Ok(registers.store_value(context, slot + 1, Value::Smi(i32::from(from)))?)
            }
            Search::Found(Resolved::Namespace(module)) => {
                // A context of one variable, which is the object.
                self.module_namespace(value, module)?;
                self.scoped(|machine| {
                    let holder = machine.temp()?;
                    let mut registers = machine.registers();
                    registers.alloc(holder, Kind::Array, 1, 0)?;
                    registers.store(holder, 0, value)?;
                    registers.store(context, slot, holder)?;
                    Ok(registers.store_value(context, slot + 1, Value::Smi(0))?)
                })
            }
            search => self.throw_unresolved(id, import.request, name, &search),
        }
    }

    fn throw_unresolved(
        &mut self,
        id: ModuleId,
        request: usize,
        name: &[u16],
        search: &Search,
    ) -> Outcome {
        let parts = self.es_modules.records[id].source();
        let specifier = parts.and_then(|parts| parts.requests.get(request).cloned());
        let specifier = specifier.map_or(String::new(), |(specifier, _)| specifier.to_string());
        let name = String::from_utf16_lossy(name);
        let requested = self.es_modules.records[id].requested.as_ref();
        let other = requested.and_then(|list| list.get(request));
        let is_common_js = other
            .is_some_and(|other| matches!(self.es_modules.records[*other].body, Body::CommonJs(_)));
        let place = self.import_place(id, &specifier, &name);
        let line = place.as_ref().map(Place::line_text).unwrap_or_default();
        let text = match search {
            Search::Ambiguous => format!(
                "The requested module '{specifier}' contains conflicting star exports for name '{name}'"
            ),
            _ if is_common_js => format!(
                "Named export '{name}' not found. The requested module '{specifier}' is a CommonJS module, which may \
                 not support all module.exports as named exports.\nCommonJS modules can always be imported via the \
                 default export, for example using:\n\nimport pkg from '{specifier}';\n{}\n",
                assignment(&line)
            ),
            _ => format!(
                "The requested module '{specifier}' does not provide an export named '{name}'"
            ),
        };
        let thrown = self.throw_error(ErrorKind::SyntaxError, &text);
        if let Some(place) = place {
            self.note_syntax_error(place, true)?;
        }
        thrown
    }

    /// Where a module imports a name.
    fn import_place(&self, id: ModuleId, specifier: &str, name: &str) -> Option<Place> {
        let Body::Source { code, .. } = self.es_modules.records[id].body else { return None };
        let source = self.codes.template(code)?.source.clone();
        let text = String::from_utf16_lossy(&source.text);
        let at = name_in_import(&text, specifier, name)?;
        let before = &text[..at];
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() as u32 + 1;
        let column = before[begin..].chars().count() as u32 + 1;
        let width = text[at..].chars().take_while(|c| is_part(*c)).count() as u32;
        Some(Place { source, line, column, width })
    }

    /// What a name that a module exports stands for.
    fn resolve_export(
        &self,
        id: ModuleId,
        name: &Rc<[u16]>,
        seen: &mut Vec<(ModuleId, Rc<[u16]>)>,
    ) -> Search {
        let key = (id, name.clone());
        if seen.contains(&key) {
            return Search::Missing;
        }
        seen.push(key);
        let record = &self.es_modules.records[id];
        let Some(parts) = record.source() else {
            let found = record.names.iter().find(|(known, _)| known == name);
            return match found {
                Some((_, slot)) => Search::Found(Resolved::Slot(id, *slot)),
                None => Search::Missing,
            };
        };
        let requested =
            |request: usize| record.requested.as_ref().and_then(|list| list.get(request)).copied();
        if let Some((_, export)) = parts.exports.iter().find(|(known, _)| known == name) {
            return match export {
                ExportCode::Slot(slot) => Search::Found(Resolved::Slot(id, *slot)),
                ExportCode::Indirect { request, name } => match (requested(*request), name) {
                    (Some(other), Some(name)) => self.resolve_export(other, name, seen),
                    (Some(other), None) => Search::Found(Resolved::Namespace(other)),
                    (None, _) => Search::Missing,
                },
            };
        }
        if **name == *crate::objects::atoms::units("default") {
            return Search::Missing;
        }
        let mut found = None;
        for request in &parts.stars {
            let Some(other) = requested(*request) else { continue };
            match self.resolve_export(other, name, seen) {
                Search::Ambiguous => return Search::Ambiguous,
                Search::Missing => {}
                Search::Found(resolved) => match found {
                    None => found = Some(resolved),
                    Some(known) if known != resolved => return Search::Ambiguous,
                    Some(_) => {}
                },
            }
        }
        found.map_or(Search::Missing, Search::Found)
    }

    /// All names that a module exports, those of modules that it exports whole included.
    fn exported_names(&self, id: ModuleId, seen: &mut Vec<ModuleId>) -> Vec<Rc<[u16]>> {
        if seen.contains(&id) {
            return Vec::new();
        }
        seen.push(id);
        let record = &self.es_modules.records[id];
        let Some(parts) = record.source() else {
            return record.names.iter().map(|(name, _)| name.clone()).collect();
        };
        let mut names: Vec<Rc<[u16]>> =
            parts.exports.iter().map(|(name, _)| name.clone()).collect();
        let default = crate::objects::atoms::units("default");
        for request in &parts.stars {
            let requested = record.requested.as_ref().and_then(|list| list.get(*request));
            let Some(other) = requested.copied() else { continue };
            for name in self.exported_names(other, seen) {
                if name != default && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// The names of a module's namespace object, sorted, with what each stands for.
    pub(super) fn namespace_names(&self, id: ModuleId) -> Vec<(Rc<[u16]>, Resolved)> {
        let names = self.exported_names(id, &mut Vec::new());
        let found = names.into_iter().filter_map(|name| {
            match self.resolve_export(id, &name, &mut Vec::new()) {
                Search::Found(resolved) => Some((name, resolved)),
                _ => None,
            }
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }
}

/// Where a name stands in the first `import` or `export` from a specifier that has it.
fn name_in_import(text: &str, specifier: &str, name: &str) -> Option<usize> {
    let quoted = |at: usize, quote| {
        text[..at].ends_with(quote) && text[at + specifier.len()..].starts_with(quote)
    };
    let mut places = text.match_indices(specifier).map(|(at, _)| at);
    places.find_map(|at| {
        if !quoted(at, '\'') && !quoted(at, '"') {
            return None;
        }
        let clause = &text[..at];
        let begin = clause.rfind("import").max(clause.rfind("export"))? + "import".len();
        let clause = &clause[begin..];
        if name == "default"
            && let first = clause.len() - clause.trim_start().len()
            && clause[first..].starts_with(is_part)
        {
            return Some(begin + first);
        }
        let mut names = clause.match_indices(name).map(|(place, _)| place);
        let place = names.find(|place| {
            !clause[..*place].ends_with(is_part)
                && !clause[place + name.len()..].starts_with(is_part)
        })?;
        Some(begin + place)
    })
}

/// The names of an `import` on a line as those of an assignment.
fn assignment(line: &str) -> String {
    let (Some(begin), Some(end)) = (line.find('{'), line.rfind('}')) else { return String::new() };
    let mut words = Vec::new();
    for word in line[begin..=end].split_whitespace() {
        match words.last_mut() {
            Some(last) if word == "as" => *last = format!("{last}:"),
            _ => words.push(word.to_owned()),
        }
    }
    format!("const {} = pkg;", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{assignment, name_in_import};

    #[test]
    fn names_are_found_in_the_import_that_has_them() {
        let text =
            "import a from './a';\nimport { ab, b as c } from \"./b\";\nexport { d } from './b'";
        assert_eq!(name_in_import(text, "./b", "b"), text.find("b as"));
        assert_eq!(name_in_import(text, "./b", "d"), text.find("d }"));
        assert_eq!(name_in_import(text, "./a", "default"), text.find("a from"));
        assert_eq!(name_in_import(text, "./c", "b"), None);
    }

    #[test]
    fn names_of_an_import_are_those_of_an_assignment() {
        assert_eq!(assignment("import { b as c, d } from './b'"), "const { b: c, d } = pkg;");
        assert_eq!(assignment("import {b} from './b'"), "const {b} = pkg;");
        assert_eq!(assignment("import b from './b'"), "");
    }
}
