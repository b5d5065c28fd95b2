//! Files that are written whole or not at all.

use super::disk::{exists, why};
use super::{Exit, Terminal};
use std::fs::Metadata;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes `bytes` to `path`, or to the standard output if `path` is `-`.
///
/// # Errors
/// [`Exit::Usage`] where that is not possible, after saying why.
pub fn write_out(path: &str, bytes: &[u8], terminal: &Terminal) -> Result<(), Exit> {
    if path == "-" {
        return terminal.print_bytes(bytes);
    }
    write_file(Path::new(path), bytes, true).map_err(|reason| {
        terminal.complain(&format!("cannot write `{path}`: {reason}"), None);
        Exit::Usage
    })
}

/// Writes a file by way of a temporary one in the same folder, so that a reader sees the old file or
/// the new one and an interruption leaves no half. Without `overwrite`, an existing file is kept and
/// an error returned. A link is followed; a device or pipe is written directly.
///
/// # Errors
/// The reason, in words.
pub fn write_file(path: &Path, bytes: &[u8], overwrite: bool) -> Result<(), String> {
    if !overwrite && exists(path) {
        return Err("it exists already".into());
    }
    let path = &followed(path)?;
    let old = path.metadata().ok();
    if let Some(old) = &old {
        if old.is_dir() {
            return Err("it is a folder".into());
        }
        if !old.is_file() {
            return match std::fs::OpenOptions::new().write(true).open(path).and_then(|mut f| f.write_all(bytes)) {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(why(&error)),
                _ => Ok(()),
            };
        }
        if old.permissions().readonly() {
            return Err("it is read-only".into());
        }
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    clean(folder);
    let mut tries = TRIES;
    loop {
        tries -= 1;
        let moved = moved_into_place(folder, path, bytes, old.as_ref(), overwrite)?;
        match moved {
            Ok(_) => return Ok(()),
            Err(failed) if failed.kind() == ErrorKind::AlreadyExists => return Err("it exists already".into()),
            Err(failed) if failed.kind() == ErrorKind::NotFound && tries > 0 => {}
            Err(failed) => return Err(why(&failed)),
        }
    }
}

/// Writes a temporary file and moves it to `path`; the inner error is that of moving.
fn moved_into_place(
    folder: &Path,
    path: &Path,
    bytes: &[u8],
    old: Option<&Metadata>,
    overwrite: bool,
) -> Result<std::io::Result<()>, String> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    let usual = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(usual);
    let mut file = builder.tempfile_in(folder).map_err(|e| format!("{} (in `{}`)", why(&e), folder.display()))?;
    // Held while this run lives: what can be locked was left behind. Where a file system has no locks nothing
    // is held and, since `clean` cannot lock either, nothing is removed.
    let _ = file.as_file().try_lock();
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|e| why(&e))?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions()).map_err(|e| why(&e))?;
    }
    let moved = if overwrite { file.persist(path) } else { file.persist_noclobber(path) };
    Ok(moved.map(drop).map_err(|failed| failed.error))
}

/// Beginning and end of the names of temporary files.
const PREFIX: &str = ".tieline-";
const SUFFIX: &str = ".part";
/// Times a file is written whose temporary one another run took for a left one, before it was locked.
const TRIES: usize = 3;

/// Removes temporary files of runs that were ended while they wrote. Whether that works is of no concern
/// to what is about to be written.
fn clean(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|n| n.starts_with(PREFIX) && n.ends_with(SUFFIX));
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let left = std::fs::File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if left {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// The file that a link points to.
fn followed(path: &Path) -> Result<PathBuf, String> {
    match path.symlink_metadata() {
        Ok(meta) if meta.file_type().is_symlink() => {
            path.canonicalize().map_err(|e| format!("broken link: {}", why(&e)))
        }
        _ => Ok(path.to_path_buf()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("a folder")
            .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.lp");
        write_file(&path, b"one", true).expect("written");
        write_file(&path, b"two", true).expect("replaced");
        assert_eq!(std::fs::read(&path).expect("read"), b"two");
        assert_eq!(names(folder.path()), ["a.lp"]);
    }

    #[test]
    fn an_existing_file_is_kept_unless_told_otherwise() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.tie");
        write_file(&path, b"mine", false).expect("written");
        assert_eq!(write_file(&path, b"new", false), Err("it exists already".into()));
        assert_eq!(std::fs::read(&path).expect("read"), b"mine");
        assert_eq!(names(folder.path()), ["a.tie"]);
    }

    #[test]
    fn failures_say_why_and_leave_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(write_file(folder.path(), b"x", true), Err("it is a folder".into()));
        let nowhere = folder.path().join("no").join("a.tie");
        assert!(write_file(&nowhere, b"x", true).is_err_and(|e| e.starts_with("no such file or folder")));
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_what_another_run_writes_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| std::fs::File::create(folder.path().join(name)).expect("created");
        drop(file(".tieline-abc.part"));
        let written = file(".tieline-def.part");
        written.try_lock().expect("locked");
        drop(file("mine.part"));
        write_file(&folder.path().join("a.lp"), b"x", true).expect("written");
        assert_eq!(names(folder.path()), [".tieline-def.part", "a.lp", "mine.part"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_permissions_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::write(&real, b"old").expect("written");
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).expect("set");
        symlink("real", &link).expect("linked");
        write_file(&link, b"new", true).expect("written");
        assert!(link.symlink_metadata().expect("there").file_type().is_symlink());
        assert_eq!(std::fs::read(&real).expect("read"), b"new");
        assert_eq!(real.metadata().expect("there").permissions().mode() & 0o777, 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_directly() {
        write_file(Path::new("/dev/null"), b"x", true).expect("written");
        assert!(Path::new("/dev/null").metadata().is_ok_and(|m| !m.is_file()));
    }
}
