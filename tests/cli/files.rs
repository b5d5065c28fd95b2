//! Which files a study may read, and what is said of those that it may not.

use crate::support::Folder;
use std::process::Command;

const COMMANDS: [&[&str]; 3] =
    [&["check", "own/study.tie"], &["solve", "own/study.tie"], &["emit", "own/study.tie", "--stage", "program"]];

/// A study in `own` that reads a table of this path.
fn study(path: &str) -> String {
    format!(
        "table loads from \"{path}\" {{ bus : id; p_kw : kW as p }}\nset customer = loads\nvar x : number in 0..10\n\
         rule some : x >= count(customer)\nminimize x\n"
    )
}

const TABLE: &str = "bus,p_kw\n2,100\n";

/// What all commands say; each ends with `code`.
fn told(here: &Folder, more: &[&str], code: i32) -> Vec<String> {
    let of = |command: &&[&str]| {
        let arguments: Vec<&str> = command.iter().chain(more).copied().collect();
        let run = here.run(&arguments).ends(code);
        format!("{}{}", run.out, run.err)
    };
    COMMANDS.iter().map(of).collect()
}

fn all_refuse(here: &Folder, path: &str, secret: &str) {
    here.file("own/study.tie", study(path));
    for text in told(here, &[], 1) {
        assert!(text.contains("E0009") && text.contains("own/study.tie:1:18"), "{path}: {text}");
        assert!(!text.contains(secret), "{path}: {text}");
    }
}

#[test]
fn a_study_reads_below_its_folder() {
    let here = Folder::new();
    here.file("own/loads.csv", TABLE);
    here.file("own/deep/loads.csv", TABLE);
    let absolute = here.path().join("own/deep/loads.csv");
    for path in ["loads.csv", "deep/loads.csv", "deep/../loads.csv", "./loads.csv", absolute.to_str().expect("text")] {
        here.file("own/study.tie", study(path));
        told(&here, &[], 0);
    }
}

#[test]
fn other_files_need_leave() {
    let here = Folder::new();
    here.file("data/loads.csv", TABLE.replace("100", "1234"));
    let absolute = here.path().join("data/loads.csv");
    for path in ["../data/loads.csv", "deep/../../data/loads.csv", absolute.to_str().expect("text"), "/etc/hostname"] {
        all_refuse(&here, path, "1234");
    }
    here.file("own/study.tie", study("../data/loads.csv"));
    here.file("other/empty.csv", "");
    told(&here, &["--allow-read", "data"], 0);
    told(&here, &["--allow-read", "other", "--allow-read", "data"], 0);
    told(&here, &["--allow-read", "other"], 1);
    told(&here, &["--allow-read", "nowhere"], 2);
    told(&here, &["--allow-read", "data/loads.csv"], 2);
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_need_leave() {
    use std::os::unix::fs::symlink;
    let here = Folder::new();
    here.file("data/loads.csv", TABLE.replace("100", "1234"));
    here.file("data/part.tie", "param secret_of_mine = nonsense\n");
    here.file("own/in.csv", TABLE);
    symlink("in.csv", here.path().join("own/again.csv")).expect("linked");
    symlink("../data/loads.csv", here.path().join("own/out.csv")).expect("linked");
    symlink("../data", here.path().join("own/up")).expect("linked");
    symlink("../data/part.tie", here.path().join("own/part.tie")).expect("linked");
    here.file("own/study.tie", study("again.csv"));
    told(&here, &[], 0);
    for path in ["out.csv", "up/loads.csv"] {
        all_refuse(&here, path, "1234");
        told(&here, &["--allow-read", "data"], 0);
    }
    // Modules, too.
    for module in ["part", "up.part"] {
        here.file("own/study.tie", format!("use {module}\nvar x : number in 0..1\nminimize x\n"));
        for text in told(&here, &[], 1) {
            assert!(text.contains("E0009") && !text.contains("secret_of_mine"), "{text}");
        }
    }
    // The study itself is what was asked for, wherever its link leads.
    here.file("elsewhere/study.tie", "var x : number in 0..1\nminimize x\n");
    symlink("../elsewhere/study.tie", here.path().join("own/link.tie")).expect("linked");
    here.run(&["check", "own/link.tie"]).ends(0);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_refused_and_nobody_waits_for_them() {
    let here = Folder::new();
    std::fs::create_dir(here.path().join("own")).expect("made");
    let pipe = here.path().join("own/pipe.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    all_refuse(&here, "pipe.csv", "secret");
    here.file("own/study.tie", study("/dev/zero"));
    for text in told(&here, &["--allow-read", "/dev"], 1) {
        assert!(text.contains("E0009") && text.contains("pipe or a device"), "{text}");
    }
    here.file("study.tie", study("-"));
    let run = here.run_with(&["check", "study.tie"], TABLE).ends(1);
    assert!(run.out.contains("E0009"), "{}", run.out);
    let run = here.run(&["check", "own/pipe.csv"]).ends(1);
    assert!(run.out.contains("E0001") && run.out.contains("pipe or a device"), "{}", run.out);
    here.run(&["check", "/dev/zero"]).ends(1);
}

/// Nothing of a file that is no table is shown, not even its first line.
#[test]
fn what_is_no_table_is_not_quoted() {
    let here = Folder::new();
    for text in ["root:x:0:0:root:/root:/bin/sh\nme:x:1000:\n", "secret, word\n1,2,3\n", "secret\n", "\"secret\nword"] {
        here.file("own/loads.csv", text);
        here.file("own/study.tie", study("loads.csv"));
        for told in told(&here, &[], 1) {
            assert!(told.contains("E0003") && told.contains("own/study.tie:1:"), "{told}");
            for word in ["root:x", "secret", "word"] {
                assert!(!told.contains(word), "{text}: {told}");
            }
        }
    }
    // What looks like the table that was meant is shown, so that it can be mended.
    for header in ["bus,power", "buss,p_kw", "bus;p_kw"] {
        here.file("own/loads.csv", format!("{header}\n2,100\n"));
        let told = here.run(&["check", "own/study.tie"]).ends(1).out;
        assert!(told.contains(header), "{told}");
    }
}

#[test]
fn a_table_larger_than_the_limit_is_refused_and_not_cut() {
    let here = Folder::new();
    let row = "2,100,".to_string() + &"x".repeat(1 << 20) + "\n";
    here.file("own/loads.csv", format!("bus,p_kw,note\n{}", row.repeat(65)));
    here.file("own/study.tie", study("loads.csv"));
    let run = here.run(&["check", "own/study.tie"]).ends(1);
    assert!(run.out.contains("E0008") && run.out.contains("64 MB"), "{}", run.out);
}
