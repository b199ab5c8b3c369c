//! Linux's texts about a process's memory, parsed: no file is read here.
//!
//! The texts are those of `proc(5)`; a kernel that adds lines or fields is read all the same, and a
//! figure that a text lacks, or that is no number, is absent.

/// The figures of `/proc/PID/status`, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// `VmRSS`: resident now.
    pub resident: Option<u64>,
    /// `VmHWM`: the most that was ever resident.
    pub peak_resident: Option<u64>,
    /// `VmSize`: address space now.
    pub virtual_size: Option<u64>,
    /// `VmPeak`: the largest address space that there ever was.
    pub peak_virtual: Option<u64>,
    /// `VmSwap`: swapped out now.
    pub swapped: Option<u64>,
    /// `RssAnon`: resident and of no file: the heap and the stacks.
    pub anonymous: Option<u64>,
    /// `RssFile`: resident and of files: code, and what is mapped.
    pub file: Option<u64>,
    /// `RssShmem`: resident shared memory.
    pub shared_memory: Option<u64>,
}

/// The sums of `/proc/PID/smaps_rollup`, or one mapping's lines in `smaps`, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shares {
    /// `Rss`: resident now.
    pub resident: Option<u64>,
    /// `Pss`: resident now, each shared page divided by the number of processes that share it.
    pub proportional: Option<u64>,
    /// `Private_Clean` and `Private_Dirty`: what ending the process would free.
    pub private: Option<u64>,
    /// `Swap`: swapped out now.
    pub swapped: Option<u64>,
}

/// One mapping of `/proc/PID/smaps`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mapping {
    /// The address of its first byte.
    pub start: u64,
    /// The address after its last byte.
    pub end: u64,
    /// What it may be used for, as `rw-p`.
    pub permissions: String,
    /// The file, or a name as `[heap]`; empty where it has none.
    pub name: String,
    /// What of it is in main memory.
    pub shares: Shares,
}

impl Mapping {
    /// The mapping's size in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// Virtual and resident size, in pages, from `/proc/PID/statm`.
///
/// ```
/// assert_eq!(mem_report::procfs::parse_statm(b"765 441 412 5 0 90 0\n"), Some((765, 441)));
/// assert_eq!(mem_report::procfs::parse_statm(b"765"), None);
/// ```
#[must_use]
pub fn parse_statm(text: &[u8]) -> Option<(u64, u64)> {
    let (size, rest) = number(text)?;
    let (resident, rest) = number(rest.strip_prefix(b" ")?)?;
    // A number at the very end of what was read may have been cut off.
    rest.first().is_some_and(u8::is_ascii_whitespace).then_some((size, resident))
}

/// The digits that a text starts with, and what follows them.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(digits);
    let push = |sum: u64, digit: &u8| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
    (!digits.is_empty()).then_some((digits.iter().try_fold(0, push)?, rest))
}

/// The figures of `/proc/PID/status`.
///
/// ```
/// let status = mem_report::procfs::parse_status("Name:\tx\nVmRSS:\t    3 kB\n");
/// assert_eq!(status.resident, Some(3072));
/// assert_eq!(status.virtual_size, None);
/// ```
#[must_use]
pub fn parse_status(text: &str) -> Status {
    let mut status = Status::default();
    for (key, bytes) in text.lines().filter_map(entry) {
        let figure = match key {
            "VmRSS" => &mut status.resident,
            "VmHWM" => &mut status.peak_resident,
            "VmSize" => &mut status.virtual_size,
            "VmPeak" => &mut status.peak_virtual,
            "VmSwap" => &mut status.swapped,
            "RssAnon" => &mut status.anonymous,
            "RssFile" => &mut status.file,
            "RssShmem" => &mut status.shared_memory,
            _ => continue,
        };
        *figure = Some(bytes);
    }
    status
}

/// The sums of `/proc/PID/smaps_rollup`.
#[must_use]
pub fn parse_smaps_rollup(text: &str) -> Shares {
    let mut shares = Shares::default();
    text.lines().filter_map(entry).for_each(|(key, bytes)| shares.take(key, bytes));
    shares
}

/// The mappings of `/proc/PID/smaps`, in the order of their addresses.
///
/// Lines that are neither a mapping's first nor one of its figures are passed over.
pub fn parse_smaps(text: &str) -> impl Iterator<Item = Mapping> + '_ {
    let mut lines = text.lines().peekable();
    core::iter::from_fn(move || {
        let mut mapping = lines.by_ref().find_map(heading)?;
        while let Some(line) = lines.next_if(|line| heading(line).is_none()) {
            if let Some((key, bytes)) = entry(line) {
                mapping.shares.take(key, bytes);
            }
        }
        Some(mapping)
    })
}

/// A mapping's first line: `562a39e58000-562a39e5a000 r--p 00000000 fe:00 247282     /usr/bin/head`.
fn heading(line: &str) -> Option<Mapping> {
    let (range, rest) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    // The name is what follows permissions, offset, device and inode; it may have spaces.
    let mut fields = rest.splitn(5, ' ');
    let permissions = fields.next()?;
    let name = fields.nth(3).unwrap_or_default().trim_start();
    Some(Mapping {
        start: u64::from_str_radix(start, 16).ok()?,
        end: u64::from_str_radix(end, 16).ok()?,
        permissions: permissions.to_owned(),
        name: name.to_owned(),
        shares: Shares::default(),
    })
}

/// A line `Key:   3 kB`: the key, and the figure in bytes.
fn entry(line: &str) -> Option<(&str, u64)> {
    let (key, value) = line.split_once(':')?;
    let kilobytes: u64 = value.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some((key, kilobytes.checked_mul(1024)?))
}

impl Shares {
    fn take(&mut self, key: &str, bytes: u64) {
        match key {
            "Rss" => self.resident = Some(bytes),
            "Pss" => self.proportional = Some(bytes),
            "Private_Clean" | "Private_Dirty" => {
                self.private = self.private.unwrap_or(0).checked_add(bytes);
            }
            "Swap" => self.swapped = Some(bytes),
            _ => {}
        }
    }
}
