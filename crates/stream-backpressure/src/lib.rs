//! A Writable with Node's contract: high-water mark, drain, cork, end.
