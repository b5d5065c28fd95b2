//! Numbers by which cases are compared.

use crate::studies::{options, program};
use tieline::report::{Case, compare, quantities};
use tieline::solution::Engine;
use tieline::study::solve;

#[test]
fn powers_become_energies_and_rates_amounts() {
    let program = program(
        "use std.grid\nbus 1 { nominal = 20 kV }\nbus 2 { nominal = 20 kV }\n\
         line 1 from bus 1 to bus 2 { r = 0.8 ohm; x = 0.6 ohm; switchable = no }\n\
         source \"s\" at bus 1 { v_set = 1.0 pu; emission = 0.5 t/MWh }\n\
         load \"a\" at bus 2 { p = 900 kW; q = 300 kvar }\n\
         bus.v_min = 0.9 pu\nbus.v_max = 1.05 pu\nwith conic, radial\nhorizon 4 h step 2 h\n\
         minimize integral(t: losses[t]) + 0 kWh\n",
    );
    let result = solve(&program, &options(Engine::Auto, 1e-4));
    let of = |name: &str, unit: &str| {
        let list = quantities(&program, &result);
        let found = list.iter().find(|q| q.name == name && q.unit == unit);
        found.unwrap_or_else(|| panic!("{name} in {unit}: {list:#?}")).value
    };
    let (losses, import) = (of("losses", "kWh"), of("import", "kWh"));
    assert!((import - losses - 4.0 * 900.0).abs() < 1e-2, "{import} {losses}");
    assert!(losses > 1.0 && of("minimum voltage", "pu") < 1.0);

    // The same result twice differs by nothing, and what is zero everywhere has no row.
    let twice = compare(["one", "two"].map(|n| Case::of(n, &program, &result, 0.1)).to_vec());
    assert!(twice.rows.values().all(|r| r[0].difference.is_none() && r[1].difference.is_none_or(|d| d == 0.0)));
    assert!(!twice.rows.keys().any(|(name, _)| name == "shed"));
    assert!(twice.table().lines().any(|l| l.starts_with("losses, kWh")), "{}", twice.table());
}
