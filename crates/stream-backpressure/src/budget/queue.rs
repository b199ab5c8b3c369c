//! What a budget locks: the streams that take part, and those of them that wait.
//!
//! Wakers are cloned, dropped and woken by the caller while the queue is not locked, because they run the code
//! of others. A [`Member`] can be dropped here: its share holds it, too, and takes its waiter out before it
//! takes the member out.

use super::ledger::Ledger;
use super::member::Member;
use super::waiters::{Ask, Waiter, Waiters};
use core::num::NonZero;
use core::task::Waker;
use slab::Slab;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

#[derive(Default)]
pub(super) struct Queue {
    /// The streams that take part in the budget.
    pub(super) members: Slab<Arc<Member>>,
    /// The stream that was told to yield.
    pub(super) victim: Option<Arc<Member>>,
    pub(super) waiters: Waiters,
    /// The last number given to a member or a waiter.
    last: u64,
}

impl Queue {
    /// The next number of a member or a waiter.
    pub(super) fn number(&mut self) -> NonZero<u64> {
        self.last += 1;
        NonZero::new(self.last).unwrap_or(NonZero::<u64>::MAX)
    }

    /// What the first waiter would hold, if it holds nothing now.
    pub(super) fn front_need(&self) -> Option<usize> {
        let (place, waiter) = self.waiters.first()?;
        place.is_idle().then_some(waiter.ask.least)
    }

    /// Grants room to the first waiter and takes it out, if there is room for it; returns it. Of
    /// `free`, bytes that were released and still count as used, it is granted first: so what one stream
    /// releases and the next takes touches no sum.
    #[inline]
    pub(super) fn serve(&mut self, ledger: &Ledger, free: &mut usize) -> Option<Waiter> {
        let (_, first) = self.waiters.first()?;
        let Ask { charged, least, most } = first.ask;
        let room = ledger.threshold().saturating_add(*free).saturating_sub(charged);
        if room < least {
            return None;
        }
        let mut granted = most.min(room);
        if granted <= *free {
            *free -= granted;
        } else {
            ledger.give_back(core::mem::take(free));
            granted = ledger.take(charged, least, most)?;
        }
        let waiter = self.waiters.pop_first()?;
        self.members[waiter.member].granted.store(granted, Relaxed);
        Some(waiter)
    }

    /// Tells the stream that holds most to yield to one that would hold `need`; returns its task. One at
    /// a time: the room of the last one may do.
    pub(super) fn evict(&mut self, need: usize) -> Option<Waker> {
        if self.victim.as_ref().is_some_and(|member| member.bytes() > 0) {
            return None;
        }
        let members = self.members.iter().map(|(_, member)| member);
        let hog = members.max_by_key(|member| (member.bytes(), member.id))?;
        if hog.bytes() <= need {
            return None;
        }
        self.victim = Some(hog.clone());
        hog.evicted.store(true, SeqCst);
        hog.take_task()
    }
}
