//! `explain`.

use crate::support::Folder;

#[test]
fn a_page_is_found_by_code_by_name_and_by_both() {
    let here = Folder::new();
    let page = here.run(&["explain", "E0201"]).ends(0).out;
    assert!(page.starts_with("# E0201 unknown-name\n"), "{page}");
    for words in [
        &["e0201"][..],
        &["unknown-name"],
        &["UNKNOWN-NAME"],
        &["E0201", "unknown-name"],
        &["error[E0201 unknown-name]"],
    ] {
        let arguments = [&["explain"], words].concat();
        assert_eq!(here.run(&arguments).ends(0).out, page, "{words:?}");
    }
}

#[test]
fn a_misspelt_name_has_a_suggestion_and_a_strange_one_a_way_on() {
    let here = Folder::new();
    let run = here.run(&["explain", "unknwon-name"]).ends(2);
    assert!(run.err.contains("did you mean `tieline explain unknown-name`?"), "{}", run.err);
    let run = here.run(&["explain", "qqqqqqqqqqqqqqqqq"]).ends(2);
    assert!(run.err.contains("lists all of them") && run.out.is_empty(), "{}", run.err);
}

#[test]
fn the_list_has_every_id_that_has_a_page() {
    let here = Folder::new();
    let listed: Vec<String> = here.run(&["explain"]).ends(0).out.lines().map(|l| l.replace(' ', "-")).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors");
    for entry in std::fs::read_dir(folder).expect("the pages") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let id = name.trim_end_matches(".md").to_string();
        assert!(listed.contains(&id), "{id} is not listed");
    }
}
