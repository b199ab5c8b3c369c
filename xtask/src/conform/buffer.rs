//! Replays a `buffer` trace: each step makes one buffer, and its length, its backing store (by
//! order of first appearance), its offset and its store's length are compared. No unsafe code.

use serde_json::{Value, json};
use slab_buffer::{Buffer, Pool, PoolOptions};

/// A buffer of the program: made by the pool, or a view of one that was.
struct Made {
    store: u64,
    offset: usize,
    length: usize,
    store_length: usize,
    _owner: Option<Buffer>,
}

/// Replays one program; the error names the first step that differs.
pub fn replay(program: &Value) -> Result<(), String> {
    let pool_size = program["poolSize"].as_u64().ok_or("no poolSize")? as usize;
    let pool = Pool::new(PoolOptions { pool_size, ..PoolOptions::default() });
    let mut made: Vec<Made> = Vec::new();
    let mut stores: Vec<u64> = Vec::new();
    for (number, step) in program["steps"].as_array().ok_or("no steps")?.iter().enumerate() {
        let op = &step["op"];
        let buffer =
            apply(&pool, op, &made).map_err(|text| format!("step {number} {op}: {text}"))?;
        let slab = stores.iter().position(|store| *store == buffer.store).unwrap_or_else(|| {
            stores.push(buffer.store);
            stores.len() - 1
        });
        let found = json!([buffer.length, slab, buffer.offset, buffer.store_length]);
        let expected = json!([step["len"], step["slab"], step["offset"], step["slabLen"]]);
        if found != expected {
            return Err(format!(
                "step {number} {op}: len, slab, offset, slabLen: expected {expected}, got {found}"
            ));
        }
        made.push(buffer);
    }
    Ok(())
}

fn apply(pool: &Pool, op: &Value, made: &[Made]) -> Result<Made, String> {
    let name = op[0].as_str().ok_or("no name")?;
    let operand = |place: usize| op[place].as_u64().map(|n| n as usize).ok_or("no operand");
    let earlier = |place: usize| made.get(operand(place)?).ok_or("no such buffer");
    let allocated = match name {
        "alloc" => pool.alloc(operand(1)?),
        "allocUnsafe" | "fromBytes" => pool.alloc_unsafe(operand(1)?),
        "allocUnsafeSlow" => pool.alloc_unsafe_slow(operand(1)?),
        "fromString" => pool.from_string(&"a".repeat(operand(1)?)),
        "fromUtf8" => pool.from_string(&"\u{e9}".repeat(operand(1)?)),
        "fromBuffer" => pool.alloc_unsafe(earlier(1)?.length),
        "concat" => pool.alloc_unsafe(earlier(1)?.length + earlier(2)?.length),
        "subarray" => {
            let (of, start, end) = (earlier(1)?, operand(2)?, operand(3)?);
            let start = start.min(of.length);
            let length = end.min(of.length).saturating_sub(start);
            let (store, store_length) = (of.store, of.store_length);
            return Ok(Made {
                store,
                offset: of.offset + start,
                length,
                store_length,
                _owner: None,
            });
        }
        _ => return Err("an unknown operation".to_owned()),
    };
    let buffer = allocated.map_err(|error| error.to_string())?;
    Ok(Made {
        // A buffer of no bytes has a store like no other.
        store: buffer.store_id().unwrap_or(u64::MAX - made.len() as u64),
        offset: buffer.offset(),
        length: buffer.len(),
        store_length: buffer.store_len(),
        _owner: Some(buffer),
    })
}
