//! On gc.
#![allow(non_local_definitions, reason = "the derive of gc 0.5 writes them")]

use super::shared::binary_trees_over;
use gc::{Finalize, Gc, Trace};

binary_trees_over!(Gc, [Trace, Finalize]);
