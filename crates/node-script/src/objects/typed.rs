//! ArrayBuffers and typed arrays as cells, and their elements.
//!
//! An ArrayBuffer is a native cell of V8's size whose payload has a store of the runtime's pool ([`slab_buffer::Buffer`]), so
//! that `arrayBuffers` is what the pool holds, and a store is released when its cell dies. A typed array's cell has its
//! ArrayBuffer in slot [`BUFFER`], and in its raw bytes where its own begin, how many elements it has, and of which type
//! they are. A DataView is the same, of bytes.

use super::class::{Class, ClassId, ObjectKind};
use super::layout::{FIRST, tag, tags};
use super::number::to_int32;
use crate::machine::{Machine, R, roots};
use crate::thrown::Outcome;
use heap_model::{Kind, layout};
use slab_buffer::Buffer;

/// A typed array's slot for its ArrayBuffer.
pub(crate) const BUFFER: usize = FIRST;
/// Where its raw bytes tell the offset in bytes, the number of elements, and their type.
pub(crate) const OFFSET: usize = 0;
pub(crate) const COUNT: usize = 8;
pub(crate) const TYPE: usize = 16;
/// Whether the bytes lie in the heap: in a cell in the place of the elements, until someone asks for the ArrayBuffer (V8's
/// on-heap typed arrays).
const ON_HEAP: usize = 17;
/// Bytes that lie in the heap at the most (V8's `JSTypedArray::kMaxSizeInHeap`).
const MAX_ON_HEAP: usize = 64;
/// Whether the ArrayBuffer may change its length.
const VARIES: usize = 18;
/// The number of elements of what is as long as its ArrayBuffer.
pub(crate) const TRACKS: u64 = u64::MAX;
/// Raw bytes of a DataView.
const VIEW_RAW: u16 = 48;
/// Slots of an ArrayBuffer and of a typed array.
const BUFFER_SLOTS: usize = FIRST + 1;
const ARRAY_SLOTS: usize = BUFFER + 1;
/// Raw bytes of a typed array: what V8's has beside its slots.
const RAW: usize = layout::JS_TYPED_ARRAY - 16 - 8 * ARRAY_SLOTS;

/// The longest store (V8's `JSArrayBuffer::kMaxByteLength` is longer than any machine can give).
pub(crate) const MAX_BYTES: usize = 1 << 32;

/// What an ArrayBuffer has: as many bytes of a store as it is long. One that can be resized has a store for the most.
pub(crate) struct Bytes {
    store: Buffer,
    length: usize,
    resizable: bool,
    detached: bool,
}

impl Bytes {
    /// The bytes of the store, all of which the ArrayBuffer keeps.
    pub(crate) fn store_length(&self) -> usize {
        self.store.len()
    }

    fn all(&mut self) -> &mut [u8] {
        &mut self.store[..self.length]
    }

    /// Where bytes lie in the store, if the ArrayBuffer has them.
    fn place(&mut self, at: usize, size: usize) -> Option<&mut [u8]> {
        self.all().get_mut(at..at.checked_add(size)?)
    }
}

/// What a typed array's or a DataView's raw bytes tell.
struct Head {
    offset: usize,
    count: u64,
    kind: ElementType,
    on_heap: bool,
    varies: bool,
}

/// The type of a typed array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ElementType {
    Int8,
    Uint8,
    Uint8Clamped,
    Int16,
    Uint16,
    Int32,
    Uint32,
    Float32,
    Float64,
    BigInt64,
    BigUint64,
}

impl ElementType {
    pub(crate) const ALL: [Self; 11] = [
        Self::Int8,
        Self::Uint8,
        Self::Uint8Clamped,
        Self::Int16,
        Self::Uint16,
        Self::Int32,
        Self::Uint32,
        Self::Float32,
        Self::Float64,
        Self::BigInt64,
        Self::BigUint64,
    ];

    /// The name of its typed arrays' constructor.
    pub(crate) fn array_name(self) -> &'static str {
        match self {
            Self::Int8 => "Int8Array",
            Self::Uint8 => "Uint8Array",
            Self::Uint8Clamped => "Uint8ClampedArray",
            Self::Int16 => "Int16Array",
            Self::Uint16 => "Uint16Array",
            Self::Int32 => "Int32Array",
            Self::Uint32 => "Uint32Array",
            Self::Float32 => "Float32Array",
            Self::Float64 => "Float64Array",
            Self::BigInt64 => "BigInt64Array",
            Self::BigUint64 => "BigUint64Array",
        }
    }

    /// Whether its elements are BigInts.
    pub(crate) fn is_big(self) -> bool {
        matches!(self, Self::BigInt64 | Self::BigUint64)
    }

    /// The type with a number.
    fn of(number: u8) -> Self {
        Self::ALL[usize::from(number).min(Self::ALL.len() - 1)]
    }

    /// Bytes of an element.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::Int8 | Self::Uint8 | Self::Uint8Clamped => 1,
            Self::Int16 | Self::Uint16 => 2,
            Self::Int32 | Self::Uint32 | Self::Float32 => 4,
            Self::Float64 | Self::BigInt64 | Self::BigUint64 => 8,
        }
    }
}

impl Machine {
    /// An ArrayBuffer of a store.
    pub(crate) fn new_array_buffer(&mut self, to: R, store: Buffer) -> Outcome {
        let (root, kind) = (roots::ARRAY_BUFFER_PROTOTYPE, ObjectKind::ArrayBuffer);
        let class = self.root_class(root, kind, Kind::Native, BUFFER_SLOTS, 0)?;
        let length = store.len();
        self.buffer_of_class(to, class, store, (length, false))
    }

    /// As `new_array_buffer`, with the prototype in a register; also a SharedArrayBuffer.
    pub(crate) fn buffer_of_kind(
        &mut self,
        to: R,
        prototype: R,
        kind: ObjectKind,
        store: Buffer,
    ) -> Outcome {
        let length = store.len();
        self.resizable_buffer(to, prototype, kind, store, (length, false))
    }

    /// As `buffer_of_kind`, with a length, and whether it can change.
    pub(crate) fn resizable_buffer(
        &mut self,
        to: R,
        prototype: R,
        kind: ObjectKind,
        store: Buffer,
        (length, resizable): (usize, bool),
    ) -> Outcome {
        let class = self.kind_class(prototype, kind, Kind::Native, BUFFER_SLOTS, 0)?;
        self.buffer_of_class(to, class, store, (length, resizable))
    }

    fn buffer_of_class(
        &mut self,
        to: R,
        class: ClassId,
        store: Buffer,
        (length, resizable): (usize, bool),
    ) -> Outcome {
        let mut registers = self.registers();
        let payload = Box::new(Bytes { store, length, resizable, detached: false });
        registers.alloc_native(to, layout::JS_ARRAY_BUFFER, BUFFER_SLOTS, payload, 0)?;
        registers.set_tag(to, tag(class.0))?;
        self.runtime.report_external();
        Ok(())
    }

    /// A store of the runtime's pool, filled with zeros.
    pub(crate) fn new_store(&mut self, length: usize) -> Outcome<Buffer> {
        match self.runtime.pool().alloc(length) {
            Ok(store) => Ok(store),
            Err(_) => self.throw_range_error("Array buffer allocation failed"),
        }
    }

    /// Whether an ArrayBuffer can change its length, and how long it may become.
    pub(crate) fn buffer_room(&mut self, buffer: R) -> Outcome<(bool, usize)> {
        let registers = self.registers();
        let bytes = registers.native::<Bytes>(buffer)?;
        Ok((bytes.resizable, bytes.store.len()))
    }

    /// Sets an ArrayBuffer's length, which its room allows. What is gone is zero when it comes back.
    pub(crate) fn resize_buffer(&mut self, buffer: R, length: usize) -> Outcome {
        let mut registers = self.registers();
        let bytes = registers.native_mut::<Bytes>(buffer)?;
        let old = bytes.length;
        if length < old {
            bytes.store[length..old].fill(0);
        }
        bytes.length = length;
        Ok(())
    }

    /// Whether an ArrayBuffer has its bytes for good.
    pub(crate) fn keeps_bytes(&mut self, buffer: R) -> Outcome<bool> {
        let registers = self.registers();
        let bytes = registers.native::<Bytes>(buffer)?;
        Ok(!bytes.resizable && !bytes.detached)
    }

    pub(crate) fn is_detached(&mut self, buffer: R) -> Outcome<bool> {
        Ok(self.registers().native::<Bytes>(buffer)?.detached)
    }

    /// Takes an ArrayBuffer's bytes away.
    pub(crate) fn detach_buffer(&mut self, buffer: R) -> Outcome {
        let nothing = self.new_store(0)?;
        self.any_detached = true;
        let mut registers = self.registers();
        let bytes = registers.native_mut::<Bytes>(buffer)?;
        *bytes = Bytes { store: nothing, length: 0, resizable: bytes.resizable, detached: true };
        self.runtime.report_external();
        Ok(())
    }

    /// Moves an ArrayBuffer's bytes to another one, which has none.
    pub(crate) fn move_buffer(&mut self, to: R, from: R) -> Outcome {
        let nothing = self.new_store(0)?;
        self.any_detached = true;
        let mut registers = self.registers();
        let bytes = registers.native_mut::<Bytes>(from)?;
        let resizable = bytes.resizable;
        let gone = Bytes { store: nothing, length: 0, resizable, detached: true };
        let bytes = std::mem::replace(bytes, gone);
        *registers.native_mut::<Bytes>(to)? = bytes;
        self.runtime.report_external();
        Ok(())
    }

    /// Whether a typed array or a DataView reaches behind its ArrayBuffer's end, or the buffer is gone.
    pub(crate) fn is_out_of_bounds(&mut self, view: R) -> Outcome<bool> {
        Ok(self.view_count(view)?.is_none())
    }

    /// How many elements a typed array has, or a DataView bytes; none if it is out of bounds.
    fn view_count(&mut self, view: R) -> Outcome<Option<usize>> {
        let head = self.head(view)?;
        let count = head.count;
        if !head.varies && !self.any_detached || self.is_on_heap(view)? {
            return Ok(Some(count as usize));
        }
        let size = match self.kind_of(view) {
            Some(ObjectKind::DataView) => 1,
            _ => self.typed_type(view)?.size(),
        };
        let offset = self.registers().read_u64(view, OFFSET)? as usize;
        self.scoped(|machine| {
            let buffer = machine.temp()?;
            machine.registers().load(buffer, view, BUFFER)?;
            let registers = machine.registers();
            let bytes = registers.native::<Bytes>(buffer)?;
            let length = bytes.length;
            if bytes.detached || offset > length {
                return Ok(None);
            }
            if count == TRACKS {
                return Ok(Some((length - offset) / size));
            }
            let end = offset as u64 + count * size as u64;
            Ok((end <= length as u64).then_some(count as usize))
        })
    }

    /// Whether a view's ArrayBuffer may change its length.
    pub(crate) fn varies_in_length(&mut self, view: R) -> Outcome<bool> {
        Ok(self.registers().read_u8(view, VARIES)? != 0)
    }

    /// Whether a view is as long as its ArrayBuffer.
    pub(crate) fn tracks_length(&mut self, view: R) -> Outcome<bool> {
        Ok(self.registers().read_u64(view, COUNT)? == TRACKS)
    }

    /// Notes in a view whether its ArrayBuffer may change its length.
    pub(crate) fn note_buffer(&mut self, view: R, buffer: R) -> Outcome {
        let varies = self.registers().native::<Bytes>(buffer)?.resizable;
        Ok(self.registers().write_u8(view, VARIES, u8::from(varies))?)
    }

    /// A typed array on an ArrayBuffer: `count` elements of a type, from an offset in bytes on.
    pub(crate) fn new_typed_array(
        &mut self,
        to: R,
        prototype: R,
        buffer: R,
        (offset, count): (usize, usize),
        kind: ElementType,
    ) -> Outcome {
        let class = self.typed_class(prototype, ObjectKind::TypedArray)?;
        self.scoped(|machine| {
            let array = machine.temp()?;
            machine.new_of(array, class)?;
            let mut registers = machine.registers();
            registers.store(array, BUFFER, buffer)?;
            let varies = registers.native::<Bytes>(buffer)?.resizable;
            let raw = registers.bytes_mut(array)?;
            raw[OFFSET..OFFSET + 8].copy_from_slice(&(offset as u64).to_ne_bytes());
            raw[COUNT..COUNT + 8].copy_from_slice(&(count as u64).to_ne_bytes());
            (raw[TYPE], raw[VARIES]) = (kind as u8, u8::from(varies));
            machine.copy(to, array);
            Ok(())
        })
    }

    /// A view on an ArrayBuffer of which all that its raw bytes tell is as another one's, which is not on the heap.
    pub(crate) fn view_as(&mut self, to: R, prototype: R, buffer: R, other: R) -> Outcome {
        let kind = self.kind_of(other).unwrap_or(ObjectKind::TypedArray);
        let class = self.typed_class(prototype, kind)?;
        self.new_of(to, class)?;
        let mut registers = self.registers();
        registers.store(to, BUFFER, buffer)?;
        let raw = registers.bytes(other)?.to_vec();
        registers.bytes_mut(to)?.copy_from_slice(&raw);
        Ok(())
    }

    /// A typed array of `count` zeros with an ArrayBuffer of its own.
    pub(crate) fn own_typed_array(
        &mut self,
        to: R,
        prototype: R,
        count: usize,
        kind: ElementType,
    ) -> Outcome {
        let Some(bytes) = count.checked_mul(kind.size()).filter(|bytes| *bytes <= MAX_BYTES) else {
            return self.throw_range_error(&format!("Invalid typed array length: {count}"));
        };
        self.scoped(|machine| {
            let array = machine.temps(2)?;
            let part = array + 1;
            let on_heap = bytes <= MAX_ON_HEAP;
            let store = machine.new_store(if on_heap { 0 } else { bytes })?;
            machine.new_array_buffer(part, store)?;
            machine.new_typed_array(array, prototype, part, (0, count), kind)?;
            if on_heap && bytes > 0 {
                let mut registers = machine.registers();
                registers.alloc_tagged(part, Kind::Bytes, tag(tags::BYTES), 0, bytes)?;
                registers.write_u8(array, ON_HEAP, 1)?;
                machine.set_elements(array, part)?;
            }
            machine.copy(to, array);
            Ok(())
        })
    }

    fn head(&mut self, view: R) -> Outcome<Head> {
        let registers = self.registers();
        let raw = registers.bytes(view)?;
        let Some(raw) = raw.first_chunk::<{ VARIES + 1 }>() else {
            return Err(heap_model::AccessError::WrongKind.into());
        };
        let word = |at: usize| u64::from_ne_bytes(std::array::from_fn(|byte| raw[at + byte]));
        Ok(Head {
            offset: word(OFFSET) as usize,
            count: word(COUNT),
            kind: ElementType::of(raw[TYPE]),
            on_heap: raw[ON_HEAP] != 0,
            varies: raw[VARIES] != 0,
        })
    }

    /// Where an element of a typed array lies among the bytes of its ArrayBuffer, if that has them for sure.
    fn short_place(&mut self, array: R, index: usize) -> Outcome<Option<(usize, ElementType)>> {
        let head = self.head(array)?;
        let sure = !head.on_heap && !head.varies && !self.any_detached;
        let there = sure && (index as u64) < head.count;
        Ok(there.then(|| (head.offset + index * head.kind.size(), head.kind)))
    }

    fn is_on_heap(&mut self, array: R) -> Outcome<bool> {
        Ok(self.kind_of(array) == Some(ObjectKind::TypedArray)
            && self.registers().read_u8(array, ON_HEAP)? != 0)
    }

    /// Moves the bytes of a typed array from the heap to its ArrayBuffer.
    fn leave_heap(&mut self, array: R) -> Outcome {
        let bytes = self.with_bytes(array, |bytes| bytes.to_vec())?;
        let mut store = self.new_store(bytes.len())?;
        store.copy_from_slice(&bytes);
        self.scoped(|machine| {
            let buffer = machine.temps(2)?;
            let nothing = buffer + 1;
            machine.registers().load(buffer, array, BUFFER)?;
            let length = store.len();
            let bytes = Bytes { store, length, resizable: false, detached: false };
            *machine.registers().native_mut::<Bytes>(buffer)? = bytes;
            machine.registers().write_u8(array, ON_HEAP, 0)?;
            machine.set_elements(array, nothing)
        })?;
        self.runtime.report_external();
        Ok(())
    }

    /// Calls `f` with all bytes that a typed array's offset counts in.
    fn with_store<T>(&mut self, array: R, f: impl FnOnce(&mut [u8]) -> T) -> Outcome<T> {
        let on_heap = self.is_on_heap(array)?;
        self.scoped(|machine| {
            let store = machine.temp()?;
            if on_heap {
                machine.elements(store, array)?;
                return Ok(f(machine.registers().bytes_mut(store)?));
            }
            machine.registers().load(store, array, BUFFER)?;
            Ok(f(machine.registers().native_mut::<Bytes>(store)?.all()))
        })
    }

    /// The class of typed arrays with a prototype; of DataViews, too.
    pub(crate) fn typed_class(&mut self, prototype: R, kind: ObjectKind) -> Outcome<ClassId> {
        if let Some(id) = self.known_root(prototype, kind, 0) {
            return Ok(id);
        }
        let identity = self.prototype_identity(prototype)?;
        if let Some(id) = self.root_of(identity, kind, 0, false) {
            self.note_root(prototype, kind, 0, id);
            return Ok(id);
        }
        let mut class = Class::new(kind, Kind::Object, ARRAY_SLOTS, 0);
        class.raw = if kind == ObjectKind::DataView { VIEW_RAW } else { RAW as u16 };
        let id = self.add_class(class, prototype)?;
        self.classes.set_root(identity, id);
        Ok(id)
    }

    /// Whether a value has bytes: an ArrayBuffer, a typed array or a DataView.
    pub(crate) fn has_bytes(&mut self, value: R) -> bool {
        use ObjectKind::{ArrayBuffer, DataView, SharedArrayBuffer, TypedArray};
        let kind = self.kind_of(value);
        matches!(kind, Some(ArrayBuffer | SharedArrayBuffer | TypedArray | DataView))
    }

    /// Where the bytes of an ArrayBuffer, a typed array or a DataView begin in their store, and how many they are.
    pub(crate) fn byte_range(&mut self, value: R) -> Outcome<(usize, usize)> {
        match self.kind_of(value) {
            Some(ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer) => {
                Ok((0, self.registers().native::<Bytes>(value)?.length))
            }
            Some(ObjectKind::DataView) => {
                let offset = self.registers().read_u64(value, OFFSET)? as usize;
                Ok(self.view_count(value)?.map_or((0, 0), |count| (offset, count)))
            }
            _ => {
                let size = self.typed_type(value)?.size();
                let offset = self.registers().read_u64(value, OFFSET)? as usize;
                Ok(self.view_count(value)?.map_or((0, 0), |count| (offset, count * size)))
            }
        }
    }

    /// How many bytes it has.
    pub(crate) fn byte_count(&mut self, value: R) -> Outcome<usize> {
        Ok(self.byte_range(value)?.1)
    }

    /// The ArrayBuffer of something that has bytes.
    pub(crate) fn array_buffer(&mut self, to: R, value: R) -> Outcome {
        match self.kind_of(value) {
            Some(ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer) => self.copy(to, value),
            _ => {
                if self.is_on_heap(value)? {
                    self.leave_heap(value)?;
                }
                self.registers().load(to, value, BUFFER)?;
            }
        }
        Ok(())
    }

    /// Calls `f` with the bytes of an ArrayBuffer, a typed array or a DataView, to be read or changed. If the store has
    /// become shorter than that, with what is left.
    pub(crate) fn with_bytes<T>(&mut self, value: R, f: impl FnOnce(&mut [u8]) -> T) -> Outcome<T> {
        let (offset, count) = self.byte_range(value)?;
        if self.is_on_heap(value)? {
            return self.with_store(value, |store| f(&mut store[..count]));
        }
        self.scoped(|machine| {
            let buffer = machine.temp()?;
            machine.array_buffer(buffer, value)?;
            let mut registers = machine.registers();
            let store = registers.native_mut::<Bytes>(buffer)?.all();
            let start = offset.min(store.len());
            let end = (offset + count).min(store.len());
            Ok(f(&mut store[start..end]))
        })
    }

    /// A copy of the bytes.
    pub(crate) fn bytes_of(&mut self, value: R) -> Outcome<Vec<u8>> {
        self.with_bytes(value, |bytes| bytes.to_vec())
    }

    pub(crate) fn typed_type(&mut self, array: R) -> Outcome<ElementType> {
        Ok(ElementType::of(self.registers().read_u8(array, TYPE)?))
    }

    /// How many elements a typed array has.
    pub(crate) fn typed_length(&mut self, array: R) -> Outcome<usize> {
        Ok(self.view_count(array)?.unwrap_or(0))
    }

    /// Where an element's bytes lie in the buffer.
    fn typed_place(&mut self, array: R, index: usize) -> Outcome<Option<(usize, ElementType)>> {
        if index >= self.typed_length(array)? {
            return Ok(None);
        }
        let kind = self.typed_type(array)?;
        let offset = self.registers().read_u64(array, OFFSET)? as usize;
        Ok(Some((offset + index * kind.size(), kind)))
    }

    /// Reads an element that is a number and whose bytes lie where they always do; whether it was so. It never collects.
    #[inline(never)]
    pub(crate) fn short_typed_get(&mut self, to: R, array: R, index: usize) -> bool {
        let Some((at, kind)) = self.sure_place(array, index) else { return false };
        let mut registers = self.runtime.heap_mut().registers();
        let Ok(bytes) = registers.native_inner_mut::<Bytes>(array, BUFFER) else { return false };
        let Some(bytes) = bytes.place(at, kind.size()) else { return false };
        let number = match (kind, bytes) {
            (ElementType::Uint8 | ElementType::Uint8Clamped, [byte]) => i32::from(*byte),
            (ElementType::Int8, [byte]) => i32::from(*byte as i8),
            (ElementType::Uint16, &mut [a, b]) => i32::from(u16::from_le_bytes([a, b])),
            (ElementType::Int16, &mut [a, b]) => i32::from(i16::from_le_bytes([a, b])),
            (ElementType::Int32, &mut [a, b, c, d]) => i32::from_le_bytes([a, b, c, d]),
            (ElementType::Float64, bytes) => {
                let Some(bytes) = bytes.first_chunk() else { return false };
                let number = f64::from_le_bytes(*bytes);
                return registers.alloc_young_f64(to, number);
            }
            _ => return false,
        };
        registers.set_smi(to, number);
        true
    }

    /// Writes a number as an element whose bytes lie where they always do; whether it was so.
    #[inline(never)]
    pub(crate) fn short_typed_set(&mut self, array: R, index: usize, value: R) -> bool {
        let Some((at, kind)) = self.sure_place(array, index) else { return false };
        let mut registers = self.runtime.heap_mut().registers();
        let (small, number) = (registers.smi(value), registers.number(value));
        let Ok(bytes) = registers.native_inner_mut::<Bytes>(array, BUFFER) else { return false };
        let Some(bytes) = bytes.place(at, kind.size()) else { return false };
        match (kind, small, number) {
            (ElementType::Float64, _, Some(number)) => bytes.copy_from_slice(&number.to_le_bytes()),
            (ElementType::Int8 | ElementType::Uint8, Some(small), _) => bytes[0] = small as u8,
            (ElementType::Uint8Clamped, Some(small), _) => bytes[0] = small.clamp(0, 255) as u8,
            (ElementType::Int16 | ElementType::Uint16, Some(small), _) => {
                bytes.copy_from_slice(&(small as u16).to_le_bytes());
            }
            (ElementType::Int32 | ElementType::Uint32, Some(small), _) => {
                bytes.copy_from_slice(&small.to_le_bytes());
            }
            _ => return false,
        }
        true
    }

    /// As `short_place`, of what may be no typed array.
    #[inline(always)]
    fn sure_place(&mut self, array: R, index: usize) -> Option<(usize, ElementType)> {
        let registers = self.runtime.heap_mut().registers();
        let cell = registers.get(array).view()?;
        let class = cell.tag().number();
        if cell.kind() != Kind::Object || class < tags::FIRST_CLASS {
            return None;
        }
        if self.classes.get(ClassId(class)).kind != ObjectKind::TypedArray {
            return None;
        }
        self.short_place(array, index).ok()?
    }

    /// Reads an element; behind the last it is undefined.
    pub(crate) fn typed_get(&mut self, to: R, array: R, index: usize) -> Outcome {
        if let Some((at, kind)) = self.short_place(array, index)? {
            let mut registers = self.registers();
            let bytes = registers.native_inner_mut::<Bytes>(array, BUFFER)?;
            if let Some(found) = bytes.place(at, kind.size()) {
                let bits = match *found {
                    [byte] => u64::from(byte),
                    _ => {
                        let mut bits = [0_u8; 8];
                        bits[..found.len()].copy_from_slice(found);
                        u64::from_le_bytes(bits)
                    }
                };
                return self.element_of_bits(to, bits, kind);
            }
        }
        let Some((at, kind)) = self.typed_place(array, index)? else {
            self.undefined(to);
            return Ok(());
        };
        let mut bytes = [0_u8; 8];
        self.with_store(array, |store| {
            if let Some(found) = store.get(at..at + kind.size()) {
                bytes[..kind.size()].copy_from_slice(found);
            }
        })?;
        self.element_of_bits(to, u64::from_le_bytes(bytes), kind)
    }

    /// The value of an element: one of doubles is a number in a cell, also where it is whole (V8's
    /// `LoadFixedTypedArrayElementAsTagged`).
    fn element_of_bits(&mut self, to: R, word: u64, kind: ElementType) -> Outcome {
        let number = match kind {
            ElementType::Float32 => f64::from(f32::from_bits(word as u32)),
            ElementType::Float64 => f64::from_bits(word),
            _ => return self.number_of_bits(to, word, kind),
        };
        Ok(self.registers().alloc_f64(to, number)?)
    }

    /// The number or BigInt that the bits of an element are.
    pub(crate) fn number_of_bits(&mut self, to: R, word: u64, kind: ElementType) -> Outcome {
        let number = match kind {
            ElementType::Uint8 | ElementType::Uint8Clamped => {
                self.registers().set_smi(to, i32::from(word as u8));
                return Ok(());
            }
            ElementType::Int8 => f64::from(word as u8 as i8),
            ElementType::Int16 => f64::from(word as u16 as i16),
            ElementType::Uint16 => f64::from(word as u16),
            ElementType::Int32 => f64::from(word as u32 as i32),
            ElementType::Uint32 => f64::from(word as u32),
            ElementType::Float32 => f64::from(f32::from_bits(word as u32)),
            ElementType::Float64 => f64::from_bits(word),
            ElementType::BigInt64 => {
                let signed = word as i64;
                return self.new_big_int(to, signed < 0, &[signed.unsigned_abs()]);
            }
            ElementType::BigUint64 => return self.new_big_int(to, false, &[word]),
        };
        self.set_number(to, number)
    }

    /// Writes an element; behind the last, the value is converted all the same.
    pub(crate) fn typed_set(&mut self, array: R, index: usize, value: R) -> Outcome {
        let kind = self.typed_type(array)?;
        let word = self.bits_of_number(value, kind)?;
        // The conversion may have changed the buffer.
        if let Some((at, kind)) = self.short_place(array, index)? {
            let mut registers = self.registers();
            let bytes = registers.native_inner_mut::<Bytes>(array, BUFFER)?;
            match bytes.place(at, kind.size()) {
                Some([byte]) => *byte = word as u8,
                Some(place) => place.copy_from_slice(&word.to_le_bytes()[..kind.size()]),
                None => {}
            }
            return Ok(());
        }
        let Some((at, kind)) = self.typed_place(array, index)? else { return Ok(()) };
        self.with_store(array, |store| {
            if let Some(place) = store.get_mut(at..at + kind.size()) {
                place.copy_from_slice(&word.to_le_bytes()[..kind.size()]);
            }
        })
    }

    /// The bits of a value as an element.
    pub(crate) fn bits_of_number(&mut self, value: R, kind: ElementType) -> Outcome<u64> {
        use ElementType::{Int8, Int16, Int32, Uint8, Uint16, Uint32};
        if let Some(number) = self.registers().smi(value)
            && matches!(kind, Int8 | Uint8 | Int16 | Uint16 | Int32 | Uint32)
        {
            return Ok(u64::from(number as u32));
        }
        Ok(match kind {
            ElementType::BigInt64 | ElementType::BigUint64 => {
                let number = self.temp()?;
                self.to_big_int(number, value)?;
                let digits = self.big_int_digits(number)?;
                let least = digits.first().copied().unwrap_or(0);
                if self.is_negative_big_int(number) { least.wrapping_neg() } else { least }
            }
            kind => {
                let number = self.to_number(value)?;
                match kind {
                    ElementType::Float32 => u64::from((number as f32).to_bits()),
                    ElementType::Float64 => number.to_bits(),
                    ElementType::Uint8Clamped => {
                        u64::from(number.clamp(0.0, 255.0).round_ties_even() as u8)
                    }
                    _ => u64::from(to_int32(number) as u32),
                }
            }
        })
    }
}

impl Machine {
    /// Whether a name spells a number, as a typed array understands it (ECMA-262's `CanonicalNumericIndexString`).
    pub(crate) fn is_numeric_name(&self, name: super::atoms::Atom) -> bool {
        let Some(super::atoms::Named::Text(text)) = self.atoms.named(name) else { return false };
        let first = text.first().and_then(|unit| char::from_u32(u32::from(*unit)));
        if !first.is_some_and(|first| first.is_ascii_digit() || "-IN".contains(first)) {
            return false;
        }
        let text = String::from_utf16_lossy(text);
        text == "-0" || super::number::to_text(super::number::from_text(&text)) == text
    }
}
