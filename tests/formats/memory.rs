//! Files that a test holds in memory.

use std::collections::BTreeMap;
use tieline::diagnostics::Diagnostic;
use tieline::import::{Feeder, csv_folder, matpower};
use tieline::source::{Files, SourceMap};

/// A folder `dir` of files by name.
#[derive(Default, Clone)]
pub struct Folder(pub BTreeMap<String, Vec<u8>>);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let name = path.strip_prefix("dir/").unwrap_or(path);
        self.0.get(name).cloned().ok_or_else(|| "no such file".to_owned())
    }
}

impl Folder {
    /// A small network of two buses, one line and one tie.
    pub fn small() -> Folder {
        Folder::default()
            .with("buses.csv", "bus,p_kw,q_kvar\n1,0,0\n2,100,60\n")
            .with("lines.csv", "line,from,to,r_ohm,x_ohm,normally_open\n1,1,2,0.1,0.2,0\n2,1,2,0.3,0.1,1\n")
            .with("meta.json", "{ \"base_kv\": 12.66, \"source_buses\": [1], \"source_voltage_pu\": 1.0 }\n")
    }

    /// With a file added or replaced.
    pub fn with(mut self, name: &str, content: impl AsRef<[u8]>) -> Folder {
        self.0.insert(name.to_owned(), content.as_ref().to_vec());
        self
    }

    /// Without a file.
    pub fn without(mut self, name: &str) -> Folder {
        self.0.remove(name);
        self
    }
}

/// What an import yields, with the texts that its findings point into.
pub struct Imported {
    /// The feeder, if there is no error.
    pub feeder: Option<Feeder>,
    /// Findings.
    pub findings: Vec<Diagnostic>,
    sources: SourceMap,
}

impl Imported {
    /// Imports a folder.
    pub fn csv(folder: &Folder) -> Imported {
        let mut sources = SourceMap::default();
        let (feeder, findings) = csv_folder::read(folder, &mut sources, "dir");
        Imported { feeder, findings, sources }
    }

    /// Imports a case file.
    pub fn matpower(text: &str) -> Imported {
        let mut sources = SourceMap::default();
        let file = sources.add("case.m", text);
        let (feeder, findings) = matpower::read(file, text, None);
        Imported { feeder, findings, sources }
    }

    /// Code and underlined text of every finding: `E0803 3`.
    pub fn shown(&self) -> Vec<String> {
        let text = |d: &Diagnostic| d.span().map_or("-".to_owned(), |s| self.sources.text(s).to_owned());
        self.findings.iter().map(|d| format!("{} {}", d.id.code, text(d))).collect()
    }

    /// All labels stay in their texts, on character borders, and read as the style asks.
    pub fn assert_well_formed(&self) {
        for d in &self.findings {
            for label in &d.labels {
                let text = &self.sources.file(label.span.file).text;
                let range = label.span.start as usize..label.span.end as usize;
                assert!(text.get(range).is_some(), "{d:?}");
                assert!(label.text.split_whitespace().count() <= 8 && !label.text.ends_with('.'), "{d:?}");
            }
            assert!(!d.message.ends_with('.') && !d.message.is_empty(), "{d:?}");
        }
    }
}
