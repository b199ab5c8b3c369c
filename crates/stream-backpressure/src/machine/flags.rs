//! The machine's state word: one masked comparison decides whether a write takes the fast path.

/// A set of flags.
pub(super) type Flags = u32;

pub(super) const OBJECT_MODE: Flags = 1;
pub(super) const AUTO_DESTROY: Flags = 1 << 1;
pub(super) const EMIT_CLOSE: Flags = 1 << 2;
/// The sink is ready.
pub(super) const CONSTRUCTED: Flags = 1 << 3;
/// `construct` has answered.
pub(super) const CONSTRUCT_ANSWERED: Flags = 1 << 4;
pub(super) const DESTROYED: Flags = 1 << 5;
/// `destroy` has answered.
pub(super) const CLOSED: Flags = 1 << 6;
pub(super) const CLOSE_EMITTED: Flags = 1 << 7;
pub(super) const ERRORED: Flags = 1 << 8;
pub(super) const ERROR_EMITTED: Flags = 1 << 9;
/// The sink's method is on the stack, so what follows its answer waits for a tick.
pub(super) const SYNC: Flags = 1 << 10;
/// The sink has a chunk.
pub(super) const WRITING: Flags = 1 << 11;
/// The sink has not answered for that chunk.
pub(super) const EXPECT_ANSWER: Flags = 1 << 12;
pub(super) const CORKED: Flags = 1 << 13;
/// The queue of chunks is in use; it may have become empty while it is processed.
pub(super) const BUFFERED: Flags = 1 << 14;
/// The queue of chunks is being passed on.
pub(super) const PROCESSING: Flags = 1 << 15;
/// No chunk since the last reset of the queue had a callback.
pub(super) const ALL_SILENT: Flags = 1 << 16;
/// A write has said false.
pub(super) const NEED_DRAIN: Flags = 1 << 17;
/// A tick is due that completes writes.
pub(super) const AFTER_WRITE_DUE: Flags = 1 << 18;
/// That tick has callbacks, and an equal callback may join them.
pub(super) const GROUP_OPEN: Flags = 1 << 19;
pub(super) const ENDING: Flags = 1 << 20;
pub(super) const FINAL_CALLED: Flags = 1 << 21;
pub(super) const PREFINISHED: Flags = 1 << 22;
pub(super) const FINISHED: Flags = 1 << 23;
/// [`Mode::Strict`](crate::Mode::Strict).
pub(super) const STRICT: Flags = 1 << 24;
/// A panic has been caught and has not gone on.
pub(super) const PANICKED: Flags = 1 << 25;

/// A chunk may go to the sink if, of these, only [`CONSTRUCTED`] is set.
const WAY: Flags = CONSTRUCTED | WRITING | ERRORED | CORKED;

/// A chunk may overtake buffered ones, as in [`Mode::Node`], if, of these, only [`CONSTRUCTED`] is set.
///
/// [`Mode::Node`]: crate::Mode::Node
pub(super) const WAY_BESIDE: Flags = WAY | STRICT;

/// A write is not refused, and its chunk goes straight to the sink in any mode, if, of these, only [`CONSTRUCTED`] is set.
pub(super) const STRAIGHT: Flags = WAY | BUFFERED | ENDING | DESTROYED;

/// Nothing follows a sink's answer if, of these, only [`EXPECT_ANSWER`] is set.
pub(super) const QUICK: Flags =
    EXPECT_ANSWER | BUFFERED | NEED_DRAIN | OBJECT_MODE | ENDING | DESTROYED | ERRORED;
