//! Allocation sites: places in a program whose cells, once they are found to stay, are allocated in the old
//! space at once (V8's `pretenuring-handler.cc`). No unsafe code.

use crate::raw::cell::{Cell, Header, Kind};
use crate::scope::{Local, Scope, Value, cell_size, is_plain};
use crate::{HeapError, OutOfMemory};

/// A place in a program that allocates; see [`Scope::alloc_at`]. It belongs to its heap, and takes 12 bytes
/// there for its life.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    index: u32,
    heap: u32,
}

impl<'s> Scope<'s> {
    /// Registers an allocation site: a place in a program whose cells tend to live equally long. Amortised
    /// constant time.
    #[must_use]
    pub fn site(&mut self) -> Site {
        Site { index: self.heap.sites.add(), heap: self.heap.id }
    }

    /// As [`alloc`](Self::alloc), at a site. Once 85 % of a site's cells have been found to survive
    /// their first scavenge, of 100 at the least, its cells are allocated in the old space at once (V8's
    /// `pretenuring-handler.cc`, `kPretenureRatio` and `kPretenureMinimumCreated`).
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc). A site of another heap counts as none.
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
        assert!(is_plain(kind, slots), "the kind has a function of its own");
        let size = cell_size(slots, raw_bytes);
        let cell = match self.pretenured(site, kind) {
            None => self.heap.allocate(kind, size, slots)?,
            Some(true) => self.heap.allocate_old(kind, size, slots)?,
            Some(false) => {
                let cell = self.heap.allocate(kind, size, slots)?;
                mark(cell, site);
                cell
            }
        };
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
    /// As [`alloc_with`](Self::alloc_with). A site of another heap counts as none.
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
        match self.pretenured(site, kind) {
            None => self.alloc_with(kind, slots),
            Some(true) => self.make_with(kind, slots, true),
            Some(false) => {
                let local = self.alloc_with(kind, slots)?;
                mark(self.place(local)?, site);
                Ok(local)
            }
        }
    }

    /// Counts a cell at a site; whether such cells go to the old space, or none if the site does not count
    /// this one.
    #[inline(always)]
    fn pretenured(&mut self, site: Site, kind: Kind) -> Option<bool> {
        let own = site.heap == self.heap.id && kind != Kind::Double;
        if own { self.heap.sites.allocated(site.index) } else { None }
    }
}

/// Notes the site at a young cell, where the scavenger finds it.
#[inline(always)]
fn mark(cell: Cell, site: Site) {
    cell.set_flag(Header::SITED, true);
    cell.set_aux(site.index);
}

/// Allocation sites, and what became of their cells.
#[derive(Default)]
pub(crate) struct Sites(Vec<SiteCounts>);

#[derive(Default)]
struct SiteCounts {
    allocated: u32,
    survived: u32,
    pretenured: bool,
}

/// A site decides from this many cells on (V8: `kPretenureMinimumCreated`).
const SITE_MINIMUM: u32 = 100;

impl Sites {
    pub fn add(&mut self) -> u32 {
        self.0.push(SiteCounts::default());
        self.0.len() as u32 - 1
    }

    /// Counts an allocation; whether the site's cells go to the old space, or none if there is no
    /// such site.
    #[inline(always)]
    pub fn allocated(&mut self, site: u32) -> Option<bool> {
        let counts = self.0.get_mut(site as usize)?;
        counts.allocated = counts.allocated.saturating_add(1);
        Some(counts.pretenured)
    }

    #[inline(always)]
    pub fn survived(&mut self, site: u32) {
        if let Some(counts) = self.0.get_mut(site as usize) {
            counts.survived += 1;
        }
    }

    /// After a scavenge: sites of which 85 % survive are pretenured (V8: `kPretenureRatio`).
    pub fn decide(&mut self) {
        for site in &mut self.0 {
            if site.allocated >= SITE_MINIMUM && !site.pretenured {
                let ratio = f64::from(site.survived) / f64::from(site.allocated);
                site.pretenured = ratio >= 0.85;
                (site.allocated, site.survived) = (0, 0);
            }
        }
    }
}
