//! What programs ask of records without knowing their types.

use crate::error::AccessError;
use crate::scope::{Local, Scope};

impl Scope<'_> {
    /// The number of a record's type in this heap, which is the one that `#[record(tag = ..)]` chose if it is from 1 to 255.
    /// Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if the cell is no record, [`AccessError::WrongHeap`].
    #[inline(always)]
    pub fn record_type(&self, cell: Local<'_>) -> Result<u32, AccessError> {
        self.cell(cell)?.record_type().ok_or(AccessError::WrongKind)
    }
}
