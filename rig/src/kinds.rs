//! The kinds of studies, each with its share of a run.

use crate::curtailed;
use crate::day;
use crate::islands;
use crate::model::Model;
use crate::network::{Style, draw};
use crate::plain;
use crate::random::Random;
use crate::stages;

/// A kind.
pub struct Kind {
    /// Its name in the table.
    pub name: &'static str,
    /// How often it comes, relative to the others.
    pub share: usize,
    /// Draws a study.
    pub draw: fn(&mut Random) -> Box<dyn Model>,
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    Kind { name: "loads", share: 2, draw: |r| Box::new(draw(r, Style::Loads)) },
    Kind { name: "feed-in", share: 3, draw: |r| Box::new(draw(r, Style::FeedIn)) },
    Kind { name: "sources", share: 2, draw: |r| Box::new(draw(r, Style::Sources)) },
    Kind { name: "degenerate", share: 2, draw: |r| Box::new(draw(r, Style::Degenerate)) },
    Kind { name: "taps", share: 2, draw: |r| Box::new(draw(r, Style::Taps)) },
    Kind { name: "linear flows", share: 2, draw: |r| Box::new(draw(r, Style::Linear)) },
    Kind { name: "islands", share: 2, draw: |r| Box::new(islands::draw(r)) },
    Kind { name: "curtailed", share: 2, draw: |r| Box::new(curtailed::draw(r)) },
    Kind { name: "storage", share: 2, draw: |r| Box::new(day::draw(r, day::Style::Storage)) },
    Kind { name: "commitment", share: 2, draw: |r| Box::new(day::draw(r, day::Style::Commitment)) },
    Kind { name: "flexible", share: 2, draw: |r| Box::new(day::draw(r, day::Style::Flexible)) },
    Kind { name: "wide", share: 2, draw: |r| Box::new(day::draw(r, day::Style::Wide)) },
    Kind { name: "whole numbers", share: 3, draw: |r| Box::new(plain::draw(r, plain::Style::Whole)) },
    Kind { name: "mixed numbers", share: 3, draw: |r| Box::new(plain::draw(r, plain::Style::Mixed)) },
    Kind { name: "wide numbers", share: 2, draw: |r| Box::new(plain::draw(r, plain::Style::Wide)) },
    Kind { name: "robust", share: 2, draw: |r| Box::new(stages::robust(r)) },
    Kind { name: "stochastic", share: 2, draw: |r| Box::new(stages::stochastic(r)) },
];

/// The kind of study `index`: kinds take turns by their shares.
pub fn of(index: u64, chosen: &[String]) -> Option<&'static Kind> {
    let turn: Vec<&Kind> = KINDS
        .iter()
        .filter(|k| chosen.is_empty() || chosen.iter().any(|c| c == k.name))
        .flat_map(|k| std::iter::repeat_n(k, k.share))
        .collect();
    turn.get(index as usize % turn.len().max(1)).copied()
}
