//! A topology for each hour, hours joined by storage: taken apart by hour or not, the answer is one.

use crate::studies::{options, program};
use tieline::program::Program;
use tieline::solution::Engine;
use tieline::study::{Status, solve};

/// A ring whose loads and prices change by the hour, with a battery.
fn ring(formulation: &str) -> Program {
    // A rating is a cone in LinDistFlow.
    let rated = if formulation.starts_with("linear_ac") { "line.capacity = 4 MVA" } else { "" };
    program(&format!(
        "use std.grid, std.storage\nhorizon 4 h step 1 h\nwith {formulation}, radial\n\
         bus 1 {{ }}\nbus 2 {{ }}\nbus 3 {{ }}\nbus 4 {{ }}\nbus.nominal = 12.66 kV\nbus.v_min = 0.9 pu\nbus.v_max = 1.05 pu\n\
         line 12 from bus 1 to bus 2 {{ r = 1 ohm; x = 0.5 ohm }}\nline 23 from bus 2 to bus 3 {{ r = 1 ohm; x = 0.5 ohm }}\n\
         line 34 from bus 3 to bus 4 {{ r = 1 ohm; x = 0.5 ohm }}\n\
         line 41 from bus 4 to bus 1 {{ r = 1 ohm; x = 0.5 ohm; normally_open = yes }}\n{rated}\n\
         source \"s\" at bus 1 {{ v_set = 1.0 pu; price = [30, 90, 40, 100] EUR/MWh }}\n\
         load 2 at bus 2 {{ p = 900 kW; q = 300 kvar; profile = [1, 0.2, 0.1, 0.9] pu }}\n\
         load 3 at bus 3 {{ p = 300 kW; q = 100 kvar }}\n\
         load 4 at bus 4 {{ p = 900 kW; q = 300 kvar; profile = [0.1, 1, 0.9, 0.3] pu }}\n\
         storage \"B\" at bus 3 {{ power = 200 kW; energy = 400 kWh; efficiency = 90 %; initial = 50 %; wear = 5 EUR/MWh }}\n\
         minimize integral(t: running_costs[t]) + integral(t: 50 EUR/MWh * losses[t])\n"
    ))
}

#[test]
fn linear_studies_by_hour_agree_with_the_whole() {
    let linear = [
        "linear_ac(segments = 6, grading = 2, theta_max = 0.2 rad, loss = on_demand)",
        "lindistflow(loss = piecewise)",
    ];
    for formulation in linear {
        let program = ring(formulation);
        let [apart, whole] = [Engine::Auto, Engine::Highs].map(|engine| {
            let result = solve(&program, &options(engine, 1e-4));
            assert_eq!(result.status, Status::Optimal, "{formulation} {engine:?} {:?}", result.diagnostics);
            let (value, bound) = (result.objective.expect("a value"), result.bound.expect("a bound"));
            assert!(bound <= value * (1.0 + 1e-9) && value - bound <= 1e-4 * value, "{value} {bound}");
            (value, bound, result.outcome.expect("an outcome").engine)
        });
        // Each bound is below the other's value.
        assert!((apart.0 / whole.0 - 1.0).abs() <= 2e-4, "{formulation}: {apart:?} {whole:?}");
        assert!(apart.1 <= whole.0 * (1.0 + 1e-6) && whole.1 <= apart.0 * (1.0 + 1e-6), "{apart:?} {whole:?}");
        assert!(apart.2.contains("by period") && !whole.2.contains("by period"), "{} {}", apart.2, whole.2);
    }
}
