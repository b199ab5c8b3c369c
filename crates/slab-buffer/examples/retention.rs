//! Ten thousand one-byte survivors, each of another slab: what they retain, before and after they
//! are moved together. `cargo run --release --example retention`

use slab_buffer::{AllocError, Pool, PoolOptions};
use std::time::Instant;

const SURVIVORS: usize = 10_000;

fn main() -> Result<(), AllocError> {
    let pool = Pool::new(PoolOptions { track: true, ..PoolOptions::default() });
    let mut survivors = Vec::new();
    for _ in 0..SURVIVORS {
        let survivor = pool.alloc_unsafe(1)?;
        while pool.alloc_unsafe(1000)?.store_id() == survivor.store_id() {}
        survivors.push(survivor);
    }
    report(&pool, "before");
    let start = Instant::now();
    let mut moved = 0;
    for survivor in &mut survivors {
        moved += usize::from(pool.compact(survivor)?);
    }
    println!("moved {moved} buffers in {:?}", start.elapsed());
    report(&pool, "after");
    Ok(())
}

fn report(pool: &Pool, when: &str) {
    let stats = pool.stats();
    println!(
        "{when}: {} live buffers of {} bytes retain {} bytes",
        stats.live_buffers, stats.live_bytes, stats.array_buffers
    );
    for slab in pool.worst_pinned(1) {
        let pin = slab.pins[0];
        println!(
            "  slab {}: {} bytes held for nobody, pinned by {}",
            slab.id,
            slab.wasted(),
            pin.allocated_at
        );
    }
}
