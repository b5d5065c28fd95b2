//! Between byte offsets and the positions of the protocol.

use crate::source::{SourceFile, Span};
use lsp_types::{Position, PositionEncodingKind, Range};

/// In what the columns of a client are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// 16-bit units: what clients use that do not say otherwise.
    Utf16,
}

impl Encoding {
    /// The best one of those a client offers.
    pub fn negotiated(offered: Option<&[PositionEncodingKind]>) -> Encoding {
        match offered {
            Some(list) if list.contains(&PositionEncodingKind::UTF8) => Encoding::Utf8,
            _ => Encoding::Utf16,
        }
    }

    /// As the protocol calls it.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    /// The position of a byte offset, which is moved into the text and to a character border.
    pub fn position(self, file: &SourceFile, offset: u32) -> Position {
        let text: &str = &file.text;
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let (line, column) = file.lines.line_col(offset as u32);
        let before = text.get(offset - column as usize..offset).unwrap_or("");
        let character = match self {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 => before.encode_utf16().count(),
        };
        Position { line, character: character as u32 }
    }

    /// The range of a span.
    pub fn range(self, file: &SourceFile, span: Span) -> Range {
        Range { start: self.position(file, span.start), end: self.position(file, span.end.max(span.start)) }
    }

    /// The byte offset of a position; columns past the end of a line mean its end.
    pub fn offset(self, text: &str, position: Position) -> usize {
        let mut start = 0;
        for _ in 0..position.line {
            match text.get(start..).and_then(|rest| rest.find('\n')) {
                Some(at) => start += at + 1,
                None => return text.len(),
            }
        }
        let line = text.get(start..).unwrap_or("").split('\n').next().unwrap_or("");
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut units = 0;
        for (at, c) in line.char_indices() {
            if units >= position.character as usize {
                return start + at;
            }
            units += match self {
                Encoding::Utf8 => c.len_utf8(),
                Encoding::Utf16 => c.len_utf16(),
            };
        }
        start + line.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, SourceMap};

    #[test]
    fn every_character_border_survives_both_encodings() {
        let text = "a = \"Ü𝄞\" b\r\nzweite Zeile é\n\nlast";
        let mut sources = SourceMap::default();
        let id = sources.add("x", text);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for (offset, c) in text.char_indices().filter(|(_, c)| *c != '\n') {
                let position = encoding.position(sources.file(id), offset as u32);
                assert_eq!(encoding.offset(text, position), offset, "{c:?} {encoding:?}");
            }
        }
        let range = Encoding::Utf16.range(sources.file(id), Span::new(FileId(0), 12, 13));
        assert_eq!((range.start.character, range.end.character), (9, 10));
        let range = Encoding::Utf8.range(sources.file(id), Span::new(FileId(0), 12, 13));
        assert_eq!((range.start.character, range.end.character), (12, 13));
    }

    #[test]
    fn positions_outside_the_text_are_moved_into_it() {
        let at = |line, character| Encoding::Utf16.offset("ab\r\ncd", Position { line, character });
        assert_eq!(at(0, 99), 2);
        assert_eq!(at(1, 99), 6);
        assert_eq!(at(99, 0), 6);
    }

    #[test]
    fn bytes_are_preferred_where_a_client_offers_them() {
        let both = [PositionEncodingKind::UTF16, PositionEncodingKind::UTF8];
        assert_eq!(Encoding::negotiated(Some(&both)), Encoding::Utf8);
        assert_eq!(Encoding::negotiated(Some(&both[..1])), Encoding::Utf16);
        assert_eq!(Encoding::negotiated(None), Encoding::Utf16);
    }
}
