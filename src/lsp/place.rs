//! Where an editor can open what is embedded in the program.

use super::paths::uri_of;
use crate::names::library;
use lsp_types::Uri;

/// Puts library files where an editor can open them.
pub trait LibraryPlace {
    /// The absolute path of a file that holds this text, of the library file `name`
    /// (`std/grid.tie`); none where there is no place for it.
    fn place(&self, name: &str, text: &[u8]) -> Option<String>;
}

/// The URI of a library file by the name it is shown under (`<library>/std/grid.tie`).
pub fn library_uri(place: Option<&dyn LibraryPlace>, shown: &str) -> Option<Uri> {
    let name = shown.strip_prefix(library::PREFIX)?;
    uri_of(&place?.place(name, library::file(name)?)?)
}
