//! The result for reading.

use super::json::word;
use super::{Status, StudyResult};
use crate::program::{Program, shown};

/// A few lines in the engineer's terms, with units.
pub fn summary(program: &Program, result: &StudyResult, seconds: f64) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    let goal = program.objectives.get(result.goal);
    line(format!("status            {}", word(result.status)));
    if let (Some(goal), Some(value)) = (goal, result.objective) {
        line(format!("{:<17} {}", goal.name, shown(value, &goal.unit)));
        if let Some(bound) = result.bound {
            let gap = if result.gap.is_finite() { format!("{:.4} %", 100.0 * result.gap) } else { "open".into() };
            line(format!("proven bound      {}  (gap {gap})", shown(bound, &goal.unit)));
        }
    }
    let many = result.ac.len() > 1;
    for (t, state) in result.ac.iter().enumerate() {
        let Some(network) = &program.network else { break };
        if many {
            line(format!("period {}", t + 1));
        }
        match state {
            Ok(s) => {
                let open: Vec<&str> =
                    network.branches.iter().zip(&s.closed).filter(|(_, c)| !**c).map(|(b, _)| b.id.as_str()).collect();
                line(format!("open lines        {}", open.join(", ")));
                match result.base.get(t).and_then(Option::as_ref) {
                    Some(b) if b.losses > 0.0 => {
                        let change = 100.0 * (s.losses / b.losses - 1.0);
                        line(format!(
                            "losses            {:.2} → {:.2} kW ({change:+.1} %)",
                            b.losses / 1e3,
                            s.losses / 1e3
                        ));
                        line(format!(
                            "minimum voltage   {:.4} → {:.4} pu at bus {}",
                            b.lowest.0, s.lowest.0, s.lowest.1
                        ));
                    }
                    _ => {
                        line(format!("losses            {:.2} kW", s.losses / 1e3));
                        line(format!("minimum voltage   {:.4} pu at bus {}", s.lowest.0, s.lowest.1));
                    }
                }
            }
            Err(e) => line(format!("AC power flow     failed: {e}")),
        }
    }
    if program.network.is_none()
        && let Some(x) = &result.values
    {
        for (v, x) in program.variables.iter().zip(x).filter(|(_, x)| x.abs() > 1e-9) {
            line(format!("  {} = {}", v.name, shown(*x, &v.unit)));
        }
    }
    if matches!(result.status, Status::Optimal | Status::Feasible | Status::Failed) && result.values.is_some() {
        let verdict = if result.passed { "passed" } else { "FAILED" };
        line(format!(
            "check             {verdict} (largest violation {:.1e}, cone gap {:.1e})",
            result.violation.0, result.cone_gap
        ));
    }
    if let Some(o) = &result.outcome {
        line(format!(
            "solver            {}, {} nodes, {} subproblems, {seconds:.2} s",
            o.engine, o.nodes, o.iterations
        ));
    }
    out
}
