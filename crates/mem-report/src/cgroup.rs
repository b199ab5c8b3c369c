//! The limits and use of the container that a process runs in: Linux's control groups, version 1 and 2.
//!
//! [`parse_membership`] and [`parse_mounts`] work on text; [`Container`] reads the files.

use std::path::{Path, PathBuf};

/// A version of the control groups, by which the files are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// One hierarchy a controller: `memory.limit_in_bytes`.
    V1,
    /// One hierarchy for all: `memory.max`.
    V2,
}

/// Limits and use of a control group's memory, in bytes; what no file gives is absent, and so is a
/// limit that is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContainerMemory {
    /// The least limit of the group and all groups around it: beyond it the kernel ends a process.
    pub limit: Option<u64>,
    /// The least limit from which on the kernel slows the group down and reclaims (`memory.high`).
    pub throttled_from: Option<u64>,
    /// In use by the group and the groups inside it now, the page cache included.
    pub used: Option<u64>,
    /// The most that was in use, since the group was made or its counter was reset.
    pub peak: Option<u64>,
}

/// The control group of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    version: Version,
    /// Where the hierarchy is mounted.
    mount: PathBuf,
    /// The group's directory, under `mount`.
    directory: PathBuf,
}

/// The group's path in each hierarchy that has a memory controller, from `/proc/PID/cgroup`; version 1
/// first, as a kernel with both has the memory there.
///
/// ```
/// use mem_report::cgroup::{Version, parse_membership};
///
/// let text = "4:memory:/docker/1f\n0::/\n";
/// let groups: Vec<_> = parse_membership(text).collect();
/// assert_eq!(groups, [(Version::V1, "/docker/1f"), (Version::V2, "/")]);
/// ```
pub fn parse_membership(text: &str) -> impl Iterator<Item = (Version, &str)> {
    let of = |wanted: Version| {
        text.lines().filter_map(move |line| {
            let (number, rest) = line.split_once(':')?;
            let (controllers, path) = rest.split_once(':')?;
            let version = match controllers {
                "" if number == "0" => Version::V2,
                controllers if controllers.split(',').any(|name| name == "memory") => Version::V1,
                _ => return None,
            };
            (version == wanted && path.starts_with('/')).then_some((version, path))
        })
    };
    of(Version::V1).chain(of(Version::V2))
}

/// The mounts of hierarchies that have a memory controller, from `/proc/PID/mountinfo`: the version,
/// the path of the hierarchy that is mounted, and where.
///
/// ```
/// use mem_report::cgroup::{Version, parse_mounts};
///
/// let text = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
/// let mounts: Vec<_> = parse_mounts(text).collect();
/// assert_eq!(mounts, [(Version::V1, "/".to_owned(), "/sys/fs/cgroup/memory".to_owned())]);
/// ```
pub fn parse_mounts(text: &str) -> impl Iterator<Item = (Version, String, String)> {
    text.lines().filter_map(|line| {
        let (mount, system) = line.split_once(" - ")?;
        let mut fields = mount.split(' ').skip(3);
        let (root, at) = (unescaped(fields.next()?), unescaped(fields.next()?));
        let mut system = system.split(' ');
        let version = match system.next()? {
            "cgroup2" => Version::V2,
            "cgroup" if system.nth(1)?.split(',').any(|option| option == "memory") => Version::V1,
            _ => return None,
        };
        Some((version, root, at))
    })
}

/// A path of `mountinfo`, in which space, tab, line feed and backslash are written as `\040`.
fn unescaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        match after.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(code) if code.is_ascii() => {
                text.push(char::from(code));
                rest = &after[3..];
            }
            _ => {
                text.push('\\');
                rest = after;
            }
        }
    }
    text + rest
}

/// A limit from a group's file: `max`, and what version 1 writes for no limit, are none.
///
/// ```
/// assert_eq!(mem_report::cgroup::parse_limit("268435456\n"), Some(268_435_456));
/// assert_eq!(mem_report::cgroup::parse_limit("max\n"), None);
/// assert_eq!(mem_report::cgroup::parse_limit("9223372036854771712\n"), None);
/// ```
#[must_use]
pub fn parse_limit(text: &str) -> Option<u64> {
    // Version 1's largest limit is `PAGE_COUNTER_MAX` pages: less than a page of 64 KiB below `i64::MAX`.
    const NO_LIMIT: u64 = i64::MAX as u64 - 0xffff;
    text.trim().parse().ok().filter(|limit| *limit < NO_LIMIT)
}

impl Container {
    /// The control group of this process, if there is one with a memory controller that can be read.
    #[must_use]
    pub fn current() -> Option<Self> {
        Self::of(Path::new("/proc/self"), Path::new("/"))
    }

    /// The control group of a process, from its directory in `/proc` and a root of the file system that
    /// its mounts are looked for under.
    #[must_use]
    pub fn of(process: &Path, root: &Path) -> Option<Self> {
        // Other mounts' paths need not be UTF-8.
        let text = |file: &str| {
            let bytes = std::fs::read(process.join(file)).ok()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        };
        let (membership, mounts) = (text("cgroup")?, text("mountinfo")?);
        let mounts: Vec<_> = parse_mounts(&mounts).collect();
        parse_membership(&membership)
            .flat_map(|(version, path)| {
                mounts
                    .iter()
                    .filter(move |mount| mount.0 == version)
                    .map(move |mount| (path, mount))
            })
            .filter_map(|(path, (version, mounted, at))| {
                let mount = root.join(at.trim_start_matches('/'));
                // A container without a namespace of its own sees the host's path, and only its part mounted.
                let inside = Path::new(path).strip_prefix(mounted).unwrap_or(Path::new(""));
                let below =
                    inside.components().all(|part| matches!(part, std::path::Component::Normal(_)));
                let directory = mount.join(if below { inside } else { Path::new("") });
                let directory = if directory.is_dir() { directory } else { mount.clone() };
                // A group without the memory controller counts as part of the one around it.
                let mut groups =
                    directory.ancestors().take_while(|group| group.starts_with(&mount));
                let counts = |group: &&Path| read(group, version.files().used).is_some();
                let directory = groups.find(counts)?.to_owned();
                Some(Self { version: *version, mount, directory })
            })
            .next()
    }

    /// The version of the control groups.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Limits and use now. Reads some files for the group and each around it.
    #[must_use]
    pub fn memory(&self) -> ContainerMemory {
        let files = self.version.files();
        let around = || self.directory.ancestors().take_while(|path| path.starts_with(&self.mount));
        ContainerMemory {
            limit: around().filter_map(|path| read(path, files.limit)).min(),
            throttled_from: files
                .throttled_from
                .and_then(|file| around().filter_map(|path| read(path, file)).min()),
            used: read(&self.directory, files.used),
            peak: read(&self.directory, files.peak),
        }
    }
}

/// The names of a group's files.
struct Files {
    limit: &'static str,
    throttled_from: Option<&'static str>,
    used: &'static str,
    peak: &'static str,
}

impl Version {
    const fn files(self) -> Files {
        match self {
            Self::V1 => Files {
                limit: "memory.limit_in_bytes",
                throttled_from: None,
                used: "memory.usage_in_bytes",
                peak: "memory.max_usage_in_bytes",
            },
            Self::V2 => Files {
                limit: "memory.max",
                throttled_from: Some("memory.high"),
                used: "memory.current",
                peak: "memory.peak",
            },
        }
    }
}

/// A number of a group's file.
fn read(group: &Path, file: &str) -> Option<u64> {
    parse_limit(&std::fs::read_to_string(group.join(file)).ok()?)
}
