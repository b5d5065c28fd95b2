//! `fmt`.

use crate::support::Folder;

const UNTIDY: &str = "param   a=3   # größe\n\n\n\nvar x:number in 0..10\nminimize a*x";

#[test]
fn a_file_is_laid_out_in_place_once() {
    let here = Folder::new();
    here.file("a.tie", UNTIDY);
    assert_eq!(here.run(&["fmt", "a.tie"]).ends(0).out, "laid out a.tie\n");
    let tidy = here.read("a.tie");
    assert!(tidy.contains("param a = 3") && tidy.contains("größe") && tidy.ends_with('\n'), "{tidy}");
    assert_eq!(here.run(&["fmt", "a.tie"]).ends(0).out, "");
    assert_eq!(here.read("a.tie"), tidy);
    assert_eq!(here.names(), ["a.tie"]);
}

#[test]
fn check_changes_nothing_and_tells_by_its_exit_code() {
    let here = Folder::new();
    here.file("a.tie", UNTIDY);
    here.file("b.tie", "minimize 0\n");
    let run = here.run(&["fmt", "--check", "b.tie", "a.tie"]).ends(1);
    assert_eq!(run.out, "a.tie:1: would be laid out differently\n");
    assert_eq!(here.read("a.tie"), UNTIDY);
    here.run(&["fmt", "--check", "b.tie"]).ends(0);
}

#[test]
fn the_standard_input_goes_to_the_standard_output() {
    let here = Folder::new();
    here.file("a.tie", UNTIDY);
    here.run(&["fmt", "a.tie"]).ends(0);
    assert_eq!(here.run_with(&["fmt", "-"], UNTIDY).ends(0).out, here.read("a.tie"));
    here.run_with(&["fmt", "-", "--check"], UNTIDY).ends(1);
}

#[test]
fn a_file_with_mistakes_is_left_alone_and_the_others_are_done() {
    let here = Folder::new();
    here.file("wrong.tie", "param a = (3\nvar   x\n");
    here.file("latin.tie", b"#  Z\xfcrich\nminimize   0\n");
    here.file("a.tie", UNTIDY);
    let run = here.run(&["fmt", "wrong.tie", "latin.tie", "missing.tie", "a.tie"]).ends(1);
    for part in ["wrong.tie:1:", "latin.tie:1:5", "missing.tie", "E0002", "E0001"] {
        assert!(run.err.contains(part), "{part}: {}", run.err);
    }
    assert_eq!(run.out, "laid out a.tie\n");
    assert_eq!(here.read("wrong.tie"), "param a = (3\nvar   x\n");
    let run = here.run_with(&["fmt", "-"], "param a = (3\n").ends(1);
    assert!(run.out.is_empty(), "{}", run.out);
}

#[test]
fn the_study_that_new_writes_is_laid_out() {
    let here = Folder::new();
    here.run(&["new", "a.tie"]).ends(0);
    here.run(&["fmt", "--check", "a.tie"]).ends(0);
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_told_and_kept() {
    use std::os::unix::fs::PermissionsExt;
    let here = Folder::new();
    let path = here.file("a.tie", UNTIDY);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).expect("set");
    let run = here.run(&["fmt", "a.tie"]).ends(2);
    assert!(run.err.contains("read-only"), "{}", run.err);
    assert_eq!(here.read("a.tie"), UNTIDY);
}
