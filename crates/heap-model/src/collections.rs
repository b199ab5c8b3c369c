//! Collections in the heap: growable arrays, hash maps and sets in the order of insertion, and strings.
//!
//! They are cells of [`shapes`](crate::shapes), as large as V8's. Functions take a scope or registers
//! ([`UsesHeap`](crate::UsesHeap)), and their operands as handles, values or registers ([`Operand`](crate::Operand)).
//! Those that return a value make handles, which panics if there are too many ([`Scope`](crate::Scope)); beside them
//! are methods of [`Registers`](crate::Registers) that put it in a register.
//!
//! ```
//! use heap_model::collections::{SameValueZero, array, map, string};
//! use heap_model::{Heap, HeapError, HeapOptions, Value, shapes};
//!
//! let mut heap = Heap::new(HeapOptions::default())?;
//! heap.enter(|scope| -> Result<(), HeapError> {
//!     let map = shapes::map(scope, 0)?;
//!     let key = string::new(scope, "answer")?;
//!     map::set(scope, &SameValueZero, map, key, Value::Smi(42))?;
//!     // Another string with the same characters is the same key.
//!     let same = string::new(scope, "answer")?;
//!     let found = map::get(scope, &SameValueZero, map, same)?;
//!     assert_eq!(found.and_then(Value::as_smi), Some(42));
//!     // An iteration meets what is added while it goes on.
//!     let keys = shapes::array(scope, 0)?;
//!     let mut entries = map::entries(scope, map)?;
//!     while let Some((key, value)) = entries.next(scope)? {
//!         array::push(scope, keys, key)?;
//!         if let Value::Smi(number @ 42..50) = value {
//!             map::set(scope, &SameValueZero, map, Value::Smi(number), Value::Smi(number + 1))?;
//!         }
//!     }
//!     assert_eq!((map::len(scope, map)?, array::len(scope, keys)?), (9, 9));
//!     Ok(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod array;
mod keys;
pub mod map;
mod ordered;
mod registers;
pub mod set;
pub mod string;
mod strings;

pub use keys::{Identity, IdentityHashes, KeyRules, SameValueZero};
