//! Every device in one study: what is returned is put together again by hand. At every bus and hour all that flows
//! in adds up to nothing, storage goes one way, and the AC power flow agrees.

use super::Solved;

const LINES: &[(&str, &str, &str, f64, f64)] =
    &[("A", "1", "2", 0.3, 0.2), ("B", "2", "3", 0.4, 0.3), ("C", "1", "3", 0.5, 0.4)];

const STUDY: &str = "use std.grid, std.generators, std.storage, std.ev_station, std.demand_response, std.capacitor
use std.soft_open_point, std.tap_changer
horizon 6 h step 1 h
bus 1 { nominal = 20 kV }
bus 2 { nominal = 20 kV }
bus 3 { nominal = 20 kV }
line A from bus 1 to bus 2 { r = 0.3 ohm; x = 0.2 ohm }
line B from bus 2 to bus 3 { r = 0.4 ohm; x = 0.3 ohm; normally_open = yes }
line C from bus 1 to bus 3 { r = 0.5 ohm; x = 0.4 ohm }
line.closed : constant over periods
tap_changer \"T\" at line A { tap = 1 %; lowest = -2; highest = 2; moves = 2 }
source \"S\" at bus 1 { v_set = 1 pu; price = [30, 20, 60, 90, 80, 40] EUR/MWh; pf_min = 0.8; pf_min_back = 0.9; emission = 0.4 t/MWh }
load 2 at bus 2 { p = 900 kW; q = 400 kvar; profile = [0.6, 0.5, 0.8, 1, 0.9, 0.7] pu }
load 3 at bus 3 { p = 700 kW; q = 300 kvar; profile = [0.6, 0.5, 0.8, 1, 0.9, 0.7] pu; service = partial; shed_cost = 3000 EUR/MWh }
storage \"B\" at bus 2 { power = 100 kW; energy = 300 kWh; efficiency = 95 %; initial = 50 %; wear = 2 EUR/MWh; s_max = 120 kVA }
ev_station \"E\" at bus 3 { power = 60 kW; need = 120 kWh; present = 1..3; pf = 0.95; efficiency = 95 % }
pv \"P\" at bus 3 { capacity = 300 kW; profile = [0, 0.2, 0.7, 0.8, 0.5, 0.1] pu; s_max = 320 kVA }
wind \"W\" at bus 2 { capacity = 200 kW; profile = [0.8, 0.7, 0.5, 0.3, 0.4, 0.6] pu; pf_min = 0.95 }
diesel \"G\" at bus 3 { p_max = 300 kW; p_min = 90 kW; q_max = 150 kvar; s_max = 320 kVA; cost = 70 EUR/MWh; commit = yes; on_before = no; start_cost = 3 EUR; ramp = 150 kW/h; min_up = 2 h }
capacitor \"C\" at bus 2 { q = 300 kvar; steps = 3; start = 0; moves = 4 }
reactor \"R\" at bus 3 { q = 50 kvar; mode = continuous }
demand_response \"D\" over load { share = 10 % }
load_shift \"F\" at load 2 { share = 5 %; within = 2 h }
soft_open_point \"O\" from bus 2 to bus 3 { rating = 100 kVA; loss = 1 % }
bus.v_min = 0.95 pu; bus.v_max = 1.05 pu
with conic, radial
param k_loss : money_eur / energy = 60 EUR/MWh
minimize money : costs + integral(t: running_costs[t]) + lost : integral(t: k_loss * losses[t])
";

#[test]
fn everything_adds_up_at_every_bus_and_hour() {
    let program = super::studies::program(STUDY);
    let result = super::studies::optimum(&program, tieline::solution::Engine::Auto, 1e-3);
    let s = Solved { program, result };
    let profile = [0.6, 0.5, 0.8, 1.0, 0.9, 0.7];
    for t in 1..=6 {
        let x = |family: &str, element: &str| s.at(&format!("{family}[{element}, {t}]"));
        let (mut p, mut q) = ([0.0; 4], [0.0; 4]);
        for (line, i, j, r, reactance) in LINES {
            for (tail, head) in [(i, j), (j, i)] {
                let arc = format!("{line}:{tail}>{head}");
                let (from, to): (usize, usize) = (tail.parse().expect("a bus"), head.parse().expect("a bus"));
                let (flow_p, flow_q, l) = (x("arc.P", &arc), x("arc.Q", &arc), x("arc.l", &arc));
                p[from] -= flow_p;
                q[from] -= flow_q;
                p[to] += flow_p - r * l;
                q[to] += flow_q - reactance * l;
            }
        }
        let k = profile[t - 1];
        p[1] += x("source.p", "S");
        q[1] += x("source.q", "S");
        p[2] += -900e3 * k - x("demand_response.dp", "D, 2") + x("load_shift.down", "F") - x("load_shift.up", "F");
        q[2] += -400e3 * k - x("demand_response.dq", "D, 2")
            + 400.0 / 900.0 * (x("load_shift.down", "F") - x("load_shift.up", "F"));
        p[2] +=
            x("storage.discharge", "B") - x("storage.charge", "B") + x("wind.p", "W") + x("soft_open_point.p_i", "O");
        q[2] += x("storage.q", "B") + x("wind.q", "W") + x("soft_open_point.q_i", "O");
        q[2] += 100e3 * x("capacitor.steps_in", "C");
        p[3] += -700e3 * k + x("load.cut", "3") - x("demand_response.dp", "D, 3");
        q[3] += -300e3 * k + x("load.cut_q", "3") - x("demand_response.dq", "D, 3");
        p[3] += x("pv.p", "P") + x("diesel.p", "G") + x("soft_open_point.p_j", "O");
        q[3] += x("pv.q", "P") + x("diesel.q", "G") + x("soft_open_point.q_j", "O") - x("reactor.part", "R");
        if t <= 3 {
            p[3] -= x("ev_station.charge", "E");
            q[3] -= (1.0 - 0.95f64 * 0.95).sqrt() / 0.95 * x("ev_station.charge", "E");
        }
        for bus in 1..=3 {
            // To 1e-6 of the network's power of 1.6 MW.
            assert!(p[bus].abs() < 1.6 && q[bus].abs() < 1.6, "bus {bus} hour {t}: {} W {} var", p[bus], q[bus]);
        }
        assert!(x("storage.charge", "B").min(x("storage.discharge", "B")) < 1.0, "both ways in hour {t}");
        assert!(x("diesel.p", "G") < 1.0 || x("diesel.p", "G") > 90e3 - 1.0);
    }
    assert_eq!(s.result.ac.len(), 6);
    assert!(s.result.ac.iter().all(|ac| ac.as_ref().is_ok_and(|a| a.broken.is_empty())));
}
