//! On dumpster, which counts references and looks for cycles.

use super::shared::splay_over;
use dumpster::{Trace, unsync::Gc};
use std::cell::RefCell;

splay_over!(Gc, RefCell, [Trace]);
