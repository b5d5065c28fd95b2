//! Random models.

use super::{Decision, Expression, Plain, Rule, Side};
use crate::model::Model;
use crate::random::Random;

/// What a model is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Whole numbers in all constructs of the language.
    Whole,
    /// Whole numbers and numbers.
    Mixed,
    /// Numbers of ranges that stand for no limit.
    Wide,
}

/// A random model.
pub fn draw(random: &mut Random, style: Style) -> Plain {
    loop {
        let model = one(random, style);
        // The optimum of a wide range is nowhere near its end.
        if style != Style::Wide || !model.answer().unbounded {
            return model;
        }
    }
}

fn one(random: &mut Random, style: Style) -> Plain {
    let mut decisions: Vec<Decision> = (0..1 + random.below(3)).map(|_| Decision::Binary).collect();
    let binaries = decisions.len();
    let whole = if style == Style::Whole { 1 + random.below(3) } else { random.below(2) };
    for _ in 0..whole {
        let low = -(random.below(5) as i32);
        decisions.push(Decision::Whole(low, low + 1 + random.below(6) as i32));
    }
    let discrete = decisions.len();
    if style != Style::Whole {
        for _ in 0..1 + random.below(3) {
            decisions.push(number(random, style));
        }
    }
    let mut draw = Draw { random, binaries, discrete, all: decisions.len() };
    let mut rules: Vec<Rule> = (0..2 + draw.random.below(3)).map(|_| draw.rule()).collect();
    if style == Style::Wide {
        // Something is needed, and may be had only where something is open.
        for (j, decision) in decisions.iter().enumerate().skip(discrete) {
            if let Decision::Number(_, high) = *decision
                && high.is_finite()
                && draw.random.one_in(2)
            {
                let b = draw.random.below(binaries);
                let open = Expression::Times(-high, Box::new(Expression::Decision(b)));
                let left = Expression::Sum(vec![Expression::Decision(j), open]);
                rules.push(Rule { switch: None, left, side: Side::Most, right: 0.0 });
                let right = draw.random.round(0.5, 20.0, 1);
                rules.push(Rule { switch: None, left: Expression::Decision(j), side: Side::Least, right });
            }
        }
    }
    // A condition needs finite ranges.
    if decisions.iter().any(|d| matches!(d, Decision::Number(_, high) if high.is_infinite())) {
        rules.iter_mut().for_each(|r| r.switch = None);
    }
    let goal = draw.linear(4);
    let maximised = random.one_in(3);
    Plain { decisions, rules, goal, maximised }
}

fn number(random: &mut Random, style: Style) -> Decision {
    let low = if random.one_in(3) && style != Style::Wide { -random.round(0.0, 20.0, 1) } else { 0.0 };
    let high = match random.below(5) {
        _ if style == Style::Wide => random.pick(&[1e6, 1e8, 1e9, 1e12]),
        0 if random.one_in(2) => f64::INFINITY,
        _ => low + random.round(1.0, 40.0, 1),
    };
    Decision::Number(low, high)
}

struct Draw<'r> {
    random: &'r mut Random,
    binaries: usize,
    discrete: usize,
    all: usize,
}

impl Draw<'_> {
    fn factor(&mut self) -> f64 {
        let factor = self.random.round(-8.0, 8.0, 0) / 2.0;
        if factor == 0.0 { 1.0 } else { factor }
    }

    /// A sum of multiples of any decisions, some switched.
    fn linear(&mut self, most: usize) -> Expression {
        let parts = (0..1 + self.random.below(most))
            .map(|_| {
                let decision = Expression::Decision(self.random.below(self.all));
                let part = match self.random.below(8) {
                    0 => Expression::Gate(self.random.below(self.binaries), Box::new(self.plain(decision))),
                    1 => Expression::Closed(self.random.below(self.binaries), Box::new(self.plain(decision))),
                    2 | 3 => self.curved(),
                    _ => decision,
                };
                Expression::Times(self.factor(), Box::new(part))
            })
            .collect();
        Expression::Sum(parts)
    }

    /// What a binary is multiplied with: a decision with a range, a number added.
    fn plain(&mut self, decision: Expression) -> Expression {
        if self.random.one_in(2) {
            return Expression::Decision(self.random.below(self.discrete));
        }
        let bounded = match decision {
            Expression::Decision(j) if j >= self.discrete => Expression::Decision(self.random.below(self.discrete)),
            other => other,
        };
        Expression::Sum(vec![bounded, Expression::Number(self.random.round(-3.0, 3.0, 0))])
    }

    /// An absolute value, maximum or minimum of whole numbers.
    fn curved(&mut self) -> Expression {
        let mut one = || {
            let mut parts: Vec<Expression> = (0..1 + self.random.below(2))
                .map(|_| {
                    let decision = Expression::Decision(self.random.below(self.discrete));
                    let factor = self.random.round(-4.0, 4.0, 0) / 2.0;
                    Expression::Times(if factor == 0.0 { 1.0 } else { factor }, Box::new(decision))
                })
                .collect();
            parts.push(Expression::Number(self.random.round(-3.0, 3.0, 0)));
            Expression::Sum(parts)
        };
        let list = vec![one(), one()];
        match self.random.below(3) {
            0 => Expression::Abs(Box::new(list[0].clone())),
            1 => Expression::Max(list),
            _ => Expression::Min(list),
        }
    }

    fn rule(&mut self) -> Rule {
        let left = self.linear(3);
        let side = match self.random.below(8) {
            0 => Side::Equal,
            1..=4 => Side::Most,
            _ => Side::Least,
        };
        let switch = (self.random.one_in(4)).then(|| self.random.below(self.binaries));
        Rule { switch, left, side, right: self.random.round(-12.0, 20.0, 0) / 2.0 }
    }
}
