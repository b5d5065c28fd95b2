//! The page of each id: one text that `explain`, hover, SARIF and the site show.
//!
//! Pages are `docs/errors/<CODE>-<name>.md` with the headings `What it means`, `Example` and
//! `What to do`. A fenced block `tie` is a whole study; further files of the same example follow it
//! as `csv name.csv` or `tie name.tie`. Input of the
//! importers stands alone, as `m case.m`, or `json meta.json` with the tables of a folder. `tie latin-1` says that the example is saved in that
//! encoding. `text` blocks are for what the terminal shows.

use super::Id;
use include_dir::{Dir, include_dir};

static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/errors");

/// One page, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The whole text, in Markdown.
    pub text: &'static str,
    /// The section `What it means`.
    pub meaning: &'static str,
    /// Files of the example; the first is the study. Empty where no input makes the finding certain.
    pub example: Vec<File>,
    /// Files of the repaired example; empty where the repair is not a change of text.
    pub repaired: Vec<File>,
}

/// A file shown on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name; `study.tie` unless the page says otherwise.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl Page {
    /// The page of an id. Every id has one (a test sees to it).
    pub fn of(id: Id) -> Option<Page> {
        let text = text_of(id)?;
        Some(Page {
            text,
            meaning: section(text, "What it means").trim(),
            example: files(section(text, "Example")),
            repaired: files(section(text, "What to do")),
        })
    }
}

/// The whole text of an id's page, in Markdown.
pub fn text_of(id: Id) -> Option<&'static str> {
    PAGES.get_file(format!("{}-{}.md", id.code, id.name))?.contents_utf8()
}

/// The text between `## heading` and the next heading of that level.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let Some(start) = text.find(&format!("\n## {heading}\n")) else { return "" };
    let body = text[start + 1..].split_once('\n').map_or("", |(_, body)| body);
    body.find("\n## ").map_or(body, |end| &body[..end + 1])
}

/// The fenced files of a section: one study and what belongs to it. A second `tie` block without a
/// name starts another variant and ends the reading.
fn files(section: &str) -> Vec<File> {
    let mut found: Vec<File> = Vec::new();
    let mut rest = section;
    while let Some((_, after)) = rest.split_once("```") {
        let Some((info, after)) = after.split_once('\n') else { break };
        let Some((body, after)) = after.split_once("```") else { break };
        rest = after;
        let mut words = info.split_whitespace();
        let (language, word) = (words.next().unwrap_or_default(), words.next());
        if !matches!(language, "tie" | "csv" | "json" | "m") {
            continue;
        }
        let latin = word == Some("latin-1");
        let name = word.filter(|_| !latin).unwrap_or("study.tie");
        if found.iter().any(|f| f.name == name) {
            break;
        }
        let content = if latin { body.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect() } else { body.into() };
        found.push(File { name: name.to_string(), content });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::registry;
    use super::*;

    #[test]
    fn every_id_has_a_page_with_all_sections() {
        for id in registry::all() {
            let page = Page::of(id).unwrap_or_else(|| panic!("docs/errors/{}-{}.md is missing", id.code, id.name));
            assert!(page.text.starts_with(&format!("# {} {}\n", id.code, id.name)), "heading of {}", id.code);
            let headings: Vec<&str> = page.text.lines().filter_map(|l| l.strip_prefix("## ")).collect();
            assert_eq!(headings, ["What it means", "Example", "What to do"], "headings of {}", id.code);
            assert!(page.meaning.len() > 40, "{} says too little", id.code);
            assert!(section(page.text, "What to do").trim().len() > 40, "{} advises too little", id.code);
            assert_eq!(page.text.matches("```").count() % 2, 0, "open block in {}", id.code);
        }
    }

    #[test]
    fn every_page_belongs_to_an_id() {
        for file in PAGES.files() {
            let name = file.path().file_stem().and_then(|s| s.to_str()).unwrap_or_default();
            assert!(registry::find(name).is_some(), "docs/errors/{name}.md belongs to no id");
        }
    }

    /// Only the syntax stage's own examples may be wrong for the reader.
    #[test]
    fn every_example_can_be_read() {
        let of_syntax = super::super::ids_syntax::ALL;
        for id in registry::all() {
            let page = Page::of(id).unwrap_or_else(|| panic!("{} has no page", id.code));
            let example = if of_syntax.contains(&id) { &[][..] } else { &page.example[..] };
            for file in example.iter().chain(&page.repaired).filter(|f| f.name.ends_with(".tie")) {
                let text = String::from_utf8_lossy(&file.content);
                let found = crate::syntax::parse(crate::source::FileId(0), &text).diagnostics;
                assert!(found.is_empty(), "{} {}: {:?}", id.code, file.name, found[0].message);
            }
        }
    }

    #[test]
    fn further_files_and_encodings_of_an_example_are_read() {
        let text = "\n```tie\nuse a\n```\nand\n```csv b.csv\nx\n1\n```\n```text\nno\n```\n";
        let found = files(text);
        assert_eq!(found.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["study.tie", "b.csv"]);
        assert_eq!(found[1].content, b"x\n1\n");
        assert_eq!(files("```tie latin-1\nü\n```\n")[0].content, [0xFC, b'\n']);
    }
}
