//! The heuristics of reconfiguration against published and enumerated optima.

use proptest::prelude::*;
use tieline::network::powerflow::{Branch, Grid, Snapshot, Source, Workspace};
use tieline::network::reconfigure::{
    BranchExchange, Limits, Refusal, SearchOptions, Switching, Task, meshed_currents, search, spanning_tree,
};

use crate::support::enumerate::{Allowed, least_losses};
use crate::support::networks::{Published, load};
use crate::support::random::Random;

fn free(case: &Published) -> Vec<Switching> {
    vec![Switching::Free; case.closed.len()]
}

fn task<'a>(case: &'a Published, limits: &'a Limits, switching: &'a [Switching]) -> Task<'a> {
    Task { grid: &case.grid, p: &case.p, q: &case.q, limits, switching }
}

fn options(seed: u64, starts: usize, rounds: usize) -> SearchOptions<'static> {
    SearchOptions { seed, starts, rounds, limit: None }
}

#[test]
fn search_finds_the_best_known_states() {
    // Rounds far above what is needed, so that the test does not hang on the random numbers.
    for (name, losses, rounds) in [
        ("16ci", 466.1267, 20),
        ("33bw", 139.5513, 50),
        ("69bw_rx", 99.6189, 50),
        ("84tpc", 469.8775, 50),
        ("118zh", 869.7299, 200),
        ("136ma", 280.1932, 200),
        ("417ba", 581.5495, 1500),
        ("reds_873", 457.0320, 50),
        ("reds_10476", 8900.0, 10),
    ] {
        let Some(case) = load(name) else { continue };
        let (limits, switching) = (Limits::none(&case.grid), free(&case));
        let found =
            search(&task(&case, &limits, &switching), std::slice::from_ref(&case.closed), &options(3, 2, rounds));
        let found = found.expect("a state");
        let kilowatts = found.evaluated.losses / 1e3;
        assert!(kilowatts < losses * (1.0 + 1e-6), "{name}: {kilowatts}");
        let mut workspace = Workspace::new();
        let solution = workspace.solve(&case.grid, &case.with(&found.closed)).expect("a power flow");
        assert!(solution.is_radial() && solution.dark_buses().is_empty());
        assert_eq!(solution.losses(), found.evaluated.losses);
    }
}

#[test]
fn one_descent_improves_every_network() {
    for name in ["33bw", "69bw_rx", "84tpc", "118zh", "136ma", "417ba", "reds_873"] {
        let Some(case) = load(name) else { continue };
        let (limits, switching) = (Limits::none(&case.grid), free(&case));
        let task = task(&case, &limits, &switching);
        let mut exchange = BranchExchange::new(&task).expect("a task");
        let base = exchange.evaluate(&case.closed).expect("a power flow").losses;
        let mut closed = case.closed.clone();
        let found = exchange.improve(&mut closed).expect("a state");
        assert!(found.losses < base);
        let again = exchange.improve(&mut closed).expect("a state");
        assert_eq!(found, again, "{name}: a descent ends where no exchange improves");
        let rounded = spanning_tree(&case.grid, &meshed_currents(&task).expect("currents"), &switching);
        let rounded = exchange.evaluate(&rounded.expect("a tree")).expect("a power flow").losses;
        assert!(rounded < base, "{name}: the meshed currents show what to open");
    }
}

#[test]
fn the_same_seed_gives_the_same_state_on_any_number_of_threads() {
    let Some(case) = load("136ma") else { return };
    let (limits, switching) = (Limits::none(&case.grid), free(&case));
    let task = task(&case, &limits, &switching);
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let four = rayon::ThreadPoolBuilder::new().num_threads(4).build().expect("a pool");
    let options = options(42, 5, 5);
    let first = one.install(|| search(&task, &[], &options));
    assert_eq!(first, four.install(|| search(&task, &[], &options)));
}

#[test]
fn voltage_limits_are_kept() {
    let Some(case) = load("33bw") else { return };
    let switching = free(&case);
    for v_min in [0.938, 0.94] {
        let limits = Limits::voltage(&case.grid, v_min, 1.05);
        let allowed = vec![Allowed::Either; switching.len()];
        let best = least_losses(&case.grid, &case.p, &case.q, &allowed, |solution| {
            solution.lowest_voltage().is_some_and(|(_, v)| v >= v_min)
        });
        let best = best.expect("a feasible state").losses;
        let found = search(&task(&case, &limits, &switching), &[], &options(1, 2, 300)).expect("a state");
        assert!(found.evaluated.is_feasible());
        assert!((found.evaluated.losses / best - 1.0).abs() < 1e-6, "{v_min}: {} {best}", found.evaluated.losses);
    }
    let limits = Limits::voltage(&case.grid, 0.99, 1.05);
    let found = search(&task(&case, &limits, &switching), &[], &options(1, 2, 20)).expect("a state");
    assert!(!found.evaluated.is_feasible());
}

#[test]
fn ratings_are_kept() {
    let Some(case) = load("33bw") else { return };
    let switching = free(&case);
    let mut limits = Limits::none(&case.grid);
    let best = case.open(["7", "9", "14", "32", "37"].map(str::to_owned).as_slice());
    let mut workspace = Workspace::new();
    let solution = workspace.solve(&case.grid, &case.with(&best)).expect("a power flow");
    assert!(solution.flow(17).current() > 55.0, "{}", solution.flow(17).current());
    limits.rate[17] = 50.0;
    let allowed = vec![Allowed::Either; switching.len()];
    let best = least_losses(&case.grid, &case.p, &case.q, &allowed, |solution| solution.flow(17).current() <= 50.0);
    let best = best.expect("a feasible state").losses;
    assert!(best > 139.56e3, "the rating binds");
    let found = search(&task(&case, &limits, &switching), &[], &options(1, 2, 300)).expect("a state");
    assert!(found.evaluated.is_feasible());
    assert!((found.evaluated.losses / best - 1.0).abs() < 1e-6, "{} {best}", found.evaluated.losses);
}

#[test]
fn forced_branches_keep_their_state() {
    let Some(case) = load("33bw") else { return };
    let limits = Limits::none(&case.grid);
    let mut switching = free(&case);
    let mut allowed = vec![Allowed::Either; switching.len()];
    for (branch, state, oracle) in [
        (6, Switching::Closed, Allowed::Closed),
        (36, Switching::Open, Allowed::Open),
        (33, Switching::Open, Allowed::Open),
    ] {
        switching[branch] = state;
        allowed[branch] = oracle;
    }
    let best = least_losses(&case.grid, &case.p, &case.q, &allowed, |_| true).expect("a state").losses;
    let found = search(&task(&case, &limits, &switching), &[], &options(1, 2, 100)).expect("a state");
    assert!(found.closed[6] && !found.closed[36] && !found.closed[33]);
    assert!((found.evaluated.losses / best - 1.0).abs() < 1e-6);
}

#[test]
fn a_generator_that_reverses_flows() {
    let Some(mut case) = load("33bw") else { return };
    case.p[17] += 1.5e6;
    case.p[24] += 1.0e6;
    let (limits, switching) = (Limits::none(&case.grid), free(&case));
    let allowed = vec![Allowed::Either; switching.len()];
    let best = least_losses(&case.grid, &case.p, &case.q, &allowed, |_| true).expect("a state").losses;
    let found =
        search(&task(&case, &limits, &switching), &[case.closed.clone()], &options(1, 2, 200)).expect("a state");
    assert!((found.evaluated.losses / best - 1.0).abs() < 1e-6, "{} {best}", found.evaluated.losses);
}

/// With three times the load the base state of this feeder has no power flow, others have.
#[test]
fn a_start_without_power_flow_is_improved_at_less_load() {
    let Some(mut case) = load("118zh") else { return };
    for s in case.p.iter_mut().chain(&mut case.q) {
        *s *= 3.0;
    }
    let (limits, switching) = (Limits::none(&case.grid), free(&case));
    let task = task(&case, &limits, &switching);
    let mut exchange = BranchExchange::new(&task).expect("a task");
    assert!(matches!(exchange.evaluate(&case.closed), Err(Refusal::PowerFlow(_))));
    let mut closed = case.closed.clone();
    assert!(exchange.improve(&mut closed).is_ok());
    let snapshot = Snapshot { closed: &closed, p: &case.p, q: &case.q };
    assert!(Workspace::new().solve(&case.grid, &snapshot).is_ok());
}

#[test]
fn unusable_tasks_are_refused() {
    let Some(case) = load("33bw") else { return };
    let (limits, switching) = (Limits::none(&case.grid), free(&case));
    let short = Task { p: &case.p[1..], ..task(&case, &limits, &switching) };
    assert_eq!(BranchExchange::new(&short).err(), Some(Refusal::WrongLength { expected: 33, found: 32 }));
    let mut broken = limits.clone();
    broken.v_min[3] = f64::NAN;
    assert_eq!(search(&task(&case, &broken, &switching), &[], &options(0, 1, 1)).err(), Some(Refusal::NotANumber));
    let closed = vec![Switching::Closed; switching.len()];
    let refused = search(&task(&case, &limits, &closed), &[], &options(0, 1, 1)).err();
    assert!(matches!(refused, Some(Refusal::ForcedLoop { .. })));
    let heavy: Vec<f64> = case.p.iter().map(|p| 100.0 * p).collect();
    let heavy = Task { p: &heavy, ..task(&case, &limits, &switching) };
    assert!(matches!(search(&heavy, &[], &options(0, 2, 1)), Err(Refusal::PowerFlow(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) })]

    /// On small random networks with loads, generators, several sources and limits the search finds
    /// what enumeration proves.
    #[test]
    fn search_equals_enumeration_on_small_networks(seed in any::<u64>(), buses in 5usize..10, limited in any::<bool>()) {
        let mut random = Random(seed);
        let mut branches: Vec<Branch> = (1..buses)
            .map(|to| Branch { from: random.below(to), to, r: 0.05 + random.unit(), x: 0.3 * random.unit() })
            .collect();
        for _ in 0..4 {
            let from = random.below(buses);
            let to = (from + 1 + random.below(buses - 1)) % buses;
            branches.push(Branch { from, to, r: 0.05 + random.unit(), x: 0.3 * random.unit() });
        }
        let mut sources = vec![Source { bus: 0, v_set: 1.0 }];
        if random.unit() < 0.5 {
            sources.push(Source { bus: buses - 1, v_set: 1.0 });
        }
        let grid = Grid::new(vec![1e4; buses], branches, sources).expect("a grid");
        let p: Vec<f64> = (0..buses).map(|_| -1e6 * (random.unit() - 0.2)).collect();
        let q: Vec<f64> = (0..buses).map(|_| -5e5 * (random.unit() - 0.2)).collect();
        let v_min = if limited { 0.98 } else { 0.0 };
        let limits = Limits::voltage(&grid, v_min, 1.1);
        let switching = vec![Switching::Free; grid.branches().len()];
        let task = Task { grid: &grid, p: &p, q: &q, limits: &limits, switching: &switching };
        let allowed = vec![Allowed::Either; switching.len()];
        let best = least_losses(&grid, &p, &q, &allowed, |s| {
            s.lowest_voltage().is_some_and(|(_, v)| v >= v_min) && s.highest_voltage().is_some_and(|(_, v)| v <= 1.1)
        });
        let found = search(&task, &[], &options(seed, 3, 150)).expect("a state");
        match best {
            Some(best) => {
                prop_assert!(found.evaluated.is_feasible());
                prop_assert!((found.evaluated.losses / best.losses - 1.0).abs() < 1e-6);
            }
            None => prop_assert!(!found.evaluated.is_feasible()),
        }
    }
}
