//! The examples on the pages of the importers' ids fire the id they explain.

use crate::memory::{Folder, Imported};
use tieline::diagnostics::{ids_import, page};

/// Fenced blocks of a page: the words after the fence, and the content.
fn blocks(text: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = text.split("```").collect();
    let fenced = parts.iter().skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    fenced.map(|(info, body)| (info.trim().to_owned(), body.to_owned())).collect()
}

#[test]
fn every_example_fires_its_id() {
    for id in ids_import::ALL {
        let text = page::text_of(*id).expect("a page");
        let blocks = blocks(text);
        let imported = match blocks.iter().find(|(info, _)| info == "m case.m") {
            Some((_, case)) => Imported::matpower(case),
            None => {
                let folder = blocks.iter().fold(Folder::default(), |folder, (info, body)| {
                    folder.with(info.strip_prefix("text ").expect("a file name"), body)
                });
                Imported::csv(&folder)
            }
        };
        assert!(imported.findings.iter().any(|d| d.id == *id), "{}: {:?}", id.code, imported.findings);
    }
}
