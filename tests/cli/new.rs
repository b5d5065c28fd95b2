//! `new`.

use crate::support::Folder;

#[test]
fn a_file_or_a_folder_is_written_and_said() {
    let here = Folder::new();
    let run = here.run(&["new", "a.tie"]).ends(0);
    assert!(run.out.contains("wrote a.tie") && run.out.contains("tieline solve a.tie"), "{}", run.out);
    here.run(&["new", "deep/feeder"]).ends(0);
    assert_eq!(here.read("a.tie"), here.read("deep/feeder/study.tie"));
    assert_eq!(here.names(), ["a.tie", "deep"]);
}

#[test]
fn nothing_is_overwritten() {
    let here = Folder::new();
    here.file("a.tie", "mine");
    here.file("folder/study.tie", "mine too");
    for path in ["a.tie", "folder"] {
        let run = here.run(&["new", path]).ends(2);
        assert!(run.err.contains("it exists already"), "{}", run.err);
    }
    assert_eq!(here.read("a.tie"), "mine");
    assert_eq!(here.read("folder/study.tie"), "mine too");
    here.run(&["new", "a.tie/below"]).ends(2);
    assert_eq!(here.names(), ["a.tie", "folder"]);
}

#[test]
fn an_existing_folder_without_a_study_is_used() {
    let here = Folder::new();
    here.file("folder/notes.txt", "x");
    here.run(&["new", "folder"]).ends(0);
    assert!(here.path().join("folder/study.tie").is_file());
}
