//! Source files: opaque ids, byte spans and the trait through which the pure core reads text.
//!
//! Nothing in the core touches the file system. The command line, the language server and the
//! tests hand in something that implements [`Files`].

mod map;
mod once;
mod span;

pub use map::{LineIndex, SourceFile, SourceMap};
pub use once::Once;
pub use span::{FileId, Span};

/// Largest study, module or table, in bytes (64 MB). A [`Files`] may stop reading behind it.
pub const FILE_LIMIT: usize = 64 << 20;

/// Why a study must not read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is neither below the study's own folder nor below one that was allowed.
    Outside,
    /// It is a pipe, a device or the like: no file whose content stays.
    NoFile,
}

/// Where module and table text comes from. Paths are `/`-separated and relative to the root file's
/// folder, or absolute as the caller gave them.
pub trait Files: Sync {
    /// The whole content of `path`, or why it cannot be had (in words for the engineer).
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;

    /// Why a study must not read `path`, a module or table; none where it may. `folder` is that of the study,
    /// with its trailing slash, or empty. Where files are not those of a machine, all may be read.
    fn refused(&self, folder: &str, path: &str) -> Option<Refused> {
        let _ = (folder, path);
        None
    }
}
