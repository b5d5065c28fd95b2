//! What is wrong on disk is found where it is: every case writes real files, runs all stages that can find
//! something without solving, and states the finding and the line of its primary label.

mod silent;

use std::fmt::Write;
use tieline::analysis::{Analysis, Request, analyse};
use tieline::diagnostics::Severity;
use tieline::lowered::{LowerOptions, lower};
use tieline::source::Files;

/// Files of a temporary folder.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &[u8])]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for (name, content) in files {
            std::fs::write(dir.path().join(name), content).expect("a written file");
        }
        Folder(dir)
    }
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.path().join(path)).map_err(|e| e.to_string())
    }
}

fn analysed(files: &[(&str, &[u8])]) -> Analysis {
    let folder = Folder::with(files);
    let mut analysis = analyse(&folder, "study.tie", &Request::default());
    if let Some(program) = analysis.program() {
        analysis.add(lower(&program, &LowerOptions::default()).diagnostics);
    }
    analysis
}

/// `file:line code`, or the code alone for findings without a place.
fn told(analysis: &Analysis) -> Vec<String> {
    let place = |d: &tieline::diagnostics::Diagnostic| match d.span() {
        Some(span) => {
            let (line, _) = analysis.sources.line_col(span);
            format!("{}:{line} {}", analysis.sources.file(span.file).name, d.id.code)
        }
        None => d.id.code.to_string(),
    };
    analysis.diagnostics.iter().map(place).collect()
}

fn of_study(text: &str) -> Vec<String> {
    told(&analysed(&[("study.tie", text.as_bytes())]))
}

/// A right study of two buses; line 5 is the line, line 6 the load.
const FEEDER: &str = "\
use std.grid
bus 1 { nominal = 20 kV }
bus 2 { nominal = 20 kV }
source \"substation\" at bus 1 { v_set = 1 pu }
line 1 from bus 1 to bus 2 { r = 0.4 ohm; x = 0.3 ohm }
load 2 at bus 2 { p = 100 kW; q = 60 kvar }
bus.v_min = 0.9 pu; bus.v_max = 1.05 pu
with conic, radial
snapshot
minimize losses
";

#[test]
fn the_feeder_is_right() {
    assert_eq!(of_study(FEEDER), [""; 0]);
}

/// What is replaced in the feeder, by what, and what is found.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("wrong unit", "p = 100 kW", "p = 100 kV", "study.tie:6 E0301"),
    ("wrong kind", "p = 100 kW", "p = 100 kvar", "study.tie:6 E0305"),
    ("missing unit", "p = 100 kW", "p = 100", "study.tie:6 E0302"),
    ("unknown unit", "p = 100 kW", "p = 100 kWw", "study.tie:6 E0303"),
    ("unknown name", "minimize losses", "minimize loses", "study.tie:10 E0201"),
    ("unknown parameter", "q = 60 kvar", "qq = 60 kvar", "study.tie:6 E0211"),
    ("unknown class", "load 2 at", "lode 2 at", "study.tie:6 E0205"),
    ("unknown element", "load 2 at bus 2", "load 2 at bus 7", "study.tie:6 E0207"),
    ("unknown module", "use std.grid", "use std.gird", "study.tie:1 E0203"),
    ("unknown aspect", "with conic", "with cnoic", "study.tie:8 E0201"),
    ("duplicate id", "bus 2 { nominal", "bus 1 { nominal", "study.tie:3 E0206"),
    ("missing parameter", "{ nominal = 20 kV }\nsource", "{ }\nsource", "study.tie:3 E0210"),
    ("out of range", "nominal = 20 kV }\nsource", "nominal = -20 kV }\nsource", "study.tie:3 E0306"),
    ("self-loop", "from bus 1 to bus 2", "from bus 2 to bus 2", "study.tie:5 E0404"),
    ("zero impedance", "r = 0.4 ohm; x = 0.3 ohm", "r = 0 ohm; x = 0 ohm", "study.tie:5 E0405"),
    ("crossed limits", "bus.v_min = 0.9 pu", "bus.v_min = 1.1 pu", "study.tie:2 E0406"),
    ("unreachable bus", "snapshot", "bus 3 { nominal = 20 kV }", "study.tie:9 E0401"),
    ("no source", "source \"substation\" at bus 1 { v_set = 1 pu }", "", "study.tie:2 E0407"),
    ("no physics", "with conic, radial", "", "study.tie:10 E0209"),
    ("incomplete physics", "with conic, radial", "with conic", "study.tie:8 E0209"),
    ("non-convex rule", "snapshot", "var z : number in -9..9\nrule apart : z^2 >= 4", "study.tie:10 E0501"),
    ("deep nesting", "snapshot", "NEST", "study.tie:9 E0106"),
];

#[test]
fn a_single_mistake_is_found_at_its_line() {
    let mut wrong = String::new();
    for (what, from, to, wanted) in MISTAKES {
        assert!(FEEDER.contains(from), "{what}");
        let nest = format!("param deep = {}1{}", "(".repeat(5000), ")".repeat(5000));
        let text = FEEDER.replacen(from, if *to == "NEST" { &nest } else { to }, 1);
        let found = of_study(&text);
        if !found.iter().any(|f| f == wanted) {
            let _ = writeln!(wrong, "{what}: wanted {wanted}, found {found:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_misspelt_unit_and_name_have_a_suggestion() {
    for (from, to, wanted) in [("100 kW", "100 kWw", "kW"), ("minimize losses", "minimize loses", "losses")] {
        let text = FEEDER.replacen(from, to, 1);
        let analysis = analysed(&[("study.tie", text.as_bytes())]);
        let help: Vec<&str> = analysis.diagnostics.iter().filter_map(|d| d.help.as_deref()).collect();
        assert!(help.iter().any(|h| h.contains(&format!("`{wanted}`"))), "{to}: {help:?}");
    }
}

const TABLE: &[u8] = b"table loads from \"loads.csv\" { bus : id; p_kw : kW as p }
var x : number in 0..1
set customer = loads
rule some : x <= count(customer)
minimize x
";

#[test]
fn damaged_tables_are_found_in_the_table() {
    let cases: &[(&str, &[u8], &str)] = &[
        ("ragged", b"bus,p_kw\n2,100\n3,80,5\n", "loads.csv:3 E0004"),
        ("not a number", b"bus,p_kw\n2,100\n3,NaN\n", "loads.csv:3 E0005"),
        ("infinite", b"bus,p_kw\n2,inf\n", "loads.csv:2 E0005"),
        ("text for a number", b"bus,p_kw\n2,many\n", "loads.csv:2 E0005"),
        ("not UTF-8", b"bus,p_kw\n2,100\n\xff\xfe,5\n", "E0002"),
        ("empty", b"", "E0006"),
        ("missing column", b"bus,power\n2,100\n", "E0003"),
        ("garbage", &[0u8, 159, 146, 150, 1, 2, 3], "E000"),
    ];
    let mut wrong = String::new();
    for (what, table, wanted) in cases {
        let found = told(&analysed(&[("study.tie", TABLE), ("loads.csv", table)]));
        if !found.iter().any(|f| f.contains(wanted)) {
            let _ = writeln!(wrong, "{what}: wanted {wanted}, found {found:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let found = told(&analysed(&[("study.tie", TABLE)]));
    assert!(found.contains(&"study.tie:1 E0001".to_string()), "{found:?}");
}

#[test]
fn files_that_are_no_study_are_told_as_such() {
    assert_eq!(told(&analysed(&[])), ["E0001"]);
    assert_eq!(of_study(""), ["study.tie:1 E0006"]);
    assert_eq!(of_study(" \n\n"), ["study.tie:1 E0006"]);
    let latin = told(&analysed(&[("study.tie", b"# gr\xf6\xdfer\nvar x : number in 0..1\nminimize x\n")]));
    assert_eq!(latin, ["study.tie:1 E0002"]);
}

#[test]
fn modules_in_a_circle_end() {
    let found = told(&analysed(&[
        ("study.tie", b"use a\nvar x : number in 0..1\nminimize x\n"),
        ("a.tie", b"param k = 1\nuse b\n"),
        ("b.tie", b"use a\n"),
    ]));
    assert_eq!(found, ["b.tie:1 E0007"]);
}

/// Ten megabytes of bytes and of words: bounded findings, no panic.
#[test]
fn ten_megabytes_of_garbage_end_with_few_findings() {
    let mut seed = 11u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 56) as u8
    };
    let bytes: Vec<u8> = (0..10 << 20).map(|_| next()).collect();
    let found = told(&analysed(&[("study.tie", &bytes)]));
    assert!(found.contains(&"study.tie:1 E0002".to_string()) && found.len() <= 60, "{}", found.len());
    let ascii: Vec<u8> = bytes.iter().map(|b| b" \n{}()[]=;:,.\"#abcdefgh0123456789+-*/<>"[*b as usize % 39]).collect();
    let analysis = analysed(&[("study.tie", &ascii)]);
    let errors = analysis.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    assert!((1..=60).contains(&errors), "{errors}");
}

/// Independent mistakes of several stages in one file: each is found once, at its line.
#[test]
fn ten_mistakes_in_one_file_are_ten_findings() {
    let text = "\
use std.grid
bus 1 { nominal = 20 kV }
bus 2 { nominal = 20 kW }
bus 3 { nominal = 20 }
bus 4 { nominal = 20 kVv }
source \"substation\" at bus 1 { v_sett = 1 pu }
line 1 from bus 1 to bus 9 { r = 0.4 ohm; x = 0.3 ohm }
lode 2 at bus 2 { p = 100 kW; q = 60 kvar }
bus 1 { nominal = 20 kV }
bus.v_mim = 0.9 pu
rule low : tax >= 3
var y : number in 0..yy
with conic, radial
minimize y
";
    let mut found = of_study(text);
    found.sort_by_key(|f| f.split([':', ' ']).nth(1).and_then(|n| n.parse::<u32>().ok()));
    let wanted = [
        "study.tie:3 E0301",
        "study.tie:4 E0302",
        "study.tie:5 E0303",
        "study.tie:6 E0211",
        "study.tie:7 E0207",
        "study.tie:8 E0205",
        "study.tie:9 E0206",
        "study.tie:10 E0204",
        "study.tie:11 E0201",
        "study.tie:12 E0201",
    ];
    for w in wanted {
        assert_eq!(found.iter().filter(|f| *f == w).count(), 1, "{w} in {found:?}");
    }
    assert_eq!(found.len(), wanted.len(), "{found:?}");
}

/// What cannot be read does not make its uses wrong.
#[test]
fn an_unreadable_declaration_makes_no_further_errors() {
    let text = "\
param price 60
var x : number in 0..10
rule one : x >= price
rule two : 2 * x >= price + 1
minimize price * x
";
    assert_eq!(of_study(text), ["study.tie:1 E0101"]);
    let text = "\
device heater at : bus {
    param power : active_power
}
heater \"H\" at bus 2 { power = 3 kW }
";
    let found = of_study(&format!("{FEEDER}{text}"));
    assert!(!found.is_empty() && found.iter().all(|f| f.contains("E01")), "{found:?}");
}

/// A setting that cannot be read is not missing too.
#[test]
fn an_unreadable_setting_is_not_missed() {
    for separator in [" ", ", "] {
        let text = format!(
            "use std.grid\nwith conic, radial\nsnapshot\nbus.v_min = 0.9 pu\nbus.v_max = 1.1 pu\n\
             bus 1 {{ nominal = 10 kV }}\nbus 2 {{ nominal = 10 kV }}\n\
             line 1 from bus 1 to bus 2 {{ r = 0.1 ohm{separator}x = 0.1 ohm }}\n\
             source \"grid\" at bus 1 {{ v_set = 1 pu }}\nload \"L\" at bus 2 {{ p = 1 kW; q = 0 kvar }}\nminimize losses\n"
        );
        assert_eq!(of_study(&text), ["study.tie:8 E0101"], "separated by {separator:?}");
    }
}
