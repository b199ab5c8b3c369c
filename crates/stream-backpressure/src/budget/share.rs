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

/// A stream's share of a [`Budget`]. It is small because it is cold in the cache when the stream's turn comes. What the
/// stream is charged lies in the member, next to the grant, which serving the stream has just written.
pub(crate) struct Share {
    budget: Budget,
    member: Arc<Member>,
    turn: Turn,
}

/// A stream either waits, or may have room for its next write.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// Bytes that the next write may take.
    Reserved(usize),
    /// The stream's position in the queue; it may have been served since.
    Waits(Place),
}

/// More bytes were asked for than the whole budget has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Never;

impl Share {
    /// Takes part in the budget, under a name.
    pub(crate) fn join(budget: &Budget, label: Option<Arc<str>>) -> Self {
        let mut queue = budget.lock();
        let (id, key) = (queue.number().get(), queue.members.vacant_key());
        let member = Arc::new(Member::new(id, key, label));
        queue.members.insert(member.clone());
        drop(queue);
        Self { budget: budget.clone(), member, turn: Turn::Reserved(0) }
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Bytes that a write may count without waiting.
    pub(crate) fn room(&self) -> usize {
        let free = self.budget.threshold().saturating_sub(self.member.charged());
        free.saturating_add(self.reserved())
    }

    /// Whether a write finds some room without waiting.
    pub(crate) fn has_room(&self) -> bool {
        self.reserved() > 0 || !self.budget.idle_waits() && self.room() > 0
    }

    /// Charges a write of `bytes`, first against the reservation, whose rest is given back. Returns whether there was
    /// room; if not, the reservation stays.
    #[inline]
    pub(crate) fn charge(&mut self, bytes: usize) -> bool {
        let reserved = self.reserved();
        if bytes > 0 && reserved == bytes {
            self.turn = Turn::Reserved(0);
            return true;
        }
        self.charge_beside(bytes, reserved)
    }

    /// Charges a write of other than the `reserved` bytes.
    fn charge_beside(&mut self, bytes: usize, reserved: usize) -> bool {
        let charged = self.member.charged();
        let beyond = bytes.saturating_sub(reserved);
        if beyond > 0 && !self.budget.charge(charged, beyond) {
            return false;
        }
        let surplus = reserved.saturating_sub(bytes);
        self.member.set_charged(charged + beyond - surplus);
        match self.turn {
            Turn::Reserved(_) => self.turn = Turn::Reserved(0),
            Turn::Waits(_) => self.cancel(),
        }
        self.budget.release(surplus);
        true
    }

    /// Gives back bytes of chunks that are no longer held.
    #[inline]
    pub(crate) fn release(&mut self, bytes: usize) {
        let charged = self.member.charged();
        let bytes = bytes.min(charged - self.reserved());
        self.member.set_charged(charged - bytes);
        self.budget.release(bytes);
    }

    /// Ready when at least `least` bytes are reserved for the next write, and up to `most` if there is room then. Returns
    /// how many. Until then the stream waits in the budget's queue.
    ///
    /// # Errors
    /// [`Never`] if `least` is more than the whole budget.
    #[inline]
    pub(crate) fn poll_reserve(
        &mut self,
        cx: &mut Context<'_>,
        least: usize,
        most: usize,
    ) -> Poll<Result<usize, Never>> {
        let reserved = self.take_grant();
        if reserved >= least { Poll::Ready(Ok(reserved)) } else { self.poll_turn(cx, least, most) }
    }

    /// As `poll_reserve`, where less is reserved.
    fn poll_turn(
        &mut self,
        cx: &mut Context<'_>,
        least: usize,
        most: usize,
    ) -> Poll<Result<usize, Never>> {
        loop {
            if least > self.budget.cap() {
                self.cancel();
                return Poll::Ready(Err(Never));
            }
            self.give_back(self.reserved());
            let charged = self.member.charged();
            if matches!(self.turn, Turn::Reserved(_))
                && !self.budget.idle_waits()
                && let Some(taken) = self.budget.0.ledger.take(charged, least, most)
            {
                self.reserve(taken);
                return Poll::Ready(Ok(taken));
            }
            self.wait(cx, Ask { charged, least, most });
            match self.take_grant() {
                0 => return Poll::Pending,
                granted if granted >= least => return Poll::Ready(Ok(granted)),
                // It was served for what it asked for before.
                _ => {}
            }
        }
    }

    /// Stops waiting, and gives back what is reserved.
    #[inline]
    pub(crate) fn cancel(&mut self) {
        match self.turn {
            Turn::Reserved(0) => {}
            Turn::Reserved(reserved) => self.give_back(reserved),
            Turn::Waits(place) => self.leave_queue(place),
        }
    }

    #[inline(never)]
    fn leave_queue(&mut self, place: Place) {
        let budget = self.budget.clone();
        let mut queue = budget.lock();
        let waiter = queue.waiters.remove(place);
        let reserved = self.take_grant();
        self.turn = Turn::Reserved(0);
        self.member.set_charged(self.member.charged() - reserved);
        // Streams behind this one may fit. If waking a task panics, the counts are consistent already.
        budget.settle(queue, reserved);
        drop(waiter);
    }

    /// Leaves the budget.
    fn leave(&self) {
        let mut queue = self.budget.lock();
        let member = queue.members.remove(self.member.key);
        let victim = queue.victim.take_if(|victim| victim.id == self.member.id);
        if !queue.waiters.is_empty() {
            self.budget.settle(queue, 0);
        } else {
            drop(queue);
        }
        drop((member, victim));
    }

    /// Whether the stream has been told to yield.
    #[inline]
    pub(crate) fn is_evicted(&self) -> bool {
        self.budget.evicts() && self.member.evicted.load(SeqCst)
    }

    /// As [`is_evicted`](Self::is_evicted), and wakes the task when the stream is told to yield.
    #[inline]
    pub(crate) fn poll_evicted(&self, cx: &mut Context<'_>) -> bool {
        self.budget.evicts() && {
            self.member.set_task(cx.waker());
            self.is_evicted()
        }
    }

    /// Bytes that the next write may take.
    fn reserved(&self) -> usize {
        match self.turn {
            Turn::Reserved(bytes) => bytes,
            Turn::Waits(_) => 0,
        }
    }

    fn reserve(&mut self, bytes: usize) {
        self.turn = Turn::Reserved(bytes);
        self.member.set_charged(self.member.charged() + bytes);
    }

    /// Takes what was granted in the stream's turn. Returns what is reserved.
    #[inline]
    pub(crate) fn take_grant(&mut self) -> usize {
        if let Turn::Waits(_) = self.turn {
            let granted = self.member.granted.load(Relaxed);
            if granted > 0 {
                // The stream has left the queue, so nobody else writes this field.
                self.member.granted.store(0, Relaxed);
                self.reserve(granted);
            }
        }
        self.reserved()
    }

    /// Gives back what is reserved.
    fn give_back(&mut self, reserved: usize) {
        if reserved > 0 {
            self.turn = Turn::Reserved(0);
            self.member.set_charged(self.member.charged() - reserved);
            self.budget.release(reserved);
        }
    }

    /// Enters the queue, or changes what the stream asks for there. A stream that holds nothing keeps its position; one
    /// that holds something is ordered by what it asks for.
    fn wait(&mut self, cx: &mut Context<'_>, ask: Ask) {
        let task = Some(cx.waker().clone());
        let mut queue = self.budget.lock();
        let mut before = None;
        if let Turn::Waits(place) = self.turn {
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
        let place = queue.waiters.add(number, Waiter { member: self.member.key, ask, task });
        self.turn = Turn::Waits(place);
        // Before looking for room, so that no concurrent release is missed.
        self.budget.publish(&queue);
        let first = queue.waiters.first().is_some_and(|(first, _)| first == place);
        if first || before.is_some() {
            self.budget.settle(queue, 0);
        } else {
            drop(queue);
        }
        drop(before);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        // If waking a task panics, the rest is done all the same.
        let steps: [fn(&mut Self); 3] =
            [Self::cancel, |share| share.release(usize::MAX), |share| share.leave()];
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
            .field("charged", &self.member.charged())
            .field("turn", &self.turn)
            .finish_non_exhaustive()
    }
}
