//! Case files with mistakes: each ends in a located finding.

use crate::memory::Imported;
use tieline::diagnostics::Severity;

/// A sound case of two buses.
const SOUND: &str = "function mpc = two
mpc.version = '2';
mpc.baseMVA = 10;
mpc.bus = [
	1	3	0	0	0	0	1	1	0	12.66	1	1.1	0.9;
	2	1	0.1	0.06	0	0	1	1	0	12.66	1	1.1	0.9;
];
mpc.gen = [
	1	0	0	0	0	1	100	1	0	0;
];
mpc.branch = [
	1	2	0.01	0.02	0	0	0	0	0	0	1	-360	360;
];
";

#[test]
fn the_sound_case_is_sound() {
    let imported = Imported::matpower(SOUND);
    let feeder = imported.feeder.as_ref().expect("a feeder");
    assert_eq!(imported.shown(), ["W0801 1.1"]);
    assert_eq!((feeder.buses.len(), feeder.branches.len(), feeder.sources.len()), (2, 1, 1));
    assert_eq!((feeder.buses[1].p_kw, feeder.buses[1].v_min), (100.0, Some(0.9)));
    assert_eq!(feeder.branches[0].r_ohm, 0.160_275_6);
}

/// (text to replace, replacement, the first error).
const MISTAKES: [(&str, &str, &str); 39] = [
    ("0.9;\n];", "0.9;\n", "E0801 ["),
    ("0.06	0	0", "0.06	0", "E0801 2	1	0.1	0.06	0	1	1	0	12.66	1	1.1	0.9"),
    ("'2'", "'1'", "E0801 mpc.version"),
    ("'2'", "'2", "E0801 '"),
    (
        "function mpc = two",
        "function [baseMVA, bus, gen, branch] = two",
        "E0801 function [baseMVA, bus, gen, branch] = two",
    ),
    ("mpc.baseMVA = 10", "mpc.baseMVA = ", "E0801 ;"),
    ("mpc.baseMVA = 10", "mpc.baseMVA 10", "E0801 1"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = 0", "E0803 mpc.baseMVA"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = NaN", "E0803 mpc.baseMVA"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = 'ten'", "E0803 mpc.baseMVA"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = base", "E0802 base"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = loadcase('x')", "E0802 loadcase('x')"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = @(x) x", "E0802 @"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = 10; for k = 1:3, end", "E0802 for"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = [1 2] * [3 4]", "E0802 [1 2] * [3 4]"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = [1 2] + [1 2 3]", "E0801 [1 2] + [1 2 3]"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = ones(1e9, 1e9)", "E0801 ones(1e9, 1e9)"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = 10; x = 1:1e12", "E0802 1:1e12"),
    ("mpc.baseMVA = 10", "mpc.baseMVA = 10; if 1", "E0801 if"),
    ("mpc.baseMVA", "mpc.base", "E0803 function mpc = two"),
    ("mpc.gen", "mpc.generators", "E0803 function mpc = two"),
    ("2	1	0.1", "1	1	0.1", "E0803 1"),
    ("2	1	0.1", "2.5	1	0.1", "E0803 2.5"),
    ("2	1	0.1", "-2	1	0.1", "E0803 -2"),
    ("2	1	0.1", "2	7	0.1", "E0803 7"),
    ("1	3	0", "1	1	0", "E0803 mpc.bus"),
    ("0.1	0.06", "NaN	0.06", "E0803 2	1	NaN	0.06	0	0	1	1	0	12.66	1	1.1	0.9"),
    ("0.06	0	0	1	1	0	12.66", "0.06	0	0	1	1	0	0", "E0803 0"),
    ("12.66	1	1.1	0.9;\n];", "12.66	1	0.9	1.1;\n];", "E0803 0.9	1.1"),
    ("	1	2	0.01", "	1	3	0.01", "E0803 3"),
    ("	1	2	0.01", "	1	2	Inf", "E0803 Inf"),
    ("	1	0	0	0	0	1	100", "	9	0	0	0	0	1	100", "E0803 9"),
    ("	1	0	0	0	0	1	100", "	1	0	0	0	0	-1	100", "E0803 -1"),
    ("];\nmpc.gen", "];\nmpc.bus(0, 3) = 1;\nmpc.gen", "E0801 0"),
    ("];\nmpc.gen", "];\nmpc.bus(999999, 14) = 1;\nmpc.gen", "E0802 mpc.bus(999999, 14)"),
    ("];\nmpc.gen", "];\nx = mpc.bus(3, 1);\nmpc.gen", "E0801 3"),
    ("0.02	0	0	0	0	0	0", "0.02	0	0	0	0	-1.05	0", "E0803 -1.05"),
    ("];\nmpc.gen", "];\nmpc.bus(:, [3 4]) = [1 2 3];\nmpc.gen", "E0801 mpc.bus(:, [3 4])"),
    ("];\nmpc.gen", "];\nmpc.bus{1} = 1;\nmpc.gen", "E0802 {"),
];

#[test]
fn every_mistake_is_found_where_it_is() {
    for (from, to, want) in MISTAKES {
        assert!(SOUND.contains(from), "{from}");
        let imported = Imported::matpower(&SOUND.replacen(from, to, 1));
        assert!(imported.feeder.is_none(), "{from} -> {to}");
        let errors: Vec<bool> = imported.findings.iter().map(|d| d.severity == Severity::Error).collect();
        let shown = imported.shown();
        let first = errors.iter().position(|e| *e).and_then(|i| shown.get(i));
        assert_eq!(first.map(String::as_str), Some(want), "{from} -> {to}: {:?}", imported.findings);
        imported.assert_well_formed();
    }
}

#[test]
fn files_that_are_no_case_at_all_are_refused() {
    for text in
        ["", "\n\n", "% only a comment", "bus,p_kw\n1,2\n", "\u{feff}", "x = 1;", "function mpc = f", "]]]", "\0\0"]
    {
        let imported = Imported::matpower(text);
        assert!(imported.feeder.is_none() && !imported.findings.is_empty(), "{text:?}");
        imported.assert_well_formed();
    }
}

#[test]
fn nesting_and_length_are_limited_not_fatal() {
    let long_sum = format!("x = 1{};", "+1".repeat(100_000));
    let deep = format!("x = {}1{};", "(".repeat(100_000), ")".repeat(100_000));
    let brackets = format!("x = {}", "[a ".repeat(100_000));
    let negations = format!("x = {}1;", "-".repeat(100_000));
    let wide = format!("x = [a b; {}", "2*3 ".repeat(100_000));
    let transposes = format!("x = 1{};", "'".repeat(100_001));
    let ifs = "if 1\n".repeat(100_000);
    for text in [long_sum, deep, brackets, negations, wide, transposes, ifs] {
        let imported = Imported::matpower(&text);
        assert!(imported.shown().iter().all(|s| s.starts_with("E080")), "{:?}", imported.findings);
        assert!(imported.feeder.is_none());
    }
}

#[test]
fn unit_conversions_of_every_usual_style_give_the_same_feeder() {
    let data = SOUND.replace("0.1	0.06", "100	60").replace("0.01	0.02", "0.1602756	0.3205512");
    let constants = "[PQ, PV, REF, NONE, BUS_I, BUS_TYPE, PD, QD, GS, BS, BUS_AREA, VM, ...\n    VA, BASE_KV] = idx_bus;\n[F_BUS, ~, BR_R, BR_X] = idx_brch;\n";
    let styles = [
        format!("{constants}Vbase = mpc.bus(1, BASE_KV) * 1e3; Sbase = mpc.baseMVA * 1e6;\nmpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);\nmpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;\n"),
        "define_constants;\nz = mpc.bus(:, BASE_KV)' .^ 2 ./ mpc.baseMVA;\nmpc.branch(:, BR_R) = mpc.branch(:, BR_R) ./ z(1);\nmpc.branch(1:end, BR_X) = mpc.branch(:, BR_X) ./ z(end);\nmpc.bus(:, PD:QD) = 1e-3 * mpc.bus(:, PD:QD);\n".to_owned(),
        "zb = 12.66^2/10; % ohm\nfor_all = find(mpc.branch(:, 3) > 0);\nmpc.branch(for_all, 3:4) = mpc.branch(for_all, 3:4)/zb;\nif size(mpc.bus, 1) == 2 && ~isempty(mpc.bus)\n  mpc.bus(mpc.bus(:,3) ~= 0, [3, 4]) = [0.1 0.06];\nelse\n  mpc.bus = [];\nend\n".to_owned(),
    ];
    let want = Imported::matpower(SOUND).feeder.expect("sound");
    for style in styles {
        for text in [format!("{data}{style}"), format!("{data}{style}").replace('\n', "\r\n")] {
            let imported = Imported::matpower(&text);
            assert_eq!(imported.feeder.as_ref(), Some(&want), "{text}\n{:?}", imported.findings);
        }
    }
    let power_factor = format!(
        "{data}{}pf = 0.8; mpc.bus(2, 4) = mpc.bus(2, 3) * sin(acos(pf));\n",
        "mpc.bus(:, 3) = mpc.bus(:, 3) / 1e3;\n"
    );
    let feeder = Imported::matpower(&power_factor).feeder.expect("a feeder");
    assert!((feeder.buses[1].q_kvar - 60.0).abs() < 1e-9);
}

/// Scripts append the buses and branches of plants, and columns, by assigning beyond the end.
#[test]
fn rows_beyond_the_end_are_appended() {
    let (bus, branch) = ("3	1	0.2	0.1	0	0	1	1	0	12.66	1	1.1	0.9", "2	3	0.3	0.2	0	0	0	0	0	0	1	-360	360");
    let written = SOUND
        .replace("1.1	0.9;\n];", &format!("1.1	0.9;\n	{bus};\n];"))
        .replace("360;\n];", &format!("360;\n	{branch};\n];"));
    let want = Imported::matpower(&written).feeder.expect("a feeder");
    assert_eq!((want.buses.len(), want.branches.len()), (3, 2));
    let appended = [
        format!("mpc.bus(end+1,:) = [{bus}];\nmpc.branch(end + 1, :) = [{branch}];\n"),
        format!("mpc.bus(3, 1:13) = [{bus}];\nmpc.branch(2,:) = [{branch}];\n"),
        format!("mpc.bus = [mpc.bus; {bus}];\nx = 1;\nx(2) = 7;\nmpc.branch(x(end) - 5,:) = [{branch}];\n"),
    ];
    for rows in appended {
        let imported = Imported::matpower(&format!("{SOUND}{rows}"));
        assert_eq!(imported.feeder.as_ref(), Some(&want), "{rows}\n{:?}", imported.findings);
    }
}

#[test]
fn everything_that_is_lost_is_said() {
    let changes = [
        ("0.06	0	0	1", "0.06	0.1	0.2	1", "W0802 0.1"),
        ("0.06	0	0	1", "0.06	0	0	2", "W0801 2"),
        ("0.01	0.02	0	0", "0.01	0.02	0.5	0", "W0801 0.5"),
        ("0.02	0	0	0	0	0	0", "0.02	0	7	0	0	0	0", "W0802 7"),
        ("0.02	0	0	0	0	0	0", "0.02	0	0	8	0	0	0", "W0801 8"),
        ("0.02	0	0	0	0	0	0", "0.02	0	0	0	0	1	30", "W0801 30"),
        ("-360	360", "-30	360", "W0801 -30"),
        ("0.06	0	0	1	1	0	12.66", "0.06	0	0	1	1	0	0.4", "W0802 1	2	0.01	0.02	0	0	0	0	0	0	1	-360	360"),
        ("0.06	0	0	1	1	0", "0.06	0	0	1	0.98	-3", "W0801 0.98"),
        ("];\nmpc.branch", "	2	0.5	0	1	-1	1	100	1	1	0;\n];\nmpc.branch", "W0801 2	0.5	0	1	-1	1	100	1	1	0"),
        ("	1	0	0	0	0	1	100	1	0	0", "	1	0	0	9	0	1	100	1	0	0", "W0801 1	0	0	9	0	1	100	1	0	0"),
        ("];\nmpc.branch", "];\nmpc.gencost = [2 0 0 3 0 20 0];\nmpc.branch", "W0801 mpc.gencost"),
        ("	2	1	0.1	", "	3	4	5	0	0	0	1	1	0	12.66	1	1.1	0.9;\n	2	1	0.1	", "W0801 3	4	5	0	0	0	1	1	0	12.66	1	1.1	0.9"),
        ("	1	0	0	0	0	1	100	1	0	0", "	1	0	0	0	0	1	100	0	0	0", "W0802 1	3	0	0	0	0	1	1	0	12.66	1	1.1	0.9"),
    ];
    for (from, to, want) in changes {
        assert!(SOUND.contains(from), "{from}");
        let imported = Imported::matpower(&SOUND.replacen(from, to, 1));
        let feeder = imported.feeder.as_ref().unwrap_or_else(|| panic!("{to}: {:?}", imported.findings));
        assert!(imported.shown().iter().any(|s| s == want), "{from} -> {to}: {:?}", imported.shown());
        assert_eq!(feeder.notes.len(), imported.findings.len());
        imported.assert_well_formed();
    }
}

#[test]
fn cells_that_are_computed_have_their_places_too() {
    let text = SOUND.replace("0.06	0	0	1	1	0	12.66", "0.06	0	0	1	1	0	132/sqrt(3)");
    assert_eq!(Imported::matpower(&text.replace("2	1	0.1", "1	1	0.1")).shown()[0], "E0803 1");
    let wide = format!("x = [{}];\n", "2*3 ".repeat(100_000));
    assert!(Imported::matpower(&(SOUND.to_owned() + &wide)).feeder.is_some());
}

#[test]
fn several_voltage_levels_keep_their_per_unit_impedances() {
    let text = SOUND.replace("0.06	0	0	1	1	0	12.66", "0.06	0	0	1	1	0	0.4");
    let feeder = Imported::matpower(&text).feeder.expect("a feeder");
    assert!(feeder.buses.iter().all(|b| b.nominal_kv == 12.66));
    assert_eq!(feeder.branches[0].r_ohm, 0.160_275_6);
}
