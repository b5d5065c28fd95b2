//! The power flow on small made-up networks, and on published ones in unusual states.

use proptest::prelude::*;
use tieline::network::powerflow::{
    Branch, Failure, Grid, GridError, Method, OperatingPoint, Snapshot, Solution, Source, Strategy, TOLERANCE,
    Workspace,
};

use crate::support::networks::{Published, load};
use crate::support::random::Random;

fn grid(nominal: f64, buses: usize, branches: &[(usize, usize, f64, f64)], sources: &[(usize, f64)]) -> Grid {
    let branches = branches.iter().map(|&(from, to, r, x)| Branch { from, to, r, x }).collect();
    let sources = sources.iter().map(|&(bus, v_set)| Source { bus, v_set }).collect();
    Grid::new(vec![nominal; buses], branches, sources).expect("a valid grid")
}

/// Largest mismatch (VA) over all buses, from the flows and injections alone, and the largest error of
/// a branch equation (V² relative).
fn audit(grid: &Grid, snapshot: &Snapshot<'_>, solution: &Solution<'_>) -> (f64, f64) {
    let mut balance: Vec<(f64, f64)> = snapshot.p.iter().copied().zip(snapshot.q.iter().copied()).collect();
    let angle = solution.angles();
    let mut worst_branch = 0.0f64;
    for (k, b) in grid.branches().iter().enumerate() {
        let flow = solution.flow(k);
        balance[b.from].0 -= flow.p_from;
        balance[b.from].1 -= flow.q_from;
        balance[b.to].0 += flow.p_to;
        balance[b.to].1 += flow.q_to;
        let (Some(vi), Some(vj)) = (solution.voltage2(b.from), solution.voltage2(b.to)) else { continue };
        if !snapshot.closed[k] {
            assert_eq!((flow.p_from, flow.q_to, flow.current2), (0.0, 0.0, 0.0));
            continue;
        }
        let (p, q) = (flow.p_from, flow.q_from);
        let drop = vi - vj - 2.0 * (b.r * p + b.x * q) + (b.r * b.r + b.x * b.x) * flow.current2;
        let cone = p * p + q * q - vi * flow.current2;
        let turn = (vi * vj).sqrt() * (angle[b.from] - angle[b.to]).sin() - (b.x * p - b.r * q);
        let end = (flow.p_from - flow.p_to - b.r * flow.current2, flow.q_from - flow.q_to - b.x * flow.current2);
        for error in
            [drop / vi, turn / vi, cone / (p * p + q * q).max(1.0), end.0 / (p.abs() + 1.0), end.1 / (q.abs() + 1.0)]
        {
            worst_branch = worst_branch.max(error.abs());
        }
    }
    for (k, s) in grid.sources().iter().enumerate() {
        let (p, q) = solution.source_power(k);
        balance[s.bus].0 += p;
        balance[s.bus].1 += q;
    }
    let lit = balance.iter().enumerate().filter(|(bus, _)| solution.voltage2(*bus).is_some());
    (lit.map(|(_, (p, q))| p.hypot(*q)).fold(0.0, f64::max), worst_branch)
}

fn total(snapshot: &Snapshot<'_>) -> f64 {
    snapshot.p.iter().sum::<f64>().hypot(snapshot.q.iter().sum())
}

#[test]
fn two_buses_match_the_closed_form() {
    let (r, x, p, q, e2) = (0.7, 0.4, 2.0e6, 1.1e6, 1.0e8);
    let grid = grid(1e4, 2, &[(0, 1, r, x)], &[(0, 1.0)]);
    let snapshot = Snapshot { closed: &[true], p: &[0.0, -p], q: &[0.0, -q] };
    let b = e2 / 2.0 - (r * p + x * q);
    let v = b + (b * b - (r * r + x * x) * (p * p + q * q)).sqrt();
    for strategy in [Strategy::Sweep, Strategy::Newton] {
        let mut workspace = Workspace::new();
        let solution = workspace.solve_by(&grid, &snapshot, strategy).expect("a solution");
        assert!((solution.voltage2(1).expect("fed") / v - 1.0).abs() < 1e-9);
        let losses = r * (p * p + q * q) / v;
        assert!((solution.losses() / losses - 1.0).abs() < 1e-7);
        assert!((solution.source_power(0).0 - p - losses).abs() < 1e-1);
        assert!((solution.flow(0).current() - (losses / (3.0 * r)).sqrt()).abs() < 1e-6);
    }
}

/// Near the limit the sweep is slow; beyond it nothing may be returned.
#[test]
fn the_limit_of_two_buses_is_found_from_both_sides() {
    let grid = grid(1e4, 2, &[(0, 1, 1.0, 1.0)], &[(0, 1.0)]);
    // With P = Q the limit is where v = |z||S| = E²/4 ... P = E² / 8 for r = x = 1.
    let limit = 1e8 / 8.0;
    let mut workspace = Workspace::new();
    for (share, solvable) in [(0.9, true), (0.99, true), (0.9999, true), (1.0001, false), (1.1, false), (20.0, false)] {
        let load = -share * limit;
        let snapshot = Snapshot { closed: &[true], p: &[0.0, load], q: &[0.0, load] };
        match workspace.solve(&grid, &snapshot) {
            Ok(solution) => {
                assert!(solvable, "{share}");
                let high = 2.5e7 * (1.0 + (1.0 - share).sqrt()).powi(2);
                let found = solution.voltage2(1).expect("fed");
                assert!((found / high - 1.0).abs() < 1e-5, "{share}: {found} {high} by {}", solution.method());
            }
            Err(failure) => assert!(!solvable && matches!(failure, Failure::Diverged { .. }), "{share}: {failure}"),
        }
    }
}

#[test]
fn twentyfold_load_is_reported() {
    for name in ["33bw", "84tpc", "118zh", "136ma"] {
        let Some(case) = load(name) else { continue };
        let p: Vec<f64> = case.p.iter().map(|p| 20.0 * p).collect();
        let q: Vec<f64> = case.q.iter().map(|q| 20.0 * q).collect();
        for strategy in [Strategy::Auto, Strategy::Sweep, Strategy::Newton] {
            let snapshot = Snapshot { closed: &case.closed, p: &p, q: &q };
            let failure = Workspace::new().solve_by(&case.grid, &snapshot, strategy).err();
            assert!(matches!(failure, Some(Failure::Diverged { .. })), "{name}: {failure:?}");
        }
    }
}

/// Up to the edge of collapse the two methods agree, and past it both refuse.
#[test]
fn sweep_and_newton_agree_under_rising_load() {
    let Some(case) = load("33bw") else { return };
    let mut last = 0.0;
    let mut limit = None;
    for step in 0..60 {
        let factor = 1.0 + 0.05 * f64::from(step);
        let p: Vec<f64> = case.p.iter().map(|p| factor * p).collect();
        let q: Vec<f64> = case.q.iter().map(|q| factor * q).collect();
        let snapshot = Snapshot { closed: &case.closed, p: &p, q: &q };
        let auto = OperatingPoint::of(&case.grid, &snapshot);
        let newton = Workspace::new().solve_by(&case.grid, &snapshot, Strategy::Newton).map(|s| s.losses());
        match (auto, newton) {
            (Ok(auto), Ok(newton)) => {
                assert!(limit.is_none(), "a solution at {factor} beyond the limit {limit:?}");
                assert!((auto.losses / newton - 1.0).abs() < 1e-6, "{factor}: {} {newton}", auto.losses);
                assert!(auto.losses > last);
                last = auto.losses;
            }
            (Err(_), Err(_)) => limit = limit.or(Some(factor)),
            (auto, newton) => panic!("{factor}: {auto:?} {newton:?}"),
        }
    }
    // From the continuation of this code; the sweep stops at the same load.
    assert!(limit.is_some_and(|l| (3.6..3.7).contains(&l)), "{limit:?}");
}

#[test]
fn all_ties_closed_balances_at_every_bus() {
    for name in ["16ci", "33bw", "69bw_rx", "84tpc", "118zh", "136ma", "417ba", "reds_873"] {
        let Some(case) = load(name) else { continue };
        let closed = vec![true; case.closed.len()];
        let snapshot = case.with(&closed);
        let mut workspace = Workspace::new();
        assert!(matches!(
            workspace.solve_by(&case.grid, &snapshot, Strategy::Sweep).err(),
            Some(Failure::Meshed { branch }) if branch < closed.len()
        ));
        let solution = workspace.solve(&case.grid, &snapshot).expect("a root");
        assert_eq!(solution.method(), Method::Newton);
        assert!(!solution.is_radial() && solution.mismatch() <= TOLERANCE);
        let (mismatch, equations) = audit(&case.grid, &snapshot, &solution);
        assert!(mismatch <= TOLERANCE * total(&snapshot) && equations < 1e-9, "{name}: {mismatch} {equations}");
        let base = workspace.solve(&case.grid, &case.snapshot()).expect("the base state has a power flow").losses();
        let meshed = workspace.solve(&case.grid, &snapshot).expect("a root").losses();
        assert!(meshed < base, "{name}: loops relieve the network");
    }
}

/// A random radial state: branches in random order, none that closes a loop.
fn random_tree(case: &Published, random: &mut Random) -> Vec<bool> {
    let branches = case.grid.branches();
    let mut part: Vec<usize> = (0..case.grid.bus_count()).collect();
    let find = |part: &[usize], mut v: usize| {
        while part[v] != v {
            v = part[v];
        }
        v
    };
    for pair in case.grid.sources().windows(2) {
        let (a, b) = (find(&part, pair[0].bus), find(&part, pair[1].bus));
        part[a.max(b)] = a.min(b);
    }
    let mut order: Vec<usize> = (0..branches.len()).collect();
    for k in (1..order.len()).rev() {
        order.swap(k, random.below(k + 1));
    }
    let mut closed = vec![false; branches.len()];
    for k in order {
        let (a, b) = (find(&part, branches[k].from), find(&part, branches[k].to));
        if a != b {
            part[a.max(b)] = a.min(b);
            closed[k] = true;
        }
    }
    closed
}

#[test]
fn newton_equals_the_sweep_on_random_states() {
    let mut random = Random(11);
    for (name, rounds) in [("16ci", 40), ("33bw", 60), ("84tpc", 40), ("136ma", 20), ("reds_873", 3)] {
        let Some(case) = load(name) else { continue };
        let mut solved = 0;
        for _ in 0..rounds {
            let closed = random_tree(&case, &mut random);
            let p: Vec<f64> = case.p.iter().map(|p| p * (2.0 * random.unit() - 0.7)).collect();
            let q: Vec<f64> = case.q.iter().map(|q| q * (2.0 * random.unit() - 0.7)).collect();
            let snapshot = Snapshot { closed: &closed, p: &p, q: &q };
            let (mut first, mut second) = (Workspace::new(), Workspace::new());
            let auto = first.solve(&case.grid, &snapshot);
            let newton = second.solve_by(&case.grid, &snapshot, Strategy::Newton);
            match (auto, newton) {
                (Ok(auto), Ok(newton)) => {
                    solved += 1;
                    assert!((auto.losses() / newton.losses() - 1.0).abs() < 1e-6, "{name}");
                    let (mismatch, equations) = audit(&case.grid, &snapshot, &auto);
                    let largest = p.iter().zip(&q).map(|(p, q)| p.hypot(*q)).fold(total(&snapshot), f64::max);
                    assert!(mismatch <= TOLERANCE * largest && equations < 1e-9, "{name}: {mismatch} {equations}");
                }
                (Err(_), Err(_)) => {}
                (auto, newton) => panic!("{name}: {:?} {:?}", auto.err(), newton.err()),
            }
        }
        assert!(2 * solved > rounds, "{name}: only {solved} of {rounds} have a solution");
    }
}

#[test]
fn several_sources_in_one_island_share_the_load() {
    let grid = grid(1e4, 3, &[(0, 1, 0.5, 0.5), (1, 2, 0.5, 0.5)], &[(0, 1.0), (2, 1.0)]);
    let snapshot = Snapshot { closed: &[true, true], p: &[0.0, -2e6, 0.0], q: &[0.0, -1e6, 0.0] };
    let mut workspace = Workspace::new();
    let solution = workspace.solve(&grid, &snapshot).expect("a root");
    assert_eq!(solution.method(), Method::Newton);
    let ((p0, _), (p2, _)) = (solution.source_power(0), solution.source_power(1));
    assert!((p0 - p2).abs() < 1.0 && (p0 + p2 - 2e6 - solution.losses()).abs() < 1.0);
    // As if both lines led to one source: half the impedance.
    let single = self::grid(1e4, 2, &[(0, 1, 0.25, 0.25)], &[(0, 1.0)]);
    let one = OperatingPoint::of(&single, &Snapshot { closed: &[true], p: &[0.0, -2e6], q: &[0.0, -1e6] });
    assert!((one.expect("a solution").losses / solution.losses() - 1.0).abs() < 1e-7);
}

#[test]
fn sources_of_different_voltage_drive_a_flow_without_load() {
    let grid = grid(1e4, 3, &[(0, 1, 0.0, 1.0), (1, 2, 0.0, 1.0)], &[(0, 1.02), (2, 1.0)]);
    let snapshot = Snapshot { closed: &[true, true], p: &[0.0; 3], q: &[0.0; 3] };
    let mut workspace = Workspace::new();
    let solution = workspace.solve(&grid, &snapshot).expect("a root");
    assert!((solution.voltage_pu(1).expect("fed") - 1.01).abs() < 1e-9);
    // E1 (E1 - E2) / X
    assert!((solution.source_power(0).1 - 1.02e4 * 200.0 / 2.0).abs() < 1e-3);
    assert!(audit(&grid, &snapshot, &solution).0 < 1e-2);
}

#[test]
fn branches_without_impedance_join_buses() {
    let data =
        [(0, 1, 0.0, 0.0), (1, 2, 0.5, 0.4), (2, 3, 0.0, 0.0), (3, 4, 0.5, 0.4), (1, 4, 0.7, 0.2), (2, 3, 0.0, 0.0)];
    let grid = grid(1e4, 5, &data, &[(0, 1.0)]);
    let (p, q) = ([0.0, -1e5, -4e5, -3e5, -5e5], [0.0, -5e4, -2e5, -1e5, -3e5]);
    let mut radial = Workspace::new();
    let closed = [true, true, true, true, false, false];
    let snapshot = Snapshot { closed: &closed, p: &p, q: &q };
    let sweep = radial.solve_by(&grid, &snapshot, Strategy::Sweep).expect("a sweep");
    assert!(audit(&grid, &snapshot, &sweep).0 < 1e-2);
    assert_eq!(sweep.voltage2(2), sweep.voltage2(3));
    let mut other = Workspace::new();
    let newton = other.solve_by(&grid, &snapshot, Strategy::Newton).expect("a root");
    for branch in 0..6 {
        let (a, b) = (sweep.flow(branch), newton.flow(branch));
        assert!(
            (a.p_from - b.p_from).abs() < 1.0
                && (a.q_to - b.q_to).abs() < 1.0
                && (a.current() - b.current()).abs() < 1e-4
        );
    }
    // Meshed, with a ring of two jumpers.
    let snapshot = Snapshot { closed: &[true; 6], p: &p, q: &q };
    let mut meshed = Workspace::new();
    let solution = meshed.solve(&grid, &snapshot).expect("a root");
    let (mismatch, equations) = audit(&grid, &snapshot, &solution);
    assert!(mismatch < 1e-2 && equations < 1e-9, "{mismatch} {equations}");
}

/// A very small impedance must neither spoil the convergence nor the flows around it.
#[test]
fn tiny_impedances_keep_the_precision() {
    for tiny in [1e-5, 1e-7, 1e-9] {
        let data = [(0, 1, tiny, tiny), (1, 2, 0.5, 0.4), (2, 3, tiny, 0.0), (3, 0, 0.5, 0.4)];
        let grid = grid(1e4, 4, &data, &[(0, 1.0)]);
        let snapshot = Snapshot { closed: &[true; 4], p: &[0.0, -1e5, -4e5, -3e5], q: &[0.0, -5e4, -2e5, -1e5] };
        let mut workspace = Workspace::new();
        let solution = workspace.solve(&grid, &snapshot).expect("a root");
        let (mismatch, _) = audit(&grid, &snapshot, &solution);
        assert!(mismatch <= TOLERANCE * total(&snapshot), "{tiny}: {mismatch}");
    }
}

#[test]
fn sources_joined_without_impedance_must_agree() {
    let data = [(0, 1, 0.0, 0.0), (1, 2, 0.5, 0.5)];
    let snapshot = Snapshot { closed: &[true, true], p: &[0.0, 0.0, -1e5], q: &[0.0; 3] };
    let equal = grid(1e4, 3, &data, &[(0, 1.0), (1, 1.0)]);
    let mut workspace = Workspace::new();
    let solution = workspace.solve(&equal, &snapshot).expect("a root");
    let ((a, _), (b, _)) = (solution.source_power(0), solution.source_power(1));
    assert!((a - b).abs() < 1e-3 && (a + b - 1e5 - solution.losses()).abs() < 1e-2);
    let unequal = grid(1e4, 3, &data, &[(0, 1.0), (1, 1.01)]);
    let failure = Workspace::new().solve(&unequal, &snapshot).err();
    assert_eq!(failure, Some(Failure::SourcesConflict { first: 0, second: 1 }));
}

#[test]
fn an_island_without_source_is_dark() {
    let data = [(0, 1, 0.5, 0.5), (1, 2, 0.5, 0.5), (2, 3, 0.5, 0.5), (3, 4, 0.5, 0.5), (4, 2, 0.5, 0.5)];
    let grid = grid(1e4, 5, &data, &[(0, 1.0)]);
    // The dark island is a ring with its own generation: neither may matter.
    let snapshot = Snapshot {
        closed: &[true, false, true, true, true],
        p: &[0.0, -1e5, -1e5, 9e5, -1e5],
        q: &[0.0, -1e5, -1e5, 0.0, -1e5],
    };
    let mut workspace = Workspace::new();
    let solution = workspace.solve(&grid, &snapshot).expect("a sweep");
    assert_eq!(solution.method(), Method::Sweep);
    assert_eq!(solution.dark_buses(), [2, 3, 4]);
    assert_eq!(solution.voltage_pu(3), None);
    assert_eq!(solution.flow(2).p_from, 0.0);
    assert!((solution.source_power(0).0 - 1e5 - solution.losses()).abs() < 1e-2);
    let none = self::grid(1e4, 5, &data, &[]);
    let mut workspace = Workspace::new();
    let solution = workspace.solve(&none, &snapshot).expect("nothing to solve");
    assert_eq!((solution.dark_buses().len(), solution.losses()), (5, 0.0));
}

#[test]
fn a_generator_reverses_flows() {
    let Some(case) = load("33bw") else { return };
    let mut p = case.p.clone();
    p[17] += 3e6;
    let snapshot = Snapshot { closed: &case.closed, p: &p, q: &case.q };
    let (mut first, mut second) = (Workspace::new(), Workspace::new());
    let sweep = first.solve(&case.grid, &snapshot).expect("a sweep");
    let newton = second.solve_by(&case.grid, &snapshot, Strategy::Newton).expect("a root");
    assert_eq!(sweep.method(), Method::Sweep);
    assert!(sweep.flow(16).p_from < 0.0 && sweep.flow(16).loss() > 0.0);
    assert_eq!(sweep.highest_voltage().map(|(bus, _)| bus), Some(17));
    assert!((sweep.losses() / newton.losses() - 1.0).abs() < 1e-7);
    assert!(audit(&case.grid, &snapshot, &sweep).0 <= TOLERANCE * total(&snapshot));
}

#[test]
fn unusable_input_is_refused() {
    let branch = |from, to, r| Branch { from, to, r, x: 0.1 };
    let source = |bus, v_set| Source { bus, v_set };
    let make = |branches: Vec<Branch>, sources: Vec<Source>| Grid::new(vec![1e4; 2], branches, sources).err();
    assert_eq!(Grid::new(vec![0.0], vec![], vec![]).err(), Some(GridError::NominalVoltage { bus: 0 }));
    assert_eq!(make(vec![branch(0, 2, 0.1)], vec![]), Some(GridError::UnknownBusOfBranch { branch: 0 }));
    assert_eq!(make(vec![branch(1, 1, 0.1)], vec![]), Some(GridError::SelfLoop { branch: 0 }));
    assert_eq!(make(vec![branch(0, 1, f64::NAN)], vec![]), Some(GridError::Impedance { branch: 0 }));
    assert_eq!(make(vec![], vec![source(5, 1.0)]), Some(GridError::UnknownBusOfSource { source: 0 }));
    assert_eq!(make(vec![], vec![source(0, -1.0)]), Some(GridError::SourceVoltage { source: 0 }));
    let twice = vec![source(0, 1.0), source(0, 1.1)];
    assert_eq!(make(vec![], twice), Some(GridError::SourcesConflict { first: 0, second: 1 }));
    let grid = grid(1e4, 2, &[(0, 1, 0.1, 0.1)], &[(0, 1.0)]);
    let solve = |closed: &[bool], p: &[f64], q: &[f64]| Workspace::new().solve(&grid, &Snapshot { closed, p, q }).err();
    assert_eq!(solve(&[], &[0.0; 2], &[0.0; 2]), Some(Failure::WrongLength { expected: 1, found: 0 }));
    assert_eq!(solve(&[true], &[0.0; 3], &[0.0; 2]), Some(Failure::WrongLength { expected: 2, found: 3 }));
    assert_eq!(solve(&[true], &[0.0, f64::NAN], &[0.0; 2]), Some(Failure::NotFinite { bus: 1 }));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// A network in volts, a thousandth of the volts with a millionth of the power, and one with
    /// impedances in other units are the same network.
    #[test]
    fn units_do_not_alter_the_result(
        seed in any::<u64>(), buses in 2usize..40, scale in -4i32..5, extra in 0usize..3,
    ) {
        let mut random = Random(seed);
        let mut branches: Vec<Branch> = (1..buses).map(|to| Branch {
            from: random.below(to), to, r: 0.01 + random.unit(), x: 0.01 + random.unit(),
        }).collect();
        for _ in 0..extra {
            let (from, to) = (random.below(buses), random.below(buses));
            if from != to {
                branches.push(Branch { from, to, r: random.unit(), x: 0.1 + random.unit() });
            }
        }
        let p: Vec<f64> = (0..buses).map(|_| -2e5 * (random.unit() - 0.2)).collect();
        let q: Vec<f64> = (0..buses).map(|_| -1e5 * (random.unit() - 0.2)).collect();
        let closed = vec![true; branches.len()];
        let sources = vec![Source { bus: 0, v_set: 1.02 }];
        let factor = 10f64.powi(scale);
        let base = Grid::new(vec![1.5e4; buses], branches.clone(), sources.clone()).expect("a grid");
        // Volts and currents times the factor: power times its square, impedances unchanged.
        let scaled = Grid::new(vec![1.5e4 * factor; buses], branches.clone(), sources.clone()).expect("a grid");
        // Impedances times the factor, currents divided by it.
        let ohms = branches.iter().map(|b| Branch { r: b.r * factor, x: b.x * factor, ..*b }).collect();
        let other = Grid::new(vec![1.5e4; buses], ohms, sources).expect("a grid");
        let one = OperatingPoint::of(&base, &Snapshot { closed: &closed, p: &p, q: &q });
        let times = |values: &[f64], factor: f64| values.iter().map(|v| v * factor).collect::<Vec<f64>>();
        let square = factor * factor;
        let (p2, q2) = (times(&p, square), times(&q, square));
        let two = OperatingPoint::of(&scaled, &Snapshot { closed: &closed, p: &p2, q: &q2 });
        let (p3, q3) = (times(&p, 1.0 / factor), times(&q, 1.0 / factor));
        let three = OperatingPoint::of(&other, &Snapshot { closed: &closed, p: &p3, q: &q3 });
        let (one, two, three) = (one.expect("light load"), two.expect("light load"), three.expect("light load"));
        prop_assert!((two.losses / square / one.losses - 1.0).abs() < 1e-9);
        prop_assert!((three.losses * factor / one.losses - 1.0).abs() < 1e-9);
        prop_assert_eq!(one.method, two.method);
        for ((a, b), c) in one.voltage_pu.iter().zip(&two.voltage_pu).zip(&three.voltage_pu) {
            let (a, b, c) = (a.expect("fed"), b.expect("fed"), c.expect("fed"));
            prop_assert!((a - b).abs() < 1e-10 && (a - c).abs() < 1e-10);
        }
    }

    /// Neither the order of branches and buses nor the direction of a branch matters.
    #[test]
    fn order_and_direction_do_not_matter(seed in any::<u64>(), buses in 2usize..30, extra in 0usize..3) {
        let mut random = Random(seed);
        let mut branches: Vec<(usize, usize, f64, f64)> =
            (1..buses).map(|to| (random.below(to), to, 0.01 + random.unit(), random.unit())).collect();
        for _ in 0..extra {
            let from = random.below(buses);
            branches.push((from, (from + 1) % buses, 0.1 + random.unit(), random.unit()));
        }
        let p: Vec<f64> = (0..buses).map(|_| -1e5 * random.unit()).collect();
        let q: Vec<f64> = (0..buses).map(|_| -5e4 * random.unit()).collect();
        let one = OperatingPoint::of(
            &grid(1.5e4, buses, &branches, &[(0, 1.0)]),
            &Snapshot { closed: &vec![true; branches.len()], p: &p, q: &q },
        ).expect("light load");
        let last = buses - 1;
        let turned: Vec<_> = branches.iter().rev().map(|&(a, b, r, x)| (last - b, last - a, r, x)).collect();
        let reversed = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
        let two = OperatingPoint::of(
            &grid(1.5e4, buses, &turned, &[(last, 1.0)]),
            &Snapshot { closed: &vec![true; branches.len()], p: &reversed(&p), q: &reversed(&q) },
        ).expect("light load");
        prop_assert!((one.losses / two.losses - 1.0).abs() < 1e-8);
        for (a, b) in one.flow.iter().zip(two.flow.iter().rev()) {
            prop_assert!((a.p_from + b.p_to).abs() < 1.0 && (a.current() - b.current()).abs() < 1e-4);
        }
    }
}
