//! WeakMap with true ephemerons on the heap of heap-model.
