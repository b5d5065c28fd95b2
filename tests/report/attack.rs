//! Plans that are wrong by more than the tolerance are refused, whatever the quantity that is wrong.

use crate::studies::{optimum, program};
use std::collections::BTreeMap;
use tieline::program::{Program, Relation};
use tieline::solution::Engine;
use tieline::study::{TOLERANCE, largest_violation};

/// What the documentation lets each linear equation be missed by, computed here.
fn allowed(program: &Program, x: &[f64]) -> Vec<(usize, f64)> {
    let mut sizes = Vec::new();
    let mut largest: BTreeMap<u32, f64> = BTreeMap::new();
    for (i, c) in program.constraints.iter().enumerate() {
        let Relation::Eq(form) = &c.relation else { continue };
        if !form.is_affine() {
            continue;
        }
        let terms: f64 = form.affine.terms.iter().map(|(v, a)| (a * x[v.0 as usize]).abs()).sum();
        let size = terms + form.affine.constant.abs();
        let most = largest.entry(c.origin.0).or_insert(0.0);
        *most = most.max(size);
        sizes.push((i, size));
    }
    let of = |(i, size): (usize, f64)| {
        let c = &program.constraints[i];
        (i, c.unit.floor.max(1e-5 * size.max(1e-3 * largest[&c.origin.0])))
    };
    sizes.into_iter().map(of).collect()
}

#[test]
fn every_quantity_of_every_equation_counts() {
    let text = |formulation: &str, wide: &str| {
        format!(
            "use std.grid, std.generators, std.storage
horizon 3 h step 1 h
bus 1 {{ nominal = 10 kV }}
bus 2 {{ nominal = 10 kV }}
bus 3 {{ nominal = 10 kV }}
line 1 from bus 1 to bus 2 {{ r = 0.3 ohm; x = 0.3 ohm; rate = {wide} A }}
line 2 from bus 2 to bus 3 {{ r = 0.4 ohm; x = 0.3 ohm }}
line 3 from bus 1 to bus 3 {{ r = 0.5 ohm; x = 0.3 ohm }}
load 2 at bus 2 {{ p = 300 kW; q = 100 kvar; profile = [1.0, 0.3, 0.8] pu }}
load 3 at bus 3 {{ p = 500 kW; q = 200 kvar }}
source \"grid\" at bus 1 {{ v_set = 1.0 pu; price = [50, 120, 200] EUR/MWh; p_max = {wide} kW }}
diesel \"D\" at bus 3 {{ p_max = 200 kW; p_min = 20 kW; q_max = 10 kvar; cost = 90 EUR/MWh; commit = yes; on_before = no; start_cost = 20 EUR }}
storage \"S\" at bus 2 {{ power = 100 kW; energy = {wide} kWh; efficiency = 0.9; initial = 0 % }}
bus.v_min = 0.9 pu
bus.v_max = 1.1 pu
with {formulation}, radial
minimize integral(t: running_costs[t])
"
        )
    };
    let mut attacks = 0;
    for (formulation, wide) in [("lindistflow", "1000"), ("lindistflow", "1000000000"), ("conic", "1000000000")] {
        let program = program(&text(formulation, wide));
        let result = optimum(&program, Engine::Auto, 1e-3);
        let plan = result.values.expect("a plan");
        for (i, allowed) in allowed(&program, &plan) {
            let rule = &program.constraints[i];
            let Relation::Eq(form) = &rule.relation else { continue };
            for (v, a) in &form.affine.terms {
                for sign in [-3.0, 3.0] {
                    let mut x = plan.clone();
                    x[v.0 as usize] += sign * allowed / a;
                    let (violation, at) = largest_violation(&program, &x);
                    let name = &program.variables[*v].name;
                    assert!(violation > TOLERANCE, "{wide}: {name} in {}: {violation:e} at {at}", rule.name);
                    attacks += 1;
                }
            }
        }
    }
    assert!(attacks > 500, "{attacks}");
}
