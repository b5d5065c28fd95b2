//! Findings of one or more studies, shown in the format asked for.

use super::{Exit, Terminal};
use crate::diagnostics::collect::{USUAL_CAP, collect};
use crate::diagnostics::render::{concise, human, json, sarif};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{FileId, SourceMap, Span};

/// How findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Source lines with underlined labels, reasons and what to do
    Human,
    /// One line per finding: file:line:column: severity[id name]: message
    Concise,
    /// One JSON object with a versioned schema
    Json,
    /// SARIF 2.1.0, for code-scanning services
    Sarif,
}

/// Findings of several analyses, over one set of files: a module that two studies use is there once.
#[derive(Debug, Default)]
pub struct Findings {
    sources: SourceMap,
    diagnostics: Vec<Diagnostic>,
}

impl Findings {
    /// Takes the findings of one analysis.
    pub fn add(&mut self, sources: &SourceMap, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        let ids: Vec<FileId> = sources
            .ids()
            .map(|id| {
                let file = sources.file(id);
                self.sources.find(&file.name).unwrap_or_else(|| self.sources.add(file.name.clone(), file.text.clone()))
            })
            .collect();
        let moved = |span: Span| ids.get(span.file.0 as usize).map(|file| Span { file: *file, ..span });
        for mut diagnostic in diagnostics {
            diagnostic.labels.retain_mut(|label| moved(label.span).map(|span| label.span = span).is_some());
            if let Some(fix) = &mut diagnostic.fix {
                fix.edits.retain_mut(|(at, _)| moved(*at).map(|span| *at = span).is_some());
            }
            self.diagnostics.push(diagnostic);
        }
    }

    /// All findings in reading order, each once.
    pub fn shown(&self) -> Vec<Diagnostic> {
        collect(self.diagnostics.iter().cloned(), None).shown
    }

    /// [`Exit::Errors`] if there is an error among them.
    pub fn exit(&self) -> Exit {
        let error = self.diagnostics.iter().any(|d| d.severity == Severity::Error);
        if error { Exit::Errors } else { Exit::Done }
    }

    /// Prints to standard output: the result of a command whose business is to find.
    ///
    /// # Errors
    /// As [`Terminal::print`].
    pub fn print(&self, format: Format, terminal: &Terminal) -> Result<(), Exit> {
        let text = match format {
            Format::Human if self.diagnostics.is_empty() => "no findings\n".to_string(),
            Format::Human => {
                human(&self.sources, &collect(self.diagnostics.iter().cloned(), Some(USUAL_CAP)), terminal.out_style())
            }
            Format::Concise => concise(&self.sources, &self.shown()),
            Format::Json => format!("{:#}\n", json(&self.sources, &self.shown())),
            Format::Sarif => format!("{:#}\n", sarif(&self.sources, &self.shown())),
        };
        terminal.print(&text)
    }

    /// Prints for reading to standard error: beside the result of another command.
    pub fn tell(&self, terminal: &Terminal) {
        let collected = collect(self.diagnostics.iter().cloned(), Some(USUAL_CAP));
        terminal.tell(&human(&self.sources, &collected, terminal.err_style()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::ids_names::{UNKNOWN_NAME, UNUSED_NAME};

    fn analysis(root: &str, at: usize) -> (SourceMap, Vec<Diagnostic>) {
        let mut sources = SourceMap::default();
        let root = sources.add(root, "abcdef");
        let shared = sources.add("shared.tie", "xyz");
        let found = vec![
            Diagnostic::new(UNKNOWN_NAME, Span::new(root, at, at + 1), "in the root", "here"),
            Diagnostic::new(UNKNOWN_NAME, Span::new(shared, 0, 1), "in the module", "here"),
        ];
        (sources, found)
    }

    #[test]
    fn a_module_that_two_studies_use_is_reported_once() {
        let mut findings = Findings::default();
        for (name, at) in [("a.tie", 1), ("b.tie", 2)] {
            let (sources, found) = analysis(name, at);
            findings.add(&sources, found);
        }
        assert_eq!(
            concise(&findings.sources, &findings.shown()),
            "a.tie:1:2: error[E0201 unknown-name]: in the root\n\
             shared.tie:1:1: error[E0201 unknown-name]: in the module\n\
             b.tie:1:3: error[E0201 unknown-name]: in the root\n"
        );
        assert_eq!(findings.exit(), Exit::Errors);
    }

    #[test]
    fn warnings_alone_are_no_failure() {
        let mut findings = Findings::default();
        findings.add(&SourceMap::default(), [Diagnostic::unlocated(UNUSED_NAME, "m")]);
        assert_eq!(findings.exit(), Exit::Done);
    }
}
