//! The machine that runs a program, by backtracking on a stack of its own.
//!
//! What may be tried is counted before it is: ways of a choice, turns of a loop, characters of a scan, and places where
//! a match may begin. So the count bounds the time. The stack is bounded as V8's is.

use super::compile::{Class, Op, Place, Program, Slot};
use super::fold::canonical;
use core::ops::Range;

/// Bytes of the stack (V8's `RegExpStack::kMaximumStackSize`).
const MOST_BYTES: usize = 64 << 20;
const MOST_FRAMES: usize = MOST_BYTES / size_of::<Frame>();
/// A register of a group that has not matched.
const NONE: u32 = u32::MAX;

/// A text where it lies.
pub(super) trait Text: Copy {
    fn len(self) -> usize;
    /// A unit that is there.
    fn unit(self, at: usize) -> u32;
}

impl Text for &[u8] {
    fn len(self) -> usize {
        <[u8]>::len(self)
    }

    #[inline]
    fn unit(self, at: usize) -> u32 {
        u32::from(self[at])
    }
}

impl Text for &[[u8; 2]] {
    fn len(self) -> usize {
        <[[u8; 2]]>::len(self)
    }

    #[inline]
    fn unit(self, at: usize) -> u32 {
        u32::from(u16::from_ne_bytes(self[at]))
    }
}

/// Why a match was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It took more steps than it may.
    Steps,
    /// Its stack is full.
    Stack,
}

/// Where a match and its groups lie.
#[derive(Clone, Debug)]
pub(crate) struct Match {
    registers: Vec<u32>,
}

impl Match {
    /// Where a group lies, if it has matched; the whole match is group 0.
    pub fn group(&self, group: u32) -> Option<Range<usize>> {
        let place = 2 * group as usize;
        let (start, end) = (self.registers[place], self.registers[place + 1]);
        (start != NONE && end != NONE).then_some(start as usize..end as usize)
    }

    /// Where the whole match lies.
    pub fn whole(&self) -> Range<usize> {
        self.registers[0] as usize..self.registers[1] as usize
    }
}

/// What is done when nothing else matches.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Go on there.
    Other { place: Place, at: u32 },
    /// A register was something else.
    Undo { slot: Slot, value: u32 },
    /// A scan may end earlier, down to `least`.
    Less { scan: Place, least: u32, at: u32 },
    /// A scan may take more, `left` at most.
    More { scan: Place, left: u32, at: u32 },
}

struct Machine<'a, T, const UNICODE: bool> {
    program: &'a Program,
    text: T,
    registers: Vec<u32>,
    frames: Vec<Frame>,
    steps: u64,
}

/// The first match at `start` or behind it.
pub(super) fn find<T: Text>(
    program: &Program,
    text: T,
    start: usize,
    sticky: bool,
    steps: u64,
) -> Result<Option<Match>, Fault> {
    match program.unicode {
        true => Machine::<T, true>::new(program, text, steps).find(start, sticky),
        false => Machine::<T, false>::new(program, text, steps).find(start, sticky),
    }
}

impl<'a, T: Text, const UNICODE: bool> Machine<'a, T, UNICODE> {
    fn new(program: &'a Program, text: T, steps: u64) -> Self {
        let registers = vec![NONE; program.registers as usize];
        Self { program, text, registers, frames: Vec::new(), steps }
    }

    fn find(mut self, start: usize, sticky: bool) -> Result<Option<Match>, Fault> {
        let mut at = start;
        // A place inside a character is the character's.
        if UNICODE && at < self.text.len() && self.after(at).is_some() && self.pair_before(at + 1) {
            at -= 1;
        }
        loop {
            if let (Some(first), false) = (&self.program.first, sticky) {
                let from = at;
                loop {
                    match self.after(at) {
                        None => return Ok(None),
                        Some((point, next)) if !first.contains(point) => at = next,
                        Some(_) => break,
                    }
                }
                self.step((at - from) as u64)?;
            }
            self.step(1)?;
            if self.attempt(at)? {
                self.registers.truncate(2 * self.program.groups as usize);
                return Ok(Some(Match { registers: self.registers }));
            }
            if sticky || self.program.anchored {
                return Ok(None);
            }
            match self.after(at) {
                Some((_, next)) => at = next,
                None => return Ok(None),
            }
        }
    }

    #[inline]
    fn step(&mut self, steps: u64) -> Result<(), Fault> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(Fault::Steps),
        }
    }

    /// The character behind a place, and the place behind it.
    #[inline]
    fn after(&self, at: usize) -> Option<(u32, usize)> {
        if at >= self.text.len() {
            return None;
        }
        let unit = self.text.unit(at);
        if UNICODE && is_high(unit) && at + 1 < self.text.len() {
            let low = self.text.unit(at + 1);
            if is_low(low) {
                return Some((join(unit, low), at + 2));
            }
        }
        Some((unit, at + 1))
    }

    /// The character before a place, and the place before it.
    #[inline]
    fn before(&self, at: usize) -> Option<(u32, usize)> {
        if at == 0 {
            return None;
        }
        let unit = self.text.unit(at - 1);
        if UNICODE && self.pair_before(at) {
            return Some((join(self.text.unit(at - 2), unit), at - 2));
        }
        Some((unit, at - 1))
    }

    /// Whether the two units before a place are one character.
    fn pair_before(&self, at: usize) -> bool {
        at >= 2 && is_low(self.text.unit(at - 1)) && is_high(self.text.unit(at - 2))
    }

    #[inline]
    fn toward(&self, at: usize, back: bool) -> Option<(u32, usize)> {
        if back { self.before(at) } else { self.after(at) }
    }

    #[inline]
    fn push(&mut self, frame: Frame) -> Result<(), Fault> {
        if self.frames.len() >= MOST_FRAMES {
            return Err(Fault::Stack);
        }
        self.frames.push(frame);
        Ok(())
    }

    /// Changes a register until the machine goes back.
    #[inline]
    fn set(&mut self, slot: Slot, value: u32) -> Result<(), Fault> {
        let old = core::mem::replace(&mut self.registers[slot as usize], value);
        self.push(Frame::Undo { slot, value: old })
    }

    /// Whether there is a match at a place. If not, the registers are as before.
    fn attempt(&mut self, start: usize) -> Result<bool, Fault> {
        let program = self.program;
        let (mut place, mut at) = (0_usize, start);
        self.frames.clear();
        loop {
            let goes_on = match &program.ops[place] {
                Op::Unit { unit, back: false } => {
                    let same = at < self.text.len() && self.text.unit(at) == *unit;
                    at += usize::from(same);
                    same
                }
                Op::Unit { unit, back: true } => {
                    let same = at > 0 && self.text.unit(at - 1) == *unit;
                    at -= usize::from(same);
                    same
                }
                Op::Point { point, back } => match self.toward(at, *back) {
                    Some((found, next)) if found == *point => {
                        at = next;
                        true
                    }
                    _ => false,
                },
                Op::Class { class, back } => match self.toward(at, *back) {
                    Some((found, next)) if program.classes[*class as usize].contains(found) => {
                        at = next;
                        true
                    }
                    _ => false,
                },
                Op::Scan { class, min, max, greedy, back } => {
                    let class = &program.classes[*class as usize];
                    self.scan(class, (*min, *max), (*greedy, *back), place, &mut at)?
                }
                Op::Try { other } => {
                    self.step(1)?;
                    self.push(Frame::Other { place: *other, at: at as u32 })?;
                    true
                }
                Op::TryOther { other } => {
                    self.step(1)?;
                    self.push(Frame::Other { place: place as Place + 1, at: at as u32 })?;
                    place = *other as usize;
                    continue;
                }
                Op::Jump { to } => {
                    place = *to as usize;
                    continue;
                }
                Op::Save { slot } => {
                    self.set(*slot, at as u32)?;
                    true
                }
                Op::Clear { from, to } => {
                    for slot in *from..*to {
                        if self.registers[slot as usize] != NONE {
                            self.set(slot, NONE)?;
                        }
                    }
                    true
                }
                Op::Zero { slot } => {
                    self.set(*slot, 0)?;
                    true
                }
                Op::Turn { count, min, max, greedy, exit } => {
                    self.step(1)?;
                    let turns = self.registers[*count as usize];
                    if turns >= *max || turns >= *min && !greedy {
                        if turns < *max {
                            self.push(Frame::Other { place: place as Place + 1, at: at as u32 })?;
                        }
                        place = *exit as usize;
                        continue;
                    }
                    if turns >= *min {
                        self.push(Frame::Other { place: *exit, at: at as u32 })?;
                    }
                    true
                }
                Op::Count { slot } => {
                    // More turns than a number has are turns without an end.
                    let turns = self.registers[*slot as usize].saturating_add(1).min(NONE - 1);
                    self.set(*slot, turns)?;
                    true
                }
                Op::Moved { since, count } => {
                    let counts =
                        count.is_none_or(|(count, min)| self.registers[count as usize] > min);
                    !counts || self.registers[*since as usize] != at as u32
                }
                Op::LineStart { multiline } => {
                    at == 0 || *multiline && is_line_end(self.text.unit(at - 1))
                }
                Op::LineEnd { multiline } => {
                    at == self.text.len() || *multiline && is_line_end(self.text.unit(at))
                }
                Op::WordEdge { negated, folded } => {
                    let letter =
                        |at: usize| at < self.text.len() && is_letter(self.text.unit(at), *folded);
                    let edge = (at > 0 && letter(at - 1)) != letter(at);
                    edge != *negated
                }
                Op::Back { groups, ignore_case, back } => {
                    self.again(groups, *ignore_case, *back, &mut at)?
                }
                Op::Look { slot } => {
                    self.look(*slot, at)?;
                    true
                }
                Op::Seen { slot } => {
                    let height = self.registers[*slot as usize] as usize;
                    at = self.registers[*slot as usize + 1] as usize;
                    // What is to be undone stays; what is to be tried goes.
                    let mut kept = height;
                    for place in height..self.frames.len() {
                        if let Frame::Undo { .. } = self.frames[place] {
                            self.frames[kept] = self.frames[place];
                            kept += 1;
                        }
                    }
                    self.frames.truncate(kept);
                    true
                }
                Op::LookNot { slot, other } => {
                    self.look(*slot, at)?;
                    self.step(1)?;
                    self.push(Frame::Other { place: *other, at: at as u32 })?;
                    true
                }
                Op::SeenNot { slot } => {
                    let height = self.registers[*slot as usize] as usize;
                    while self.frames.len() > height {
                        if let Some(Frame::Undo { slot, value }) = self.frames.pop() {
                            self.registers[slot as usize] = value;
                        }
                    }
                    false
                }
                Op::Match => return Ok(true),
            };
            if goes_on {
                place += 1;
            } else {
                match self.go_back(&mut at)? {
                    Some(next) => place = next,
                    None => return Ok(false),
                }
            }
        }
    }

    /// Takes the last thing that may be tried; gives the operation that goes on.
    fn go_back(&mut self, at: &mut usize) -> Result<Option<usize>, Fault> {
        while let Some(frame) = self.frames.pop() {
            match frame {
                Frame::Undo { slot, value } => self.registers[slot as usize] = value,
                Frame::Other { place, at: there } => {
                    *at = there as usize;
                    return Ok(Some(place as usize));
                }
                Frame::Less { scan, least, at: there } => {
                    let program = self.program;
                    let Op::Scan { back, .. } = program.ops[scan as usize] else { continue };
                    let next = scan as usize + 1;
                    let mut there = there as usize;
                    loop {
                        self.step(1)?;
                        there = self.toward(there, !back).map_or(there, |(_, place)| place);
                        if there == least as usize {
                            break;
                        }
                        // What does not begin with the unit that comes next fails at once.
                        match program.ops[next] {
                            Op::Unit { unit, back: false } if !back => {
                                if there < self.text.len() && self.text.unit(there) == unit {
                                    break;
                                }
                            }
                            _ => break,
                        }
                    }
                    if there != least as usize {
                        self.push(Frame::Less { scan, least, at: there as u32 })?;
                    }
                    *at = there;
                    return Ok(Some(next));
                }
                Frame::More { scan, left, at: there } => {
                    let Op::Scan { class, back, .. } = self.program.ops[scan as usize] else {
                        continue;
                    };
                    self.step(1)?;
                    let class = &self.program.classes[class as usize];
                    let Some((point, next)) = self.toward(there as usize, back) else { continue };
                    if !class.contains(point) {
                        continue;
                    }
                    if left > 1 {
                        self.push(Frame::More { scan, left: left - 1, at: next as u32 })?;
                    }
                    *at = next;
                    return Ok(Some(scan as usize + 1));
                }
            }
        }
        Ok(None)
    }

    /// A class as often as it may be; greedily, or as rarely as it may be.
    fn scan(
        &mut self,
        class: &Class,
        (min, max): (u32, u32),
        (greedy, back): (bool, bool),
        place: usize,
        at: &mut usize,
    ) -> Result<bool, Fault> {
        let most = if greedy { max } else { min };
        let (mut count, mut least, mut there) = (0, *at, *at);
        while count < most {
            match self.toward(there, back) {
                Some((point, next)) if class.contains(point) => there = next,
                _ => break,
            }
            count += 1;
            if count == min {
                least = there;
            }
        }
        self.step(u64::from(count))?;
        if count < min {
            return Ok(false);
        }
        if greedy && there != least {
            self.push(Frame::Less { scan: place as Place, least: least as u32, at: there as u32 })?;
        }
        if !greedy && max > min {
            self.push(Frame::More { scan: place as Place, left: max - min, at: there as u32 })?;
        }
        *at = there;
        Ok(true)
    }

    fn look(&mut self, slot: Slot, at: usize) -> Result<(), Fault> {
        // The height is that of the stack with both registers' old values.
        let height = self.frames.len() as u32 + 2;
        self.set(slot, height)?;
        self.set(slot + 1, at as u32)
    }

    /// What a group matched; nothing if none has.
    fn again(
        &mut self,
        groups: &[u32],
        ignore_case: bool,
        back: bool,
        at: &mut usize,
    ) -> Result<bool, Fault> {
        let range = |group: &u32| {
            let place = 2 * *group as usize;
            let (start, end) = (self.registers[place], self.registers[place + 1]);
            (start != NONE && end != NONE).then_some((start as usize, end as usize))
        };
        let Some((start, end)) = groups.iter().find_map(range) else { return Ok(true) };
        self.step((end - start) as u64)?;
        let (mut own, mut there) = if back { (end, *at) } else { (start, *at) };
        let last = if back { start } else { end };
        while own != last {
            let (Some((expected, own_next)), Some((found, next))) =
                (self.toward(own, back), self.toward(there, back))
            else {
                return Ok(false);
            };
            let same = expected == found
                || ignore_case && canonical(expected, UNICODE) == canonical(found, UNICODE);
            if !same {
                return Ok(false);
            }
            (own, there) = (own_next, next);
        }
        *at = there;
        Ok(true)
    }
}

fn is_high(unit: u32) -> bool {
    (0xD800..0xDC00).contains(&unit)
}

fn is_low(unit: u32) -> bool {
    (0xDC00..0xE000).contains(&unit)
}

fn join(high: u32, low: u32) -> u32 {
    0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
}

fn is_line_end(unit: u32) -> bool {
    matches!(unit, 0xA | 0xD | 0x2028 | 0x2029)
}

fn is_letter(unit: u32, folded: bool) -> bool {
    u8::try_from(unit).is_ok_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        || folded && matches!(unit, 0x17F | 0x212A)
}
