//! The power flow against published losses.

use tieline::network::powerflow::{Method, Strategy, TOLERANCE, Workspace};

use crate::support::networks::{Published, load, names};

fn close(found: f64, wanted: f64, relative: f64) -> bool {
    (found - wanted).abs() <= relative * wanted.abs()
}

#[test]
fn base_losses_and_lowest_voltages_are_the_published_ones() {
    let names = names();
    if names.is_empty() {
        eprintln!("SKIPPED: no network data");
    }
    for name in names {
        let Some(case) = load(&name) else { continue };
        let mut workspace = Workspace::new();
        let solution = workspace.solve(&case.grid, &case.snapshot()).expect("the base state has a power flow");
        let base = &case.meta["verified"]["base"];
        let wanted = base["loss_kw_bfs"].as_f64().expect("a verified loss");
        let found = solution.losses() / 1e3;
        assert!(close(found, wanted, 1e-6), "{name}: {found} kW, published {wanted} kW");
        let (bus, voltage) = solution.lowest_voltage().expect("energised");
        assert!(close(voltage, base["min_voltage_pu"].as_f64().expect("a voltage"), 2e-6), "{name}: {voltage} pu");
        assert_eq!(case.bus_ids[bus], base["min_voltage_bus"].to_string().trim_matches('"'), "{name}");
        assert_eq!(solution.method(), Method::Sweep);
        assert!(solution.mismatch() <= TOLERANCE);
        assert!(solution.dark_buses().is_empty());
    }
}

#[test]
fn published_configurations_have_their_losses() {
    for name in names() {
        let Some(case) = load(&name) else { continue };
        let verified = &case.meta["verified"];
        let mut configurations = verified["published_configurations"].as_array().cloned().unwrap_or_default();
        configurations.extend(verified.get("best_found_here").cloned());
        let mut workspace = Workspace::new();
        for configuration in configurations {
            let closed = case.open(&Published::ids(&configuration["open_lines"]));
            let wanted = configuration["loss_kw_bfs"].as_f64().expect("a verified loss");
            let solution = workspace.solve(&case.grid, &case.with(&closed)).expect("a power flow");
            let found = solution.losses() / 1e3;
            assert!(close(found, wanted, 1e-6), "{name}: {found} kW, published {wanted} kW");
            assert!(solution.is_radial());
        }
    }
}

#[test]
fn newton_agrees_with_the_sweep() {
    for name in names() {
        let Some(case) = load(&name) else { continue };
        let (mut first, mut second) = (Workspace::new(), Workspace::new());
        let sweep = first.solve_by(&case.grid, &case.snapshot(), Strategy::Sweep).expect("a sweep");
        let newton = second.solve_by(&case.grid, &case.snapshot(), Strategy::Newton).expect("a root");
        assert_eq!((sweep.method(), newton.method()), (Method::Sweep, Method::Newton));
        assert!(close(sweep.losses(), newton.losses(), 1e-7), "{name}: {} {}", sweep.losses(), newton.losses());
        let angles = sweep.angles().into_iter().zip(newton.angles());
        for (bus, (a, b)) in angles.enumerate() {
            let (v, w) = (sweep.voltage_pu(bus).expect("energised"), newton.voltage_pu(bus).expect("energised"));
            assert!((v - w).abs() < 1e-8 && (a - b).abs() < 1e-7, "{name} bus {bus}: {v} {w}, {a} {b}");
        }
        for branch in 0..case.closed.len() {
            let (a, b) = (sweep.flow(branch), newton.flow(branch));
            let scale = 1e-6 * sweep.source_power(0).0.abs().max(1e6);
            assert!((a.p_from - b.p_from).abs() < scale && (a.q_to - b.q_to).abs() < scale, "{name} branch {branch}");
        }
    }
}
