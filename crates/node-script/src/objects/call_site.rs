//! What is said of a call in an error's trace, in V8's words (its `call-site-info.cc`): who is called on what, where, and the
//! line of the trace.
//!
//! It is found when it is asked for, so a function may have another name by then, and an object other properties.

use super::atoms::{Atom, Key, known};
use super::class::ObjectKind;
use super::layout::{GETTER, SETTER};
use super::object::Type;
use super::trace::{
    ALL, ALL_SETTLED, ANY, ASYNC, NEW, OF_NODE, SITE_FLAGS, SITE_FUNCTION, SITE_PLACE,
    SITE_RECEIVER, STRICT,
};
use crate::compile::code::{Origin, SourceText, Template};
use crate::interpret::generator;
use crate::machine::{Machine, R};
use crate::parse::tree::At;
use crate::thrown::Outcome;
use std::rc::Rc;

/// The calls of Node 20's own around the first file of a program: the function, the file and the place.
pub(crate) const AROUND_MAIN: [(&str, &str, At); 6] = [
    ("Module._compile", LOADER, At { line: 1521, column: 14 }),
    ("Module._extensions..js", LOADER, At { line: 1623, column: 10 }),
    ("Module.load", LOADER, At { line: 1266, column: 32 }),
    ("Module._load", LOADER, At { line: 1091, column: 12 }),
    ("Function.executeUserEntryPoint [as runMain]", RUN_MAIN, At { line: 164, column: 12 }),
    ("", "node:internal/main/run_main_module", At { line: 28, column: 49 }),
];
const LOADER: &str = "node:internal/modules/cjs/loader";
const RUN_MAIN: &str = "node:internal/modules/run_main";

/// What is known of a call without looking at its objects.
pub(crate) struct Site {
    /// The code of a compiled function.
    pub template: Option<Rc<Template>>,
    /// The instruction that it is at; of a combination of promises, the place of what is waited for.
    pub place: i32,
    flags: i32,
}

impl Site {
    pub(crate) fn is_new(&self) -> bool {
        self.flags & NEW != 0
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.flags & STRICT != 0
    }

    pub(crate) fn is_async(&self) -> bool {
        self.flags & ASYNC != 0
    }

    /// The combination of promises that it is.
    pub(crate) fn combination(&self) -> Option<&'static str> {
        match self.flags & (ALL | ALL_SETTLED | ANY) {
            ALL => Some("all"),
            ALL_SETTLED => Some("allSettled"),
            ANY => Some("any"),
            _ => None,
        }
    }

    fn of_node(&self) -> Option<&'static (&'static str, &'static str, At)> {
        AROUND_MAIN.get(self.place as usize).filter(|_| self.flags & OF_NODE != 0)
    }

    /// It is of the body of a CommonJS file.
    pub(crate) fn is_of_file(&self) -> bool {
        self.template.as_ref().is_some_and(|template| {
            let whole = (0, template.source.text.len() as u32);
            template.module.is_none() && template.source.origin.is_none() && template.text == whole
        })
    }

    /// Where it is in its source.
    pub(crate) fn at(&self) -> Option<At> {
        if let Some((_, _, at)) = self.of_node() {
            return Some(*at);
        }
        let template = self.template.as_ref()?;
        Some(template.place((self.place as usize).saturating_sub(1)))
    }

    pub(crate) fn source(&self) -> Option<&Rc<SourceText>> {
        Some(&self.template.as_ref()?.source)
    }

    /// Where its text comes from, if it was evaluated.
    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.source()?.origin.as_ref()
    }

    /// Its file, or what its evaluated text says that its file is.
    pub(crate) fn file(&self) -> Option<String> {
        if let Some((_, file, _)) = self.of_node() {
            return Some((*file).to_owned());
        }
        let source = self.source()?;
        match source.origin {
            Some(_) => source_url(source),
            None => Some(source.name.to_string()),
        }
    }

    /// Its place as a line of a trace has it.
    fn location(&self) -> String {
        let mut text = match (self.file(), self.origin()) {
            (Some(file), _) => file,
            (None, Some(origin)) => format!("{}, <anonymous>", origin_text(origin)),
            (None, None) => "<anonymous>".to_owned(),
        };
        if let Some(at) = self.at() {
            text.push_str(&format!(":{}:{}", at.line, at.column));
        }
        text
    }
}

/// What a text says that its file is: `//# sourceURL=NAME`.
pub(crate) fn source_url(source: &SourceText) -> Option<String> {
    let text = String::from_utf16_lossy(&source.text);
    let (_, rest) = text.rsplit_once("//# sourceURL=")?;
    let name = rest.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// Where a text was evaluated: `eval at NAME (FILE:LINE:COLUMN)`.
pub(crate) fn origin_text(origin: &Origin) -> String {
    let Origin::Call(template, pc) = origin else { return "eval at <anonymous>".to_owned() };
    let name = template.name.as_deref().map(String::from_utf16_lossy).unwrap_or_default();
    let name = if name.is_empty() { "<anonymous>" } else { &name };
    let source = &template.source;
    let inner = match &source.origin {
        Some(origin) => source_url(source).unwrap_or_else(|| origin_text(origin)),
        None => {
            let at = template.place((*pc as usize).saturating_sub(1));
            format!("{}:{}:{}", source.name, at.line, at.column)
        }
    };
    format!("eval at {name} ({inner})")
}

impl Machine {
    /// What is known of a call, and its function and receiver.
    pub(crate) fn read_site(&mut self, site: R, function: R, receiver: R) -> Outcome<Site> {
        let mut registers = self.registers();
        registers.load(function, site, SITE_FUNCTION)?;
        registers.load(receiver, site, SITE_RECEIVER)?;
        let place = registers.peek(site, SITE_PLACE)?.as_smi().unwrap_or(0);
        let flags = registers.peek(site, SITE_FLAGS)?.as_smi().unwrap_or(0);
        let code = self.code_of(function);
        let template = code.and_then(|code| self.codes.template(code)).cloned();
        Ok(Site { template, place, flags })
    }

    /// A call as a line of a trace has it.
    pub(crate) fn site_text(&mut self, site: R) -> Outcome<String> {
        self.scoped(|machine| {
            let function = machine.temps(2)?;
            let receiver = function + 1;
            let site = machine.read_site(site, function, receiver)?;
            if let Some(name) = site.combination() {
                return Ok(format!("async Promise.{name} (index {})", site.place));
            }
            let prefix = if site.is_async() { "async " } else { "" };
            let name = machine.site_function(&site, function)?;
            let location = site.location();
            let shown = if site.is_new() {
                format!("new {}", name.as_deref().unwrap_or("<anonymous>"))
            } else if !machine.is_toplevel(receiver) {
                let kind = match machine.class_name(receiver)? {
                    Some(name) => Some(name),
                    None => machine.site_type(receiver)?,
                };
                let method = machine.site_method(&site, function, receiver)?;
                method_text(name, kind, method)
            } else {
                match name {
                    Some(name) => name,
                    None => return Ok(format!("{prefix}{location}")),
                }
            };
            Ok(format!("{prefix}{shown} ({location})"))
        })
    }

    /// Whether a call is on no object: on nothing, or the global one.
    pub(crate) fn is_toplevel(&mut self, receiver: R) -> bool {
        matches!(self.type_of(receiver), Type::Undefined | Type::Null | Type::Hole)
            || self.kind_of(receiver) == Some(ObjectKind::Global)
    }

    /// The function's name, if it has one.
    pub(crate) fn site_function(&mut self, site: &Site, function: R) -> Outcome<Option<String>> {
        if let Some((name, ..)) = site.of_node() {
            return Ok(Some((*name).to_owned()).filter(|name| !name.is_empty()));
        }
        let name = self.debug_name(site.template.as_ref(), function)?;
        let evaluated = site.origin().is_some();
        Ok(match name.as_str() {
            "" | "anonymous" if evaluated => Some("eval".to_owned()),
            "" => None,
            _ => Some(name),
        })
    }

    fn debug_name(&mut self, template: Option<&Rc<Template>>, function: R) -> Outcome<String> {
        self.scoped(|machine| {
            let value = machine.temp()?;
            let known = machine.own_property(value, function, known::NAME.into())?;
            if known.is_some_and(|flags| !flags.is_accessor()) && machine.is_string(value) {
                let name = machine.rust_string(value)?;
                if !name.is_empty() {
                    return Ok(name);
                }
            }
            let name =
                template.and_then(|template| template.name.clone().or(template.inferred.clone()));
            Ok(name.as_deref().map(String::from_utf16_lossy).unwrap_or_default())
        })
    }

    /// The name of a class that a call is on.
    fn class_name(&mut self, receiver: R) -> Outcome<Option<String>> {
        let template = self.code_of(receiver).and_then(|code| self.codes.template(code)).cloned();
        let class = template.filter(|template| template.kind.is_class_constructor());
        let name = class.map(|class| self.debug_name(Some(&class), receiver)).transpose()?;
        Ok(name.filter(|name| !name.is_empty()))
    }

    /// The name of what a call is on: that of its constructor.
    pub(crate) fn site_type(&mut self, receiver: R) -> Outcome<Option<String>> {
        if matches!(self.type_of(receiver), Type::Undefined | Type::Null | Type::Hole) {
            return Ok(None);
        }
        self.scoped(|machine| {
            let object = machine.temps(2)?;
            let value = object + 1;
            machine.to_object(object, receiver)?;
            match machine.kind_of(object) {
                Some(ObjectKind::Proxy) => return Ok(Some("Proxy".to_owned())),
                Some(ObjectKind::Generator | ObjectKind::AsyncGenerator) => {
                    machine.registers().load(value, object, generator::FUNCTION)?;
                    machine.own_property(value, value, known::NAME.into())?;
                    if machine.is_string(value) {
                        return Ok(Some(machine.rust_string(value)?));
                    }
                }
                _ => {}
            }
            if let Some(name) = machine.constructor_name(object).filter(|name| name != "Object") {
                return Ok(Some(name));
            }
            if machine.plain_property(value, object, known::TO_STRING_TAG)?
                && machine.is_string(value)
            {
                return Ok(Some(machine.rust_string(value)?));
            }
            Ok(Some("Object".to_owned()))
        })
    }

    /// The name of the property of the receiver that the function is; none if it is one of several.
    pub(crate) fn site_method(
        &mut self,
        site: &Site,
        function: R,
        receiver: R,
    ) -> Outcome<Option<String>> {
        if matches!(self.type_of(receiver), Type::Undefined | Type::Null | Type::Hole) {
            return Ok(None);
        }
        self.scoped(|machine| {
            let holder = machine.temp()?;
            let own = match &site.template {
                Some(template) => template.name.as_deref().map(String::from_utf16_lossy),
                None => Some(machine.debug_name(None, function)?),
            };
            let own = own.unwrap_or_default();
            if own == "<static_initializer>" {
                return Ok(Some(own));
            }
            let own = own.strip_prefix("get ").or(own.strip_prefix("set ")).unwrap_or(&own);
            machine.to_object(holder, receiver)?;
            if !own.is_empty() {
                let key = machine.atoms.intern_str(own);
                let first = machine.temp()?;
                machine.copy(first, holder);
                while let Some(id) = machine.class_of(first) {
                    if machine.kind_of(first) == Some(ObjectKind::Proxy) {
                        break;
                    }
                    if let Some(is) = machine.is_property_of(first, key, function)? {
                        if is {
                            return Ok(Some(own.to_owned()));
                        }
                        break;
                    }
                    machine.class_prototype(first, id)?;
                }
            }
            if let Some(name) = machine.timer_property(holder, function)? {
                return Ok(Some(name.to_owned()));
            }
            let mut found = None;
            while let Some(id) = machine.class_of(holder) {
                if machine.kind_of(holder) == Some(ObjectKind::Proxy) {
                    break;
                }
                for key in machine.enumerable_names(holder)? {
                    if machine.is_property_of(holder, key, function)? == Some(true) {
                        if found.is_some() {
                            return Ok(None);
                        }
                        found = Some(key);
                    }
                }
                machine.class_prototype(holder, id)?;
            }
            Ok(found.map(|key| machine.key_text(Key::Name(key))))
        })
    }

    /// Whether an object's own property is a function, or an accessor by it; none if it has no such property.
    fn is_property_of(&mut self, object: R, key: Atom, function: R) -> Outcome<Option<bool>> {
        self.scoped(|machine| {
            let value = machine.temps(2)?;
            let part = value + 1;
            let Some(flags) = machine.own_property(value, object, key.into())? else {
                return Ok(None);
            };
            if !flags.is_accessor() {
                return Ok(Some(machine.is_same(value, function)));
            }
            for slot in [GETTER, SETTER] {
                machine.registers().load(part, value, slot)?;
                if machine.is_same(part, function) {
                    return Ok(Some(true));
                }
            }
            Ok(Some(false))
        })
    }
}

/// A method's name, with its object's before and the property's behind, where that says more.
fn method_text(name: Option<String>, kind: Option<String>, method: Option<String>) -> String {
    let mut text = String::new();
    let kind = kind.filter(|kind| !kind.is_empty());
    match name {
        Some(name) => {
            if let Some(kind) = kind.filter(|_| is_identifier(&name)) {
                text.extend([&kind, "."]);
            }
            text.push_str(&name);
            if let Some(method) = method.filter(|method| !ends_with_method(&name, method)) {
                text.extend([" [as ", &method, "]"]);
            }
        }
        None => {
            if let Some(kind) = kind {
                text.extend([&kind, "."]);
            }
            text.push_str(method.as_deref().unwrap_or("<anonymous>"));
        }
    }
    text
}

fn is_identifier(name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    name.chars().all(part) && !name.starts_with(|c: char| c.is_numeric())
}

/// Whether a name is a method's, or ends with it behind a dot.
fn ends_with_method(name: &str, method: &str) -> bool {
    match name.strip_suffix(method) {
        Some("") => true,
        Some(before) => before.ends_with('.'),
        None => false,
    }
}
