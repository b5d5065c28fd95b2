//! Doc comments and annotations on their way to the statement they belong to.

use super::ast::Annotation;
use smol_str::SmolStr;

/// What was read before a statement and belongs to it.
#[derive(Default)]
pub struct Pending {
    /// `##` lines.
    pub doc: DocLines,
    /// Annotations.
    pub annotations: Vec<Annotation>,
    /// The token of the first annotation.
    pub first_annotation: Option<usize>,
}

impl Pending {
    /// A blank line sets `##` lines apart from what follows; the first ones then document the file.
    pub fn blank_line(&mut self, at_head: bool, file_doc: &mut Option<SmolStr>) {
        let lines = std::mem::take(&mut self.doc).finish();
        if at_head && file_doc.is_none() {
            *file_doc = lines;
        }
    }
}

/// Lines of documentation.
#[derive(Default)]
pub struct DocLines(String);

impl DocLines {
    /// Adds a `##` token.
    pub fn push(&mut self, token: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(doc_text(token));
    }

    /// All lines as one text; none where there was none.
    pub fn finish(self) -> Option<SmolStr> {
        (!self.0.is_empty()).then(|| SmolStr::new(self.0))
    }
}

fn doc_text(token: &str) -> &str {
    let text = token.strip_prefix("##").unwrap_or(token);
    text.strip_prefix(' ').unwrap_or(text).trim_end()
}

/// Adds the text of a trailing `##` to a statement's documentation.
pub fn append_doc(doc: &mut Option<SmolStr>, token: &str) {
    let line = doc_text(token);
    *doc = Some(match doc.take() {
        Some(before) => SmolStr::new(format!("{before}\n{line}")),
        None => SmolStr::new(line),
    });
}
