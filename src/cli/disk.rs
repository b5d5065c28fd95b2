//! Text from the file system.

use crate::source::{FILE_LIMIT, Files, Refused};
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

/// Reads files below a folder; absolute paths as they are; `-` is the standard input. A study's modules
/// and tables must lie below the study's own folder, or below one that is allowed.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    folder: PathBuf,
    /// Further folders below which studies may read, without links.
    allowed: Vec<PathBuf>,
}

/// The options that say what a study may read.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Reads {
    /// Let the study read below this folder, too, not only below its own; may be given more than once
    #[arg(long, value_name = "DIR", value_parser = folder)]
    allow_read: Vec<PathBuf>,
}

impl Reads {
    /// The disk for studies.
    pub fn disk(&self) -> Disk {
        Disk { allowed: self.allow_read.clone(), ..Disk::here() }
    }
}

/// A folder that is there, without links.
fn folder(text: &str) -> Result<PathBuf, String> {
    let path = Path::new(text).canonicalize().map_err(|e| why(&e))?;
    if path.is_dir() { Ok(path) } else { Err("it is a file, not a folder".into()) }
}

impl Disk {
    /// Paths are relative to where the program was started, as they were typed.
    pub fn here() -> Self {
        Disk::default()
    }

    /// Paths are relative to `folder`.
    pub fn below(folder: impl Into<PathBuf>) -> Self {
        Disk { folder: folder.into(), ..Disk::default() }
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
        match full.metadata().map_err(|e| why(&e))?.file_type() {
            kind if kind.is_dir() => return Err("it is a folder, not a file".into()),
            // Opening a pipe may take forever, and what it gives is gone once it is read.
            kind if !kind.is_file() => return Err("it is a pipe or a device, not a file".into()),
            _ => {}
        }
        std::fs::File::open(&full).and_then(bounded).map_err(|e| why(&e))
    }

    fn refused(&self, folder: &str, path: &str) -> Option<Refused> {
        // The standard input is the study's own, if it is anyone's.
        if path == "-" {
            return Some(Refused::NoFile);
        }
        let own = if folder.is_empty() { Path::new(".") } else { Path::new(folder) };
        let own = real(&self.folder.join(own));
        let full = self.folder.join(path);
        let inside = real(&full).is_some_and(|real| own.iter().chain(&self.allowed).any(|dir| real.starts_with(dir)));
        if !inside {
            return Some(Refused::Outside);
        }
        let kind = full.metadata().ok()?.file_type();
        (!kind.is_dir() && !kind.is_file()).then_some(Refused::NoFile)
    }
}

/// The path without links; of one that leads nowhere, as far as it is there. None where that cannot be told.
fn real(path: &Path) -> Option<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        return Some(real);
    }
    if path.symlink_metadata().is_ok() {
        // A link that leads nowhere might lead anywhere.
        return None;
    }
    match path.components().next_back()? {
        Component::Normal(name) => {
            let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Some(real(parent)?.join(name))
        }
        _ => None,
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
    fn a_study_reads_below_its_folder_and_those_allowed() {
        let folder = tempfile::tempdir().expect("a folder");
        let make = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(&path, b"x").expect("written");
        };
        for name in ["own/deep/a.csv", "own/a.csv", "other/a.csv", "ownly/a.csv"] {
            make(name);
        }
        let disk = Disk::below(folder.path());
        assert_eq!(disk.refused("not/there/", "not/there/yet.csv"), None);
        assert_eq!(disk.refused("not/there/", "not/yet.csv"), Some(Refused::Outside));
        for inside in
            ["own/a.csv", "own/deep/a.csv", "own/deep/../a.csv", "other/../own/a.csv", "own/none.csv", "own/no/b.csv"]
        {
            assert_eq!(disk.refused("own/", inside), None, "{inside}");
        }
        let outside = [
            "own/../other/a.csv",
            "other/a.csv",
            "ownly/a.csv",
            "own/../none.csv",
            "/etc/hostname",
            "/none",
            "own/no/../../../b",
        ];
        for path in outside {
            assert_eq!(disk.refused("own/", path), Some(Refused::Outside), "{path}");
        }
        let allowed = folder.path().join("other").canonicalize().expect("there");
        let disk = Disk { allowed: vec![allowed], ..disk };
        assert_eq!(disk.refused("own/", "other/a.csv"), None);
        assert_eq!(disk.refused("own/", "ownly/a.csv"), Some(Refused::Outside));
    }

    #[cfg(unix)]
    #[test]
    fn links_count_by_where_they_lead_and_devices_are_no_files() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("own")).expect("made");
        for name in ["out.csv", "own/in.csv"] {
            std::fs::write(folder.path().join(name), b"x").expect("written");
        }
        let link = |to: &str, name: &str| symlink(to, folder.path().join("own").join(name)).expect("linked");
        link("in.csv", "good.csv");
        link("../out.csv", "bad.csv");
        link("nowhere", "broken.csv");
        link("..", "up");
        link("/dev/zero", "zero.csv");
        let disk = Disk::below(folder.path());
        assert_eq!(disk.refused("own/", "own/good.csv"), None);
        for name in ["bad.csv", "broken.csv", "up/out.csv", "up/none.csv", "zero.csv"] {
            assert_eq!(disk.refused("own/", &format!("own/{name}")), Some(Refused::Outside), "{name}");
        }
        let device = Disk { allowed: vec!["/dev".into()], ..disk };
        assert_eq!(device.refused("own/", "/dev/zero"), Some(Refused::NoFile));
        assert!(device.read("/dev/zero").is_err_and(|e| e.contains("device")));
    }

    #[test]
    fn a_stream_without_end_is_cut_behind_the_limit() {
        let bytes = bounded(std::io::repeat(b'x')).expect("bytes");
        assert_eq!(bytes.len(), FILE_LIMIT + 1);
    }
}
