//! The library as files that an editor can open: what is embedded in the program is laid out in a
//! folder when it is first asked for.

use super::paths::uri_of;
use crate::names::library;
use lsp_types::Uri;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder where library files are laid out; none where there is no such place.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    folder: Option<PathBuf>,
}

impl Shelf {
    /// A shelf in this folder, which need not exist yet.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Shelf { folder }
    }

    /// The file that holds a library text, by the name it is shown under (`<library>/std/grid.tie`).
    /// None where it cannot be written, or is no library file.
    pub fn uri(&self, shown: &str) -> Option<Uri> {
        let inside = shown.strip_prefix(library::PREFIX)?;
        let path = self.folder.as_ref()?.join(inside);
        let text = library::file(inside)?;
        if std::fs::read(&path).ok().as_deref() != Some(text) {
            lay_out(&path, text).ok()?;
        }
        uri_of(&path.to_str()?.replace('\\', "/"))
    }
}

/// Writes a file whole or not at all. It is read-only: the program reads its own copy, so that a
/// change here would do nothing.
fn lay_out(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text)?;
    let mut permissions = file.as_file().metadata()?.permissions();
    permissions.set_readonly(true);
    file.as_file().set_permissions(permissions)?;
    file.persist(path)?;
    Ok(())
}
