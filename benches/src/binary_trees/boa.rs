//! On boa_gc, which collects during allocation.

use super::shared::binary_trees_over;
use boa_gc::{Finalize, Gc, Trace};

binary_trees_over!(Gc, [Trace, Finalize]);
