//! The pool of one thread.

use crate::error::AllocError;
use crate::local::Core;
use crate::monitor::Monitor;
use crate::options::PoolOptions;
use crate::placement::Placement;
use crate::raw::buffer::Buffer;
use crate::report::{PoolStats, Slab, SlabState};
use std::fmt;
use std::panic::Location;
use std::rc::Rc;

/// Gives buffers out of slabs, by Node's rules (`lib/buffer.js`).
///
/// It belongs to the thread that made it; its buffers may go to other threads and outlive it. A store whose last buffer
/// another thread drops counts as released immediately. The pool takes its memory back when it next makes a slab or a
/// store, or reports; a [`Monitor`] frees it without the pool's thread. A clone is another handle of the same pool.
///
/// ```
/// use slab_buffer::{Pool, PoolOptions};
///
/// let pool = Pool::new(PoolOptions::default());
/// let hello = pool.from_string("hello")?;
/// let world = pool.from_bytes(b" world")?;
/// assert_eq!(hello.store_id(), world.store_id());
/// assert_eq!(&*pool.concat(&[&hello, &world], None)?, b"hello world");
/// # Ok::<(), slab_buffer::AllocError>(())
/// ```
#[derive(Clone)]
pub struct Pool(Rc<Core>);

impl Pool {
    /// A pool without a slab.
    #[must_use]
    pub fn new(options: PoolOptions) -> Self {
        Self(Core::here(options))
    }

    /// The options in effect: sizes out of bounds are shown as the bounds.
    #[must_use]
    pub fn options(&self) -> &PoolOptions {
        self.0.options()
    }

    /// `Buffer.allocUnsafe`: a part of the current slab below half of the pool's size, otherwise a store of
    /// its own. Its bytes are initialised, but may be old. O(1), apart from making a slab.
    ///
    /// # Errors
    /// [`AllocError`] if it is too long or the allocator refuses.
    #[inline(always)]
    #[track_caller]
    pub fn alloc_unsafe(&self, length: usize) -> Result<Buffer, AllocError> {
        self.0.alloc_unsafe(length)
    }

    /// The counts of the pool, for other threads.
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        Monitor::new(self.0.mailbox())
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("options", self.options())
            .field("stats", &self.stats())
            .finish()
    }
}

/// Either kind of pool: [`Pool`] or [`SyncPool`](crate::SyncPool). The trait is sealed.
pub trait AnyPool: sealed::Compact {
    /// `Buffer.allocUnsafe`: see [`Pool::alloc_unsafe`].
    ///
    /// # Errors
    /// [`AllocError`]
    fn alloc_unsafe(&self, length: usize) -> Result<Buffer, AllocError>;

    /// Moves the buffer to a denser slab: see [`Pool::compact`].
    ///
    /// # Errors
    /// [`AllocError`]; the buffer stays where it is.
    fn compact(&self, buffer: &mut Buffer) -> Result<bool, AllocError>;

    /// Bytes of live backing stores: see [`Pool::array_buffers`].
    fn array_buffers(&self) -> usize;
}

pub(crate) mod sealed {
    use crate::error::AllocError;
    use crate::raw::buffer::Buffer;

    pub trait Compact {
        /// A copy of the bytes, in a slab for the survivors of compaction.
        #[doc(hidden)]
        #[track_caller]
        fn copy_compact(&self, bytes: &[u8]) -> Result<Buffer, AllocError>;
    }
}

/// The calls that both kinds of pool have, over the core that `$core` gives.
macro_rules! calls {
    ($pool:ty, $core:ident) => {
        impl $pool {
            /// `Buffer.alloc`: zeros, in a store of its own.
            ///
            /// # Errors
            /// [`AllocError`] if it is too long or the allocator refuses.
            #[track_caller]
            pub fn alloc(&self, length: usize) -> Result<Buffer, AllocError> {
                let buffer = self.$core().alone(length, true, Location::caller());
                buffer
            }

            /// `Buffer.allocUnsafeSlow`: a store of its own, of exactly `length` zeros, for buffers that live long. Under
            /// either [`Reuse`](crate::Reuse) policy the store is newly allocated, and not kept when it is released.
            ///
            /// # Errors
            /// [`AllocError`] if it is too long or the allocator refuses.
            #[track_caller]
            pub fn alloc_unsafe_slow(&self, length: usize) -> Result<Buffer, AllocError> {
                let buffer = self.$core().slow(length, Location::caller());
                buffer
            }

            /// `Buffer.allocUnsafe(length, alignment)` of Node 26: the buffer begins at a multiple
            /// of `alignment` in memory. Up to the slabs' own alignment it is pooled.
            ///
            /// # Errors
            /// [`AllocError`] if it is too long, the alignment is not a power of two up to
            /// [`MAX_ALIGNMENT`](crate::MAX_ALIGNMENT), or the allocator refuses.
            #[track_caller]
            pub fn alloc_unsafe_aligned(
                &self,
                length: usize,
                alignment: usize,
            ) -> Result<Buffer, AllocError> {
                let buffer = self.$core().aligned(length, alignment, Location::caller());
                buffer
            }

            /// `Buffer.from(bytes)`: a copy, pooled as by `alloc_unsafe`.
            ///
            /// # Errors
            /// [`AllocError`] if there are too many bytes or the allocator refuses.
            #[track_caller]
            pub fn from_bytes(&self, bytes: &[u8]) -> Result<Buffer, AllocError> {
                let mut buffer = self.alloc_unsafe(bytes.len())?;
                buffer.copy_from_slice(bytes);
                Ok(buffer)
            }

            /// `Buffer.from(text)` as UTF-8, pooled by its encoded length. As in Node, the current slab needs room for four
            /// bytes a UTF-16 unit while that is below half of a slab.
            ///
            /// # Errors
            /// [`AllocError`] if it is too long or the allocator refuses.
            #[track_caller]
            pub fn from_string(&self, text: &str) -> Result<Buffer, AllocError> {
                let at = Location::caller();
                let mut buffer = self.$core().for_text(text, at)?;
                buffer.copy_from_slice(text.as_bytes());
                Ok(buffer)
            }

            /// `Buffer.concat(parts, length)`: the parts one after another, truncated or padded with zeros to
            /// `length` if it is given; pooled as by `alloc_unsafe`.
            ///
            /// # Errors
            /// [`AllocError`] if it is too long or the allocator refuses.
            #[track_caller]
            pub fn concat(
                &self,
                parts: &[&[u8]],
                length: Option<usize>,
            ) -> Result<Buffer, AllocError> {
                let sum = || parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
                let mut buffer = self.alloc_unsafe(length.unwrap_or_else(sum))?;
                let mut rest = &mut *buffer;
                for part in parts {
                    let (place, after) = rest.split_at_mut(part.len().min(rest.len()));
                    place.copy_from_slice(&part[..place.len()]);
                    rest = after;
                }
                rest.fill(0);
                Ok(buffer)
            }

            /// Moves the buffer to a denser slab if its own takes no more buffers and less than half of it is in use.
            /// Returns whether it was moved. Moved buffers share slabs, so thousands of small survivors in as many
            /// slabs end in a few. O(length).
            ///
            /// # Errors
            /// [`AllocError`]; the buffer stays where it is.
            #[track_caller]
            pub fn compact(&self, buffer: &mut Buffer) -> Result<bool, AllocError> {
                // The old buffer is dropped after the pool is unlocked.
                let copy = self.$core().compact(buffer, Location::caller())?;
                let moved = copy.map(|copy| *buffer = copy);
                Ok(moved.is_some())
            }

            /// Bytes of live backing stores; a slab counts whole, as in Node's `arrayBuffers`. O(1).
            #[doc(alias = "arrayBuffers")]
            #[must_use]
            pub fn array_buffers(&self) -> usize {
                self.$core().array_buffers()
            }

            /// The counters. O(stores).
            #[must_use]
            pub fn stats(&self) -> PoolStats {
                self.$core().stats()
            }

            /// All stores, by their numbers. O(stores).
            #[must_use]
            pub fn slabs(&self) -> Vec<Slab> {
                self.$core().slabs()
            }

            /// The `count` pinned stores with the most unused bytes, worst first. O(stores).
            #[must_use]
            pub fn worst_pinned(&self, count: usize) -> Vec<Slab> {
                let mut slabs = self.slabs();
                slabs.retain(|slab| {
                    slab.live_buffers > 0 && slab.wasted() > 0 && slab.state != SlabState::Current
                });
                slabs.sort_by_key(|slab| std::cmp::Reverse(slab.wasted()));
                slabs.truncate(count);
                slabs
            }

            /// Frees the idle stores that are kept for reuse. Live buffers are not touched.
            pub fn trim(&self) {
                self.$core().trim();
            }
        }

        impl $crate::pool::sealed::Compact for $pool {
            #[track_caller]
            fn copy_compact(&self, bytes: &[u8]) -> Result<Buffer, AllocError> {
                self.$core().copy_compact(bytes, Location::caller())
            }
        }

        impl $crate::pool::AnyPool for $pool {
            #[track_caller]
            fn alloc_unsafe(&self, length: usize) -> Result<Buffer, AllocError> {
                self.alloc_unsafe(length)
            }

            #[track_caller]
            fn compact(&self, buffer: &mut Buffer) -> Result<bool, AllocError> {
                self.compact(buffer)
            }

            fn array_buffers(&self) -> usize {
                self.array_buffers()
            }
        }
    };
}

pub(crate) use calls;

calls!(Pool, core);

impl Pool {
    fn core(&self) -> &Core {
        &self.0
    }
}
