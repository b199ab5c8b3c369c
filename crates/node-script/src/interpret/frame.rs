//! Frames: what is known of a call beside its registers.

use crate::compile::code::Template;
use crate::objects::code::Code;
use crate::parse::tree::FunctionKind;
use heap_model::Window;
use std::rc::Rc;

/// A call that runs, or waits for one that it made.
pub(crate) struct Frame {
    pub code: Rc<Code>,
    /// The instruction that comes next.
    pub pc: u32,
    /// Its registers, and those that come back when it ends.
    pub window: Window,
    pub caller: Window,
    /// The caller's window during the call, with the registers that were taken for it.
    pub given: Window,
    /// Where that window has the function, with `this` and the arguments behind.
    pub base: u32,
    pub count: u32,
    /// The caller's register for the result.
    pub to: u32,
    pub flags: u8,
}

/// It was called with `new`.
pub(crate) const CONSTRUCT: u8 = 1;
/// Rust waits for its end.
pub(crate) const NESTED: u8 = 2;
/// It is a generator's, or an asynchronous function's, that goes on.
pub(crate) const RESUMED: u8 = 4;

impl Frame {
    pub(crate) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// A file of Node's library, which no trace shows.
    pub(crate) fn of_library(&self) -> bool {
        self.code.template.source.name.starts_with("node:")
    }

    /// As a line of a stack trace has it.
    pub(crate) fn describe(&self) -> String {
        describe(&self.code.template, self.pc, self.has(CONSTRUCT))
    }
}

/// A call of a code, which is at an instruction, as a line of a stack trace has it.
pub(crate) fn describe(template: &Template, pc: u32, construct: bool) -> String {
    let place = template.place((pc as usize).saturating_sub(1));
    let source = format!("{}:{}:{}", template.source.name, place.line, place.column);
    let name = template.name.as_deref().map(String::from_utf16_lossy).unwrap_or_default();
    let prefix = if construct { "new " } else { "" };
    match (template.kind, name.is_empty()) {
        (FunctionKind::Top, _) => format!("Object.<anonymous> ({source})"),
        (_, true) => {
            match template.source.text.len() as u32 == template.text.1 && template.text.0 == 0 {
                true => format!("Object.<anonymous> ({source})"),
                false => source,
            }
        }
        (_, false) => format!("{prefix}{name} ({source})"),
    }
}
