//! Data over parts of sets: every part of five plants, listed, filtered and as words, against sums by hand.

use crate::studies::{optimum, program, value};
use std::fmt::Write;
use tieline::solution::Engine;

const PLANTS: [&str; 5] = ["north", "south", "west", "east", "03"];
const WORTH: [f64; 5] = [5.0, 7.0, 11.0, 13.0, 17.0];

fn best(text: &str) -> f64 {
    value(&optimum(&program(text), Engine::Auto, 1e-6))
}

#[test]
fn values_belong_to_the_elements_that_the_part_names() {
    for mask in 1..1u32 << 5 {
        let part: Vec<usize> = (0..5).filter(|k| mask >> k & 1 == 1).collect();
        let ids: Vec<&str> = part.iter().map(|k| PLANTS[*k]).collect();
        let worth: Vec<String> = part.iter().map(|k| WORTH[*k].to_string()).collect();
        let marks: Vec<String> = (0..5).map(|k| (mask >> k & 1).to_string()).collect();
        let pairs: Vec<String> =
            part.iter().map(|i| part.iter().map(|j| (100 * i + j).to_string()).collect::<Vec<_>>().join(" ")).collect();
        let mut text = format!("set plant = {{{}}}\nvar x[plant] : ratio in 0..1\n", PLANTS.join(", "));
        let _ =
            writeln!(text, "set coast in plant = {{{}}}\nparam worth[coast] = [{}]", ids.join(", "), worth.join(", "));
        let _ = writeln!(
            text,
            "param mark[plant] = [{}]\nset marked in plant = {{i in plant where mark[i] = 1}}",
            marks.join(", ")
        );
        let _ = writeln!(text, "param pair[marked, coast] : ratio = [{}]", pairs.join("; "));
        text += "maximize sum(i in coast: worth[i] * x[i]) + 0.001 * sum(i in marked, j in coast: pair[i, j] * x[j])\n";
        let by_hand: f64 = part.iter().map(|k| WORTH[*k]).sum::<f64>()
            + 0.001 * part.iter().flat_map(|i| part.iter().map(move |j| (100 * i + j) as f64)).sum::<f64>();
        assert!((best(&text) - by_hand).abs() < 1e-6, "{text}");
    }
}

#[test]
fn words_and_digits_are_the_ids_as_they_are_written() {
    let study = |goal: &str| {
        format!(
            "set s = {{north, 05, 5}}\nvar x[s] : ratio in 0..3\nrule a : x[05] <= 1\nrule b : x[5] <= 2\nmaximize {goal}\n"
        )
    };
    assert!((best(&study("x[north] + 10 * x[s 05] + 100 * x[\"5\"]")) - 213.0).abs() < 1e-6);
}

#[test]
fn a_table_over_one_set_is_square() {
    let text = "set s = 1..3\nparam d[s, s] : ratio = [1 2 3; 4 5 6; 7 8 9]\nvar x : ratio in 0..1000\n\
                rule r : x = sum(i in s: d[i, i]) + 100 * d[3, 1]\nminimize x\n";
    assert!((best(text) - 715.0).abs() < 1e-6);
}
