//! Frames: what is known of a call beside its registers.

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

/// The frames.
///
/// A call writes the parts of its frame where they stay, one by one: what is written in small parts and read as a whole soon
/// after waits in the processor.
pub(crate) struct Frames {
    /// One that is no call's, then the calls', the outermost first. What lies behind the innermost is room.
    list: Vec<Frame>,
    innermost: usize,
}

impl Default for Frames {
    fn default() -> Self {
        Self { list: vec![Frame::default(); 64], innermost: 0 }
    }
}

impl Frames {
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.innermost
    }

    /// The innermost; without a frame, one that is no call's.
    #[inline(always)]
    pub(crate) fn innermost(&self) -> &Frame {
        &self.list[self.innermost]
    }

    /// Says which instruction of the innermost comes next.
    #[inline(always)]
    pub(crate) fn set_pc(&mut self, pc: usize) {
        self.list[self.innermost].pc = pc as u32;
    }

    /// Goes on by an offset from the instruction that comes next.
    pub(crate) fn jump_if(&mut self, holds: bool, offset: i16) {
        if holds {
            let frame = &mut self.list[self.innermost];
            frame.pc = frame.pc.wrapping_add_signed(i32::from(offset));
        }
    }

    /// A frame, by how many are inside of it.
    pub(crate) fn outwards(&self, inside: usize) -> Option<&Frame> {
        self.list[..=self.innermost].iter().skip(1).nth_back(inside)
    }

    pub(crate) fn last(&self) -> Option<&Frame> {
        (self.innermost > 0).then(|| self.innermost())
    }

    pub(crate) fn push(&mut self, frame: Frame) {
        self.innermost += 1;
        if self.innermost == self.list.len() {
            self.list.resize(2 * self.innermost, Frame::default());
        }
        self.list[self.innermost] = frame;
    }

    /// The innermost frame and room for another; none if the list is to grow first.
    #[inline(always)]
    pub(crate) fn room(&mut self) -> Option<&mut [Frame; 2]> {
        self.list.get_mut(self.innermost..)?.first_chunk_mut()
    }

    /// Begins the frame that was written to the room.
    #[inline(always)]
    pub(crate) fn begin(&mut self) {
        self.innermost += 1;
    }

    /// The innermost frame and the one before, which go on above `depth` frames; none if that is not so.
    #[inline(always)]
    pub(crate) fn ended(&self, depth: usize) -> Option<(&Frame, &Frame)> {
        let before = self.innermost.checked_sub(1).filter(|before| *before > depth)?;
        let [caller, ended] = self.list.get(before..)?.first_chunk()?;
        Some((ended, caller))
    }

    /// Ends the innermost frame, of which there is one.
    #[inline(always)]
    pub(crate) fn end(&mut self) {
        self.innermost -= 1;
    }

    /// Ends the innermost frame, and shows it once more.
    pub(crate) fn pop(&mut self) -> Option<Frame> {
        let ended = self.last().copied()?;
        self.end();
        Some(ended)
    }

    /// Ends all frames but the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.innermost = self.innermost.min(len);
    }

    /// All, the outermost first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Frame> {
        self.list[..=self.innermost].iter().skip(1)
    }
}
