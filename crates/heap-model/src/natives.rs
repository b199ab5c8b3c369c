//! Native cells: their payloads, the external memory that they keep, and the pending finalizers of dead ones.

mod external;
mod pending;

use crate::blocks::{Age, Blocks};
use crate::memory::cell::Cell;
use core::any::Any;
pub(crate) use external::ExternalMemory;
pub(crate) use pending::{DropAll, PendingFinalizers};

/// A native cell's payload.
pub(crate) struct Native {
    pub cell: Cell,
    pub payload: Box<dyn Any + Send>,
    /// Bytes outside the heap that the cell keeps alive.
    pub external: usize,
}

/// The native cells, and the sum of external memory.
#[derive(Default)]
pub(crate) struct Natives {
    /// By the index in a native cell's auxiliary field.
    pub payloads: Blocks<Native>,
    pub external: ExternalMemory,
    /// Payloads of dead cells, which are dropped after the collection.
    pub pending: PendingFinalizers,
}

impl Natives {
    /// Adds the payload of a new native cell; `young` says whether the cell is.
    pub fn add(&mut self, native: Native, young: bool) {
        let (cell, external) = (native.cell, native.external);
        cell.set_auxiliary(self.payloads.insert(native, young));
        self.external.add(external);
    }

    /// The payloads of the dead cells become pending finalizers.
    pub fn retain(&mut self, lives: impl Fn(Cell) -> bool) {
        let Self { payloads, external, pending } = self;
        payloads.retain(
            |native| lives(native.cell),
            |native| {
                external.remove(native.external);
                pending.push(native.payload);
            },
        );
    }

    /// As [`retain`](Self::retain), for young cells: `follow` returns the cell's new address if it lives, and whether it
    /// is young.
    pub fn retain_young(&mut self, follow: impl Fn(Cell) -> Option<(Cell, bool)>) {
        let Self { payloads, external, pending } = self;
        let visit = |native: &mut Native| {
            let Some((cell, young)) = follow(native.cell) else { return Age::Dead };
            native.cell = cell;
            if young { Age::Young } else { Age::Old }
        };
        payloads.visit_young(visit, |native| {
            external.remove(native.external);
            pending.push(native.payload);
        });
    }

    /// Updates the addresses of cells that were moved.
    pub fn follow(&mut self, moved: impl Fn(Cell) -> Cell) {
        self.payloads.for_each(|native| native.cell = moved(native.cell));
    }

    /// Drops all payloads, even if some panic.
    pub fn drop_all(&mut self, all: &mut DropAll) {
        self.pending.drain().for_each(|payload| all.drop(payload));
        self.payloads.retain(|_| false, |native| all.drop(native.payload));
    }
}
