//! What became of a plan that was given to a study.

use crate::program::{DisplayUnit, amount, number};
use crate::uncertainty::{Given, Missed};
use serde_json::{Value, json};

/// Rules that are listed for reading.
const MOST_LISTED: usize = 10;

/// As a part of the document; costs are multiplied by `sign` and divided by the unit's factor.
pub(super) fn document(given: &Given, sign: f64, factor: f64) -> Value {
    let cost = |c: Option<f64>| c.filter(|c| c.is_finite()).map(|c| c * sign / factor);
    let missed = |m: &Missed| json!({ "rule": m.rule, "realisations": m.times, "by": m.by, "unit": m.unit });
    let stands = given.stands.as_ref().map(|s| {
        json!({ "nominal": cost(s.judged.nominal), "mean": cost(s.judged.mean), "quantile_95": cost(s.judged.quantile),
                "worst": cost(s.judged.worst), "samples": s.judged.samples, "unserved_samples": s.judged.unserved,
                "realisations": s.all, "unserved_realisations": s.all.map(|_| s.failing),
                "missed": s.missed.iter().map(missed).collect::<Vec<_>>() })
    });
    json!({ "file": given.name, "fixed": given.fixed, "left_open": given.open, "stands": stands })
}

/// Lines for reading.
pub(super) fn lines(given: &Given, sign: f64, unit: &DisplayUnit) -> Vec<String> {
    let decisions = |n: usize| format!("{n} decision{}", if n == 1 { "" } else { "s" });
    let open = if given.open > 0 { format!(", {} left to the study", given.open) } else { String::new() };
    let mut out = vec![format!("plan              {}: {} fixed{open}", given.name, decisions(given.fixed))];
    let Some(stands) = &given.stands else { return out };
    let cost = |c: Option<f64>| c.map_or("not served".into(), |c| amount(c * sign, unit));
    let judged = &stands.judged;
    out.push(format!("at the middle     {}", cost(judged.nominal)));
    if judged.samples > 0 {
        let (mean, most) = (cost(judged.mean), cost(judged.quantile));
        out.push(format!("samples           mean {mean}, 95 % {most} ({} samples)", judged.samples));
    }
    let mut unserved: Vec<String> = Vec::new();
    if let Some(all) = stands.all {
        unserved.push(format!("{} of {all} realisations looked at", stands.failing));
    }
    if judged.samples > 0 {
        unserved.push(format!("{} of {} samples", judged.unserved, judged.samples));
    }
    if stands.failing + judged.unserved > 0 || !stands.missed.is_empty() {
        out.push(format!("not served        {}", unserved.join(", ")));
    }
    for m in stands.missed.iter().take(MOST_LISTED) {
        let by = format!("{} {}", number(m.by), m.unit);
        out.push(format!("  {:<15} missed in {}, by at most {}", m.rule, m.times, by.trim_end()));
    }
    if stands.missed.len() > MOST_LISTED {
        out.push(format!("  and {} more", stands.missed.len() - MOST_LISTED));
    }
    out
}
