//! Replays a `buffer` trace: each step makes one buffer, and its length, its backing store (by
//! order of first appearance), its offset and its store's length are compared.

use anyhow::{Context, bail};
use serde_json::{Value, json};
use slab_buffer::{Pool, PoolOptions, View};

/// A buffer of the program, and the number of its backing store by order of first appearance.
struct Made {
    view: View,
    slab: usize,
}

/// Replays one program; the error names the first step that differs.
pub fn replay(program: &Value) -> anyhow::Result<()> {
    let pool_size = program["poolSize"].as_u64().context("no poolSize")? as usize;
    let pool = Pool::new(PoolOptions { pool_size, ..PoolOptions::default() });
    let mut made: Vec<Made> = Vec::new();
    let mut stores: Vec<Option<u64>> = Vec::new();
    for (number, step) in program["steps"].as_array().context("no steps")?.iter().enumerate() {
        let op = &step["op"];
        let view = apply(&pool, op, &made).with_context(|| format!("step {number} {op}"))?;
        let known = match view.store_id() {
            Some(store) => stores.iter().position(|earlier| *earlier == Some(store)),
            // A buffer without bytes has a store of its own, which its views share.
            None if op[0] == "subarray" => made_by(op, 1, &made).map(|of| of.slab).ok(),
            None => None,
        };
        let slab = known.unwrap_or_else(|| {
            stores.push(view.store_id());
            stores.len() - 1
        });
        let found = json!([view.len(), slab, view.offset(), view.store_len()]);
        let expected = json!([step["len"], step["slab"], step["offset"], step["slabLen"]]);
        if found != expected {
            bail!(
                "step {number} {op}: len, slab, offset, slabLen: expected {expected}, got {found}"
            );
        }
        made.push(Made { view, slab });
    }
    Ok(())
}

fn operand(op: &Value, place: usize) -> anyhow::Result<usize> {
    op[place].as_u64().map(|n| n as usize).context("no operand")
}

/// The buffer that an operand names.
fn made_by<'m>(op: &Value, place: usize, made: &'m [Made]) -> anyhow::Result<&'m Made> {
    made.get(operand(op, place)?).context("no such buffer")
}

/// The buffer that the call makes, frozen so that its views can share it.
fn apply(pool: &Pool, op: &Value, made: &[Made]) -> anyhow::Result<View> {
    let name = op[0].as_str().context("no name")?;
    let operand = |place| operand(op, place);
    let earlier = |place| made_by(op, place, made).map(|made| &made.view);
    let allocated = match name {
        "alloc" => pool.alloc(operand(1)?),
        "allocUnsafe" => pool.alloc_unsafe(operand(1)?),
        "allocUnsafeSlow" => pool.alloc_unsafe_slow(operand(1)?),
        "fromBytes" => pool.from_bytes(&vec![7; operand(1)?]),
        "fromString" => pool.from_string(&"a".repeat(operand(1)?)),
        "fromUtf8" => pool.from_string(&"\u{e9}".repeat(operand(1)?)),
        "fromBuffer" => pool.from_bytes(&earlier(1)?.to_vec()),
        "concat" => pool.concat(&[&earlier(1)?.to_vec(), &earlier(2)?.to_vec()], None),
        "subarray" => {
            let of = earlier(1)?;
            let start = operand(2)?.min(of.len());
            let end = operand(3)?.clamp(start, of.len().max(start));
            return Ok(of.subarray(start..end)?);
        }
        _ => bail!("an unknown operation"),
    };
    Ok(allocated?.share())
}
