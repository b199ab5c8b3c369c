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

/// The frames, the innermost last.
///
/// Those that have ended stay in the list to be written over: a call writes the parts of a frame where they are, and
/// moves none.
#[derive(Default)]
pub(crate) struct Frames {
    list: Vec<Frame>,
    len: usize,
}

impl Frames {
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    pub(crate) fn last(&self) -> Option<&Frame> {
        self.list.get(self.len.wrapping_sub(1))
    }

    #[inline(always)]
    pub(crate) fn last_mut(&mut self) -> Option<&mut Frame> {
        self.list.get_mut(self.len.wrapping_sub(1))
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, frame: Frame) {
        let Frame { code, pc, window, caller, base, count, to, flags, given } = frame;
        match self.list.get_mut(self.len) {
            Some(place) => {
                if !Rc::ptr_eq(&place.code, &code) {
                    place.code = code;
                }
                (place.pc, place.window, place.caller) = (pc, window, caller);
                (place.base, place.count, place.to, place.flags) = (base, count, to, flags);
                place.given = given;
            }
            None => {
                self.list.push(Frame { code, pc, window, caller, base, count, to, flags, given });
            }
        }
        self.len += 1;
    }

    /// Ends the innermost frame, and shows it once more.
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<&Frame> {
        self.len = self.len.checked_sub(1)?;
        self.list.get(self.len)
    }

    /// Ends all frames but the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Frame> {
        self.list[..self.len].iter()
    }
}
