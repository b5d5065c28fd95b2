//! Results for reading: totals and the table of a horizon, the lines of a snapshot.

use crate::studies::{optimum, program};
use tieline::program::Program;
use tieline::report::summary;
use tieline::solution::Engine;
use tieline::study::StudyResult;

/// A ring whose bus 3 is best fed from the side where less is drawn: first that of bus 4, then that of
/// bus 2 for two periods.
fn ring(time: &str, more: &str) -> (Program, StudyResult) {
    let hours = |list: &str| if time == "snapshot" { String::new() } else { format!("; profile = [{list}] pu") };
    let (two, four) = (hours("1, 0.1, 0.1"), hours("0.1, 1, 1"));
    let text = format!(
        "use std.grid, std.generators\nbus 1 {{ }}\nbus 2 {{ }}\nbus 3 {{ }}\nbus 4 {{ }}\nbus.nominal = 12.66 kV\n\
         line 12 from bus 1 to bus 2 {{ r = 1 ohm; x = 0.5 ohm }}\nline 23 from bus 2 to bus 3 {{ r = 1 ohm; x = 0.5 ohm }}\n\
         line 34 from bus 3 to bus 4 {{ r = 1 ohm; x = 0.5 ohm }}\n\
         line 41 from bus 4 to bus 1 {{ r = 1 ohm; x = 0.5 ohm; normally_open = yes }}\n\
         source \"s\" at bus 1 {{ v_set = 1.0 pu }}\n\
         load 2 at bus 2 {{ p = 900 kW; q = 300 kvar{two} }}\nload 3 at bus 3 {{ p = 300 kW; q = 100 kvar }}\n\
         load 4 at bus 4 {{ p = 900 kW; q = 300 kvar{four} }}\n\
         bus.v_min = 0.9 pu\nbus.v_max = 1.05 pu\nwith conic, radial\n{time}\n{more}\n"
    );
    let program = program(&text);
    let result = optimum(&program, Engine::Tree, 1e-4);
    (program, result)
}

const HORIZON: &str = "horizon 6 h step 2 h";
const LOSSES: &str = "minimize lost : integral(t: losses[t]) + none : 0 kWh";

fn line<'t>(text: &'t str, head: &str) -> &'t str {
    text.lines().find(|l| l.starts_with(head)).unwrap_or_else(|| panic!("{head}: {text}"))
}

#[test]
fn a_horizon_is_totals_and_one_row_for_each_period() {
    let (program, result) = ring(HORIZON, LOSSES);
    let text = summary(&program, &result, 1.0);
    let (totals, table) = text.split_once("\n\n").unwrap_or_else(|| panic!("{text}"));
    let rows: Vec<Vec<&str>> = table.lines().map(|l| l.split_whitespace().collect()).collect();
    assert_eq!(rows[0].join(" "), "period losses kW import kW min pu bus open lines");
    assert_eq!(rows.len(), 4, "{text}");
    // Lines are named where they change, and only there.
    let open: Vec<&[&str]> = rows[1..].iter().map(|r| &r[5..]).collect();
    assert_eq!(open, [&["23"][..], &["34"][..], &[][..]], "{text}");
    // Energy is power over two hours; the table says the same as the total.
    let sum: f64 = rows[1..].iter().map(|r| 2.0 * r[1].parse::<f64>().unwrap()).sum();
    let total: Vec<&str> = line(totals, "losses ").split_whitespace().collect();
    assert!((total[1].parse::<f64>().unwrap() - sum).abs() < 0.04 && total[2] == "kWh", "{text}");
    assert_eq!(total[3..5], ["(as", "given"]);
    let given: f64 = total[5].parse().unwrap();
    let exact: f64 = result.base.iter().flatten().map(|s| s.losses / 1e3 * 2.0).sum();
    assert!((given - exact).abs() < 0.006 && given > sum, "{text}");
    let lowest = rows[1..].iter().map(|r| r[3]).min_by(f64_order).unwrap();
    assert!(line(totals, "minimum voltage").contains(&format!(" {lowest} pu at bus ")), "{text}");
    assert!(
        line(totals, "  lost ").contains("kWh") && line(totals, "  none ").trim_end().ends_with(" 0 kWh"),
        "{text}"
    );
    assert!(!totals.contains("open lines"), "{text}");
}

fn f64_order(a: &&str, b: &&str) -> std::cmp::Ordering {
    a.parse::<f64>().unwrap().total_cmp(&b.parse::<f64>().unwrap())
}

#[test]
fn lines_that_stay_stand_once_above_the_table() {
    let (program, result) = ring(HORIZON, &format!("line.closed : constant over periods\n{LOSSES}"));
    let text = summary(&program, &result, 1.0);
    let (totals, table) = text.split_once("\n\n").unwrap_or_else(|| panic!("{text}"));
    assert!(line(totals, "open lines").ends_with(" 34") && !table.contains("open lines"), "{text}");
}

#[test]
fn the_network_as_given_is_compared_where_it_serves_the_same() {
    let given = |more: &str| {
        let (program, result) = ring(HORIZON, more);
        summary(&program, &result, 1.0).contains("as given")
    };
    let served = "load.service = partial\nload.shed_cost = 3 EUR/kWh\n";
    let cost = "minimize integral(t: 60 EUR/MWh * losses[t] + running_costs[t])";
    assert!(given(&format!("{served}{cost}")));
    // The source cannot feed all loads.
    assert!(!given(&format!("{served}source.p_max = 900 kW\n{cost}")));
    // What a plant gives would be another decision in another network.
    assert!(!given(&format!("pv \"P\" at bus 3 {{ capacity = 200 kW; profile = [1, 0.5, 1] pu }}\n{LOSSES}")));
    // The plan is the network as given.
    assert!(!given(&format!("line.closed = initial\n{LOSSES}")));
}

#[test]
fn load_that_is_not_served_is_told() {
    let short = "load.service = partial\nload.shed_cost = 3 EUR/kWh\nsource.p_max = 900 kW\n";
    let (program, result) = ring(HORIZON, &format!("{short}minimize integral(t: running_costs[t])"));
    let text = summary(&program, &result, 1.0);
    assert!(line(&text, "not served ").ends_with(" kWh in 3 of 3 periods"), "{text}");
    let (program, result) = ring("snapshot", "load.service = whole\nsource.p_max = 1.3 MW\nminimize sum(t: shed[t])");
    let text = summary(&program, &result, 1.0);
    // One of the two large loads has to go.
    let told = line(&text, "not served ");
    assert!(told.ends_with(" 900.00 kW: load 2 (900.00)") || told.ends_with(" 900.00 kW: load 4 (900.00)"), "{text}");
}

#[test]
fn a_snapshot_is_a_few_lines() {
    let (program, result) = ring("snapshot", "minimize losses");
    let mut result = result;
    result.violation.0 = 0.0;
    result.cone_gap = 2e-7;
    if let Some(o) = &mut result.outcome {
        (o.nodes, o.iterations) = (1, 2);
    }
    let text = summary(&program, &result, 1.0);
    assert!(line(&text, "losses ").contains(" → ") && line(&text, "minimum voltage").contains(" → "), "{text}");
    assert!(line(&text, "check ").ends_with("passed (largest violation 0, cone gap 2.0e-7)"), "{text}");
    assert!(line(&text, "solver ").ends_with(", 1 node, 2 subproblems, 1.00 s"), "{text}");
    assert!(!text.contains("period"), "{text}");
}

#[test]
fn money_is_printed_with_two_decimals() {
    let (program, result) = ring("snapshot", "minimize lost : 59.9 EUR * sum(t: losses[t]) / 7 kW + fee : 3 EUR");
    let text = summary(&program, &result, 1.0);
    let amount = |head: &str| line(&text, head).split_whitespace().find(|w| w.contains('.')).expect("an amount");
    for head in ["objective ", "proven bound "] {
        let decimals = amount(head).split_once('.').expect("decimals").1;
        assert!(decimals.len() == 2 && line(&text, head).contains(" EUR"), "{text}");
    }
}
