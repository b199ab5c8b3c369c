//! Values and objects: how they lie in the heap, and what the language does with them.
//!
//! [`layout`] says where a cell's parts are; [`class`] are hidden classes; [`atoms`] names as numbers. The other files
//! are operations of the machine on registers, each of which may allocate.

pub mod atoms;
pub mod call_site;
pub mod class;
pub mod class_life;
pub mod code;
pub mod collection;
pub mod compare;
pub mod convert;
mod copies;
mod define;
mod descriptor;
pub mod dictionary;
mod digits;
pub mod elements;
pub mod errors;
mod fields;
pub mod function;
pub mod key_rules;
mod keys;
pub mod layout;
pub mod number;
pub mod object;
pub mod packed;
pub mod promise;
pub mod property;
pub mod proxy;
pub mod representation;
pub mod shape;
mod shared;
pub mod string;
mod table;
pub mod text_builder;
pub mod trace;
pub mod typed;
pub mod weak;
