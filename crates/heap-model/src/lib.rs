//! A V8-shaped garbage-collected heap: spaces, pages, collectors, limits, and V8's object sizes.
