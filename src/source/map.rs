//! The texts of all files of one analysis, with line indices.

use super::{FileId, Span};
use std::sync::Arc;

/// Byte offsets of line starts.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Builds the index by one scan.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        LineIndex { starts }
    }

    /// Zero-based line and byte column of an offset.
    pub fn line_col(&self, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|s| *s <= offset) - 1;
        (line as u32, offset - self.starts[line])
    }

    /// Byte offset of a line's start; the last line's end for lines past the end.
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get(line as usize).copied()
    }
}

/// One file: its name as the engineer knows it, and its text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path as shown in messages.
    pub name: String,
    /// The text (UTF-8; what was not is reported and replaced before it gets here).
    pub text: Arc<str>,
    /// Line starts.
    pub lines: LineIndex,
}

/// All files of one analysis.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file and returns its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let text = text.into();
        let lines = LineIndex::new(&text);
        self.files.push(SourceFile { name: name.into(), text, lines });
        FileId(self.files.len() as u32 - 1)
    }

    /// The file of an id.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file of an id that may come from elsewhere.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// All ids in order.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + '_ {
        (0..self.files.len() as u32).map(FileId)
    }

    /// The id of the file with this name.
    pub fn find(&self, name: &str) -> Option<FileId> {
        self.files.iter().position(|f| f.name == name).map(|i| FileId(i as u32))
    }

    /// The text under a span, clamped to the file and to character borders.
    pub fn text(&self, span: Span) -> &str {
        let text = &self.file(span.file).text;
        let mut start = (span.start as usize).min(text.len());
        let mut end = (span.end as usize).clamp(start, text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        &text[start..end]
    }

    /// One-based line and character column of a span's start.
    pub fn line_col(&self, span: Span) -> (u32, u32) {
        let file = self.file(span.file);
        let offset = span.start.min(file.text.len() as u32);
        let (line, _) = file.lines.line_col(offset);
        let start = file.lines.line_start(line).unwrap_or(0) as usize;
        let column = file.text.get(start..offset as usize).map_or(0, |s| s.chars().count());
        (line + 1, column as u32 + 1)
    }
}
