//! Each study of the design.

use super::{family, folder, program, rows, staged};
use tieline::program::{AtomKind, Domain, Relation, Stage};

#[test]
fn every_study_here_has_a_program() {
    let mut seen = 0;
    for entry in std::fs::read_dir(folder()).expect("the folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        if name.ends_with(".tie") {
            assert!(!program(&name, None).variables.is_empty(), "{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, 6);
}

#[test]
fn s0_has_one_topology_a_day_ahead_and_three_budgets() {
    let p = program("s0_robust_33.tie", None);
    assert_eq!((p.periods, p.step), (24, Some(3600.0)));
    assert_eq!(p.factors.len(), 3 * 24);
    assert!(p.factors.iter().all(|f| (f.lower, f.upper) == (-1.0, 1.0)));
    let budgets: Vec<&str> = p.budgets.iter().map(|b| b.name.as_str()).collect();
    assert_eq!(budgets, ["load_hours", "pv_hours", "wind_hours"]);
    // Each budget is a sum of 24 absolute values below 6.
    for b in &p.budgets {
        let Relation::Le(f) = &b.relation else { panic!("{} is not an inequality", b.name) };
        assert_eq!((f.affine.constant, f.atoms.len()), (-6.0, 24), "{}", b.name);
        assert!(f.atoms.iter().all(|(a, k)| p.atom(*a).kind == AtomKind::Abs && *k == 1.0), "{}", b.name);
    }
    // One status per line for the whole day.
    assert_eq!(family(&p, "line.closed").len(), 37);
    for (name, stage) in [
        ("line.closed", Stage::Ahead),
        ("storage.charge", Stage::Ahead),
        ("storage.stored", Stage::Ahead),
        ("ev_station.charge", Stage::Ahead),
        ("diesel.p", Stage::Ahead),
        ("diesel.q", Stage::Recourse),
        ("source.p", Stage::Recourse),
        ("load.cut", Stage::Recourse),
        ("pv.p", Stage::Recourse),
        ("demand_response.dp", Stage::Recourse),
    ] {
        assert!(staged(&p, name, stage), "{name} {stage:?}");
    }
    // Vehicles charge in hours 1 to 8 and 19 to 24 only.
    assert_eq!(family(&p, "ev_station.charge").len(), 5 * 14);
    let terms: Vec<&str> = p.objectives[0].terms.iter().map(|t| t.0.as_str()).collect();
    assert_eq!(terms, ["network", "energy", "shed", "spilled"]);
}

#[test]
fn s0_moves_no_more_load_than_its_case_allows() {
    let reach = |case: &str| -> f64 {
        let p = program("s0_robust_33.tie", Some(case));
        family(&p, "demand_response.dp").iter().map(|v| v.upper).fold(0.0, f64::max)
    };
    assert_eq!(reach("a"), 0.0);
    // The largest loads, 420 kW, at the highest load of the day and 10 % above it.
    assert!((reach("b") - 0.10 * 420e3 * 1.1).abs() < 1.0, "{}", reach("b"));
    assert!((reach("d") / reach("b") - 2.0).abs() < 1e-9);
}

#[test]
fn s1_sites_are_shared_by_both_modes() {
    let p = program("s1_two_modes_igdt.tie", None);
    for (class, list) in [("grid_forming", "DG"), ("storage", "ESS")] {
        let built = family(&p, &format!("{class}.built"));
        assert_eq!(built.len(), 32, "{list}");
        assert!(
            built
                .iter()
                .all(|v| v.domain == Domain::Binary && v.stage == Stage::Ahead && !v.name.to_string().contains('@'))
        );
    }
    // Topology and operation are decided in each mode.
    let closed = family(&p, "line.closed");
    assert_eq!(closed.len(), 2 * 37 * 4);
    assert_eq!(closed.iter().filter(|v| v.name.to_string().ends_with("@islanded")).count(), 37 * 4);
    // The substation is lost in one mode only.
    assert_eq!(rows(&p, "source.lost_p"), 4);
    assert_eq!(p.factors.len(), 4);
    assert_eq!(rows(&p, "grid_forming.most"), 2 * 32 * 4);
    let terms: Vec<&str> = p.objectives[0].terms.iter().map(|t| t.0.as_str()).collect();
    assert_eq!(terms, ["connected", "islanded"]);
    // Losses of one mode, unserved energy of the other.
    let mentions = |term: usize, mode: &str| {
        let f = &p.objectives[0].terms[term].1;
        !f.affine.terms.is_empty()
            && f.affine.terms.iter().all(|(v, _)| p.variable(*v).name.to_string().ends_with(mode))
    };
    assert!(mentions(0, "@connected") && mentions(1, "@islanded"));
}

#[test]
fn s2_has_three_uncertain_series_and_its_devices() {
    let p = program("s2_stochastic_41.tie", None);
    assert_eq!(p.factors.len(), 3 * 24);
    for (name, count) in [
        ("storage.stored", 4),
        ("pv.p", 2),
        ("wind.p", 6),
        ("capacitor.steps_in", 12),
        ("line.closed", 47),
        ("load.cut", 40),
    ] {
        assert_eq!(family(&p, name).len(), 24 * count, "{name}");
    }
    assert!(family(&p, "capacitor.steps_in").iter().all(|v| v.domain == Domain::Integer));
    assert_eq!(rows(&p, "linear_ac.flow_p"), 47 * 24);
    let switched = p.constraints.iter().filter(|c| matches!(c.relation, Relation::Implies { is: true, .. })).count();
    assert_eq!(switched, 2 * 47 * 24);
    // Five segments, six points.
    let squares = p.atoms.iter().filter(|a| matches!(&a.kind, AtomKind::Piecewise(points) if points.len() == 6));
    assert_eq!(squares.count(), 2 * 47 * 24);
}

#[test]
fn s2_cases_remove_freeze_and_price() {
    let a = program("s2_stochastic_41.tie", Some("A"));
    for name in ["storage.stored", "pv.p", "wind.p", "capacitor.steps_in"] {
        assert!(family(&a, name).is_empty(), "{name}");
    }
    // Frozen as given: 40 closed, 7 open, in each hour.
    let closed: f64 = family(&a, "line.closed").iter().map(|v| v.lower).sum();
    assert!(family(&a, "line.closed").iter().all(|v| v.lower == v.upper));
    assert_eq!(closed, 40.0 * 24.0);
    // No lowest voltage: only that of nothing.
    assert!(family(&a, "bus.dv").iter().all(|v| v.lower == -12_660.0));
    let d = program("s2_stochastic_41.tie", Some("D"));
    assert!(family(&d, "bus.dv").iter().all(|v| (v.lower + 0.05 * 12_660.0).abs() < 1e-6));
    assert!(family(&program("s2_stochastic_41.tie", Some("C")), "storage.stored").is_empty());
    let wear = |case: &str| -> f64 {
        let p = program("s2_stochastic_41.tie", Some(case));
        let price = |(v, x): &(tieline::program::VarId, f64)| {
            p.variable(*v).name.to_string().starts_with("storage.discharge[").then_some(*x)
        };
        p.objectives[0].terms[1].1.affine.terms.iter().find_map(price).expect("a price of discharging")
    };
    assert!((wear("D") / wear("D.1") - 5.0 / 3.0).abs() < 1e-9);
}

#[test]
fn s3_restores_then_switches_then_saves() {
    let p = program("s3_restoration.tie", None);
    let goals: Vec<(&str, bool)> = p.objectives.iter().map(|o| (o.name.as_str(), o.maximize)).collect();
    assert_eq!(goals, [("restored", true), ("switching", false), ("cost", false)]);
    // 3715 kW could be served, if all were.
    let all: f64 = p.objectives[0].terms[0].1.affine.terms.iter().map(|t| t.1).sum();
    assert!((all - 3_715e3).abs() < 1e-6, "{all}");
    assert_eq!((rows(&p, "source.lost_p"), rows(&p, "source.lost_q")), (1, 1));
    assert_eq!(family(&p, "bus.lit").len(), 33);
    assert_eq!(family(&p, "grid_forming.forms").len(), 4);
    // Four buses can be roots, the lost substation is none.
    let radial = p.network.expect("a network").periods[0].radial.clone().expect("an orientation");
    assert_eq!(radial.root.iter().filter(|r| !r.terms.is_empty()).count(), 4);
    assert!(radial.energised.iter().all(|u| u.terms.len() == 1));
}

#[test]
fn the_textbook_problem_needs_no_network() {
    let p = program("location_transportation.tie", None);
    assert!(p.network.is_none());
    assert_eq!((p.factors.len(), p.budgets.len()), (3, 2));
    assert!(
        staged(&p, "open", Stage::Ahead) && staged(&p, "size", Stage::Ahead) && staged(&p, "flow", Stage::Recourse)
    );
    assert_eq!((rows(&p, "limit"), rows(&p, "enough"), rows(&p, "ship_from"), rows(&p, "meet")), (3, 1, 3, 3));
    // Demand is uncertain on the right-hand side only, 40 units each.
    let uncertain: Vec<f64> = p
        .constraints
        .iter()
        .filter_map(|c| match &c.relation {
            Relation::Le(f) | Relation::Eq(f) => Some(f),
            Relation::Implies { .. } => None,
        })
        .flat_map(|f| f.uncertain.iter().map(|(_, a)| (a.terms.is_empty(), a.constant)))
        .map(|(alone, x)| if alone { x } else { f64::NAN })
        .collect();
    assert_eq!(uncertain, [40.0; 3]);
}

#[test]
fn a_users_device_joins_the_balances_and_is_no_branch() {
    let p = program("soft_open_point.tie", None);
    let network = p.network.as_ref().expect("a network");
    assert_eq!(network.branches.len(), 37);
    // Both ends of both devices are injections at their buses.
    let injects = |bus: &str, var: &str| {
        let at = network.buses.iter().position(|b| b.id == bus).expect("a bus");
        let form = &network.periods[0].active[at];
        form.terms.iter().any(|(v, x)| p.variable(*v).name == var && *x == 1.0)
    };
    assert!(injects("18", "soft_open_point.p_i[SOP1]") && injects("33", "soft_open_point.p_j[SOP1]"));
    assert!(injects("25", "soft_open_point.p_i[SOP2]") && injects("29", "soft_open_point.p_j[SOP2]"));
    assert!(!injects("33", "soft_open_point.p_i[SOP1]"));
    assert_eq!(rows(&p, "soft_open_point.through"), 2);
}
