//! Bytes that were written in small pieces and do not form a chunk yet.

/// The chunk that is being gathered. The machine has reserved its room.
pub(super) struct Gathered<C> {
    pub(super) bytes: Vec<u8>,
    pub(super) make: Option<fn(Vec<u8>) -> C>,
}

impl<C> Gathered<C> {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new(), make: None }
    }

    /// The chunk, if there is one.
    pub(super) fn take(&mut self) -> Option<C> {
        let make = self.make.take()?;
        let mut bytes = core::mem::take(&mut self.bytes);
        bytes.shrink_to_fit();
        Some(make(bytes))
    }
}
