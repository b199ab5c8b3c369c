//! How values are shown, and what an object's own inspection is told of it.

use crate::machine::{Machine, R};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;

/// The key of an object's own inspection.
pub(crate) const CUSTOM: &str = "nodejs.util.inspect.custom";

/// How a value is shown: the options of `util.inspect`.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    /// Levels below which objects are named alone; none: all are shown.
    pub depth: Option<i64>,
    /// Properties that are not enumerable are shown, too.
    pub show_hidden: bool,
    /// Columns of a line.
    pub width: usize,
    /// How many of the innermost levels may share a line; 0: none.
    pub compact: i64,
    /// Elements of an array, a Map or a Set that are shown.
    pub elements: usize,
    /// Characters of a string that are shown.
    pub characters: usize,
    /// Objects' own `[nodejs.util.inspect.custom]` is called.
    pub custom: bool,
    /// Properties are in the order of their names.
    pub sorted: bool,
    /// Getters are called.
    pub getters: bool,
    /// A Proxy is shown as one, with its target and handler.
    pub proxies: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            depth: Some(2),
            show_hidden: false,
            width: 80,
            compact: 3,
            elements: 100,
            characters: 10_000,
            custom: true,
            sorted: false,
            getters: false,
            proxies: false,
        }
    }
}

/// The options that an object's own inspection is given.
pub(crate) fn style_object(machine: &mut Machine, to: R, style: &Style, depth: R) -> Outcome {
    let limit = |value: usize| if value == usize::MAX { f64::INFINITY } else { value as f64 };
    machine.scoped(|machine| {
        let object = machine.temps(2)?;
        let value = object + 1;
        machine.new_object(object, 14)?;
        let flag = |machine: &mut Machine, name, flag| {
            machine.registers().set_bool(value, flag);
            machine.plain(object, name, value)
        };
        let whole = |machine: &mut Machine, name, number| {
            machine.set_number(value, number)?;
            machine.plain(object, name, value)
        };
        flag(machine, "showHidden", style.show_hidden)?;
        machine.plain(object, "depth", depth)?;
        flag(machine, "colors", false)?;
        flag(machine, "customInspect", style.custom)?;
        flag(machine, "showProxy", style.proxies)?;
        whole(machine, "maxArrayLength", limit(style.elements))?;
        whole(machine, "maxStringLength", limit(style.characters))?;
        whole(machine, "breakLength", limit(style.width))?;
        whole(machine, "compact", style.compact as f64)?;
        flag(machine, "sorted", style.sorted)?;
        flag(machine, "getters", style.getters)?;
        flag(machine, "numericSeparator", false)?;
        machine.copy(to, object);
        Ok(())
    })
}

/// Without colours, a text is itself.
pub(crate) fn stylize(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.to_string(0, arguments.at(0))?;
    Ok(0)
}
