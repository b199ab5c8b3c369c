//! Random programs on registers, beside a naive model of them.

use heap_model::{Heap, HeapOptions, Kind, Tagged, Window};
use std::collections::{HashMap, HashSet};

/// A value of the model: cells are numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Model {
    Undefined,
    Smi(i32),
    Cell(u64),
}

/// Slots of the cells that a program makes; those of wide ones.
const SLOTS: usize = 4;
const WIDE: usize = 40;

pub struct Program {
    heap: Heap,
    registers: Vec<Model>,
    /// Where the windows begin, the current one last, and what to go back to.
    frames: Vec<(usize, Option<Window>)>,
    cells: HashMap<u64, Vec<Model>>,
    made: u64,
}

impl Program {
    pub fn new(options: HeapOptions, zeal: u32) -> Self {
        let mut heap = Heap::new(options).unwrap();
        #[cfg(zeal)]
        heap.set_zeal(Some(zeal));
        #[cfg(not(zeal))]
        let _ = zeal;
        heap.registers().push(4).unwrap();
        Self {
            heap,
            registers: vec![Model::Undefined; 4],
            frames: vec![(0, None)],
            cells: HashMap::new(),
            made: 0,
        }
    }

    fn base(&self) -> usize {
        self.frames[self.frames.len() - 1].0
    }

    fn size(&self) -> usize {
        self.registers.len() - self.base()
    }

    fn at(&mut self, register: usize) -> &mut Model {
        let base = self.base();
        &mut self.registers[base + register]
    }

    pub fn step(&mut self, (op, a, b, c): (u8, u8, u8, u8)) {
        let size = self.size();
        let (a, b, c) = (a as usize % size, b as usize % size, c as usize);
        let mut machine = self.heap.registers();
        match op % 16 {
            0 => {
                machine.copy(a, b);
                *self.at(a) = *self.at(b);
            }
            1 => {
                machine.set_smi(a, c as i32);
                *self.at(a) = Model::Smi(c as i32);
            }
            2..=4 => {
                let slots = if c % 8 == 0 { WIDE } else { SLOTS };
                let kind = if c % 3 == 0 { Kind::Array } else { Kind::Object };
                machine.alloc(a, kind, slots, 8).unwrap();
                self.made += 1;
                machine.write_u64(a, 0, self.made).unwrap();
                self.cells.insert(self.made, vec![Model::Undefined; slots]);
                *self.at(a) = Model::Cell(self.made);
            }
            5 | 6 => {
                let Model::Cell(object) = *self.at(a) else { return };
                let slot = c % self.cells[&object].len();
                self.heap.registers().store(a, slot, b).unwrap();
                let value = *self.at(b);
                self.cells.get_mut(&object).unwrap()[slot] = value;
            }
            7 => {
                let Model::Cell(object) = *self.at(b) else { return };
                let slot = c % self.cells[&object].len();
                self.heap.registers().load(a, b, slot).unwrap();
                *self.at(a) = self.cells[&object][slot];
            }
            8 if self.frames.len() < 40 => {
                let (first, count, new) = (a.min(b), a.abs_diff(b), c % 12 + 1);
                let caller = machine.call_copying(first, count, new).unwrap();
                let base = self.base();
                self.registers.extend_from_within(base + first..base + first + count);
                self.registers
                    .resize(self.registers.len() + new.saturating_sub(count), Model::Undefined);
                self.frames.push((self.registers.len() - new.max(count), Some(caller)));
            }
            9 => {
                let (base, Some(caller)) = self.frames[self.frames.len() - 1] else { return };
                let value = *self.at(a);
                self.frames.pop();
                self.registers.truncate(base);
                let to = c % self.size();
                self.heap.registers().pop_with(a, caller, to);
                *self.at(to) = value;
            }
            10 => {
                let Model::Cell(object) = *self.at(a) else { return };
                let slots = self.cells[&object].len();
                let (first, count) = (b, (c % SLOTS).min(size - b));
                let slot = c % (slots - count + 1);
                self.heap.registers().store_range(a, slot, first, count).unwrap();
                let base = self.base();
                let values = self.registers[base + first..base + first + count].to_vec();
                let object = self.cells.get_mut(&object).unwrap();
                object[slot..slot + count].copy_from_slice(&values);
            }
            11 => {
                let Model::Cell(object) = *self.at(a) else { return };
                let (first, count) = (b, (c % SLOTS).min(size - b));
                let slot = c % (self.cells[&object].len() - count + 1);
                self.heap.registers().load_range(first, a, slot, count).unwrap();
                let values = self.cells[&object][slot..slot + count].to_vec();
                let base = self.base();
                self.registers[base + first..base + first + count].copy_from_slice(&values);
            }
            12 => {
                let (Model::Cell(to), Model::Cell(from)) = (*self.at(a), *self.at(b)) else {
                    return;
                };
                let count = c % SLOTS;
                let slot = c % (SLOTS - count + 1);
                self.heap.registers().copy_slots(a, slot, b, 0, count).unwrap();
                let values = self.cells[&from][..count].to_vec();
                self.cells.get_mut(&to).unwrap()[slot..slot + count].copy_from_slice(&values);
            }
            13 => {
                // Garbage, so that collections are due.
                machine.alloc(a, Kind::Bytes, 0, 1000 * c).unwrap();
                machine.set_undefined(a);
                *self.at(a) = Model::Undefined;
            }
            14 => self.heap.scavenge(),
            _ if c % 8 == 0 => self.heap.collect(),
            _ => self.compare(),
        }
    }

    /// Compares the current window, and all that it leads to, with the model.
    pub fn compare(&mut self) {
        let base = self.base();
        let machine = self.heap.registers();
        let mut found = HashSet::new();
        let mut rest = Vec::new();
        let mut check = |model: Model, seen: Tagged<'_>| -> Option<u64> {
            match model {
                Model::Undefined => assert!(seen == Tagged::UNDEFINED),
                Model::Smi(number) => assert_eq!(seen.as_smi(), Some(number)),
                Model::Cell(number) => {
                    let view = seen.view().expect("a cell");
                    let bytes = view.bytes().unwrap().first_chunk().copied().unwrap();
                    assert_eq!(u64::from_ne_bytes(bytes), number);
                    return found.insert(number).then_some(number);
                }
            }
            None
        };
        assert_eq!(machine.size(), self.registers.len() - base);
        for (register, model) in self.registers[base..].iter().enumerate() {
            let seen = machine.get(register);
            if let Some(number) = check(*model, seen) {
                rest.push((number, seen));
            }
        }
        while let Some((number, seen)) = rest.pop() {
            let view = seen.view().unwrap();
            assert_eq!(view.slot_count(), self.cells[&number].len());
            for (slot, model) in self.cells[&number].iter().enumerate() {
                let seen = view.tagged(slot).unwrap();
                if let Some(number) = check(*model, seen) {
                    rest.push((number, seen));
                }
            }
        }
    }

    /// Goes back through all windows; then nothing is left.
    pub fn end(mut self) {
        while let Some((base, caller)) = self.frames.pop() {
            self.registers.truncate(base);
            self.heap.registers().pop(caller.unwrap_or_default());
            if !self.frames.is_empty() {
                self.compare();
            }
        }
        assert_eq!(self.heap.statistics().registers, 0);
        self.heap.collect();
        assert_eq!(self.heap.heap_used(), 0);
    }
}
