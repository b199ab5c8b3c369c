//! By hand on heap-model, slab-buffer, weak-refs and stream-backpressure: what one writes who wants the same cells in the
//! same heap.

use super::task::RING;
use core::convert::Infallible;
use heap_model::{Global, Heap, HeapError, HeapOptions, Kind, Local, Scope, Value, shapes};
use slab_buffer::{Pool, PoolOptions};
use std::hint::black_box;
use stream_backpressure::{Chunk, Completion, Error, Event, Host, Machine, Options};
use weak_refs::{WeakError, WeakMap};

const FIELDS: usize = 4;

fn run<E: core::fmt::Debug>(program: impl FnOnce(&mut Heap) -> Result<u64, E>) -> u64 {
    let mut heap = Heap::new(HeapOptions::default()).expect("room");
    program(&mut heap).expect("room")
}

pub fn objects(thousands: usize) -> u64 {
    run(|heap| {
        heap.enter(|scope| {
            (0..thousands * 1000).try_fold(0, |sum, turn| {
                scope.scope(|scope| {
                    let object = shapes::object(scope, FIELDS)?;
                    shapes::set_field(scope, object, 0, Value::Smi(turn as i32))?;
                    shapes::set_field(scope, object, 1, Value::Ref(object))?;
                    let read = shapes::field(scope, object, 0)?.as_smi();
                    Ok::<_, HeapError>(sum + read.unwrap_or(0) as u64)
                })
            })
        })
    })
}

pub fn objects_held(thousands: usize) -> u64 {
    run(|heap| {
        let mut ring: Vec<Global> = Vec::with_capacity(RING);
        let mut sum = 0;
        for turn in 0..thousands * 1000 {
            sum += heap.enter(|scope| {
                let object = shapes::object(scope, FIELDS)?;
                shapes::set_field(scope, object, 0, Value::Smi(turn as i32))?;
                let object = scope.global(object)?;
                let Some(old) = ring.get_mut(turn % RING) else {
                    ring.push(object);
                    return Ok(0);
                };
                let read = shapes::field(scope, &*old, 0)?.as_smi();
                *old = object;
                Ok::<_, HeapError>(read.unwrap_or(0) as u64)
            })?;
        }
        Ok::<_, HeapError>(sum)
    })
}

pub fn trees(thousands: usize) -> u64 {
    fn tree<'s>(scope: &mut Scope<'s>, depth: usize) -> Result<Local<'s>, HeapError> {
        let node = shapes::object(scope, 2)?;
        if depth > 0 {
            for side in 0..2 {
                let child = tree(scope, depth - 1)?;
                shapes::set_field(scope, node, side, Value::Ref(child))?;
            }
        }
        Ok(node)
    }
    fn count(scope: &mut Scope<'_>, node: Local<'_>) -> Result<u64, HeapError> {
        let mut nodes = 1;
        for side in 0..2 {
            if let Some(child) = shapes::field(scope, node, side)?.as_local() {
                nodes += count(scope, child)?;
            }
        }
        Ok(nodes)
    }
    run(|heap| {
        (0..thousands).try_fold(0, |nodes, _| {
            let more = heap.enter(|scope| {
                let tree = tree(scope, 9)?;
                count(scope, tree)
            })?;
            Ok::<_, HeapError>(nodes + more)
        })
    })
}

/// A pool, and what the heap has been told of it.
struct Buffers {
    pool: Pool,
    reported: usize,
}

impl Buffers {
    fn new() -> Self {
        Self { pool: Pool::new(PoolOptions::default()), reported: 0 }
    }

    fn alloc<'s>(&mut self, scope: &mut Scope<'s>, length: usize) -> Local<'s> {
        let buffer = self.pool.alloc_unsafe(length).expect("memory");
        let cell = shapes::pooled_typed_array(scope, Box::new(buffer)).expect("room");
        let now = self.pool.array_buffers();
        if now != self.reported {
            scope.adjust_external_memory(now as isize - self.reported as isize);
            self.reported = now;
        }
        cell
    }
}

fn write(scope: &mut Scope<'_>, buffer: Local<'_>) -> Result<u64, HeapError> {
    let bytes = shapes::typed_array_payload::<slab_buffer::Buffer>(scope, buffer)?;
    bytes[0] = 1;
    Ok(bytes.len() as u64)
}

pub fn buffers(thousands: usize) -> u64 {
    run(|heap| {
        let mut buffers = Buffers::new();
        heap.enter(|scope| {
            (0..thousands * 1000).try_fold(0, |sum, _| {
                scope.scope(|scope| {
                    let buffer = buffers.alloc(scope, black_box(64));
                    Ok::<_, HeapError>(sum + write(scope, buffer)?)
                })
            })
        })
    })
}

pub fn buffers_held(thousands: usize) -> u64 {
    run(|heap| {
        let mut buffers = Buffers::new();
        let mut ring: Vec<Global> = Vec::with_capacity(RING);
        let mut sum = 0;
        for turn in 0..thousands * 1000 {
            sum += heap.enter(|scope| {
                let buffer = buffers.alloc(scope, black_box(64));
                let length = write(scope, buffer)?;
                let root = scope.global(buffer)?;
                match ring.get_mut(turn % RING) {
                    Some(old) => *old = root,
                    None => ring.push(root),
                }
                Ok::<_, HeapError>(length)
            })?;
        }
        Ok::<_, HeapError>(sum)
    })
}

pub fn weak_maps(thousands: usize) -> u64 {
    run(|heap| {
        (0..thousands).try_fold(0, |sum, _| {
            let more = heap.enter(|scope| {
                let map = WeakMap::new(scope)?;
                let mut keys = Vec::with_capacity(1000);
                for number in 0..1000 {
                    let key = shapes::object(scope, FIELDS)?;
                    map.set(scope, Value::Ref(key), Value::Smi(number))?;
                    keys.push(key);
                }
                let mut sum = 0;
                for _ in 0..10 {
                    for key in &keys {
                        let found = map.get(scope, Value::Ref(*key))?.and_then(Value::as_smi);
                        sum += found.unwrap_or(0) as u64;
                    }
                }
                Ok::<_, WeakError>(sum)
            })?;
            Ok::<_, WeakError>(sum + more)
        })
    })
}

pub fn weak_maps_held(thousands: usize) -> u64 {
    run(|heap| {
        let mut sum = 0;
        for _ in 0..thousands {
            let map = heap.enter(|scope| {
                let map = WeakMap::new(scope)?;
                Ok::<_, WeakError>(scope.global(map.cell())?)
            })?;
            let mut keys = Vec::with_capacity(1000);
            for number in 0..1000 {
                let key = heap.enter(|scope| {
                    let map = scope.local(&map)?;
                    let map = WeakMap::from_cell(scope, map)?;
                    let key = shapes::object(scope, FIELDS)?;
                    map.set(scope, Value::Ref(key), Value::Smi(number))?;
                    Ok::<_, WeakError>(scope.global(key)?)
                })?;
                keys.push(key);
            }
            for _ in 0..10 {
                for key in &keys {
                    let found = heap.enter(|scope| {
                        let map = scope.local(&map)?;
                        let map = WeakMap::from_cell(scope, map)?;
                        let key = scope.local(key)?;
                        let found = map.get(scope, Value::Ref(key))?;
                        Ok::<_, WeakError>(found.and_then(Value::as_smi))
                    })?;
                    sum += found.unwrap_or(0) as u64;
                }
            }
        }
        Ok::<_, WeakError>(sum)
    })
}

/// A chunk: the number of its Buffer in the array of what the stream holds.
struct Ticket {
    slot: usize,
    length: usize,
}

impl Chunk for Ticket {
    fn length(&self) -> usize {
        self.length
    }
}

/// A sink that answers at once.
struct Sink {
    sunk: u64,
    done: Vec<usize>,
    free: Vec<usize>,
}

impl Host<Ticket> for Sink {
    type Callback = Infallible;
    type Error = Infallible;

    fn write(stream: &mut Machine<Ticket, Self>, chunk: Ticket) -> Completion<Infallible> {
        stream.host_mut().sunk += 1;
        stream.host_mut().done.push(chunk.slot);
        Completion::Done
    }

    fn call(_: &mut Machine<Ticket, Self>, callback: Infallible, _: Result<(), Error<Infallible>>) {
        match callback {}
    }

    fn event(_: &mut Machine<Ticket, Self>, _: Event<Infallible>) {}
}

type Stream = Machine<Ticket, Sink>;

/// A stream that is a cell of the heap, as a program's Writable is: its one field refers to an array of the chunks that it
/// holds, so that they live meanwhile.
#[derive(Clone, Copy)]
struct Writable<'s>(Local<'s>);

impl<'s> Writable<'s> {
    const MOST: usize = 64;
    const SIZE: usize = 360;

    fn new(scope: &mut Scope<'s>) -> Result<Self, HeapError> {
        let sink = Sink { sunk: 0, done: Vec::new(), free: (0..Self::MOST).collect() };
        let stream = Box::new(Stream::new(Options::default(), sink));
        let cell = shapes::host_object(scope, Self::SIZE, 1, stream)?;
        let array = scope.alloc(Kind::Array, Self::MOST, 0)?;
        scope.set(cell, shapes::FIELDS, Value::Ref(array))?;
        Ok(Self(cell))
    }

    fn stream<'a>(self, scope: &'a mut Scope<'_>) -> Result<&'a mut Stream, HeapError> {
        Ok(scope.native_mut(self.0)?)
    }

    fn write(self, scope: &mut Scope<'_>, buffer: Local<'_>) -> Result<(), HeapError> {
        let length = shapes::typed_array_payload::<slab_buffer::Buffer>(scope, buffer)?.len();
        let stream = self.stream(scope)?;
        let slot = stream.host_mut().free.pop().expect("a stream of at most 64 chunks");
        let _ = stream.write(Ticket { slot, length }).expect("an open stream");
        let host = stream.host_mut();
        if host.done.last() == Some(&slot) {
            host.free.extend(host.done.pop());
            return Ok(());
        }
        let Value::Ref(array) = scope.get(self.0, shapes::FIELDS)? else { return Ok(()) };
        Ok(scope.set(array, slot, Value::Ref(buffer))?)
    }

    fn uncork(self, scope: &mut Scope<'_>) -> Result<(), HeapError> {
        let stream = self.stream(scope)?;
        stream.uncork();
        let done = core::mem::take(&mut stream.host_mut().done);
        let Value::Ref(array) = scope.get(self.0, shapes::FIELDS)? else { return Ok(()) };
        for slot in &done {
            scope.set(array, *slot, Value::Undefined)?;
        }
        self.stream(scope)?.host_mut().free.extend(done);
        Ok(())
    }
}

pub fn writes(thousands: usize) -> u64 {
    run(|heap| {
        let mut buffers = Buffers::new();
        heap.enter(|scope| {
            let writable = Writable::new(scope)?;
            for _ in 0..thousands {
                for _ in 0..1000 {
                    scope.scope(|scope| {
                        let buffer = buffers.alloc(scope, black_box(16));
                        writable.write(scope, buffer)
                    })?;
                }
                writable.stream(scope)?.run_ticks();
            }
            Ok::<_, HeapError>(writable.stream(scope)?.host().sunk)
        })
    })
}

pub fn writes_corked(thousands: usize) -> u64 {
    run(|heap| {
        let mut buffers = Buffers::new();
        heap.enter(|scope| {
            let writable = Writable::new(scope)?;
            for _ in 0..thousands {
                for turn in 0..1000 {
                    if turn % 64 == 0 {
                        writable.stream(scope)?.cork();
                    }
                    scope.scope(|scope| {
                        let buffer = buffers.alloc(scope, black_box(16));
                        writable.write(scope, buffer)
                    })?;
                    if turn % 64 == 63 || turn == 999 {
                        writable.uncork(scope)?;
                    }
                }
                writable.stream(scope)?.run_ticks();
            }
            Ok::<_, HeapError>(writable.stream(scope)?.host().sunk)
        })
    })
}
