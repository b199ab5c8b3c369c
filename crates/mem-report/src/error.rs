//! Why a source gave no figure.

use core::fmt;
use std::path::PathBuf;

/// Why memory figures could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// A file of the operating system could not be read.
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: std::io::Error,
    },
    /// A file of the operating system does not say what it should.
    Format {
        /// The file.
        path: PathBuf,
    },
    /// This operating system, or this version of it, does not give the figure.
    Unsupported,
    /// The allocator refused to say.
    Allocator {
        /// The allocator.
        name: &'static str,
        /// What it said.
        error: Box<dyn core::error::Error + Send + Sync>,
    },
}

impl ReadError {
    #[cfg(target_os = "linux")]
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + use<'_> {
        move |error| Self::Io { path: path.to_owned(), error }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, .. } => write!(f, "{} could not be read", path.display()),
            Self::Format { path } => write!(f, "{} has another form than expected", path.display()),
            Self::Unsupported => f.write_str("this operating system does not give the figure"),
            Self::Allocator { name, .. } => write!(f, "{name} gives no figures"),
        }
    }
}

impl core::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            Self::Allocator { error, .. } => Some(&**error),
            Self::Format { .. } | Self::Unsupported => None,
        }
    }
}
