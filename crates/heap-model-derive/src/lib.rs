#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod record;
mod slot;
mod substitute;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a record: a cell of heap-model's. See `heap_model::typed`.
///
/// `#[record(tag = 7)]` on the struct chooses the number of the type, from 1 to 255. `#[payload]` on a field puts it beside the
/// heap.
#[proc_macro_derive(Record, attributes(record, payload))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    record::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes an enum what a slot of a record can hold. See `heap_model::typed`.
///
/// Variants without a field are `undefined`, `null` and the hole, in this order; the others have one field each.
#[proc_macro_derive(Slot)]
pub fn derive_slot(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    slot::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
