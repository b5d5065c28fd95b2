//! What masters and worst cases know of the network.

use crate::program_of;
use tieline::lowered::{LowerOptions, lower};
use tieline::program::Program;
use tieline::uncertainty::{Aim, Realisation, at, extensive};

/// Two hours of 33 buses whose load deviates hour by hour; the topology is settled ahead.
fn study() -> Program {
    program_of(
        "use networks.ieee33 as feeder\nhorizon 2 h step 1 h\nwith conic, radial\nbus.v_min = 0.85 pu
bus.v_max = 1.05 pu\nload.service = partial\nline.closed : constant over periods, ahead
uncertain z[t] in -1..1\nload.profile[t] = 1 pu * (1 + 10 % * z[t])\nsource.price = 60 EUR/MWh
minimize cost : integral(t: running_costs[t] + 3000 EUR/MWh * shed[t])\nstudy worst = robust ccg(gap = 1 %)\n",
    )
}

fn master(program: &Program, points: &[[f64; 2]]) -> Program {
    let realisation =
        |(i, z): (usize, &[f64; 2])| Realisation { name: (i + 1).to_string(), factors: z.to_vec(), probability: 0.0 };
    let list: Vec<Realisation> = points.iter().enumerate().map(realisation).collect();
    extensive(program, &list, Aim::Worst { floor: 0.0 }, None).program
}

#[test]
fn engines_are_told_how_a_master_orients_its_tree() {
    let master = master(&study(), &[[0.0, 0.0], [1.0, 1.0]]);
    let problem = lower(&master, &LowerOptions::default()).problem;
    // One topology for both hours and both realisations.
    assert_eq!(problem.arborescences.len(), 1);
    assert_eq!((problem.arborescences[0].nodes, problem.arborescences[0].edges), (33, 37));
}

#[test]
fn realisations_share_the_hours_in_which_they_agree() {
    let program = study();
    let size = |points: &[[f64; 2]]| master(&program, points).variables.len();
    let (one, two) = (size(&[[0.0, 0.0]]), size(&[[0.0, 0.0], [1.0, 1.0]]));
    let hour = (two - 1 - one) / 2;
    assert!(hour > 33);
    assert_eq!(size(&[[0.0, 0.0], [0.0, 1.0]]), one + 1 + hour);
    assert_eq!(size(&[[0.0, 0.0], [0.0, 0.0]]), one + 1);
    // Hour 1 of the first, hour 2 of the second: nothing is new but what it costs.
    assert_eq!(size(&[[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), two);
}

#[test]
fn the_network_of_a_realisation_has_its_loads() {
    let program = study();
    let drawn = |z: [f64; 2], t: usize| -> f64 {
        let there = at(&program, &z);
        let network = there.network.as_ref().expect("a network");
        network.periods[t].active.iter().map(|a| -a.constant).sum()
    };
    for (z, first, second) in [([0.0, 0.0], 1.0, 1.0), ([1.0, -1.0], 1.1, 0.9), ([0.5, 0.0], 1.05, 1.0)] {
        assert!((drawn(z, 0) - 3715e3 * first).abs() < 1.0, "{}", drawn(z, 0));
        assert!((drawn(z, 1) - 3715e3 * second).abs() < 1.0, "{}", drawn(z, 1));
    }
}
