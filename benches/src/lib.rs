//! Whole-process workloads.
