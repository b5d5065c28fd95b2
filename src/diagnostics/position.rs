//! Spans as a renderer needs them: inside their file, on character borders, with lines and columns.

use crate::source::{SourceFile, SourceMap, Span};

/// A span that certainly lies in its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent<'a> {
    /// The file.
    pub file: &'a SourceFile,
    /// First byte, on a character border.
    pub start: usize,
    /// One past the last byte, on a character border, not before `start`.
    pub end: usize,
}

/// One-based line and column; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl<'a> Extent<'a> {
    /// Clamps a span to its file and widens it to character borders. `None` if there is no such file.
    pub fn of(sources: &'a SourceMap, span: Span) -> Option<Self> {
        let file = sources.get(span.file)?;
        let length = file.text.len();
        let mut start = (span.start as usize).min(length);
        let mut end = (span.end as usize).clamp(start, length);
        while !file.text.is_char_boundary(start) {
            start -= 1;
        }
        while !file.text.is_char_boundary(end) {
            end += 1;
        }
        Some(Extent { file, start, end })
    }

    /// Where the span starts.
    pub fn first(&self) -> Place {
        self.place(self.start)
    }

    /// One past where the span ends.
    pub fn last(&self) -> Place {
        self.place(self.end)
    }

    /// The part of the span that can be underlined: on its first line that says something, at least
    /// one character where there is one. The end of a text that ends with a line break is the end of
    /// its last line.
    pub fn underlined(&self) -> Self {
        let text: &str = &self.file.text;
        let mut start = self.start;
        if self.start < self.end {
            let inside = &text[self.start..self.end];
            start += inside.len() - inside.trim_start().len();
            if start == self.end {
                start = self.start;
            }
        }
        if start == text.len() && text.ends_with('\n') {
            start -= if text.ends_with("\r\n") { 2 } else { 1 };
        }
        let line_end = text[start..].find('\n').map_or(text.len(), |n| start + n);
        let mut end = self.end.clamp(start, line_end);
        end = start + text[start..end].trim_end().len();
        if end == start {
            end = text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
        }
        Extent { file: self.file, start, end }
    }

    /// The line on which the span starts, without its line break.
    pub fn line_text(&self) -> &'a str {
        let text: &str = &self.file.text;
        let start = text[..self.start].rfind('\n').map_or(0, |n| n + 1);
        let end = text[self.start..].find('\n').map_or(text.len(), |n| self.start + n);
        text[start..end].trim_end()
    }

    fn place(&self, offset: usize) -> Place {
        let (line, byte_column) = self.file.lines.line_col(offset as u32);
        let column = self.file.text[offset - byte_column as usize..offset].chars().count();
        Place { line: line as usize + 1, column: column + 1 }
    }
}
