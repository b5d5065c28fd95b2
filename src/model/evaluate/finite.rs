//! Numbers that come out of data: a result that is not finite is told where it is computed. `infinity` stands for a
//! limit that is not there and may be added to, scaled and compared; nothing else makes one.

use super::{Evaluator, Stop};
use crate::diagnostics::{Diagnostic, ids_names};
use crate::model::Accumulator;
use crate::source::Span;

impl Evaluator<'_> {
    /// The result of arithmetic on `operands`, where it is one.
    pub(super) fn finite(&mut self, x: f64, operands: [f64; 2], span: Span) -> Result<f64, Stop> {
        if x.is_finite() || (!x.is_nan() && operands.iter().any(|o| o.is_infinite())) {
            return Ok(x);
        }
        let (text, label) = if x.is_nan() {
            ("this is not a number", "has no value")
        } else {
            ("this is beyond all numbers", "not finite")
        };
        let d = Diagnostic::new(ids_names::WRONG_VALUE, span, text, label);
        Err(self.report(
            d.help("correct the data, or leave it out where they have no such value: `if x > 0 then ... else ...`"),
        ))
    }

    /// A sum of numbers that stay finite one by one.
    pub(super) fn summed(&mut self, sum: &Accumulator, span: Span) -> Result<(), Stop> {
        let (x, open) = sum.constant();
        self.finite(x, [if open { f64::INFINITY } else { 0.0 }, 0.0], span).map(drop)
    }
}
