//! Lines kept as they are settle their orientation and what the arcs of open lines carry, with the same answer.

use super::{family, program_of, rows};
use tieline::lowered::{LowerOptions, lower};
use tieline::program::{Program, Relation};
use tieline::solution::{Engine, Options, Termination, solve};

/// A ring of four buses, open between 1 and 4, over two hours.
fn ring(formulation: &str, lines: &str) -> Program {
    program_of(&format!(
        "use std.grid
horizon 2 h step 1 h
with {formulation}, radial
bus 1 {{ nominal = 10 kV }}
bus 2 {{ nominal = 10 kV }}
bus 3 {{ nominal = 10 kV }}
bus 4 {{ nominal = 10 kV }}
bus.v_min = 0.9 pu
bus.v_max = 1.1 pu
line 1 from bus 1 to bus 2 {{ r = 0.5 ohm; x = 0.4 ohm }}
line 2 from bus 3 to bus 2 {{ r = 0.5 ohm; x = 0.4 ohm }}
line 3 from bus 3 to bus 4 {{ r = 0.5 ohm; x = 0.4 ohm }}
line 4 from bus 4 to bus 1 {{ r = 0.5 ohm; x = 0.4 ohm; normally_open = yes }}
source \"grid\" at bus 1 {{ v_set = 1.0 pu }}
load \"A\" at bus 2 {{ p = 300 kW; q = 100 kvar }}
load \"B\" at bus 4 {{ p = 200 kW; q = 50 kvar }}
{lines}
minimize integral(t: losses[t])
"
    ))
}

fn best(program: &Program) -> (Termination, Option<f64>) {
    let lowering = lower(program, &LowerOptions::default());
    assert!(lowering.diagnostics.is_empty(), "{:#?}", lowering.diagnostics);
    let outcome = solve(&lowering.problem, Engine::Auto, &Options { gap: 1e-7, ..Options::default() }, None);
    (outcome.termination, outcome.objective.map(|x| x * lowering.problem.objective_scale))
}

/// The fixed value of a variable.
fn fixed(program: &Program, name: &str) -> Option<f64> {
    let v = program.variables.iter().find(|v| v.name == *name).expect("a variable");
    (v.lower == v.upper).then_some(v.lower)
}

#[test]
fn frozen_lines_settle_orientation_and_idle_arcs() {
    for formulation in ["lindistflow", "conic"] {
        let frozen = ring(formulation, "line.closed = initial");
        for (arc, up) in
            [("1:1>2", 1.0), ("1:2>1", 0.0), ("2:2>3", 1.0), ("2:3>2", 0.0), ("4:4>1", 0.0), ("4:1>4", 0.0)]
        {
            assert_eq!(fixed(&frozen, &format!("arc.up[{arc}, 2]")), Some(up), "{formulation} {arc}");
            let flow = fixed(&frozen, &format!("arc.W[{arc}, 2]"));
            assert_eq!(flow, (up == 0.0).then_some(0.0), "{formulation} {arc}");
        }
        assert_eq!(family(&frozen, "arc.up").len(), 16);
        assert_eq!(rows(&frozen, "radial.parent") + rows(&frozen, "radial.oriented"), 0);
        // What is settled stands in no row.
        for c in &frozen.constraints {
            let (Relation::Le(f) | Relation::Eq(f)) = &c.relation else { continue };
            for (v, _) in &f.affine.terms {
                let v = frozen.variable(*v);
                assert!(v.lower < v.upper, "`{}` stands in `{}`", v.name, c.name);
            }
        }
        // The same network kept by rules, which settle nothing.
        let kept = ring(formulation, "line.switchable = no");
        assert_eq!(fixed(&kept, "arc.up[1:1>2, 2]"), None);
        assert!(kept.constraints.len() >= frozen.constraints.len() + 80, "{formulation}");
        let ((a, x), (b, y)) = (best(&frozen), best(&kept));
        assert_eq!((a, b), (Termination::Optimal, Termination::Optimal), "{formulation}");
        let (x, y) = (x.expect("a value"), y.expect("a value"));
        assert!((x - y).abs() <= 1e-5 * y.abs(), "{formulation}: {x} and {y}");
    }
}

#[test]
fn what_clashes_is_left_to_the_solver() {
    // The same in all periods would be found before: here all is dark first, and a loop then.
    let dark = ring("lindistflow", "line.closed[t] = if t = first then 0 else 1");
    assert_eq!(fixed(&dark, "arc.up[1:1>2, 1]"), None);
    assert!(rows(&dark, "radial.parent") > 0);
    assert_eq!(best(&dark).0, Termination::Infeasible);
}
