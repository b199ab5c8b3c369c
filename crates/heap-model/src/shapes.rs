//! JavaScript-shaped objects: cells with V8's sizes ([`layout`](crate::layout)) and V8's order of slots.
//!
//! V8's first two words of an object are its map and its properties or identity hash; of an array
//! of elements and of a string, its map and its length. A cell has its header and its hash there, so
//! what follows are slots, in V8's order, and each cell is as large as V8's.
//!
//! Functions that make cells are O(their size), may collect, and make one handle, which panics if there are too
//! many ([`Scope`](crate::Scope)). Those that read are constant time.
//!
//! ```
//! use heap_model::{Heap, HeapOptions, Value, layout, shapes};
//!
//! let mut heap = Heap::new(HeapOptions::default())?;
//! heap.enter(|scope| -> Result<(), heap_model::HeapError> {
//!     let name = shapes::one_byte_string(scope, b"a name")?;
//!     let object = shapes::object(scope, 4)?;
//!     scope.set(object, shapes::FIELDS, Value::Ref(name))?;
//!     assert_eq!(scope.size(object)?, layout::EMPTY_OBJECT);
//!     assert_eq!(shapes::string_bytes(scope, name)?, b"a name");
//!     Ok(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod buffers;
mod functions;
pub(crate) mod maps;
mod names;
pub(crate) mod objects;
mod strings;
mod weak;

pub use buffers::{
    BUFFER, array_buffer, host_array_buffer, host_typed_array, pooled_typed_array, typed_array,
    typed_array_bytes, typed_array_payload, typed_array_store,
};
pub use functions::{
    CONTEXT, PREVIOUS, VARIABLES, arrow_function, context, function, set_variable, variable,
};
pub use maps::{ITERATOR_INDEX, TABLE, collection_iterator, map, set};
pub use names::internal_name;
pub use objects::{
    ELEMENTS, FIELDS, LENGTH, array, field, host_object, is_object, object, set_field,
};
pub use strings::{
    cons_string, heap_number, number, one_byte_string, string_bytes, two_byte_string,
};
pub use weak::{
    Brand, HOLDINGS, KEY_MAP, REGISTRY_CALLBACK, REGISTRY_OWN, REGISTRY_SLOTS, WEAK_TABLE, brand,
    finalization_registry, registration, registry_number, set_registry_number, weak_map, weak_ref,
    weak_set,
};
