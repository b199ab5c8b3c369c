//! Allocation at sites, as programs use it.

use super::size::{cell_size, is_plain};
use super::{Local, Scope, Value};
use crate::error::{HeapError, OutOfMemory};
use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::memory::header::Kind;
use crate::sites::Site;

impl<'s> Scope<'s> {
    /// Registers an allocation site: a place in a program whose cells tend to live equally long. Amortised
    /// constant time.
    #[must_use]
    pub fn site(&mut self) -> Site {
        self.heap.sites.add()
    }

    /// Ends a site. From now on allocation at it counts as allocation without a site, and its memory is reused for
    /// another site after the next scavenge. Returns whether it had not ended before. Constant time.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let site = scope.site();
    /// scope.alloc_at(site, Kind::Object, 1, 0)?;
    /// assert!(scope.end_site(site) && !scope.end_site(site));
    /// scope.alloc_at(site, Kind::Object, 1, 0)?;
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    pub fn end_site(&mut self, site: Site) -> bool {
        self.heap.sites.end(site)
    }

    /// As [`alloc`](Self::alloc), at a site. Once 85 % of a site's cells have been found to survive
    /// their first scavenge, of 100 at the least, its cells are pretenured: allocated in the old space (V8's
    /// `pretenuring-handler.cc`, `kPretenureRatio` and `kPretenureMinimumCreated`).
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc). A site of another heap, or one that has ended, is ignored.
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline]
    pub fn alloc_at(
        &mut self,
        site: Site,
        kind: Kind,
        slots: usize,
        raw_bytes: usize,
    ) -> Result<Local<'s>, OutOfMemory> {
        let cell = self.heap.make_at(site, kind, slots, raw_bytes)?;
        Ok(self.push(cell))
    }

    /// As [`alloc_with`](Self::alloc_with), at a site: see [`alloc_at`](Self::alloc_at).
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let site = scope.site();
    /// let pair = scope.alloc_with_at(site, Kind::Object, &[Value::Smi(1), Value::Null])?;
    /// assert!(matches!(scope.get(pair, 0)?, Value::Smi(1)));
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`alloc_with`](Self::alloc_with). A site of another heap, or one that has ended, is ignored.
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    pub fn alloc_with_at(
        &mut self,
        site: Site,
        kind: Kind,
        slots: &[Value<'_>],
    ) -> Result<Local<'s>, HeapError> {
        match self.heap.pretenured(site, kind) {
            None => self.alloc_with(kind, slots),
            Some(true) => self.make_with(kind, slots, true),
            Some(false) => {
                let local = self.alloc_with(kind, slots)?;
                mark(self.cell(local)?, site);
                Ok(local)
            }
        }
    }
}

impl Heap {
    /// As [`Scope::alloc_at`], without a handle.
    #[inline(always)]
    pub(crate) fn make_at(
        &mut self,
        site: Site,
        kind: Kind,
        slots: usize,
        raw_bytes: usize,
    ) -> Result<Cell, OutOfMemory> {
        assert!(is_plain(kind, slots), "the kind has a function of its own");
        let size = cell_size(slots, raw_bytes);
        Ok(match self.pretenured(site, kind) {
            None => self.allocate(kind, size, slots)?,
            Some(true) => self.allocate_old(kind, size, slots)?,
            Some(false) => {
                let cell = self.allocate(kind, size, slots)?;
                mark(cell, site);
                cell
            }
        })
    }

    /// Counts a cell at a site. Returns whether the site's cells are pretenured, or `None` if the site does not count
    /// this cell.
    #[inline(always)]
    fn pretenured(&mut self, site: Site, kind: Kind) -> Option<bool> {
        if kind == Kind::Double { None } else { self.sites.allocated(site) }
    }
}

/// Stores the site in a young cell, where the scavenger finds it.
#[inline(always)]
pub(crate) fn mark(cell: Cell, site: Site) {
    cell.set_site(site.index);
}
