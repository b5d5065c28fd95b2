//! Switching over time: limits, rest and price of operations, one topology for the horizon.

use super::{Solved, near, same};

/// A ring of three buses by conic branch flow. Lines 1-2 and 1-3 have r = 1 ohm, line 2-3 has 1 ohm and is open at
/// first. The load stands at bus 2 in odd hours and at bus 3 in even hours, so nothing is gained by closing 2-3;
/// what is gained is forced: `must` opens line 1-2 in even hours and line 1-3 in odd ones.
fn ring(rest: &str) -> String {
    format!(
        "use std.grid
horizon 4 h step 1 h
bus 1 {{ nominal = 20 kV }}
bus 2 {{ nominal = 20 kV }}
bus 3 {{ nominal = 20 kV }}
line A from bus 1 to bus 2 {{ r = 1 ohm; x = 1 ohm }}
line B from bus 1 to bus 3 {{ r = 1 ohm; x = 1 ohm }}
line C from bus 2 to bus 3 {{ r = 1 ohm; x = 1 ohm; normally_open = yes }}
load 2 at bus 2 {{ p = 1 MW; q = 0 kvar; profile = [1, 0, 1, 0] pu }}
source \"S\" at bus 1 {{ v_set = 1 pu }}
bus.v_min = 0.9 pu; bus.v_max = 1.1 pu
with lindistflow, radial
# What it is worth that line A is open in odd hours: 10, 1, 10, 1 EUR the other way round in even hours.
param worth[t] : money_eur = [10, -10, 10, -10] EUR
let gain[t] : money_eur = worth[t] * (1 - (line \"A\").closed[t])
minimize costs - sum(t: gain[t])
{rest}"
    )
}

/// Open, closed, open, closed with C the other way round: A and C move in each hour, 8 operations, 20 EUR.
#[test]
fn without_limits_it_follows() {
    let s = Solved::of(&ring(""));
    near(s.value(), -20.0);
    same(&s.series("line.closed", "A", 1.0), &[0.0, 1.0, 0.0, 1.0]);
}

/// Two moves of each switch: open in hour 1 and closed in hour 2 for good (10), or open from 1 to 3: also 10.
/// One rest of two hours: A moves in hours 1 and 3 at most (open, open, closed, closed: 10 − 10 = 0), or in 1 and 4
/// (open, open, open, closed: 10), or in 3 and none after: open in 3 and 4: 0. So 10.
/// Two operations in the whole network in an hour are what each change takes anyway: 20. One: none at all.
#[test]
fn operations_are_limited() {
    for (limit, gain) in [
        ("line.moves = 2", 10.0),
        ("line.daily_moves = 2", 10.0),
        ("line.hold = 2 h", 10.0),
        ("line.hold = 1 h", 20.0),
        ("rule few[t] : sum(l in line: l.switched[t]) <= 2", 20.0),
        ("rule few[t] : sum(l in line: l.switched[t]) <= 1", 0.0),
        ("rule day : sum(l in line, t: l.switched[t]) <= 4", 10.0),
        ("line.closed : constant over periods", 0.0),
        ("line.closed = initial", 0.0),
        ("line.switchable = no", 0.0),
    ] {
        let text = if limit == "line.switchable = no" { ring("line.A.switchable = no") } else { ring(limit) };
        let value = Solved::of(&text).value();
        assert!((value + gain).abs() < 1e-5, "{limit}: {value} instead of -{gain}");
    }
}

/// At 3 EUR an operation a pair of them costs 6: all four hours 20 − 24 < 0, hour 1 to 3: 10 − 12 < 0; nothing.
/// At 2 EUR: 20 − 16 = 4; open in hours 1 to 3 as well as in hour 1 alone: 10 − 8 = 2. So 4.
#[test]
fn operations_have_their_price() {
    near(Solved::of(&ring("line.switch_cost = 2 EUR")).value(), -4.0);
    assert!(Solved::of(&ring("line.switch_cost = 3 EUR")).value().abs() < 1e-6);
}
