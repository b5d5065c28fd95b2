//! The page of every syntax finding shows an example that has it, and a repaired one that has none.

use tieline::diagnostics::{ids_syntax, page::Page};
use tieline::source::FileId;
use tieline::syntax;

#[test]
fn examples_fire_and_repaired_ones_do_not() {
    for id in ids_syntax::ALL {
        let page = Page::of(*id).unwrap_or_else(|| panic!("{} has no page", id.code));
        let text = |files: &[tieline::diagnostics::page::File]| {
            String::from_utf8(files.first().expect("the page shows a file").content.clone()).expect("UTF-8")
        };
        let found = syntax::parse(FileId(0), &text(&page.example)).diagnostics;
        assert!(found.iter().any(|d| d.id == *id), "{}: the example gives {found:#?}", id.code);
        let left = syntax::parse(FileId(0), &text(&page.repaired)).diagnostics;
        assert!(left.is_empty(), "{}: the repaired example gives {left:#?}", id.code);
    }
}
