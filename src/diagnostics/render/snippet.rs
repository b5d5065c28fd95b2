//! Source lines with underlined labels, drawn by ariadne.
//!
//! ariadne counts characters, splits lines at more than line feeds, and fails on spans that do not
//! fit; so spans arrive here as [`Extent`]s, and texts are handed over with every other line
//! separator replaced.

use super::harmless_char;
use crate::diagnostics::position::Extent;
use crate::source::{FileId, SourceFile, SourceMap};
use ariadne::{Cache, CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};
use std::collections::BTreeMap;
use std::fmt;

/// Characters per line beyond which a line is cut out instead of drawn.
const LONGEST_LINE: usize = 240;

/// Characters around a place in a line that is too long to draw.
const EXCERPT: usize = 60;

/// One label, ready to draw.
pub(super) struct Mark<'a> {
    /// Its file.
    pub file: FileId,
    /// What to underline.
    pub extent: Extent<'a>,
    /// The text.
    pub text: String,
    /// Its colour.
    pub color: Color,
}

/// The texts in the form that ariadne draws, made when first needed.
pub(super) struct Texts<'a> {
    sources: &'a SourceMap,
    ready: BTreeMap<FileId, Source<String>>,
}

impl<'a> Texts<'a> {
    /// Texts of these sources.
    pub fn new(sources: &'a SourceMap) -> Self {
        Texts { sources, ready: BTreeMap::new() }
    }

    fn source(&mut self, id: FileId) -> Result<&Source<String>, &'static str> {
        if !self.ready.contains_key(&id) {
            let file = self.sources.get(id).ok_or("no such file")?;
            self.ready.insert(id, Source::from(drawable(&file.text)));
        }
        self.ready.get(&id).ok_or("no such file")
    }
}

impl Cache<FileId> for &mut Texts<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<String>, impl fmt::Debug> {
        self.source(*id)
    }

    fn display<'b>(&self, id: &'b FileId) -> Option<impl fmt::Display + 'b> {
        self.sources.get(*id).map(|f: &SourceFile| super::harmless(&f.name))
    }
}

/// Every line separator but `\n` and `\r\n` becomes a space, other control characters a visible
/// one; the number of characters stays the same.
fn drawable(text: &str) -> String {
    let mut drawn = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let kept = c == '\r' && chars.peek() == Some(&'\n');
        drawn.push(if kept { c } else { harmless_char(c) });
    }
    drawn
}

/// The source lines of all marks (the first mark is the primary one). `None` if they cannot be
/// drawn, because there is no mark or a line is too long.
pub(super) fn draw(texts: &mut Texts<'_>, marks: &[Mark<'_>], color: bool, unicode: bool) -> Option<String> {
    let primary = marks.first()?;
    if marks.iter().any(|m| too_long(m.extent.line_text())) {
        return None;
    }
    let mut labels = Vec::with_capacity(marks.len());
    let mut anchor = None;
    for mark in marks {
        let place = mark.extent.first();
        let line = texts.source(mark.file).ok()?.line(place.line - 1)?;
        let start = line.offset() + place.column - 1;
        let length = mark.extent.file.text.get(mark.extent.start..mark.extent.end)?.chars().count();
        anchor.get_or_insert((mark.file, start..start + length));
        let text = if mark.text.is_empty() { "here" } else { &mark.text };
        labels.push((
            mark.file,
            start,
            Label::new((mark.file, start..start + length)).with_message(text).with_color(mark.color),
        ));
    }
    labels.sort_by_key(|(file, start, _)| (*file != primary.file, *file, *start));
    let config = Config::default()
        .with_color(color)
        .with_char_set(if unicode { CharSet::Unicode } else { CharSet::Ascii })
        .with_index_type(IndexType::Char);
    let mut report = Report::build(ReportKind::Error, anchor?).with_config(config);
    for (_, _, label) in labels {
        report = report.with_label(label);
    }
    let mut out = Vec::new();
    report.finish().write(texts, &mut out).ok()?;
    // The first line is ariadne's own heading.
    String::from_utf8(out).ok()?.split_once('\n').map(|(_, body)| body.to_string())
}

/// What stands at a mark, in one short line, for lines that cannot be drawn.
pub(super) fn excerpt(extent: Extent<'_>) -> String {
    let text: &str = &extent.file.text;
    let before: String = {
        let line_start = text[..extent.start].rfind('\n').map_or(0, |n| n + 1);
        let mut kept: Vec<char> = text[line_start..extent.start].chars().rev().take(EXCERPT / 2).collect();
        kept.reverse();
        kept.into_iter().collect()
    };
    let after: String = text[extent.start..].chars().take_while(|c| *c != '\n').take(EXCERPT).collect();
    format!("{}{}", drawable(&before), drawable(&after)).trim().to_string()
}

fn too_long(line: &str) -> bool {
    line.chars().nth(LONGEST_LINE).is_some()
}
