//! On gc, which marks by recursion.
#![allow(non_local_definitions, reason = "the derive of gc 0.5 writes them")]

use super::shared::collect_over;
use gc::{Finalize, Gc, GcCell, Trace, force_collect};

collect_over!(Gc, GcCell, force_collect);
