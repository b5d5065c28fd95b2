//! The documents that are open in the editor, and files as they would be if all were saved.

use super::convert::Encoding;
use super::paths::{normal, path_of};
use crate::source::{Files, Refused};
use indexmap::IndexMap;
use lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Uri};

/// An open document.
#[derive(Debug, Clone)]
pub struct Document {
    /// As the client calls it.
    pub uri: Uri,
    /// The client's version.
    pub version: i32,
    /// Its text.
    pub text: String,
    /// Is it a study or module, rather than data?
    pub is_model: bool,
}

/// Open documents by path, in the order in which they were opened.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    open: IndexMap<String, Document>,
}

impl Documents {
    /// A document was opened.
    pub fn open(&mut self, item: TextDocumentItem) {
        let path = path_of(&item.uri);
        let is_model = item.language_id == "tieline" || path.ends_with(".tie");
        self.open.insert(path, Document { uri: item.uri, version: item.version, text: item.text, is_model });
    }

    /// A document was changed; changes are applied in order.
    pub fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        let Some(document) = self.open.get_mut(&path_of(uri)) else { return };
        document.version = version;
        for change in changes {
            match change.range {
                None => document.text = change.text,
                Some(range) => {
                    let start = encoding.offset(&document.text, range.start);
                    let end = encoding.offset(&document.text, range.end).max(start);
                    document.text.replace_range(start..end, &change.text);
                }
            }
        }
    }

    /// A document was closed: from now on its file counts.
    pub fn close(&mut self, uri: &Uri) {
        self.open.shift_remove(&path_of(uri));
    }

    /// The document of a path.
    pub fn get(&self, path: &str) -> Option<&Document> {
        self.open.get(path)
    }

    /// All documents with their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Document)> {
        self.open.iter()
    }
}

/// Open documents first, then the files beneath.
pub struct Overlay<'a> {
    /// What is open.
    pub documents: &'a Documents,
    /// Everything else.
    pub beneath: &'a dyn Files,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let path = normal(path);
        match self.documents.get(&path) {
            Some(document) => Ok(document.text.clone().into_bytes()),
            // The standard input carries the protocol.
            None if path == "-" => Err("an editor has no standard input".into()),
            None => self.beneath.read(&path),
        }
    }

    fn refused(&self, folder: &str, path: &str) -> Option<Refused> {
        self.beneath.refused(folder, path)
    }
}
