//! Through node-memory.

use super::task::RING;
use node_memory::{
    Block, Buffer, Let, Object, Runtime, RuntimeError, RuntimeOptions, Variable, WeakMap, Writable,
};
use std::hint::black_box;

type Result<T = u64> = core::result::Result<T, RuntimeError>;

fn run(program: impl FnOnce(&mut Runtime) -> Result) -> u64 {
    let runtime = Runtime::new(RuntimeOptions::default());
    runtime.and_then(|mut runtime| program(&mut runtime)).expect("room")
}

pub fn objects(thousands: usize) -> u64 {
    run(|runtime| {
        runtime.block(|block| {
            (0..thousands * 1000).try_fold(0, |sum, turn| {
                block.block(|block| {
                    let object = Object::new(block)?;
                    object.set(block, 0, turn as i32)?;
                    object.set(block, 1, &object)?;
                    let read = object.get(block, 0)?.as_number();
                    Ok(sum + read.unwrap_or(0.0) as u64)
                })
            })
        })
    })
}

pub fn objects_held(thousands: usize) -> u64 {
    run(|runtime| {
        let mut ring: Vec<Variable<Object>> = Vec::with_capacity(RING);
        let mut sum = 0;
        for turn in 0..thousands * 1000 {
            sum += runtime.block(|block| {
                let object = Object::new(block)?;
                object.set(block, 0, turn as i32)?;
                let object = object.own(block)?;
                let Some(old) = ring.get_mut(turn % RING) else {
                    ring.push(object);
                    return Ok(0);
                };
                let read = old.get(block, 0)?.as_number();
                *old = object;
                Ok::<_, RuntimeError>(read.unwrap_or(0.0) as u64)
            })?;
        }
        Ok(sum)
    })
}

pub fn trees(thousands: usize) -> u64 {
    fn tree<'s>(block: &mut Block<'_, 's>, depth: usize) -> Result<Let<'s, Object>> {
        let node = Object::with_fields(block, 2)?;
        if depth > 0 {
            for side in 0..2 {
                let child = tree(block, depth - 1)?;
                node.set(block, side, &child)?;
            }
        }
        Ok(node)
    }
    fn count(block: &mut Block<'_, '_>, node: &Let<'_, Object>) -> Result {
        let mut nodes = 1;
        for side in 0..2 {
            if let Some(child) = node.get(block, side)?.into_variable() {
                let child = child.cast(block)?;
                nodes += count(block, &child)?;
            }
        }
        Ok(nodes)
    }
    run(|runtime| {
        (0..thousands).try_fold(0, |nodes, _| {
            let more = runtime.block(|block| {
                let tree = tree(block, 9)?;
                count(block, &tree)
            })?;
            Ok(nodes + more)
        })
    })
}

pub fn buffers(thousands: usize) -> u64 {
    run(|runtime| {
        runtime.block(|block| {
            (0..thousands * 1000).try_fold(0, |sum, _| {
                block.block(|block| {
                    let buffer = Buffer::alloc_unsafe(block, black_box(64))?;
                    Ok(sum + buffer.write(block, written)?)
                })
            })
        })
    })
}

pub fn buffers_held(thousands: usize) -> u64 {
    run(|runtime| {
        let mut ring: Vec<Variable<Buffer>> = Vec::with_capacity(RING);
        let mut sum = 0;
        for turn in 0..thousands * 1000 {
            sum += runtime.block(|block| {
                let buffer = Buffer::alloc_unsafe(block, black_box(64))?;
                let length = buffer.write(block, written)?;
                let buffer = buffer.own(block)?;
                match ring.get_mut(turn % RING) {
                    Some(old) => *old = buffer,
                    None => ring.push(buffer),
                }
                Ok::<_, RuntimeError>(length)
            })?;
        }
        Ok(sum)
    })
}

fn written(bytes: &mut slab_buffer::Buffer) -> u64 {
    bytes[0] = 1;
    bytes.len() as u64
}

pub fn weak_maps(thousands: usize) -> u64 {
    run(|runtime| {
        (0..thousands).try_fold(0, |sum, _| {
            let more = runtime.block(|block| {
                let map = WeakMap::new(block)?;
                let mut keys = Vec::with_capacity(1000);
                for number in 0..1000 {
                    let key = Object::new(block)?;
                    map.set(block, &key, number)?;
                    keys.push(key);
                }
                let mut sum = 0;
                for _ in 0..10 {
                    for key in &keys {
                        let found = map.get(block, key)?.and_then(|value| value.as_number());
                        sum += found.unwrap_or(0.0) as u64;
                    }
                }
                Ok::<_, RuntimeError>(sum)
            })?;
            Ok(sum + more)
        })
    })
}

pub fn weak_maps_held(thousands: usize) -> u64 {
    run(|runtime| {
        let mut sum = 0;
        for _ in 0..thousands {
            let map = WeakMap::new(runtime)?;
            let mut keys = Vec::with_capacity(1000);
            for number in 0..1000 {
                let key = Object::new(runtime)?;
                map.set(runtime, &key, number)?;
                keys.push(key);
            }
            for _ in 0..10 {
                for key in &keys {
                    let found = map.get(runtime, key)?.and_then(|value| value.as_number());
                    sum += found.unwrap_or(0.0) as u64;
                }
            }
        }
        Ok(sum)
    })
}

pub fn writes(thousands: usize) -> u64 {
    run(|runtime| {
        let writable = Writable::new(runtime)?;
        for _ in 0..thousands {
            runtime.block(|block| {
                let writable = block.local(&writable)?;
                for _ in 0..1000 {
                    block.block(|block| {
                        let buffer = Buffer::alloc_unsafe(block, black_box(16))?;
                        writable.write(block, &buffer).map(drop)
                    })?;
                }
                Ok::<_, RuntimeError>(())
            })?;
            runtime.run_jobs()?;
        }
        writable.sunk(runtime)
    })
}

pub fn writes_corked(thousands: usize) -> u64 {
    run(|runtime| {
        let writable = Writable::new(runtime)?;
        for _ in 0..thousands {
            runtime.block(|block| {
                let writable = block.local(&writable)?;
                for turn in 0..1000 {
                    if turn % 64 == 0 {
                        writable.cork(block)?;
                    }
                    block.block(|block| {
                        let buffer = Buffer::alloc_unsafe(block, black_box(16))?;
                        writable.write(block, &buffer).map(drop)
                    })?;
                    if turn % 64 == 63 || turn == 999 {
                        writable.uncork(block)?;
                    }
                }
                Ok::<_, RuntimeError>(())
            })?;
            runtime.run_jobs()?;
        }
        writable.sunk(runtime)
    })
}
