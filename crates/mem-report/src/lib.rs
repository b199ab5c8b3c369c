//! The five figures of process.memoryUsage(): reading, comparing, printing.
