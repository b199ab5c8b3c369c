//! V8's `CallSite`: what `Error.prepareStackTrace` is given for each call of a trace.
//!
//! The class is made when a trace is first prepared. Its objects have the trace's cells under the private name by which an error has its trace.

use crate::builtins::Method;
use crate::compile::code::SourceText;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::call_site::{AROUND_MAIN, Site, origin_text};
use crate::objects::class::Flags;
use crate::objects::code::Arguments;
use crate::objects::layout::tags;
use crate::parse::tree::At;
use crate::thrown::Outcome;

const PROTOTYPE: &[Method] = &[
    ("getColumnNumber", 0, |machine, _| {
        let asked = ask(machine, "getColumnNumber")?;
        give_count(machine, asked.site.at().map(|at| at.column))
    }),
    ("getEnclosingColumnNumber", 0, |machine, _| {
        let asked = ask(machine, "getEnclosingColumnNumber")?;
        give_count(machine, beginning(&asked.site).map(|at| at.column))
    }),
    ("getEnclosingLineNumber", 0, |machine, _| {
        let asked = ask(machine, "getEnclosingLineNumber")?;
        give_count(machine, beginning(&asked.site).map(|at| at.line))
    }),
    ("getEvalOrigin", 0, |machine, _| {
        let asked = ask(machine, "getEvalOrigin")?;
        match asked.site.origin() {
            Some(origin) => {
                let text = asked.site.file().unwrap_or_else(|| origin_text(origin));
                machine.give_text(&text)
            }
            None => machine.give_undefined(),
        }
    }),
    ("getFileName", 0, |machine, _| {
        let asked = ask(machine, "getFileName")?;
        match asked.site.origin() {
            Some(_) => machine.give_undefined(),
            None => give_text(machine, asked.site.file()),
        }
    }),
    ("getFunction", 0, |machine, _| {
        let asked = ask(machine, "getFunction")?;
        give_unless_strict(machine, &asked, asked.function)
    }),
    ("getFunctionName", 0, |machine, _| {
        let asked = ask(machine, "getFunctionName")?;
        let name = machine.site_function(&asked.site, asked.function)?;
        give_text(machine, name)
    }),
    ("getLineNumber", 0, |machine, _| {
        let asked = ask(machine, "getLineNumber")?;
        give_count(machine, asked.site.at().map(|at| at.line))
    }),
    ("getMethodName", 0, |machine, _| {
        let asked = ask(machine, "getMethodName")?;
        // A sloppy function that is called on nothing has the global object.
        if machine.is_toplevel(asked.receiver) {
            return give_text(machine, None);
        }
        let name = machine.site_method(&asked.site, asked.function, asked.receiver)?;
        give_text(machine, name)
    }),
    ("getPosition", 0, |machine, _| {
        let asked = ask(machine, "getPosition")?;
        let position = asked.site.at().zip(asked.site.source());
        let position = position.map_or(0, |(at, source)| offset(source, at));
        machine.give_number(position as f64)
    }),
    ("getPromiseIndex", 0, |machine, _| {
        let asked = ask(machine, "getPromiseIndex")?;
        let place = asked.site.place;
        give_count(machine, asked.site.combination().map(|_| place as u32))
    }),
    ("getScriptHash", 0, |machine, _| {
        ask(machine, "getScriptHash")?;
        machine.give_text("")
    }),
    ("getScriptNameOrSourceURL", 0, |machine, _| {
        let asked = ask(machine, "getScriptNameOrSourceURL")?;
        match (asked.site.file(), asked.site.origin()) {
            (None, Some(_)) => machine.give_undefined(),
            (file, _) => give_text(machine, file),
        }
    }),
    ("getThis", 0, |machine, _| {
        let asked = ask(machine, "getThis")?;
        give_unless_strict(machine, &asked, asked.receiver)
    }),
    ("getTypeName", 0, |machine, _| {
        let asked = ask(machine, "getTypeName")?;
        let name = match machine.is_toplevel(asked.receiver) || asked.site.is_new() {
            true => None,
            false => machine.site_type(asked.receiver)?,
        };
        give_text(machine, name)
    }),
    ("isAsync", 0, |machine, _| {
        let is = ask(machine, "isAsync")?.site.is_async();
        machine.give_bool(is)
    }),
    ("isConstructor", 0, |machine, _| {
        let is = ask(machine, "isConstructor")?.site.is_new();
        machine.give_bool(is)
    }),
    ("isEval", 0, |machine, _| {
        let is = ask(machine, "isEval")?.site.origin().is_some();
        machine.give_bool(is)
    }),
    ("isNative", 0, |machine, _| {
        ask(machine, "isNative")?;
        machine.give_bool(false)
    }),
    ("isPromiseAll", 0, |machine, _| {
        let is = ask(machine, "isPromiseAll")?.site.combination() == Some("all");
        machine.give_bool(is)
    }),
    ("isToplevel", 0, |machine, _| {
        let asked = ask(machine, "isToplevel")?;
        let is = machine.is_toplevel(asked.receiver);
        machine.give_bool(is && !asked.site.is_new())
    }),
    ("toString", 0, |machine, _| {
        let asked = ask(machine, "toString")?;
        let text = machine.site_text(asked.cell)?;
        machine.give_text(&text)
    }),
];

/// A call whose object is `this`: its cell and what the cell tells.
struct Asked {
    cell: R,
    function: R,
    receiver: R,
    site: Site,
}

fn ask(machine: &mut Machine, method: &str) -> Outcome<Asked> {
    let cell = machine.temps(3)?;
    let (function, receiver) = (cell + 1, cell + 2);
    let is_object = machine.is_object(THIS);
    if is_object {
        machine.own_property(cell, THIS, known::ERROR_STACK.into())?;
    }
    if !is_object || !machine.has_tag(cell, tags::CALL_SITE) {
        let text = format!("CallSite method {method} expects CallSite as receiver");
        return machine.throw_type_error(&text);
    }
    let site = machine.read_site(cell, function, receiver)?;
    Ok(Asked { cell, function, receiver, site })
}

fn give_text(machine: &mut Machine, text: Option<String>) -> Outcome<R> {
    match text {
        Some(text) => machine.give_text(&text),
        None => {
            machine.registers().set_null(0);
            Ok(0)
        }
    }
}

fn give_count(machine: &mut Machine, count: Option<u32>) -> Outcome<R> {
    match count {
        Some(count) => machine.give_number(f64::from(count)),
        None => give_text(machine, None),
    }
}

/// The function or the receiver of a call; of a sloppy call on nothing, the global object.
fn give_unless_strict(machine: &mut Machine, asked: &Asked, value: R) -> Outcome<R> {
    if asked.site.is_strict() {
        return machine.give_undefined();
    }
    machine.copy(0, value);
    if machine.is_nullish(0) {
        machine.load_root(0, roots::GLOBAL);
    }
    Ok(0)
}

/// Where the function of a call begins.
fn beginning(site: &Site) -> Option<At> {
    Some(site.template.as_ref()?.at)
}

/// How many units of a text are before a place.
fn offset(source: &SourceText, at: At) -> usize {
    let lines = source.text.split(|unit| *unit == u16::from(b'\n'));
    let before = lines.take(at.line.saturating_sub(1) as usize).map(|line| line.len() + 1);
    before.sum::<usize>() + at.column.saturating_sub(1) as usize
}

fn not_supported(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.throw_error(crate::compile::op::ErrorKind::Error, "Not supported")
}

impl Machine {
    /// An array of the objects for the calls of a trace.
    pub(crate) fn new_call_sites(&mut self, to: R, trace: R) -> Outcome {
        self.scoped(|machine| {
            let list = machine.temps(4)?;
            let (prototype, site, cell) = (list + 1, list + 2, list + 3);
            machine.load_root(prototype, roots::CALL_SITE_PROTOTYPE);
            if !machine.is_object(prototype) {
                let root = roots::CALL_SITE_PROTOTYPE;
                machine.new_prototype(prototype, root, roots::OBJECT_PROTOTYPE)?;
                machine.new_constructor(site, "CallSite", 0, not_supported, prototype)?;
                machine.define_methods(prototype, PROTOTYPE)?;
            }
            let mut all = Vec::new();
            let count = machine.registers().get(trace).view().map_or(0, |list| list.slot_count());
            for place in 0..count {
                machine.registers().load(cell, trace, place)?;
                let site = machine.temp()?;
                machine.new_with_prototype(site, prototype)?;
                machine.define_named(site, known::ERROR_STACK, cell, Flags::FIXED)?;
                all.push(site);
            }
            // Programs count on those of Node's own around their first file.
            let limit = machine.stack_trace_limit()?.unwrap_or(0);
            let last = count > 0 && machine.read_site(cell, list, site)?.is_of_file();
            let around = if last { AROUND_MAIN.len() } else { 0 };
            for number in 0..around.min(limit.saturating_sub(count)) {
                machine.node_site(cell, number)?;
                let site = machine.temp()?;
                machine.new_with_prototype(site, prototype)?;
                machine.define_named(site, known::ERROR_STACK, cell, Flags::FIXED)?;
                all.push(site);
            }
            machine.array_of(list, &all)?;
            machine.copy(to, list);
            Ok(())
        })
    }
}
