//! Pooled byte buffers with Node's placement rules, and slab reuse.
