//! The library as files that an editor can open: what is embedded in the program is laid out in a
//! folder when it is first asked for.

use super::write_file;
use crate::lsp::LibraryPlace;
use std::path::{Path, PathBuf};

/// A folder where library files are laid out.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// A shelf in this folder, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        Shelf { folder }
    }

    /// The usual one: in the user's cache folder, a folder for each version. None where the system
    /// has no cache folder.
    pub fn usual() -> Option<Self> {
        Some(Shelf::new(dirs::cache_dir()?.join("tieline").join(env!("CARGO_PKG_VERSION"))))
    }
}

impl LibraryPlace for Shelf {
    fn place(&self, name: &str, text: &[u8]) -> Option<String> {
        let path = self.folder.join(name);
        if std::fs::read(&path).ok().as_deref() != Some(text) {
            lay_out(&path, text).ok()?;
        }
        Some(path.to_str()?.replace('\\', "/"))
    }
}

/// Lays a file out, read-only: the program reads its own copy, so that a change here would do nothing.
fn lay_out(path: &Path, text: &[u8]) -> Result<(), String> {
    let why = |e: std::io::Error| e.to_string();
    std::fs::create_dir_all(path.parent().unwrap_or(path)).map_err(why)?;
    write_file(path, text, true)?;
    let mut permissions = std::fs::metadata(path).map_err(why)?.permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(path, permissions).map_err(why)
}
