//! Allocation sites. When most cells of a site survive, its later cells are pretenured: allocated in the old space (V8's
//! `pretenuring-handler.cc`).

use std::sync::atomic::{AtomicU64, Ordering};

/// An allocation site: a piece of a program whose cells tend to live equally long; see
/// [`Scope::alloc_at`](crate::Scope::alloc_at). It belongs to its heap, and takes 32 bytes there until
/// [`Scope::end_site`](crate::Scope::end_site).
#[derive(Clone, Copy, Debug)]
pub struct Site {
    pub(crate) index: u32,
    /// Unique among the sites of all heaps.
    number: u64,
}

/// Allocation sites, and the survival of their cells. A scavenge visits only sites that have enough cells to be decided.
#[derive(Default)]
pub(crate) struct Sites {
    sites: Vec<SiteCounts>,
    /// Sites that the next scavenge decides.
    due: Vec<u32>,
    /// Sites that have ended since the last scavenge: the next one may still find cells of them.
    ended: Vec<u32>,
    /// Vacant entries.
    vacant: Vec<u32>,
}

#[derive(Default)]
struct SiteCounts {
    allocated: u64,
    survived: u64,
    pretenured: bool,
    /// The site's number, or [`NONE`].
    number: u64,
}

/// The number of a vacant entry.
const NONE: u64 = 0;

/// The least number of cells from which a site is decided (V8: `kPretenureMinimumCreated`).
const SITE_MINIMUM: u64 = 100;

impl Sites {
    pub fn add(&mut self) -> Site {
        // 2^64 numbers do not run out.
        static NEXT: AtomicU64 = AtomicU64::new(NONE + 1);
        let index = self.vacant.pop().unwrap_or_else(|| {
            self.sites.push(SiteCounts::default());
            self.sites.len() as u32 - 1
        });
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        self.sites[index as usize].number = number;
        Site { index, number }
    }

    pub fn end(&mut self, site: Site) -> bool {
        let counts = self.sites.get_mut(site.index as usize);
        let Some(counts) = counts.filter(|counts| counts.number == site.number) else {
            return false;
        };
        counts.number = NONE;
        self.ended.push(site.index);
        true
    }

    /// Counts an allocation. Returns whether the site's cells are pretenured, or `None` if there is no such site.
    #[inline(always)]
    pub fn allocated(&mut self, site: Site) -> Option<bool> {
        let counts = self.sites.get_mut(site.index as usize)?;
        if counts.number != site.number {
            return None;
        }
        counts.allocated += 1;
        let pretenured = counts.pretenured;
        if counts.allocated == SITE_MINIMUM {
            self.may_decide(site.index);
        }
        Some(pretenured)
    }

    /// Queues a site that has enough cells to be decided.
    #[cold]
    fn may_decide(&mut self, site: u32) {
        if !self.sites[site as usize].pretenured {
            self.due.push(site);
        }
    }

    #[inline(always)]
    pub fn survived(&mut self, site: u32) {
        if let Some(counts) = self.sites.get_mut(site as usize) {
            counts.survived += 1;
        }
    }

    /// After a scavenge: pretenures the sites of which 85 % of the cells survive (V8: `kPretenureRatio`). Linear in the
    /// number of sites with 100 cells or more since the last scavenge, and of sites that have ended since.
    pub fn decide(&mut self) {
        for index in self.due.drain(..) {
            let site = &mut self.sites[index as usize];
            let ratio = site.survived as f64 / site.allocated as f64;
            site.pretenured = ratio >= 0.85;
            (site.allocated, site.survived) = (0, 0);
        }
        for index in self.ended.drain(..) {
            self.sites[index as usize] = SiteCounts::default();
            self.vacant.push(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SITE_MINIMUM, Sites};

    #[test]
    fn a_scavenge_looks_only_at_sites_that_can_be_decided() {
        let mut sites = Sites::default();
        let made: Vec<_> = (0..1000).map(|_| sites.add()).collect();
        for site in &made[1..] {
            sites.allocated(*site);
        }
        for _ in 0..SITE_MINIMUM {
            sites.allocated(made[0]);
            sites.survived(made[0].index);
        }
        assert_eq!(sites.due, [made[0].index]);
        sites.decide();
        assert_eq!((sites.allocated(made[0]), sites.allocated(made[1])), (Some(true), Some(false)));
        for _ in 0..2 * SITE_MINIMUM {
            sites.allocated(made[0]);
        }
        assert!(sites.due.is_empty(), "it is decided for good");
    }

    #[test]
    fn a_site_that_has_ended_makes_room_for_another_after_the_next_scavenge() {
        let mut sites = Sites::default();
        let first = sites.add();
        for _ in 0..SITE_MINIMUM {
            sites.allocated(first);
        }
        assert!(sites.end(first) && !sites.end(first));
        assert_eq!(sites.allocated(first), None);
        // Cells of the first may be found to survive still.
        let second = sites.add();
        assert_ne!(first.index, second.index);
        for _ in 0..SITE_MINIMUM {
            sites.survived(first.index);
        }
        sites.decide();
        let third = sites.add();
        assert_eq!(first.index, third.index);
        assert_eq!((sites.allocated(first), sites.allocated(third)), (None, Some(false)));
        for _ in 0..1000 {
            let site = sites.add();
            sites.end(site);
            sites.decide();
        }
        assert_eq!(sites.sites.len(), 3);
    }
}
