//! The types of a heap's records, and the numbers in their headers.
#![expect(unsafe_code, reason = "a number tells what a cell is")]

use super::layout::{Known, Layout};
use crate::memory::cell::{Cell, TYPE_BITS};
use core::any::TypeId;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

/// Types of records that a heap can have.
const MOST_TYPES: usize = 1 << TYPE_BITS;
/// The numbers below it are those that programs choose.
const CHOSEN: usize = 256;

/// The number of a type in a heap.
pub struct TypeNumber<L>(u32, PhantomData<fn() -> L>);

impl<L: Layout> TypeNumber<L> {
    #[inline(always)]
    pub(super) fn get(self) -> u32 {
        self.0
    }

    /// A cell as a record of the type, if it is one: one comparison of its header.
    #[inline(always)]
    pub fn record(self, cell: Cell) -> Option<Known<L>> {
        // SAFETY: a record with the number is one of the layout.
        (cell.record_type() == Some(self.0)).then(|| unsafe { Known::new(cell) })
    }
}

impl<L> Clone for TypeNumber<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for TypeNumber<L> {}

/// The types of a heap's records: a hash table whose buckets are their numbers. There is none before there is a
/// record, and the first bucket stays empty.
#[derive(Default)]
pub struct Types(Vec<TypeId>);

/// What an empty bucket has.
fn none() -> TypeId {
    TypeId::of::<()>()
}

/// The part of a type's identity that a program is compiled with.
#[derive(Default)]
struct Part(u64);

impl Hasher for Part {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 ^= number;
    }
}

impl Types {
    /// The bucket that a type has unless another has it.
    #[inline(always)]
    fn home<L: Layout>() -> usize {
        match L::TAG {
            Some(tag) => usize::from(tag),
            None => {
                let mut part = Part::default();
                TypeId::of::<L>().hash(&mut part);
                CHOSEN + (part.finish() % (MOST_TYPES - CHOSEN) as u64) as usize
            }
        }
    }

    /// A type's number, if the heap has had a record of it and the number is the one that the program is compiled with.
    #[inline(always)]
    pub fn at_home<L: Layout>(&self) -> Option<TypeNumber<L>> {
        let home = Self::home::<L>();
        let is_there = self.0.get(home) == Some(&TypeId::of::<L>());
        is_there.then_some(TypeNumber(home as u32, PhantomData))
    }

    /// A type's number, if the heap has had a record of it.
    #[inline(always)]
    pub fn known<L: Layout>(&self) -> Option<TypeNumber<L>> {
        self.at_home().or_else(|| self.find())
    }

    #[cold]
    #[inline(never)]
    fn find<L: Layout>(&self) -> Option<TypeNumber<L>> {
        let id = TypeId::of::<L>();
        let number = self.buckets::<L>().find(|number| self.0[*number] == id)?;
        Some(TypeNumber(number as u32, PhantomData))
    }

    /// The buckets that a type may have, up to the first empty one.
    fn buckets<L: Layout>(&self) -> impl Iterator<Item = usize> {
        let home = Self::home::<L>();
        let end = if L::TAG.is_some() { home + 1 } else { MOST_TYPES };
        let start = if L::TAG.is_some() { home } else { CHOSEN };
        let taken = |number: &usize| self.0.get(*number).is_some_and(|id| *id != none());
        (home..end).chain(start..home).take_while(taken)
    }

    /// A type's number.
    ///
    /// # Panics
    /// If there are [`MOST_TYPES`] types, if the type's chosen number is 0, or another type has it.
    #[inline(always)]
    pub fn number<L: Layout>(&mut self) -> TypeNumber<L> {
        match self.known() {
            Some(number) => number,
            None => self.add::<L>(),
        }
    }

    #[cold]
    #[inline(never)]
    fn add<L: Layout>(&mut self) -> TypeNumber<L> {
        if self.0.is_empty() {
            self.0 = vec![none(); MOST_TYPES];
        }
        let home = Self::home::<L>();
        let number = match L::TAG {
            Some(tag) => {
                assert!(tag > 0, "a record's tag is not 0");
                assert!(self.0[home] == none(), "two types of records have the tag {tag}");
                home
            }
            None => {
                // Those between its home and the first empty one are taken.
                let number = home + self.buckets::<L>().count();
                let number =
                    if number < MOST_TYPES { number } else { number - (MOST_TYPES - CHOSEN) };
                assert!(self.0[number] == none(), "a heap has records of too many types");
                number
            }
        };
        self.0[number] = TypeId::of::<L>();
        TypeNumber(number as u32, PhantomData)
    }
}
