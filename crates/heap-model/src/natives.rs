//! Native cells: their payloads, the external memory that they keep, and the pending finalizers of dead ones.

mod external;
mod pending;

use crate::blocks::{Age, Blocks};
use crate::error::AccessError;
use crate::memory::cell::Cell;
use crate::memory::header::Kind;
use core::any::Any;
pub(crate) use external::ExternalMemory;
pub(crate) use pending::{DropAll, PendingFinalizers};

/// A payload as it is kept.
pub(crate) type Stored = Box<dyn Any + Send>;

/// A native cell's payload.
pub(crate) struct Native {
    pub cell: Cell,
    pub payload: Stored,
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

    /// A native cell's payload, if it is of this type.
    #[inline]
    pub fn payload<T: Any>(&self, cell: Cell) -> Result<&T, AccessError> {
        let native = self.payloads.get(number(cell)?);
        native.and_then(|native| native.payload.downcast_ref()).ok_or(AccessError::WrongKind)
    }

    #[inline]
    pub fn payload_mut<T: Any>(&mut self, cell: Cell) -> Result<&mut T, AccessError> {
        let native = self.payloads.get_mut(number(cell)?);
        native.and_then(|native| native.payload.downcast_mut()).ok_or(AccessError::WrongKind)
    }

    /// The payloads of two native cells, if they are of these types and the cells are two.
    pub fn payloads_mut<A: Any, B: Any>(
        &mut self,
        a: Cell,
        b: Cell,
    ) -> Result<(&mut A, &mut B), AccessError> {
        let (a, b) = (number(a)?, number(b)?);
        if a == b {
            return Err(AccessError::SameCell);
        }
        let (a, b) = self.payloads.get_two_mut(a, b).ok_or(AccessError::WrongKind)?;
        let both = a.payload.downcast_mut().zip(b.payload.downcast_mut());
        both.ok_or(AccessError::WrongKind)
    }

    /// A native cell now keeps `bytes` bytes outside the heap alive.
    pub fn set_external(&mut self, cell: Cell, bytes: usize) -> Result<(), AccessError> {
        let native = self.payloads.get_mut(number(cell)?).ok_or(AccessError::WrongKind)?;
        self.external.remove(std::mem::replace(&mut native.external, bytes));
        self.external.add(bytes);
        Ok(())
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

/// The number of a native cell's payload.
fn number(cell: Cell) -> Result<u32, AccessError> {
    if cell.header().is(Kind::Native) { Ok(cell.auxiliary()) } else { Err(AccessError::WrongKind) }
}
