//! On Rc.
#![allow(dead_code, reason = "a payload is held, and never read")]

use super::shared::splay_over;
use std::cell::RefCell;
use std::rc::Rc;

splay_over!(Rc, RefCell, []);
