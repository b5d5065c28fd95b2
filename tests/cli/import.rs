//! `import`.

use crate::support::Folder;

const CASE: &str = "function mpc = tiny\nmpc.version = '2';\nmpc.baseMVA = 10;\n\
mpc.bus = [\n1 3 0 0 0 0 1 1 0 12.66 1 1.05 0.9;\n2 1 0.1 0.06 0 0 1 1 0 12.66 1 1.05 0.9;\n];\n\
mpc.gen = [\n1 0 0 10 -10 1 10 1 10 0;\n];\n\
mpc.branch = [\n1 2 0.01 0.02 0 0 0 0 0 0 1 -360 360;\n];\n";

fn network(here: &Folder) {
    here.file("net/buses.csv", "bus,p_kw,q_kvar\n1,0,0\n2,100,60\n");
    here.file("net/lines.csv", "line,from,to,r_ohm,x_ohm,normally_open\n1,1,2,0.4,0.3,0\n");
    here.file("net/meta.json", r#"{"base_kv": 12.66, "source_buses": ["1"], "source_voltage_pu": 1.0}"#);
}

#[test]
fn a_case_is_written_to_a_file_or_to_the_standard_output() {
    let here = Folder::new();
    here.file("tiny.m", CASE);
    let run = here.run(&["import", "matpower", "tiny.m", "-o", "tiny.tie"]).ends(0);
    assert!(run.out.is_empty() && run.err.contains("wrote tiny.tie: 2 buses, 1 line"), "{run:#?}");
    let printed = here.run(&["import", "matpower", "tiny.m"]).ends(0).out;
    assert_eq!(printed, here.read("tiny.tie"));
    assert!(printed.contains("tiny.m") && printed.contains("12.66 kV"), "{printed}");
    assert_eq!(here.names(), ["tiny.m", "tiny.tie"], "a temporary file is left");
}

#[test]
fn a_case_may_come_from_the_standard_input_and_in_an_old_encoding() {
    let here = Folder::new();
    let run = here.run_with(&["import", "matpower", "-"], CASE).ends(0);
    assert!(run.out.contains("table buses"), "{run:#?}");
    let mut bytes = b"% written in Z\xfcrich\n".to_vec();
    bytes.extend_from_slice(CASE.as_bytes());
    here.file("latin.m", bytes);
    here.run(&["import", "matpower", "latin.m", "-o", "latin.tie"]).ends(0);
}

#[test]
fn a_study_is_appended_only_if_asked_for() {
    let here = Folder::new();
    network(&here);
    let bare = here.run(&["import", "csv", "net"]).ends(0).out;
    let study = here.run(&["import", "csv", "net", "--study", "losses"]).ends(0).out;
    assert!(!bare.contains("minimize") && study.contains("minimize losses"), "{study}");
}

#[test]
fn a_wrong_file_is_told_and_leaves_no_output() {
    let here = Folder::new();
    here.file("wrong.m", "mpc.bus = [1 2;\n3];\n");
    here.file("noise.m", [0u8, 255, 254, 10, 13, 0, 7].repeat(1000));
    here.file("empty.m", "");
    network(&here);
    here.file("net/lines.csv", "line,from,to,r_ohm,x_ohm,normally_open\n1,1,9,0.4,0.3,0\n");
    for arguments in [
        ["import", "matpower", "wrong.m", "-o", "out.tie"],
        ["import", "matpower", "noise.m", "-o", "out.tie"],
        ["import", "matpower", "empty.m", "-o", "out.tie"],
        ["import", "matpower", "missing.m", "-o", "out.tie"],
        ["import", "matpower", ".", "-o", "out.tie"],
        ["import", "csv", "net", "-o", "out.tie"],
        ["import", "csv", "nowhere", "-o", "out.tie"],
    ] {
        let run = here.run(&arguments).ends(1);
        assert!(run.err.contains("error[E"), "{arguments:?}: {}", run.err);
        assert!(!here.path().join("out.tie").exists(), "{arguments:?}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_wrong_usage() {
    let here = Folder::new();
    network(&here);
    let run = here.run(&["import", "csv", "net", "-o", "no/such/folder.tie"]).ends(2);
    assert!(run.err.contains("cannot write `no/such/folder.tie`"), "{}", run.err);
    here.run(&["import"]).ends(2);
    here.run(&["import", "csv", "net", "--study", "cost"]).ends(2);
}

#[test]
fn a_case_in_per_unit_needs_its_voltage_and_says_how_to_give_it() {
    let here = Folder::new();
    here.file("unit.m", CASE.replace("12.66", "0"));
    let run = here.run(&["import", "matpower", "unit.m", "-o", "out.tie"]).ends(1);
    assert_eq!(run.err.matches("E0803").count(), 1, "{}", run.err);
    assert!(run.err.contains("bus 1 and one other bus have no nominal voltage"), "{}", run.err);
    assert!(run.err.contains("`--base-kv 11`"), "{}", run.err);
    here.run(&["import", "matpower", "unit.m", "--base-kv", "0"]).ends(2);
    let with = here.run(&["import", "matpower", "unit.m", "--base-kv", "11"]).ends(0).out;
    assert!(with.contains("nominal = 11 kV") && with.contains("2 buses without nominal voltage: 11 kV"), "{with}");
    here.file("mixed.m", CASE.replacen("12.66", "0", 1));
    let mixed = here.run(&["import", "matpower", "mixed.m", "--base-kv", "12.66"]).ends(0).out;
    assert!(mixed.contains("nominal = 12.66 kV"), "{mixed}");
}

#[test]
fn what_is_imported_is_laid_out_as_fmt_lays_it_out() {
    let here = Folder::new();
    here.file("limits.m", CASE);
    here.file("mixed.m", CASE.replacen("1.05 0.9", "1.1 0.95", 1));
    network(&here);
    for from in [&["matpower", "limits.m"][..], &["matpower", "mixed.m"], &["csv", "net"]] {
        for study in [&[][..], &["--study", "losses"]] {
            let arguments = [&["import"], from, study, &["-o", "out.tie"]].concat();
            here.run(&arguments).ends(0);
            here.run(&["fmt", "--check", "out.tie"]).ends(0);
        }
    }
}
