//! Help, version, wrong usage, colours, readers that go away.

use crate::support::Folder;
use std::io::Read;
use std::process::Stdio;

#[test]
fn help_and_version_go_to_the_standard_output() {
    let here = Folder::new();
    for arguments in [&["--help"][..], &["help"], &["explain", "--help"], &["new", "-h"], &["--version"], &["-V"]] {
        let run = here.run(arguments).ends(0);
        assert!(run.err.is_empty() && !run.out.is_empty(), "{arguments:?}: {run:?}");
    }
    let help = here.run(&["--help"]).out;
    for part in ["Examples:", "Exit codes:", "explain", "completions"] {
        assert!(help.contains(part), "{part} is missing in {help}");
    }
    assert_eq!(here.run(&["--version"]).out, format!("tieline {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_wrong_usage_ends_with_2_and_a_message_on_the_standard_error() {
    let here = Folder::new();
    for arguments in [
        &[][..],
        &["nonsense"],
        &["--nonsense"],
        &["explain", "--nonsense"],
        &["completions"],
        &["completions", "tcl"],
        &["new"],
        &["new", "a", "b"],
        &["--color", "pink", "explain"],
    ] {
        let run = here.run(arguments).ends(2);
        assert!(run.out.is_empty(), "{arguments:?} prints {}", run.out);
        assert!(run.err.contains("Usage") || run.err.contains("possible values"), "{arguments:?}: {}", run.err);
    }
    assert!(here.names().is_empty(), "wrong usage leaves files");
}

#[test]
fn a_misspelt_command_or_option_has_a_suggestion() {
    let here = Folder::new();
    assert!(here.run(&["explian"]).ends(2).err.contains("'explain'"));
    assert!(here.run(&["explain", "--colour", "never"]).ends(2).err.contains("--color"));
}

#[test]
fn colours_follow_the_choice_and_the_surroundings() {
    let here = Folder::new();
    assert!(!here.run(&["explain", "E0201"]).out.contains('\u{1b}'), "a pipe is no terminal");
    assert!(here.run(&["--color", "always", "explain", "E0201"]).out.contains('\u{1b}'));
    assert!(here.run(&["explain", "E0201", "--color=always"]).out.contains('\u{1b}'));
    assert!(!here.run(&["--color=never", "--help"]).out.contains('\u{1b}'));
    assert!(here.run(&["--color=always", "nonsense"]).err.contains('\u{1b}'));
}

#[test]
fn completions_are_scripts_that_know_the_commands() {
    let here = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = here.run(&["completions", shell]).ends(0);
        assert!(run.out.contains("explain") && run.err.is_empty(), "{shell}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let here = Folder::new();
    for arguments in [&["explain"][..], &["completions", "bash"], &["--help"]] {
        let mut child =
            here.program(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().expect("a stream").read_to_string(&mut err).expect("text");
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "{arguments:?}");
        assert!(err.is_empty(), "{arguments:?}: {err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_told() {
    let here = Folder::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    let output = here.program(&["explain"]).stdout(full).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to the standard output"));
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_text_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let here = Folder::new();
    let mut command = here.program(&["explain"]);
    command.arg(std::ffi::OsStr::from_bytes(b"\xff"));
    assert_eq!(command.output().expect("the program starts").status.code(), Some(2));
}

/// Without a standard output nothing is solved in vain, and nothing is taken for done.
#[cfg(any(target_os = "linux", target_os = "macos"))]
#[test]
fn a_closed_output_is_told() {
    let here = Folder::new();
    here.file("a.tie", "var x : number in 0..10\nminimize x\n");
    let run = |arguments: &str| {
        let command = format!("{} {arguments} >&-", env!("CARGO_BIN_EXE_tieline"));
        let output = std::process::Command::new("sh").args(["-c", &command]).current_dir(here.path()).output();
        let output = output.expect("a shell");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for arguments in [
        "solve a.tie",
        "solve a.tie --format json",
        "solve a.tie --out results",
        "check a.tie",
        "emit a.tie --stage program",
        "explain E0201",
        "completions bash",
        "fmt - < a.tie",
        "--help",
        "--version",
        "lsp",
    ] {
        let (code, told) = run(arguments);
        assert_eq!(code, Some(2), "{arguments}: {told}");
        assert!(told.contains("cannot write to the standard output: it is closed"), "{arguments}: {told}");
    }
    assert!(!here.path().join("results").exists());
    // What writes a file needs none.
    assert_eq!(run("emit a.tie --stage program -o a.txt").0, Some(0));
    assert!(here.read("a.txt").contains("minimize"));
}

/// A run that was ended while it wrote leaves a temporary file; the next one takes it away.
#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_run_left_is_cleaned_by_the_next() {
    let here = Folder::new();
    here.file("a.tie", "var x : number in 0..10\nminimize x\n");
    here.file(".tieline-a1b2c3.part", "half");
    here.file("results/.tieline-d4e5f6.part", "half");
    here.run(&["emit", "a.tie", "--stage", "program", "-o", "a.txt"]).ends(0);
    assert_eq!(here.names(), ["a.tie", "a.txt", "results"]);
    here.run(&["solve", "a.tie", "--out", "results"]).ends(0);
    let left = std::fs::read_dir(here.path().join("results")).expect("a folder").count();
    assert_eq!(left, 1);
}
