//! Studies in several modes are checked and written out as models, and go no further yet.

use crate::support::Folder;

/// Losses of one mode and of the other; a solve would add up the states of both.
const STUDY: &str = "use std.grid\nbus 1 { nominal = 20 kV }\nbus 2 { nominal = 20 kV }\n\
    line 1 from bus 1 to bus 2 { r = 0.8 ohm; x = 0.6 ohm }\nsource \"substation\" at bus 1 { v_set = 1.0 pu }\n\
    load 2 at bus 2 { p = 400 kW; q = 100 kvar }\nbus.v_min = 0.9 pu\nbus.v_max = 1.1 pu\nwith conic, radial\n\
    snapshot\nmodes light, heavy\nin heavy { load.p = 4000 kW }\nlet a : active_power = in light: losses\n\
    let b : active_power = in heavy: losses\nminimize light : a + heavy : b\n";

#[test]
fn what_solves_them_or_hands_them_on_refuses_at_their_declaration() {
    let here = Folder::new();
    here.file("m.tie", STUDY);
    for arguments in [
        &["solve", "m.tie"][..],
        &["solve", "m.tie", "--format", "json"],
        &["emit", "m.tie", "--stage", "program"],
        &["emit", "m.tie", "--stage", "program", "--ledger"],
        &["emit", "m.tie", "--stage", "lowered"],
        &["emit", "m.tie", "--stage", "cbf"],
    ] {
        let run = here.run(arguments).ends(1);
        let told = if arguments[0] == "solve" { &run.out } else { &run.err };
        assert!(told.contains("E0706") && told.contains("the 2 modes"), "{arguments:?}: {told}");
        assert!(!told.contains("optimal"), "{told}");
        assert!(arguments[0] == "solve" || run.out.is_empty(), "{arguments:?}: {}", run.out);
    }
}

#[test]
fn their_check_and_their_model_are_clean() {
    let here = Folder::new();
    here.file("m.tie", STUDY);
    assert_eq!(here.run(&["check", "m.tie"]).ends(0).out, "no findings\n");
    let run = here.run(&["emit", "m.tie", "--stage", "model"]).ends(0);
    assert!(run.err.is_empty() && run.out.contains("modes light, heavy"), "{}{}", run.err, run.out);
}

#[test]
fn a_single_mode_is_a_study_like_any_other() {
    let here = Folder::new();
    let single = STUDY.replace("modes light, heavy", "modes light").replace("in heavy { load.p = 4000 kW }\n", "");
    let single = single.replace("let b : active_power = in heavy: losses\n", "").replace(" + heavy : b", "");
    here.file("m.tie", single);
    let run = here.run(&["solve", "m.tie"]).ends(0);
    assert!(run.out.contains("0.34 kW"), "{}", run.out);
}
