//! On gc.
#![allow(non_local_definitions, reason = "the derive of gc 0.5 writes them")]

use super::shared::splay_over;
use gc::{Finalize, Gc, GcCell, Trace};

splay_over!(Gc, GcCell, [Trace, Finalize]);
