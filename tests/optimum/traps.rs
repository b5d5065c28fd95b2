//! Where a formulation or an encoding that looks right is wrong.

use crate::feeders::Feeder;
use crate::studies::{Repository, analysed, of, options, program, program_among, value};
use crate::support::enumerate::{Allowed, spanning_trees};
use crate::{ENGINES, complete, encodings};
use std::ops::ControlFlow;
use tieline::lowered::{LowerOptions, lower};
use tieline::network::powerflow::{Snapshot, Workspace};
use tieline::program::Program;
use tieline::solution::Engine;
use tieline::study::{Status, solve};

/// A ring of five buses, one with a little generation: voltages need not fall away from the source.
fn ring(v_min: f64) -> Feeder {
    Feeder {
        kv: 10.0,
        load: vec![(0.0, 0.0), (500.0, 250.0), (700.0, 300.0), (600.0, 300.0), (-100.0, 0.0)],
        line: vec![(0, 1, 0.8, 0.6), (1, 2, 0.9, 0.7), (2, 3, 0.7, 0.6), (3, 4, 1.0, 0.7), (4, 0, 0.6, 0.5)],
        window: (v_min, 1.05),
    }
}

/// The library's conic formulation without some of its rules, as a module `leaky` beside the study.
fn without(rules: &[&str], feeder: &Feeder) -> Repository {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models/std/formulations/conic.tie");
    let text = std::fs::read_to_string(path).expect("the library");
    let dropped = |line: &str| rules.iter().any(|r| line.trim_start().starts_with(&format!("rule {r}[t]")));
    assert_eq!(text.lines().filter(|l| dropped(l)).count(), rules.len(), "{rules:?}");
    let kept: String = text.lines().filter(|l| !dropped(l)).map(|l| format!("{l}\n")).collect();
    let study = format!("use leaky\n{}", feeder.study("leaky, radial"));
    Repository::with(&study).and("leaky.tie", kept.replace("aspect conic", "aspect leaky"))
}

#[test]
fn an_open_line_carries_no_phantom_current() {
    // A little more than the best of its five trees can hold.
    let mut f = ring(0.9);
    let (grid, (p, q), mut workspace) = (f.grid(), f.injections(), Workspace::new());
    let mut highest = 0.0f64;
    spanning_trees(&grid, &[Allowed::Either; 5], |closed| {
        let solution = workspace.solve(&grid, &Snapshot { closed, p: &p, q: &q }).expect("a power flow");
        highest = highest.max(solution.lowest_voltage().expect("a bus").1);
        ControlFlow::Continue(())
    });
    f.window.0 = highest + 1e-4;
    for engine in ENGINES {
        let result = solve(&program(&f.study("conic, radial")), &options(engine, 1e-4));
        assert_eq!(result.status, Status::Infeasible, "{engine:?}");
        // Either of two families of rows is enough to keep current off open lines.
        for rules in [&["current"][..], &["arrives_high", "arrives_low"][..]] {
            let result = solve(&program_among(&without(rules, &f)), &options(engine, 1e-4));
            assert_eq!(result.status, Status::Infeasible, "{engine:?} without {rules:?}");
        }
        // Without both, an open line burns power and props up the voltage: the relaxation "solves" what
        // no network does. No value of it may be shown.
        let leaky = program_among(&without(&["current", "arrives_high", "arrives_low"], &f));
        let lowering = lower(&leaky, &LowerOptions::default());
        let outcome = tieline::solution::solve(&lowering.problem, engine, &options(engine, 1e-2).solver, None);
        let x = lowering.map.values(&lowering.problem, &outcome.point.expect("the relaxation has a solution"));
        let value = |name: &str| x[leaky.variables.iter().position(|v| v.name == name).expect("a variable")];
        let names = leaky.variables.iter().map(|v| v.name.to_string());
        let phantom = names
            .filter_map(|name| name.strip_prefix("arc.up").map(str::to_owned))
            .any(|arc| value(&format!("arc.up{arc}")) < 0.5 && value(&format!("arc.l{arc}")) > 1.0);
        assert!(phantom, "{engine:?}: no current on an open line");
        let result = solve(&leaky, &options(engine, 1e-2));
        assert!(result.values.is_none() && result.objective.is_none(), "{engine:?}");
        assert!(matches!(result.status, Status::Infeasible | Status::Limit), "{engine:?}: {:?}", result.status);
    }
}

#[test]
fn nothing_flows_on_arcs_that_are_not_used() {
    let program = program(&ring(0.9).study("conic, radial"));
    for engine in ENGINES {
        let result = solve(&program, &options(engine, 1e-4));
        assert_eq!(result.status, Status::Optimal, "{engine:?}");
        for v in program.variables.iter().filter(|v| v.name.to_string().starts_with("arc.up[")) {
            let name = v.name.to_string();
            let arc = name.trim_start_matches("arc.up");
            let at = |name: &str| of(&program, &result, &format!("arc.{name}{arc}"));
            if at("up") < 0.5 {
                // In W, var, A² and V²; the used arcs carry 10⁵ W, 10³ A² and 10⁸ V².
                assert!(at("P").abs() < 1.0 && at("Q").abs() < 1.0 && at("l").abs() < 0.1, "{engine:?} {arc}");
                assert!(at("W").abs() < 100.0, "{engine:?} {arc}: {}", at("W"));
            }
        }
    }
}

/// The 33-bus feeder with these lines open and nothing to decide but a generator at bus 14.
fn decided(with: &str, open: &[u32]) -> Program {
    let mut text = format!(
        "use networks.ieee33, std.generators\nwith {with}\nsnapshot\nbus.v_min = 0.85 pu\nbus.v_max = 1.05 pu\n\
         diesel \"DG\" at bus 14 {{ p_max = 1 MW; q_max = 800 kvar }}\nminimize losses\n"
    );
    for id in 1..=37 {
        let status = u32::from(!open.contains(&id));
        text += &format!("rule status_{id}[t] : (line {id}).closed[t] = {status}\n");
    }
    program(&text)
}

/// Leaves the ring 9 to 15 by itself, closed by line 34. Each of its buses has a parent, and the
/// generator at 14 feeds it: the orientation rows are satisfied.
const DETACHED: [u32; 5] = [8, 15, 33, 35, 37];

#[test]
fn a_ring_that_lives_of_its_own_generator_is_never_accepted() {
    for encoding in encodings() {
        let conic = decided(&format!("conic, radial(encoding = {encoding})"), &DETACHED);
        for engine in ENGINES {
            let status = solve(&conic, &options(engine, 1e-3)).status;
            // What is radial by the rows themselves is also infeasible by them.
            assert!(status == Status::Infeasible || !complete(&encoding), "{encoding} {engine:?}: {status:?}");
            assert!(!matches!(status, Status::Optimal | Status::Feasible), "{encoding} {engine:?}: {status:?}");
        }
    }
}

#[test]
fn the_orientation_rows_alone_admit_it_and_the_check_refuses_it() {
    let linear = |encoding: &str| {
        let program = decided(&format!("lindistflow(loss = piecewise), radial(encoding = {encoding})"), &DETACHED);
        solve(&program, &options(Engine::Highs, 1e-3))
    };
    for encoding in encodings().iter().filter(|e| complete(e)) {
        assert_eq!(linear(encoding).status, Status::Infeasible, "{encoding}");
    }
    let result = linear("parent_child");
    assert!(result.values.is_some() && result.violation.0 < 1e-6, "{:?}", result.violation);
    assert_eq!(result.status, Status::Failed);
    let notes: Vec<&String> = result.diagnostics.iter().flat_map(|d| &d.notes).collect();
    assert!(notes.iter().any(|n| n.contains("connected to no source")), "{notes:?}");
}

/// The same generator in a state that is radial, for comparison: all encodings accept it.
#[test]
fn the_same_generator_in_a_tree_is_accepted() {
    let mut values = Vec::new();
    for encoding in encodings() {
        let program = decided(&format!("conic, radial(encoding = {encoding})"), &[7, 9, 14, 32, 37]);
        for engine in ENGINES {
            let result = solve(&program, &options(engine, 1e-4));
            assert_eq!(result.status, Status::Optimal, "{encoding} {engine:?} {:?}", result.diagnostics);
            values.push(value(&result));
        }
    }
    for v in &values {
        assert!((v / values[0] - 1.0).abs() < 2e-4, "{values:?}");
    }
}

/// Closing a line to the ring 9 to 15 costs more than all else, and the ring can live of its generator:
/// only what forbids it makes a plan pay for one.
#[test]
fn cycles_are_cut_off_where_they_pay() {
    let to_the_ring = ["8", "15", "33", "35"];
    let study = |encoding: &str| {
        let mut text = format!(
            "use networks.ieee33, std.generators\nwith lindistflow(loss = piecewise), radial(encoding = {encoding})\n\
             horizon 1 h step 1 h\nbus.v_min = 0.85 pu\nbus.v_max = 1.05 pu\nline.switchable = no\n\
             diesel \"DG\" at bus 14 {{ p_max = 1 MW; q_max = 800 kvar; cost = 20 EUR/MWh }}\n\
             source.price = 50 EUR/MWh\nline.34.switchable = yes\nline.9.switchable = yes\nline.14.switchable = yes\nline.36.switchable = yes\n"
        );
        to_the_ring.iter().for_each(|l| text += &format!("line.{l}.switchable = yes\n"));
        let closed: Vec<String> = to_the_ring.iter().map(|l| format!("(line {l}).closed[t]")).collect();
        program(&format!(
            "{text}minimize integral(t: running_costs[t]) + sum(t: 1000 EUR * ({}))\n",
            closed.join(" + ")
        ))
    };
    let solved = |encoding: &str| solve(&study(encoding), &options(Engine::Auto, 1e-5));
    let mut values = Vec::new();
    for encoding in encodings().iter().filter(|e| complete(e)) {
        let result = solved(encoding);
        assert_eq!(result.status, Status::Optimal, "{encoding} {:?}", result.diagnostics);
        values.push(value(&result));
        // One line to the ring.
        assert!((1000.0..2000.0).contains(&value(&result)), "{encoding} {}", value(&result));
        // Cut off, one round after another.
        let iterations = result.outcome.expect("an outcome").iterations;
        assert_eq!(iterations > 1, encoding == "cycle_cuts", "{encoding}: {iterations}");
    }
    assert!(values.iter().all(|v| (v / values[0] - 1.0).abs() < 2e-5), "{values:?}");
    // Without them the plan holds the ring, and is refused.
    let incomplete = solved("parent_child");
    assert_eq!(incomplete.status, Status::Failed);
    assert!(value(&incomplete) < 1000.0);
}

/// Says whether a study is told that the rows of its orientation do not suffice.
fn warned(text: &str) -> bool {
    let mut analysis = analysed(text);
    assert!(analysis.program().is_some(), "{:?}", analysis.diagnostics);
    analysis.diagnostics.iter().any(|d| d.id.code == "W0403")
}

#[test]
fn the_orientation_rows_alone_are_told_where_a_ring_could_live() {
    let study = |encoding: &str, formulation: &str, more: &str| {
        format!(
            "use networks.ieee33, std.generators, std.storage\nwith {formulation}, radial(encoding = {encoding})\nsnapshot\n\
             bus.v_min = 0.85 pu\nbus.v_max = 1.05 pu\nminimize losses\n{more}\n"
        )
    };
    let generator = "diesel \"DG\" at bus 14 { p_max = 1 MW; q_max = 800 kvar }";
    // A ring of three buses without load beside the feeder.
    let idle = "bus 40 { nominal = 12.66 kV }\nbus 41 { nominal = 12.66 kV }\nline 40 from bus 33 to bus 40 { r = 1 ohm; x = 1 ohm }\n\
        line 41 from bus 40 to bus 41 { r = 1 ohm; x = 1 ohm }\nline 42 from bus 40 to bus 41 { r = 1 ohm; x = 1 ohm }";
    let leaf = "bus 40 { nominal = 12.66 kV }\nline 40 from bus 33 to bus 40 { r = 1 ohm; x = 1 ohm }";
    let shed = "load.service = partial\nload.shed_cost = 9 EUR/kWh";
    for formulation in ["conic", "lindistflow"] {
        for (more, lives) in [("", false), (leaf, false), (generator, true), (idle, true), (shed, true)] {
            assert_eq!(warned(&study("parent_child", formulation, more)), lives, "{formulation} {more}");
            for encoding in encodings().iter().filter(|e| complete(e)) {
                assert!(!warned(&study(encoding, formulation, more)), "{encoding} {formulation} {more}");
            }
        }
    }
}

/// An interior point leaves a residual of 1e-7 where the true bound is 0: relative to 0 such a gap never closes.
#[test]
fn a_goal_that_no_decision_changes_is_closed_at_once() {
    let study = ring(0.9).study("conic, radial").replace("minimize losses", "minimize 0 * losses");
    for engine in ENGINES {
        let result = solve(&program(&study), &options(engine, 1e-4));
        assert_eq!((result.status, value(&result)), (Status::Optimal, 0.0), "{engine:?}");
        assert!(result.outcome.is_some_and(|o| o.nodes <= 3), "{engine:?}");
    }
}
