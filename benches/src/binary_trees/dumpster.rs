//! On dumpster, which counts references and looks for cycles.

use super::shared::binary_trees_over;
use dumpster::{Trace, unsync::Gc};

binary_trees_over!(Gc, [Trace]);
