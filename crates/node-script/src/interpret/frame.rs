//! Frames: what is known of a call beside its registers.

use crate::compile::code::Template;
use crate::parse::tree::FunctionKind;
use heap_model::Window;

/// A call that runs, or waits for one that it made.
#[derive(Clone, Copy, Default)]
pub(crate) struct Frame {
    /// The number of its code.
    pub code: i32,
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

/// The frames.
///
/// The innermost lies apart, so that an instruction need not look for it.
#[derive(Default)]
pub(crate) struct Frames {
    innermost: Frame,
    /// The others, the outermost first, and below them one that is no call's.
    others: Vec<Frame>,
}

impl Frames {
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.others.len()
    }

    /// The innermost; without a frame, one that is no call's.
    #[inline(always)]
    pub(crate) fn innermost(&self) -> &Frame {
        &self.innermost
    }

    /// Says which instruction of the innermost comes next.
    #[inline(always)]
    pub(crate) fn set_pc(&mut self, pc: usize) {
        self.innermost.pc = pc as u32;
    }

    pub(crate) fn last(&self) -> Option<&Frame> {
        (self.len() > 0).then_some(&self.innermost)
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, frame: Frame) {
        self.others.push(self.innermost);
        self.innermost = frame;
    }

    /// Ends the innermost frame, and shows it once more.
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<Frame> {
        let next = self.others.pop()?;
        Some(std::mem::replace(&mut self.innermost, next))
    }

    /// Ends all frames but the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        if let Some(last) = self.others.get(len) {
            self.innermost = *last;
            self.others.truncate(len);
        }
    }

    /// All, the outermost first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Frame> {
        self.others.iter().skip(1).chain(self.last())
    }
}
