//! What would change the meaning of a study without a word: contradictions, duplicates, wrong counts, things of
//! another class, numbers that are none. Each is told once, at its line.

use super::{FEEDER, analysed, of_study, told};
use std::fmt::Write;

/// Whole studies without a network: what is wrong, the text, what is found.
const PLAIN: &[(&str, &str, &str)] = &[
    (
        "a decision in a budget",
        "uncertain z in -1..1\nvar x : ratio in 0..4\nbudget b : z + x <= 0.5\nrule r : x <= 3 + z\nmaximize x",
        "study.tie:3 E0216",
    ),
    (
        "a definition of decisions in a budget",
        "uncertain z in -1..1\nvar x : ratio in 0..4\nlet y = 2 * x\nbudget b : z + y <= 0.5\nrule r : x <= 3 + z\nmaximize x",
        "study.tie:4 E0216",
    ),
    (
        "a parameter without type",
        "device foo { param p\n var x : ratio in 0..1\n rule r : x <= p }\nfoo 1 { p = 5 }\nminimize sum(f in foo: f.x)",
        "study.tie:1 E0307",
    ),
    ("an optional parameter without type", "param k optional\nvar x : ratio in 0..4\nmaximize x", "study.tie:1 E0307"),
    (
        "a list of two quantities",
        "set s = 1..2\nparam a[s] = [1 kW, 5 kWh]\nvar x : ratio in 0..a[1] / 1 kW\nmaximize x",
        "study.tie:2 E0301",
    ),
    ("a count with a fraction", "param n : count = 2.5\nvar x : ratio in 0..n\nmaximize x", "study.tie:1 E0306"),
    ("a negative count", "param n : count = -1\nvar x : ratio in n..4\nmaximize x", "study.tie:1 E0306"),
    (
        "an integer that is computed",
        "param n : integer = 5 / 2\nvar x : ratio in 0..n\nmaximize x",
        "study.tie:1 E0306",
    ),
    ("a binary parameter of a half", "param n : binary = 0.5\nvar x : ratio in 0..n\nmaximize x", "study.tie:1 E0306"),
    (
        "a count in a list",
        "set s = 1..2\nparam n[s] : count = [1, 2.5]\nvar x : ratio in 0..n[1]\nmaximize x",
        "study.tie:2 E0306",
    ),
    (
        "a state that starts between 0 and 1",
        "horizon 2 h step 1 h\nstate y[t] : binary, starts 0.5\nrule r[t] : y[t] = y[before t]\nmaximize sum(t: y[t])",
        "study.tie:2 E0306",
    ),
    ("a decision frozen at infinity", "var y : ratio >= 0\ny = infinity\nminimize y", "study.tie:2 E0306"),
    ("ahead and recourse", "var x : ratio in 0..4, ahead, recourse\nmaximize x", "study.tie:1 E0101"),
    (
        "two starts",
        "horizon 2 h step 1 h\nstate y[t] : ratio in 0..1, starts 0, starts 1\nmaximize sum(t: y[t])",
        "study.tie:2 E0101",
    ),
    (
        "two factors of one name",
        "uncertain z in -1..1\nuncertain z in -2..2\nvar x : ratio in 0..4\nrule r : x <= 3 + z\nmaximize x",
        "study.tie:2 E0202",
    ),
    (
        "a factor and a parameter of one name",
        "param z = 2\nuncertain z in -1..1\nvar x : ratio in 0..4\nrule r : x <= 3 + z\nmaximize x",
        "study.tie:2 E0202",
    ),
    (
        "two objectives of one name",
        "var x : ratio in 0..4\nobjective a : maximize x\nobjective a : minimize x\noptimize a",
        "study.tie:3 E0202",
    ),
    ("two terms of one name", "var x : ratio in 0..4\nmaximize a : x + a : 2 * x", "study.tie:2 E0202"),
    (
        "two orders",
        "var x : ratio in 0..4\nobjective a : maximize x\nobjective b : minimize x\noptimize a\noptimize b",
        "study.tie:5 E0202",
    ),
    (
        "a word twice in a match",
        "param k : one of {u, v} = u\nvar x : ratio in 0..4\nmaximize match k { u: x; u: 2 * x; v: x }",
        "study.tie:3 E0202",
    ),
    (
        "two indices of one name",
        "set s = 1..2\nvar x[s] : ratio in 0..4\nmaximize sum(i in s, i in s: x[i])",
        "study.tie:3 E0202",
    ),
    (
        "a definition with a range",
        "var x : ratio in 0..4\nlet y : ratio in 0..1 = 2 * x\nmaximize y",
        "study.tie:2 E0307",
    ),
    (
        "crossed limits of a parameter",
        "param a : ratio in 5..3 = 4\nvar x : ratio in 0..a\nmaximize x",
        "study.tie:1 E0406",
    ),
    ("crossed limits of a decision", "use std.quantities\nvar x : ratio in 4..0\nmaximize x", "study.tie:2 E0406"),
    ("crossed limits that are computed", "param a = 3\nvar x : ratio in a..1\nmaximize x", "study.tie:2 E0406"),
    ("no limits from below", "var x : ratio >= infinity\nminimize x", "study.tie:1 E0406"),
    (
        "crossed limits of a factor",
        "uncertain z in 1..-1\nvar x : ratio in 0..4\nrule r : x <= 3 + z\nmaximize x",
        "study.tie:1 E0406",
    ),
    (
        "crossed limits of a factor that are computed",
        "param k = -2\nuncertain z in 1..k\nvar x : ratio in 0..4\nrule r : x <= 3 + z\nmaximize x",
        "study.tie:2 E0406",
    ),
    (
        "a set that ends before it begins",
        "set s = 3..1\nvar x[s] : ratio in 0..4\nmaximize sum(i in s: x[i])",
        "study.tie:1 E0216",
    ),
    (
        "a range that ends before it begins",
        "var x : ratio in 0..4\nrule r : sum(i in 3..1: x) <= 2\nmaximize x",
        "study.tie:2 E0216",
    ),
    (
        "a range whose computed end is before it",
        "param k = -2\nvar x : ratio in 0..4\nrule r : sum(i in 3..k: x) <= 2\nmaximize x",
        "study.tie:3 E0216",
    ),
    (
        "a range with a fraction",
        "var x : ratio in 0..4\nrule r : sum(i in 1..2.5: x) <= 2\nmaximize x",
        "study.tie:2 E0216",
    ),
    (
        "three values for a part of two",
        "set plant = {1, 2, 3}\nset coast in plant = {1, 3}\nparam worth[coast] = [5, 7, 11]\nvar x[plant] : ratio in 0..1\nmaximize sum(i in coast: worth[i] * x[i])",
        "study.tie:3 E0216",
    ),
    (
        "a value outside of the part",
        "set plant = {1, 2, 3}\nset coast in plant = {1, 3}\nparam worth[coast] = [5, 11]\nvar x[plant] : ratio in 0..1\nmaximize sum(i in plant: worth[i] * x[i])",
        "study.tie:5 E0219",
    ),
    (
        "a definition outside of the part",
        "set plant = {1, 2, 3}\nset coast in plant = {1, 3}\nvar x[plant] : ratio in 0..1\nlet y[i in coast] = 2 * x[i]\nmaximize y[2]",
        "study.tie:5 E0219",
    ),
    (
        "a part of a part that is not in it",
        "set plant = {1, 2, 3}\nset coast in plant = {1, 3}\nset far in coast = {2}\nvar x[plant] : ratio in 0..1\nmaximize sum(i in far: x[i])",
        "study.tie:3 E0216",
    ),
    (
        "a part taken from another set",
        "set plant = {1, 2}\nset city = {1, 2}\nset coast in plant = {c in city where 1 > 0}\nvar x[plant] : ratio in 0..1\nmaximize sum(i in coast: x[i])",
        "study.tie:3 E0307",
    ),
    (
        "an element twice in a part",
        "set plant = {1, 2}\nset coast in plant = {1, 1}\nvar x[plant] : ratio in 0..1\nmaximize sum(i in coast: x[i])",
        "study.tie:2 E0206",
    ),
    (
        "a word that is no element",
        "set plant = {north, south}\nset coast in plant = {nroth}\nvar x[plant] : ratio in 0..1\nmaximize sum(i in coast: x[i])",
        "study.tie:2 E0201",
    ),
    (
        "elements of another set",
        "set s = 1..3\nset c = {a, b}\nvar x[s] : ratio in 0..1\nmaximize sum(i in s where i in c: x[i])",
        "study.tie:4 E0307",
    ),
    (
        "a table for a vector",
        "set s = 1..4\nparam p[s] : ratio = [1 2; 3 4]\nvar x[s] : ratio in 0..1\nmaximize sum(i in s: p[i] * x[i])",
        "study.tie:2 E0216",
    ),
    ("zero to a negative power", "var x : ratio in 0..4\nrule r : x <= 0^-1\nmaximize x", "study.tie:2 E0216"),
    (
        "a root of a negative number",
        "param a = -8\nvar x : ratio in 0..4\nrule r : x <= a^0.5\nmaximize x",
        "study.tie:3 E0216",
    ),
    (
        "a product beyond all numbers",
        "param a = 1e200\nvar x : ratio in 0..4\nrule r : x <= a * a\nmaximize x",
        "study.tie:3 E0216",
    ),
    (
        "a sum beyond all numbers",
        "set s = 1..20\nparam a[s] : ratio = 1e308\nvar x : ratio in 0..4\nrule r : x <= sum(i in s: a[i])\nmaximize x",
        "study.tie:4 E0216",
    ),
    (
        "a coefficient beyond all numbers",
        "param a = 1e300\nvar x : ratio in 0..4\nrule r : a * (a * x) <= 3\nmaximize x",
        "study.tie:3 E0216",
    ),
    ("a coefficient of an objective", "param a = 0\nvar x : ratio in 0..4\nminimize a^-2 * x - x", "study.tie:3 E0216"),
    (
        "a check of what does not exist",
        "param a = 0\ncheck a^-1 > 5 else \"bad\"\nvar x : ratio in 0..3\nmaximize x",
        "study.tie:2 E0216",
    ),
    (
        "nothing over nothing",
        "param a = 0\nvar x : ratio in 0..4\nrule r : x <= a / a\nmaximize x",
        "study.tie:3 E0216",
    ),
    (
        "infinity less infinity",
        "var x : ratio in 0..4\nrule r : x <= infinity - infinity\nmaximize x",
        "study.tie:2 E0216",
    ),
    ("a range beyond all numbers", "var x : ratio in 0..1e308 * 10\nminimize x", "study.tie:1 E0216"),
    (
        "a quantity beyond all numbers",
        "param p : active_power = 1e305 MW\nvar x : ratio in 0..4\nrule r : x <= p / 1 kW\nmaximize x",
        "study.tie:1 E0110",
    ),
    (
        "an id that is no number",
        "set s = {inf, nan}\nvar x[s] : ratio in 0..4\nrule r[i in s] : x[i] <= i\nmaximize sum(i in s: x[i])",
        "study.tie:3 E0216",
    ),
    (
        "piecewise beyond its points",
        "var x : ratio in 4..8\nminimize piecewise(x, [0, 1, 2], [3, 1, 2])",
        "study.tie:2 E0216",
    ),
    (
        "piecewise beyond its points, exact",
        "var x : ratio in -8..8\nminimize exact(piecewise(x, [0, 1, 3], [3, 1, 2]))",
        "study.tie:2 E0216",
    ),
    (
        "piecewise of data beyond its points",
        "param a = 5\nvar x : ratio in 0..piecewise(a, [0, 1], [0, 1])\nmaximize x",
        "study.tie:2 E0216",
    ),
    ("a square beyond its range", "var x : ratio in 0..8\nminimize piecewise_square(x, 4, 3)", "study.tie:2 E0216"),
    (
        "points of another quantity",
        "var x : active_power in 0..2 kW\nminimize piecewise(x, [0, 1, 2], [3, 1, 5])",
        "study.tie:2 E0302",
    ),
    (
        "values of two quantities",
        "var x : ratio in 0..2\nminimize piecewise(x, [0, 1, 2], [3 EUR, 1 kW, 5 EUR])",
        "study.tie:2 E0301",
    ),
    (
        "arguments under other names",
        "var x : ratio in 0..2\nminimize piecewise_square(x, grading = 2, segments = 2)",
        "study.tie:2 E0211",
    ),
    (
        "a complement as a condition",
        "var x : ratio in 0..10\nvar z : binary\nrule q : (1 - z) => x <= 4\nmaximize x",
        "study.tie:3 E0307",
    ),
    (
        "a class that stands elsewhere",
        "use std.grid\ndevice foo at b: bus like line { }\nvar x : ratio in 0..1\nmaximize x",
        "study.tie:2 E0216",
    ),
];

/// Replaced in the feeder, or added behind it where nothing is.
const NETWORK: &[(&str, &str, &str, &str)] = &[
    ("a load at a line", "load 2 at bus 2", "load 2 at line 1", "study.tie:6 E0216"),
    ("a line from a load", "from bus 1 to", "from load 2 to", "study.tie:5 E0216"),
    ("a place of an unknown class", "load 2 at bus 2", "load 2 at buss 2", "study.tie:6 E0205"),
    ("a place that is no id", "load 2 at bus 2", "load 2 at bus row.x", "study.tie:6 E0216"),
    ("devices at lines", "", "load \"L\" at each line 1 { p = 1 kW; q = 0 kvar }", "study.tie:11 E0216"),
    ("devices at the set of lines", "", "load \"L\" at each b in line { p = 1 kW; q = 0 kvar }", "study.tie:11 E0216"),
    ("an id with a zero before it", "load 2 at bus 2", "load 2 at bus 02", "study.tie:6 E0207"),
    (
        "an argument of an aspect twice",
        "radial",
        "radial(encoding = single_commodity, encoding = multi_commodity)",
        "study.tie:8 E0202",
    ),
    ("a case that extends itself", "", "case \"a\" extends \"a\" { bus.v_min = 0.91 pu }", "study.tie:11 E0214"),
    (
        "cases that extend each other",
        "",
        "case \"a\" extends \"b\" { bus.v_min = 0.91 pu }\ncase \"b\" extends \"a\" { bus.v_min = 0.92 pu }",
        "study.tie:11 E0214",
    ),
    ("a case with two goals", "", "case \"a\" { minimize losses\n maximize losses }", "study.tie:12 E0202"),
    ("two stages of a decision", "", "line.closed : ahead\nline.closed : recourse", "study.tie:12 E0216"),
    (
        "two stages in a study",
        "",
        "uncertain z in -1..1\nload.2.p = 100 kW + 10 kW * z\nstudy w = robust ccg { ahead line.closed; recourse line.closed }",
        "study.tie:13 E0216",
    ),
    ("a stage of one line", "", "line.1.closed : ahead", "study.tie:11 E0212"),
    ("what is not there taken away", "", "without load.99", "study.tie:11 E0207"),
    (
        "a setting of what is not there, beside others taken away",
        "",
        "without load.2\nload.99.p = 3 kW",
        "study.tie:12 E0207",
    ),
    ("a total with a range", "", "total heat[t] : active_power >= 5 kW", "study.tie:11 E0307"),
    ("a column twice", "", "table t { b : id | p : kW | p : kW } {\n 2 | 5 | 6\n}", "study.tie:11 E0202"),
    (
        "a row without the id it should give",
        "",
        "table t { b : id | k : id } {\n 2 | none\n}\nload each row in t { id = row.k; at = bus row.b; p = 1 kW; q = 0 kvar }",
        "study.tie:12 E0216",
    ),
    ("a negative yes", "", "table t { b : id | k : 0/1 } {\n 2 | -1\n}", "study.tie:12 E0005"),
];

#[test]
fn what_would_pass_in_silence_is_told_where_it_is() {
    let mut wrong = String::new();
    let with =
        |from: &str, to: &str| if from.is_empty() { format!("{FEEDER}{to}\n") } else { FEEDER.replacen(from, to, 1) };
    let network = NETWORK.iter().map(|(what, from, to, wanted)| (*what, with(from, to), *wanted));
    for (what, text, wanted) in PLAIN.iter().map(|(w, t, f)| (*w, format!("{t}\n"), *f)).chain(network) {
        let mut found = of_study(&text);
        found.dedup();
        if found != [wanted] {
            let _ = writeln!(wrong, "{what}: wanted {wanted}, found {found:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The same where it means what it says.
#[test]
fn what_is_meant_passes() {
    let plain = [
        "set plant = {1, 2, 3}\nset coast in plant = {1, 3}\nparam worth[coast] = [5, 11]\nvar x[plant] : ratio in 0..1\nmaximize sum(i in coast: worth[i] * x[i])",
        "set plant = {1, 2, 3}\nparam f[plant] = [5, 2, 4]\nset big in plant = {i in plant where f[i] > 3}\nparam w[big, big] = [1 2; 3 4]\nvar x[plant] : ratio in 0..1\nmaximize sum(i in big: w[i, i] * x[i])",
        "set plant = {north, south, west}\nset coast in plant = {north, west}\nvar x[plant] : ratio in 0..1\nmaximize sum(i in coast: x[i]) + x[north] + x[plant south]",
        "set s = 1..3\nparam d[s, s] : ratio = [1 2 3; 4 5 6; 7 8 9]\nvar x : ratio in 0..1000\nrule r : x = sum(i in s: d[i, i])\nminimize x",
        "set s = {05, 5}\nvar x[s] : ratio in 0..4\nmaximize x[05] + 2 * x[5]",
        "param p : ratio = infinity\nvar x : ratio in 0..4\nvar y : ratio in 0..4\nrule r : x <= p\nrule q : x <= y + 2 * p\nmaximize x + y",
        "param n = 0\nvar x : ratio in 0..4\nrule r : sum(i in 1..n: x) <= 2\nmaximize x",
        "set s = 1..3\nvar x[s] : ratio in 0..1\nmaximize sum(i in s where i in {1, 3}: x[i])",
        "var x : ratio in -2..2\nvar y : ratio in 0..2\nminimize piecewise(y, [0, 1, 2], [3, 1, 2]) + piecewise_square(abs(x), segments = 4, range = 2)",
        "horizon 4 h step 1 h\nparam w[t in 2..3] : ratio = [5, 7]\nvar x[t in 2..3] : ratio in 0..1\nmaximize sum(t in 2..3: w[t] * x[t])",
    ];
    for text in plain {
        assert_eq!(of_study(&format!("{text}\n")), [""; 0], "{text}");
    }
}

#[test]
fn headers_that_stand_twice_are_told() {
    let study = b"use std.quantities\ntable t from \"t.csv\" { bus : id; p : kW }\nset s = t\nvar x[s] : ratio in 0..1\nmaximize sum(i in s: x[i])\n";
    let of = |csv: &str| told(&analysed(&[("study.tie", study), ("t.csv", csv.as_bytes())]));
    assert_eq!(of("bus,p\n2,5\n"), [""; 0]);
    assert_eq!(of("bus,p,p\n2,5,50\n"), ["study.tie:2 E0003"]);
    assert_eq!(of("bus,p,q,q\n2,5,1,1\n"), [""; 0], "what nobody reads may stand twice");
    assert_eq!(of("bus,p\n2,5\nbus,p\n3,5\n"), ["t.csv:3 E0003"]);
    let both = b"use std.quantities\ntable t from \"t.csv\" { bus : id } {\n 7\n}\nvar x : ratio in 0..1\nmaximize x\n";
    assert_eq!(told(&analysed(&[("study.tie", both), ("t.csv", b"bus\n2\n")])), ["study.tie:3 E0101"]);
}

#[test]
fn limits_that_go_round_are_told_at_the_study() {
    let chain = |buses: usize| {
        let mut text = "use std.grid\ndevice zip_load at b: bus {\n param p : active_power\n inject -p * b.voltage2[t] / b.nominal^2 into b.active\n}\n".to_owned();
        for b in 1..=buses {
            let _ = writeln!(text, "bus {b} {{ nominal = 20 kV }}");
        }
        for b in 2..=buses {
            let _ = writeln!(
                text,
                "line {b} from bus {} to bus {b} {{ r = 0.8 ohm; x = 0.6 ohm }}\nzip_load {b} at bus {b} {{ p = 40 kW }}",
                b - 1
            );
        }
        text + "source \"s\" at bus 1 { v_set = 1 pu }\nbus.v_min = 0.9 pu\nbus.v_max = 1.1 pu\nwith conic, radial\nminimize losses\n"
    };
    for buses in [3, 12, 200] {
        assert_eq!(of_study(&chain(buses)), ["study.tie:4 E0214"], "{buses} buses");
    }
}
