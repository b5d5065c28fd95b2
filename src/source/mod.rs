//! Source files: opaque ids, byte spans and the trait through which the pure core reads text.
//!
//! Nothing in the core touches the file system. The command line, the language server and the
//! tests hand in something that implements [`Files`].

mod map;
mod span;

pub use map::{LineIndex, SourceFile, SourceMap};
pub use span::{FileId, Span};

/// Largest study, module or table, in bytes (64 MB). A [`Files`] may stop reading behind it.
pub const FILE_LIMIT: usize = 64 << 20;

/// Where module and table text comes from. Paths are `/`-separated and relative to the root file's
/// folder, or absolute as the caller gave them.
pub trait Files: Sync {
    /// The whole content of `path`, or why it cannot be had (in words for the engineer).
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}
