//! On boa_gc.

use super::shared::collect_over;
use boa_gc::{Finalize, Gc, GcRefCell, Trace, force_collect};

collect_over!(Gc, GcRefCell, force_collect);
