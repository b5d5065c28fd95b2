//! What cannot be computed is told: no rule, balance, term, check or element of a study vanishes in silence.

use super::studies::{analysed, optimum, program, told, value};
use tieline::solution::Engine;

/// A study, and a part of the first thing that has to be told of it.
const TOLD: &[(&str, &str)] = &[
    // A word that nobody has given chooses a rule, a term, a check, a summand.
    (
        "device thing {\n    param mode : one of {a, b} optional\n    var x : ratio in 0..10\n    rule lim : x <= match mode { a: 1; b: 2 }\n}\nthing 1\nthing 2 { mode = a }\nmaximize sum(i in thing: i.x)\n",
        "E0210 missing-parameter: thing `1` has no `mode`",
    ),
    (
        "param mode : one of {a, b} optional\nvar x : ratio in 0..10\nrule need : x >= 4\nminimize (match mode { a: 1; b: 2 }) * x\n",
        "E0210 missing-parameter: `mode` has no value",
    ),
    (
        "param mode : one of {a, b} optional\nparam n : ratio = 5\nvar x : ratio in 0..10\ncheck n <= match mode { a: 1; b: 2 } else \"too many\"\nmaximize x\n",
        "E0210 missing-parameter: `mode` has no value",
    ),
    (
        "device node { balance power : active_power }\ndevice plant at n: node {\n    param mode : one of {full, half} optional\n    var p : active_power in 0..100 kW\n    inject (match mode { full: 1; half: 0.5 }) * p into n.power\n}\nnode 1\nplant a at node 1\nminimize sum(i in plant: i.p)\n",
        "E0210 missing-parameter: plant `a` has no `mode`",
    ),
    // An id that nobody has given names an element.
    (
        "device thing {\n    param peer : text optional\n    var x : ratio in 0..10\n    rule lim : x <= 1 + (thing peer).x / 2\n}\nthing 1\nthing 2 { peer = \"1\" }\nmaximize sum(i in thing: i.x)\n",
        "E0210 missing-parameter: thing `1` has no `peer`",
    ),
    // What is not given is in no set, equals nothing, is no constant and is no limit.
    (
        "param k : ratio optional\nvar x : ratio in 0..10\nrule r : x <= (if k in {1, 2} then 1 else 2)\nmaximize x\n",
        "E0210 missing-parameter: `k` has no value",
    ),
    (
        "param k : ratio optional\nvar x : ratio in 0..10\nrule r when k is constant 1 : x <= 1\nmaximize x\n",
        "E0210 missing-parameter: `k` has no value",
    ),
    (
        "param k : ratio optional\nvar x : ratio in 0..10\nrule r : k = 1 => x <= 1\nmaximize x\n",
        "E0210 missing-parameter: `k` has no value",
    ),
    (
        "param k : ratio optional\nvar x : ratio in 0..10\nrule r : sum(i in {1, k}: i) * x <= 1\nmaximize x\n",
        "E0210 missing-parameter: `k` has no value",
    ),
    (
        "param top : ratio optional\nvar x : ratio in 0..top\nmaximize x\n",
        "E0210 missing-parameter: `top` has no value",
    ),
    (
        "param k : ratio optional\nparam top : ratio = k\nvar x : ratio in 0..10\nmaximize x\n",
        "E0210 missing-parameter: `k` has no value",
    ),
    // Periods that are compared in a rule, and lists that are none.
    (
        "horizon 3 h step 1 h\nvar x[t] : ratio in 0..10\nrule r : last <= first\nmaximize sum(t: x[t])\n",
        "E0507 constant-rule-violated",
    ),
    (
        "var x : ratio in 0..10\nrule r : piecewise(x, 3, [1, 2]) <= 1\nmaximize x\n",
        "E0307 wrong-type: `piecewise` takes lists of points",
    ),
    (
        "set k = 1..3\nvar x[i in k] : ratio in 0..10\nrule r : average(i in k: x[i]) <= 3\nmaximize sum(i in k: x[i])\n",
        "E0201 unknown-name: `average` does not fold over a set",
    ),
    // Only what is optional can be taken away.
    (
        "device thing {\n    param way : one of {a, b} = a\n    var x : ratio in 0..10\n    rule lim : x <= match way { a: 1; b: 2 }\n}\nthing 1\nthing.way = none\nmaximize sum(i in thing: i.x)\n",
        "E0216 wrong-value: `thing.way` cannot be `none`: it is not optional",
    ),
    (
        "device thing {\n    param top : ratio\n    var x : ratio in 0..top\n}\nthing 1 { top = none }\nmaximize sum(i in thing: i.x)\n",
        "E0216 wrong-value: `thing.top` cannot be `none`: it is not optional",
    ),
    (
        "open let top : ratio = 1\nvar x : ratio in 0..10\nrule r : x <= top\ntop = none\nmaximize x\n",
        "E0216 wrong-value: `top` cannot be `none`: it is not optional",
    ),
    // Empty cells.
    (
        "device thing {\n    param top : ratio = 1\n    var x : ratio in 0..top\n}\ntable data { name : id | top : number } { a | 1 ; b | none }\nthing each row in data { top = row.top }\nmaximize sum(i in thing: i.x)\n",
        "E0210 missing-parameter: thing `b` has no `top`",
    ),
    (
        "device thing {\n    var x : ratio in 0..10\n}\ntable data { name : id | top : number } { a | 1 ; b | none }\nthing each row in data where row.top > 0 { id = row.name }\nmaximize sum(i in thing: i.x)\n",
        "E0216 wrong-value: a cell that this asks for is empty",
    ),
    (
        "device thing {\n    var x : ratio in 0..10\n}\ntable data { name : id | top : number } { a | 1 ; none | 2 }\nthing each row in data { }\nmaximize sum(i in thing: i.x)\n",
        "E0005 cell-unreadable: the id of this row is empty",
    ),
    (
        "table data { name : id | top : number } { a | 1 ; none | 2 }\nset k = data\nvar x[i in k] : ratio in 0..10\nmaximize sum(i in k: x[i])\n",
        "E0005 cell-unreadable: the id of this row is empty",
    ),
    (
        "horizon 2 h step 1 h\ntable data by period { top : number } { 1 ; 2 }\nvar x[t] : ratio in 0..10\nrule r[t] : x[t] <= data.top[before t]\nmaximize sum(t: x[t])\n",
        "E0213 before-without-start: column `top` of table `data` has no value outside the horizon",
    ),
];

#[test]
fn nothing_that_cannot_be_computed_is_left_out_in_silence() {
    let mut wrong = Vec::new();
    for (study, want) in TOLD {
        let mut analysis = analysed(study);
        let program = analysis.program();
        let found = told(&analysis.diagnostics);
        if program.is_some() || !found.iter().any(|f| f.starts_with(want)) {
            wrong.push(format!("{study}\nshould tell {want}\nand tells {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Studies whose parts are all there, with their optimum by hand.
const WHOLE: &[(&str, f64)] = &[
    // What is given narrows, and a filter that asks first does not read the empty cell.
    (
        "device thing {\n    param mode : one of {a, b} optional\n    var x : ratio in 0..10\n    rule lim when mode given : x <= match mode { a: 1; b: 2 }\n}\nthing 1\nthing 2 { mode = a }\nmaximize sum(i in thing: i.x)\n",
        11.0,
    ),
    (
        "device thing {\n    param top : ratio optional\n    var x : ratio in 0..10\n    rule lim when top given : x <= top\n}\ntable data { name : id | top : number } { a | 1 ; b | none ; c | 0 }\nthing each row in data where row.top given and row.top > 0 { top = row.top }\nmaximize sum(i in thing: i.x)\n",
        1.0,
    ),
    // `none` takes an optional parameter away, and a frozen decision free again.
    (
        "device thing {\n    param top : ratio optional\n    var x : ratio in 0..10\n    rule lim when top given : x <= top\n}\nthing 1\nthing 2\nthing.top = 1\nthing.2.top = none\nmaximize sum(i in thing: i.x)\n",
        11.0,
    ),
    (
        "device thing {\n    var x : ratio in 0..10\n}\nthing 1\nthing 2\nthing.x = 4\nthing.2.x = none\nmaximize sum(i in thing: i.x)\n",
        14.0,
    ),
    // A numbered element is its number, as a limit and as a summand.
    ("set k = 1..3\nvar x[i in k] : ratio in 0..i\nmaximize sum(i in k: x[i])\n", 6.0),
    (
        "set k = 1..3\ntotal c : ratio\nadd i to c for i in k\nvar x : ratio in 0..10\nrule r : x <= c\nmaximize x\n",
        6.0,
    ),
];

#[test]
fn what_is_given_is_all_counted() {
    for (study, want) in WHOLE {
        let result = optimum(&program(study), Engine::Auto, 1e-6);
        let have = value(&result);
        assert!((have - want).abs() < 1e-6, "{study}\nis {want}, not {have}");
    }
}
