//! Node's memory system as one runtime: heap, buffers, weak collections, streams, reports.
