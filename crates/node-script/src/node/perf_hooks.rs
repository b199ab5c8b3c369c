//! `perf_hooks`: `performance.now()` on the program's clock. Marks and measures are JavaScript (`library/performance.js`).

use crate::builtins::Method;
use crate::machine::{Machine, R, roots};
use crate::objects::class::Flags;
use crate::objects::code::Arguments;
use crate::thrown::Outcome;

const METHODS: &[Method] = &[("now", 0, now)];

/// What `performance` has of the library.
const LAZY: &[&str] = &[
    "clearMarks",
    "clearMeasures",
    "eventLoopUtilization",
    "getEntries",
    "getEntriesByName",
    "getEntriesByType",
    "mark",
    "measure",
    "timerify",
    "toJSON",
];

/// What the module has of it.
const CLASSES: &[&str] = &[
    "PerformanceEntry",
    "PerformanceMark",
    "PerformanceMeasure",
    "PerformanceObserver",
    "monitorEventLoopDelay",
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let performance = machine.temps(2)?;
    machine.new_namespace(performance, "performance")?;
    machine.define_methods(performance, METHODS)?;
    let origin = machine.node.clock.date() - machine.node.clock.now();
    machine.set_number(performance + 1, origin)?;
    machine.plain(performance, "timeOrigin", performance + 1)?;
    machine.lazy_properties(performance, "internal/performance", Flags::PLAIN, LAZY)
}

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    let module = machine.temps(2)?;
    machine.load_root(module + 1, roots::GLOBAL);
    let name = machine.atoms.intern_str("performance");
    machine.get_named(module + 1, module + 1, name)?;
    machine.new_object(module, 1)?;
    machine.plain(module, "performance", module + 1)?;
    machine.lazy_properties(module, "internal/performance", Flags::PLAIN, CLASSES)?;
    machine.copy(to, module);
    Ok(())
}

fn now(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let now = machine.node.clock.now();
    machine.give_number(now)
}
