//! One stream's share of a budget: what it is charged, what it has reserved, and its position in the queue. Dropping it
//! gives all of that back.

use super::Budget;
use super::member::Member;
use super::waiters::{Ask, Place, Waiter};
use core::fmt;
use core::task::{Context, Poll};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

/// A stream's share of a [`Budget`].
pub(crate) struct Share {
    budget: Budget,
    member: Arc<Member>,
    /// The key among the budget's members.
    key: usize,
    /// Bytes of chunks that the stream holds.
    held: usize,
    /// Bytes that the next write may take.
    reserved: usize,
    /// The stream's position in the queue; it may have been served since.
    place: Option<Place>,
}

/// More bytes were asked for than the whole budget has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Never;

impl Share {
    /// Takes part in the budget, under a name.
    pub(crate) fn join(budget: &Budget, label: Option<Arc<str>>) -> Self {
        let mut queue = budget.lock();
        let member = Arc::new(Member::new(queue.number().get(), label));
        let key = queue.members.insert(member.clone());
        drop(queue);
        Self { budget: budget.clone(), member, key, held: 0, reserved: 0, place: None }
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Bytes that a write may count without waiting.
    pub(crate) fn room(&self) -> usize {
        self.budget.threshold().saturating_sub(self.charged()).saturating_add(self.reserved)
    }

    /// Whether a write finds some room without waiting.
    pub(crate) fn has_room(&self) -> bool {
        self.reserved > 0 || !self.budget.idle_waits() && self.room() > 0
    }

    /// Charges a write of `bytes`, first against the reservation, whose rest is given back. Returns whether there was
    /// room; if not, the reservation stays.
    pub(crate) fn charge(&mut self, bytes: usize) -> bool {
        let beyond = bytes.saturating_sub(self.reserved);
        if beyond > 0 && !self.budget.charge(self.charged(), beyond) {
            return false;
        }
        let surplus = self.reserved.saturating_sub(bytes);
        self.reserved = 0;
        self.held += bytes;
        self.publish();
        if self.place.is_some() {
            self.cancel();
        }
        self.budget.release(surplus);
        true
    }

    /// Gives back bytes of chunks that are no longer held.
    pub(crate) fn release(&mut self, bytes: usize) {
        let bytes = bytes.min(self.held);
        self.held -= bytes;
        self.publish();
        self.budget.release(bytes);
    }

    /// Ready when at least `least` bytes are reserved for the next write, and up to `most` if there is room then. Returns
    /// how many. Until then the stream waits in the budget's queue.
    ///
    /// # Errors
    /// [`Never`] if `least` is more than the whole budget.
    pub(crate) fn poll_reserve(
        &mut self,
        cx: &mut Context<'_>,
        least: usize,
        most: usize,
    ) -> Poll<Result<usize, Never>> {
        loop {
            self.take_grant();
            if self.reserved >= least {
                return Poll::Ready(Ok(self.reserved));
            }
            if least > self.budget.cap() {
                self.cancel();
                return Poll::Ready(Err(Never));
            }
            self.give_back();
            if self.place.is_none()
                && !self.budget.idle_waits()
                && let Some(taken) = self.budget.0.ledger.take(self.held, least, most)
            {
                self.reserve(taken);
                return Poll::Ready(Ok(taken));
            }
            self.wait(cx, Ask { charged: self.held, least, most });
            if self.member.granted.load(Relaxed) == 0 {
                return Poll::Pending;
            }
        }
    }

    /// Stops waiting, and gives back what is reserved.
    pub(crate) fn cancel(&mut self) {
        let Some(place) = self.place else { return self.give_back() };
        let budget = self.budget.clone();
        let mut queue = budget.lock();
        let waiter = queue.waiters.remove(place);
        self.take_grant();
        self.place = None;
        let reserved = core::mem::take(&mut self.reserved);
        self.publish();
        // Streams behind this one may fit. If waking a task panics, the counts are consistent already.
        budget.settle(queue, reserved);
        drop(waiter);
    }

    /// Leaves the budget.
    fn leave(&self) {
        let mut queue = self.budget.lock();
        let member = queue.members.remove(self.key);
        let victim = queue.victim.take_if(|victim| victim.id == self.member.id);
        if !queue.waiters.is_empty() {
            self.budget.settle(queue, 0);
        } else {
            drop(queue);
        }
        drop((member, victim));
    }

    /// Whether the stream has been told to yield.
    pub(crate) fn is_evicted(&self) -> bool {
        self.budget.evicts() && self.member.evicted.load(SeqCst)
    }

    /// As [`is_evicted`](Self::is_evicted), and wakes the task when the stream is told to yield.
    pub(crate) fn poll_evicted(&self, cx: &mut Context<'_>) -> bool {
        if !self.budget.evicts() {
            return false;
        }
        self.member.set_task(cx.waker());
        self.is_evicted()
    }

    fn charged(&self) -> usize {
        self.held + self.reserved
    }

    fn publish(&self) {
        self.member.charged.store(self.charged(), Relaxed);
    }

    fn reserve(&mut self, bytes: usize) {
        self.reserved += bytes;
        self.publish();
    }

    /// Takes what was granted in the stream's turn.
    fn take_grant(&mut self) {
        if self.place.is_some() {
            let granted = self.member.granted.load(Relaxed);
            if granted > 0 {
                // The stream has left the queue, so nobody else writes this field.
                self.member.granted.store(0, Relaxed);
                self.place = None;
                self.reserve(granted);
            }
        }
    }

    fn give_back(&mut self) {
        let reserved = core::mem::take(&mut self.reserved);
        if reserved > 0 {
            self.publish();
            self.budget.release(reserved);
        }
    }

    /// Enters the queue, or changes what the stream asks for there. A stream that holds nothing keeps its position; one
    /// that holds something is ordered by what it asks for.
    fn wait(&mut self, cx: &mut Context<'_>, ask: Ask) {
        let task = Some(cx.waker().clone());
        let mut queue = self.budget.lock();
        let mut before = None;
        if let Some(place) = self.place {
            match queue.waiters.get_mut(place) {
                // It was served just now.
                None => return,
                Some(waiter) if waiter.ask == ask => {
                    let before = core::mem::replace(&mut waiter.task, task);
                    drop(queue);
                    drop(before);
                    return;
                }
                Some(waiter) if place.is_idle() && ask.charged == 0 => {
                    waiter.ask = ask;
                    let before = core::mem::replace(&mut waiter.task, task);
                    self.budget.settle(queue, 0);
                    drop(before);
                    return;
                }
                Some(_) => before = queue.waiters.remove(place),
            }
        }
        let number = queue.number();
        let place = queue.waiters.add(number, Waiter { member: self.key, ask, task });
        self.place = Some(place);
        let first = queue.waiters.first().is_some_and(|(first, _)| first == place);
        if first || before.is_some() {
            self.budget.settle(queue, 0);
        } else {
            self.budget.publish(&queue);
            drop(queue);
        }
        drop(before);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        // If waking a task panics, the rest is done all the same.
        let steps: [fn(&mut Self); 3] =
            [Self::cancel, |share| share.release(share.held), |share| share.leave()];
        let done = steps.map(|step| catch_unwind(AssertUnwindSafe(|| step(self))));
        if let Some(panic) = done.into_iter().find_map(Result::err) {
            resume_unwind(panic);
        }
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Share")
            .field("id", &self.member.id)
            .field("held", &self.held)
            .field("reserved", &self.reserved)
            .field("waits", &self.place.is_some())
            .finish_non_exhaustive()
    }
}
