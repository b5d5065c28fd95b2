//! Text from the file system.

use crate::source::{FILE_LIMIT, Files};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Reads files below a folder; absolute paths as they are; `-` is the standard input.
#[derive(Debug, Clone)]
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// Paths are relative to where the program was started, as they were typed.
    pub fn here() -> Self {
        Disk { folder: PathBuf::new() }
    }

    /// Paths are relative to `folder`.
    pub fn below(folder: impl Into<PathBuf>) -> Self {
        Disk { folder: folder.into() }
    }
}

impl Files for Disk {
    /// At most one byte more than [`FILE_LIMIT`] is read, which tells the analysis that a file is
    /// too large without holding it in memory.
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if path == "-" {
            return bounded(std::io::stdin().lock()).map_err(|e| why(&e));
        }
        let full = self.folder.join(path);
        if full.is_dir() {
            return Err("it is a folder, not a file".into());
        }
        std::fs::File::open(&full).and_then(bounded).map_err(|e| why(&e))
    }
}

fn bounded(stream: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(FILE_LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// An error of the operating system in words.
pub(super) fn why(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file or folder".into(),
        ErrorKind::PermissionDenied => "permission denied".into(),
        ErrorKind::IsADirectory => "it is a folder, not a file".into(),
        ErrorKind::NotADirectory => "a part of the path is a file, not a folder".into(),
        ErrorKind::StorageFull => "the disk is full".into(),
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only".into(),
        _ => error.to_string(),
    }
}

/// Does the path exist, whatever it is?
pub(super) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_below_the_folder_and_failures_told_in_words() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.tie"), b"\xff text").expect("written");
        let disk = Disk::below(folder.path());
        assert_eq!(disk.read("a.tie"), Ok(b"\xff text".to_vec()));
        assert_eq!(disk.read("b.tie"), Err("no such file or folder".into()));
        assert_eq!(disk.read("."), Err("it is a folder, not a file".into()));
        assert!(disk.read("a.tie/b").is_err());
    }

    #[test]
    fn a_stream_without_end_is_cut_behind_the_limit() {
        let bytes = bounded(std::io::repeat(b'x')).expect("bytes");
        assert_eq!(bytes.len(), FILE_LIMIT + 1);
    }
}
