// Records Buffer programs: where each buffer lies, and in which backing store. Up to Node 25: later
// ones align their slabs in memory, so that offsets depend on where the allocator put them.
'use strict';

const POOL_SIZES = [8192, 8192, 8192, 65536, 1024, 4096, 16384, 100, 16, 8, 0];

// A length that is often near a rule's edge.
function length(poolSize) {
  const half = poolSize >>> 1;
  return weighted(
    [6, () => below(64)],
    [4, () => below(half + 1)],
    [3, () => Math.max(0, half - 4 + below(9))],
    [1, () => Math.max(0, poolSize - 4 + below(9))],
    [1, () => 0],
    [1, () => below(2 * poolSize + 1)],
  )();
}

function choose(poolSize, made) {
  const n = length(poolSize);
  const earlier = () => below(made.length);
  const fresh = weighted(
    [8, ['allocUnsafe', n]],
    [2, ['alloc', n]],
    [2, ['allocUnsafeSlow', n]],
    [3, ['fromBytes', n]],
    [3, ['fromString', n]],
    [2, ['fromUtf8', n >>> 1]],
  );
  if (made.length === 0 || below(10) < 6) return fresh;
  const i = earlier();
  const bound = made[i].length + 3;
  return weighted(
    [2, ['fromBuffer', i]],
    [2, ['concat', i, earlier()]],
    [3, ['subarray', i, below(bound), below(bound)]],
  );
}

function perform([name, a, b, c], made) {
  switch (name) {
    case 'allocUnsafe': return Buffer.allocUnsafe(a);
    case 'alloc': return Buffer.alloc(a);
    case 'allocUnsafeSlow': return Buffer.allocUnsafeSlow(a);
    case 'fromBytes': return Buffer.from(new Array(a).fill(7));
    case 'fromString': return Buffer.from('a'.repeat(a));
    case 'fromUtf8': return Buffer.from('é'.repeat(a));
    case 'fromBuffer': return Buffer.from(made[a]);
    case 'concat': return Buffer.concat([made[a], made[b]]);
    case 'subarray': return made[a].subarray(b, c);
  }
}

// Uses up the current pool, so that the next pooled buffer begins a new one.
function spendPool() {
  Buffer.poolSize = 8192;
  const fresh = Buffer.allocUnsafe(4000);
  let last;
  do last = Buffer.allocUnsafe(4000);
  while (last.buffer === fresh.buffer);
  do last = Buffer.allocUnsafe(1);
  while (last.byteOffset < 8192 - 8);
}

for (let number = 0; number < programs; number++) {
  const poolSize = POOL_SIZES[below(POOL_SIZES.length)];
  spendPool();
  Buffer.poolSize = poolSize;
  const made = [];
  const stores = [];
  const steps = [];
  for (let left = 20 + below(41); left > 0; left--) {
    const op = choose(poolSize, made);
    const buffer = perform(op, made);
    made.push(buffer);
    let slab = stores.indexOf(buffer.buffer);
    if (slab < 0) slab = stores.push(buffer.buffer) - 1;
    steps.push({
      op,
      len: buffer.length,
      slab,
      offset: buffer.byteOffset,
      slabLen: buffer.buffer.byteLength,
    });
  }
  emit({ poolSize, steps });
}
