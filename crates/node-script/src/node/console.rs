//! `console`.

use crate::builtins::Method;
use crate::machine::{Machine, R, roots};
use crate::objects::class::Flags;
use crate::objects::code::Arguments;
use crate::thrown::Outcome;
use std::io::Write;

const METHODS: &[Method] = &[
    ("log", 0, log),
    ("info", 0, log),
    ("debug", 0, log),
    ("dirxml", 0, log),
    ("error", 0, error),
    ("warn", 0, error),
    ("trace", 0, trace),
    ("dir", 0, dir),
    ("assert", 0, assert),
    ("group", 0, group),
    ("groupCollapsed", 0, group),
    ("groupEnd", 0, group_end),
    ("count", 0, count),
    ("countReset", 0, count_reset),
    ("time", 0, time),
    ("timeEnd", 0, time_end),
    ("timeLog", 0, time_log),
    ("timeStamp", 0, |machine, _| machine.give_undefined()),
    ("profileEnd", 0, |machine, _| machine.give_undefined()),
    ("profile", 0, |machine, _| machine.give_undefined()),
    ("clear", 0, |machine, _| machine.give_undefined()),
];

/// Columns of a group.
const GROUP: usize = 2;

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let console = machine.temp()?;
    machine.new_namespace(console, "console")?;
    machine.define_plain_methods(console, METHODS)?;
    machine.lazy_properties(console, "internal/console", Flags::PLAIN, &["table", "Console"])?;
    machine.define_tag(console, "console")?;
    machine.store_root(roots::CONSOLE, console);
    Ok(())
}

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    machine.load_root(to, roots::CONSOLE);
    Ok(())
}

/// Which of the program's outputs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    Out,
    Error,
}

impl Machine {
    /// Writes to an output of the program. What cannot be written is lost, as in Node.
    pub(super) fn print(&mut self, to: To, bytes: &[u8]) {
        let output = match to {
            To::Out => &mut self.options.out,
            To::Error => &mut self.options.err,
        };
        let _ = output.write_all(bytes);
    }

    fn print_line(&mut self, to: To, line: &str) -> Outcome<R> {
        // Node loads what prints when it is first used.
        if !std::mem::replace(&mut self.node.console.has_printed, true)
            && let Some(node) = self.options.baseline
        {
            let begun = self.node.console.collections;
            let collected = self.runtime.heap_statistics().full_collections > begun;
            let module = self.node.console.module;
            let (first, after_gc) = module
                .map_or((node.first_print, node.first_print_collected), |module| {
                    (module.first_print, module.first_print_collected)
                });
            self.runtime.add(if collected { after_gc } else { first })?;
        }
        let indentation = " ".repeat(self.node.console.indentation);
        let mut text = match indentation.is_empty() {
            true => line.to_owned(),
            false => format!("{indentation}{}", line.replace('\n', &format!("\n{indentation}"))),
        };
        text.push('\n');
        self.print(to, text.as_bytes());
        self.give_undefined()
    }
}

fn log(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let line = machine.format(arguments.at(0), arguments.count)?;
    machine.print_line(To::Out, &line)
}

fn error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let line = machine.format(arguments.at(0), arguments.count)?;
    machine.print_line(To::Error, &line)
}

fn trace(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let line = machine.format(arguments.at(0), arguments.count)?;
    let text = machine.trace_of("Trace", &line)?;
    machine.print_line(To::Error, &text)
}

fn dir(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let function = machine.temps(2)?;
    machine.load_root(function, roots::INSPECT);
    machine.call(function + 1, function, function, &[arguments.at(0), arguments.at(1)])?;
    let text = machine.rust_string(function + 1)?;
    machine.print_line(To::Out, &text)
}

fn assert(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.to_boolean(arguments.at(0)) {
        return machine.give_undefined();
    }
    let line = match arguments.count > 1 {
        true => machine.format(arguments.at(1), arguments.count - 1)?,
        false => String::new(),
    };
    let colon = if arguments.count > 1 { ": " } else { "" };
    machine.print_line(To::Error, &format!("Assertion failed{colon}{line}"))
}

fn group(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if arguments.count > 0 {
        log(machine, arguments)?;
    }
    machine.node.console.indentation += GROUP;
    machine.give_undefined()
}

fn group_end(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let indentation = &mut machine.node.console.indentation;
    *indentation = indentation.saturating_sub(GROUP);
    machine.give_undefined()
}

fn label(machine: &mut Machine, arguments: Arguments) -> Outcome<String> {
    match machine.is_undefined(arguments.at(0)) {
        true => Ok("default".to_owned()),
        false => machine.string_of(arguments.at(0)),
    }
}

fn count(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let label = label(machine, arguments)?;
    let count = machine.node.console.counts.entry(label.clone()).or_default();
    *count += 1;
    let line = format!("{label}: {count}");
    machine.print_line(To::Out, &line)
}

fn count_reset(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let label = label(machine, arguments)?;
    machine.node.console.counts.remove(&label);
    machine.give_undefined()
}

fn time(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let label = label(machine, arguments)?;
    let now = machine.node.clock.now();
    machine.node.console.timers.entry(label).or_insert(now);
    machine.give_undefined()
}

fn time_end(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let result = time_log(machine, arguments)?;
    let label = label(machine, arguments)?;
    machine.node.console.timers.remove(&label);
    Ok(result)
}

fn time_log(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let label = label(machine, arguments)?;
    let now = machine.node.clock.now();
    let Some(begun) = machine.node.console.timers.get(&label) else {
        return machine.give_undefined();
    };
    let passed = now - begun;
    let line = match passed >= 1000.0 {
        true => format!("{label}: {:.3}s", passed / 1000.0),
        false => format!("{label}: {}ms", (passed * 1000.0).round() / 1000.0),
    };
    machine.print_line(To::Out, &line)
}
