//! Networks of 16, 33 and 69 buses.

use crate::studies::{open_lines, optimum, program, value};
use crate::support::enumerate::{Allowed, Best, least_losses};
use crate::support::networks::{Published, library, load};
use crate::{ENGINES, encodings};
use tieline::import::{csv_folder, write};
use tieline::network::powerflow::Workspace;
use tieline::program::Program;
use tieline::solution::Engine;
use tieline::source::{Files, SourceMap};
use tieline::study::StudyResult;

/// What a study of least losses adds to a network.
struct Study<'a> {
    encoding: &'a str,
    v_min: f64,
    /// Lines that may be switched; none: all.
    switchable: Option<&'a [&'a str]>,
    /// Further statements.
    more: &'a str,
}

impl Study<'_> {
    fn program(&self, network: &str) -> Program {
        let mut text = format!(
            "{network}\nwith conic, radial(encoding = {})\nsnapshot\nbus.v_min = {} pu\nbus.v_max = 1.05 pu\n{}\n",
            self.encoding, self.v_min, self.more
        );
        if let Some(list) = self.switchable {
            text += "line.switchable = no\n";
            list.iter().for_each(|id| text += &format!("line.{id}.switchable = yes\n"));
        }
        program(&(text + "minimize losses\n"))
    }

    fn allowed(&self, case: &Published) -> Vec<Allowed> {
        let of = |(id, closed): (&String, &bool)| match (self.switchable, closed) {
            (Some(list), true) if !list.contains(&id.as_str()) => Allowed::Closed,
            (Some(list), false) if !list.contains(&id.as_str()) => Allowed::Open,
            _ => Allowed::Either,
        };
        case.line_ids.iter().zip(&case.closed).map(of).collect()
    }

    fn enumerated(&self, case: &Published) -> Best {
        let window = |s: &tieline::network::powerflow::Solution<'_>| {
            s.lowest_voltage().is_some_and(|v| v.1 >= self.v_min) && s.highest_voltage().is_some_and(|v| v.1 <= 1.05)
        };
        least_losses(&case.grid, &case.p, &case.q, &self.allowed(case), window).expect("a radial state")
    }
}

/// The result is the best of all, and is what it says it is.
fn agrees(case: &Published, best: &Best, program: &Program, result: &StudyResult, gap: f64, what: &str) {
    let bound = result.bound.expect("a bound");
    let (least, value) = (best.losses, value(result));
    assert!(value >= least * (1.0 - 1e-6), "{what}: {value} W are less than the least, {least} W");
    assert!(value <= least * (1.0 + gap + 1e-6), "{what}: {value} W, least {least} W");
    assert!(bound <= least * (1.0 + 1e-6), "{what}: a bound of {bound} W above the least losses, {least} W");
    let open: Vec<String> = open_lines(program, result).into_iter().map(str::to_owned).collect();
    let mut workspace = Workspace::new();
    let solution = workspace.solve(&case.grid, &case.with(&case.open(&open))).expect("a power flow");
    assert!(solution.is_radial() && solution.dark_buses().is_empty(), "{what}: {open:?}");
    assert!((solution.losses() - value).abs() <= 1e-6 * value, "{what}: {} and {value}", solution.losses());
}

/// The repository's folders and `../shared`.
struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(path).map_err(|e| e.to_string())
    }
}

#[test]
fn sixteen_buses_with_three_sources() {
    let Some(case) = load("16ci") else { return };
    let folder = crate::support::networks::folder().join("16ci");
    let (feeder, _) = csv_folder::read(&Disk, &mut SourceMap::default(), &folder.to_string_lossy());
    let network = write::write(&feeder.expect("a network"), None);
    for encoding in &encodings() {
        let study = Study { encoding, v_min: 0.9, switchable: None, more: "" };
        let (program, best) = (study.program(&network), study.enumerated(&case));
        assert_eq!(best.trees, 190);
        for engine in ENGINES {
            let result = optimum(&program, engine, 1e-4);
            agrees(&case, &best, &program, &result, 1e-4, &format!("{encoding} {engine:?}"));
            assert_eq!(open_lines(&program, &result), ["7", "8", "16"]);
        }
    }
}

#[test]
fn thirty_three_buses() {
    let case = library("ieee33", 12.66);
    for encoding in &encodings() {
        let study = Study { encoding, v_min: 0.9, switchable: None, more: "" };
        let (program, best) = (study.program("use networks.ieee33"), study.enumerated(&case));
        assert_eq!(best.trees, 50_751);
        let result = optimum(&program, Engine::Tree, 1e-4);
        agrees(&case, &best, &program, &result, 1e-4, encoding);
    }
}

#[test]
fn sixty_nine_buses() {
    let case = library("ieee69", 12.66);
    // A commodity for each of 69 buses is a large program, and says nothing that 16 and 33 do not.
    for encoding in encodings().iter().filter(|e| *e != "multi_commodity") {
        let study = Study { encoding, v_min: 0.9, switchable: None, more: "" };
        let (program, best) = (study.program("use networks.ieee69"), study.enumerated(&case));
        let result = optimum(&program, Engine::Tree, 1e-3);
        agrees(&case, &best, &program, &result, 1e-3, encoding);
    }
}

/// Loops of the 33-bus feeder that share lines, 21 of its switches.
const PART_33: [&str; 21] = [
    "6", "7", "8", "9", "10", "11", "12", "13", "14", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "36",
    "37",
];

#[test]
fn both_by_outer_approximation() {
    for name in ["ieee33", "ieee69"] {
        let case = library(name, 12.66);
        for encoding in &encodings() {
            let study = Study { encoding, v_min: 0.9, switchable: None, more: "" };
            let (program, best) = (study.program(&format!("use networks.{name}")), study.enumerated(&case));
            let result = optimum(&program, Engine::OuterApproximation, 1e-2);
            agrees(&case, &best, &program, &result, 1e-2, &format!("{name} {encoding}"));
        }
    }
}

/// A generator at the end of a feeder that feeds back to the substation.
#[test]
fn a_generator_reverses_flows() {
    let mut case = library("ieee33", 12.66);
    (case.p[17], case.q[17]) = (-90e3 + 2000e3, -40e3 + 600e3);
    for encoding in &encodings() {
        let more = "load \"DG\" at bus 18 { p = -2000 kW; q = -600 kvar }";
        for (engine, switchable, gap) in
            [(Engine::Tree, None, 1e-3), (Engine::OuterApproximation, Some(&PART_33[..]), 1e-2)]
        {
            let study = Study { encoding, v_min: 0.9, switchable, more };
            let (program, best) = (study.program("use networks.ieee33"), study.enumerated(&case));
            // Somewhere along its feeder power flows towards the substation.
            let mut workspace = Workspace::new();
            let solution = workspace.solve(&case.grid, &case.with(&best.closed)).expect("a power flow");
            assert!((1..17).any(|k| solution.flow(k).p_from < 0.0), "nothing flows back");
            let result = optimum(&program, engine, gap);
            agrees(&case, &best, &program, &result, gap, &format!("{encoding} {engine:?}"));
        }
    }
}
