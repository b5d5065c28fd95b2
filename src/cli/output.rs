//! Files that are written whole or not at all.

use super::disk::{exists, why};
use super::{Exit, Terminal};
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
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tieline-").suffix(".part");
    #[cfg(unix)]
    let usual = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(usual);
    let mut file = builder.tempfile_in(folder).map_err(|e| format!("{} (in `{}`)", why(&e), folder.display()))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|e| why(&e))?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions()).map_err(|e| why(&e))?;
    }
    let moved = if overwrite { file.persist(path) } else { file.persist_noclobber(path) };
    match moved {
        Ok(_) => Ok(()),
        Err(failed) if failed.error.kind() == ErrorKind::AlreadyExists => Err("it exists already".into()),
        Err(failed) => Err(why(&failed.error)),
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
