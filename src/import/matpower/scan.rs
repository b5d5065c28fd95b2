//! Character-level reading of case files: blanks, comments, continuations, numbers, and the fast
//! path for matrices that are written out in numbers.

use super::parse::unclosed;
use super::syntax::Place;
use super::value::Matrix;
use super::{Trouble, unreadable};

/// Where blanks are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A newline ends the statement.
    Line,
    /// In parentheses: newlines are blanks.
    Paren,
    /// In brackets: blanks and newlines separate.
    Bracket,
}

/// A position in the text.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Scanner { text, at: if text.starts_with('\u{feff}') { 3 } else { 0 } }
    }

    /// The byte at an offset from here; 0 at the end.
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn is_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn starts_with(&self, word: &str) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()))
    }

    /// The place of what was read since an offset.
    pub(super) fn since(&self, start: usize) -> Place {
        Place { start: start as u32, end: self.at as u32 }
    }

    /// The place of the character here.
    pub(super) fn here(&self) -> Place {
        let length = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Place { start: self.at as u32, end: (self.at + length) as u32 }
    }

    /// Skips blanks, continuations and comments; newlines only in parentheses.
    pub(super) fn skip_blanks(&mut self, mode: Mode) {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'.' if self.starts_with("...") => {
                    self.skip_line();
                    self.at += usize::from(!self.is_end());
                }
                b'%' | b'#' => self.skip_comment(),
                b'\n' if mode == Mode::Paren => self.at += 1,
                _ => return,
            }
        }
    }

    /// Skips to the newline.
    fn skip_line(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
    }

    /// Skips a comment: to the end of the line, or of the block `%{ … %}`.
    fn skip_comment(&mut self) {
        let start = self.at;
        self.skip_line();
        let line = |from: usize, to: usize| self.text.get(from..to).unwrap_or("").trim();
        if !matches!(line(start, self.at), "%{" | "#{") || !self.is_first_on_line(start) {
            return;
        }
        while !self.is_end() {
            self.at += 1;
            let from = self.at;
            self.skip_line();
            if matches!(self.text.get(from..self.at).unwrap_or("").trim(), "%}" | "#}") {
                return;
            }
        }
    }

    fn is_first_on_line(&self, at: usize) -> bool {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        before.iter().rev().take_while(|b| **b != b'\n').all(u8::is_ascii_whitespace)
    }

    /// An identifier, if one is here.
    pub(super) fn identifier(&mut self) -> Option<&'a str> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') {
            return None;
        }
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let word = self.text.get(self.at..self.at + length);
        self.at += length;
        word
    }

    /// An unsigned number, if one is here. `1./x` leaves the `./`.
    pub(super) fn number(&mut self) -> Option<f64> {
        let bytes = self.text.as_bytes();
        let digits = |mut i: usize| {
            while bytes.get(i).is_some_and(u8::is_ascii_digit) {
                i += 1;
            }
            i
        };
        let mut end = digits(self.at);
        let whole = end > self.at;
        let mut fraction = false;
        if bytes.get(end) == Some(&b'.') && !matches!(bytes.get(end + 1), Some(b'*' | b'/' | b'^' | b'\'' | b'.')) {
            fraction = digits(end + 1) > end + 1;
            if whole || fraction {
                end = digits(end + 1);
            }
        }
        if !whole && !fraction {
            return None;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E' | b'd' | b'D')) {
            let signed = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if digits(signed) > signed {
                end = digits(signed);
            }
        }
        let word = self.text.get(self.at..end)?;
        let value = word.parse().or_else(|_| word.replace(['d', 'D'], "e").parse()).ok()?;
        self.at = end;
        Some(value)
    }

    /// The matrix written out in plain numbers that starts after the `[` here. `Ok(None)` (with the
    /// position unchanged) when a cell is anything else.
    pub(super) fn literal(&mut self) -> Result<Option<Matrix>, Trouble> {
        let start = self.at;
        self.at += 1;
        let mut matrix = Matrix::default();
        let mut places = Vec::new();
        let mut row_start = 0;
        loop {
            self.skip_blanks(Mode::Bracket);
            match self.peek(0) {
                b',' => self.at += 1,
                separator @ (b';' | b'\n' | b']') => {
                    self.at += 1;
                    let length = matrix.data.len() - row_start;
                    if length > 0 {
                        if matrix.rows == 0 {
                            matrix.cols = length;
                        } else if length != matrix.cols {
                            return Err(self.ragged(places.get(row_start).copied(), length, matrix.cols));
                        }
                        matrix.rows += 1;
                        row_start = matrix.data.len();
                    }
                    if separator == b']' {
                        matrix.places = Some(places);
                        return Ok(Some(matrix));
                    }
                }
                0 if self.is_end() => return Err(unclosed(start)),
                _ => match self.cell() {
                    Some((place, value)) => {
                        places.push(place);
                        matrix.data.push(value);
                    }
                    None => {
                        self.at = start;
                        return Ok(None);
                    }
                },
            }
        }
    }

    /// A signed number that is a whole cell.
    fn cell(&mut self) -> Option<(u32, f64)> {
        let place = self.at as u32;
        let sign = match self.peek(0) {
            b'-' => -1.0,
            _ => 1.0,
        };
        if matches!(self.peek(0), b'-' | b'+') {
            self.at += 1;
        }
        let value = match self.number() {
            Some(value) => value,
            None => match self.identifier()? {
                "Inf" | "inf" => f64::INFINITY,
                "NaN" | "nan" => f64::NAN,
                _ => return None,
            },
        };
        let ends =
            matches!(self.peek(0), b' ' | b'\t' | b'\r' | b'\n' | b',' | b';' | b']' | b'%') || self.starts_with("...");
        // `1 - 2` and `2 * 3` are expressions.
        let mut ahead = self.clone();
        ahead.skip_blanks(Mode::Bracket);
        let operator = match ahead.peek(0) {
            b'-' | b'+' => matches!(ahead.peek(1), b' ' | b'\t'),
            next => matches!(next, b'*' | b'/' | b'^' | b'=' | b'<' | b'>' | b'&' | b'|' | b':' | b'~' | b'!'),
        };
        (ends && !operator).then_some((place, sign * value))
    }

    fn ragged(&self, row: Option<u32>, length: usize, expected: usize) -> Trouble {
        let start = row.unwrap_or(self.at as u32);
        let line = self.text.get(start as usize..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let cells = line.split([';', '%', ']']).next().unwrap_or(line).trim_end();
        let place = Place { start, end: start + cells.len() as u32 };
        unreadable(
            place,
            format!("a row has {length} numbers where the rows above have {expected}"),
            format!("{length} numbers, not {expected}"),
        )
        .help("give every row of the matrix the same number of columns")
    }
}
