//! Models without a network: whole numbers are enumerated, and with each choice of them the rules are linear
//! in what is left.

mod draw;
mod expression;

pub use draw::{Style, draw};

use crate::lp::{Lp, Outcome};
use crate::model::{Answer, Model};
use expression::{Affine, Expression};

/// A decision.
#[derive(Debug, Clone, PartialEq)]
enum Decision {
    /// 0 or 1.
    Binary,
    /// A whole number of a range.
    Whole(i32, i32),
    /// A number of a range; the upper end may stand for no limit.
    Number(f64, f64),
}

/// How two sides compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Most,
    Least,
    Equal,
}

/// A rule, perhaps switched by a binary.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    switch: Option<usize>,
    left: Expression,
    side: Side,
    right: f64,
}

/// A model.
#[derive(Debug, Clone, PartialEq)]
pub struct Plain {
    decisions: Vec<Decision>,
    rules: Vec<Rule>,
    goal: Expression,
    maximised: bool,
}

impl Plain {
    /// The optimum with every rule wider by a share; `Err` where nothing limits it.
    fn best(&self, wider: f64) -> Result<Option<f64>, ()> {
        let mut best: Option<f64> = None;
        let mut chosen: Vec<f64> = self.decisions.iter().map(|d| d.lowest()).collect();
        loop {
            match self.with(&chosen, wider) {
                Outcome::Optimal(value, _) => best = Some(best.map_or(value, |b| b.min(value))),
                Outcome::Infeasible => {}
                Outcome::Unbounded => return Err(()),
            }
            let next = (0..chosen.len()).find(|j| chosen[*j] < self.decisions[*j].highest());
            let Some(next) = next else { return Ok(best) };
            chosen[next] += 1.0;
            (0..next).for_each(|j| chosen[j] = self.decisions[j].lowest());
        }
    }

    /// With the whole numbers chosen.
    fn with(&self, chosen: &[f64], wider: f64) -> Outcome {
        let known: Vec<Option<f64>> = self
            .decisions
            .iter()
            .zip(chosen)
            .map(|(d, x)| (!matches!(d, Decision::Number(..))).then_some(*x))
            .collect();
        let mut lp = Lp::default();
        let columns: Vec<usize> = self
            .decisions
            .iter()
            .map(|d| match d {
                Decision::Number(low, high) => lp.column(*low, no_limit(*high), 0.0),
                _ => lp.column(0.0, 0.0, 0.0),
            })
            .collect();
        let Some(goal) = self.goal.affine(&known) else { return Outcome::Infeasible };
        let sign = if self.maximised { -1.0 } else { 1.0 };
        goal.terms.iter().for_each(|(j, c)| lp.charge(columns[*j], sign * c));
        lp.constant = sign * goal.constant;
        for rule in &self.rules {
            if rule.switch.is_some_and(|b| chosen[b] < 0.5) {
                continue;
            }
            let Some(Affine { constant, terms }) = rule.left.affine(&known) else { return Outcome::Infeasible };
            let limit = rule.right - constant;
            if terms.iter().all(|t| t.1 == 0.0) {
                let near = 1e-7 + wider;
                let holds = match rule.side {
                    Side::Most => limit >= -near,
                    Side::Least => limit <= near,
                    Side::Equal => limit.abs() <= near,
                };
                if !holds {
                    return Outcome::Infeasible;
                }
                continue;
            }
            if rule.side == Side::Most && no_limit(limit).is_infinite() {
                continue;
            }
            let terms: Vec<(usize, f64)> = terms.iter().map(|(j, c)| (columns[*j], *c)).collect();
            match rule.side {
                Side::Most => lp.most(&terms, limit),
                Side::Least => lp.least(&terms, limit),
                Side::Equal => lp.equal(&terms, limit),
            }
        }
        lp.widened(wider).solve()
    }
}

/// A number that stands for no limit is none for the reference, which would lose digits beside it. Models
/// whose optimum is at such a number are not drawn.
fn no_limit(number: f64) -> f64 {
    if number >= 1e5 { f64::INFINITY } else { number }
}

impl Decision {
    /// The first choice of a whole number.
    fn lowest(&self) -> f64 {
        match self {
            Decision::Whole(low, _) => f64::from(*low),
            _ => 0.0,
        }
    }

    /// The last one.
    fn highest(&self) -> f64 {
        match self {
            Decision::Binary => 1.0,
            Decision::Whole(_, high) => f64::from(*high),
            Decision::Number(..) => 0.0,
        }
    }
}

impl Model for Plain {
    fn statements(&self) -> Vec<String> {
        let mut out: Vec<String> = self
            .decisions
            .iter()
            .enumerate()
            .map(|(j, d)| match d {
                Decision::Binary => format!("var x{j} : binary"),
                Decision::Whole(low, high) => format!("var x{j} : integer in {low}..{high}"),
                Decision::Number(low, high) if high.is_finite() => format!("var x{j} : ratio in {low}..{high}"),
                Decision::Number(low, _) => format!("var x{j} : ratio >= {low}"),
            })
            .collect();
        for (k, rule) in self.rules.iter().enumerate() {
            let side = match rule.side {
                Side::Most => "<=",
                Side::Least => ">=",
                Side::Equal => "=",
            };
            let switch = rule.switch.map(|b| format!("x{b} => ")).unwrap_or_default();
            out.push(format!("rule r{k} : {switch}{} {side} {}", rule.left, rule.right));
        }
        out.push(format!("{} {}", if self.maximised { "maximize" } else { "minimize" }, self.goal));
        out
    }

    fn answer(&self) -> Answer {
        match (self.best(1e-6), self.best(0.0)) {
            (Ok(least), Ok(most)) => Answer::between(least, most, 2e-6),
            _ => Answer { unbounded: true, ..Answer::infeasible() },
        }
    }

    fn wide(&self) -> bool {
        self.decisions.iter().any(|d| matches!(d, Decision::Number(_, high) if high.is_finite() && *high >= 1e5))
    }

    fn maximised(&self) -> bool {
        self.maximised
    }

    fn smaller(&self) -> Vec<Box<dyn Model>> {
        let mut out: Vec<Plain> = Vec::new();
        for k in 0..self.rules.len() {
            let mut other = self.clone();
            other.rules.remove(k);
            out.push(other);
            for simpler in self.rules[k].left.simpler() {
                let mut other = self.clone();
                other.rules[k].left = simpler;
                out.push(other);
            }
            let mut other = self.clone();
            if other.rules[k].switch.take().is_some() {
                out.push(other);
            }
        }
        for simpler in self.goal.simpler() {
            out.push(Plain { goal: simpler, ..self.clone() });
        }
        out.into_iter().map(|p| Box::new(p) as Box<dyn Model>).collect()
    }
}
