const keep = []; for (;;) keep.push({ a: keep.length });
