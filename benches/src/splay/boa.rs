//! On boa_gc, which collects during allocation.

use super::shared::splay_over;
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

splay_over!(Gc, GcRefCell, [Trace, Finalize]);
