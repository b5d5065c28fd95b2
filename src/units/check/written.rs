//! Numbers without their unit, and which unit is meant most likely: the one that the study writes
//! most for this quantity. It is known only when all of the study has been read.

use super::Checker;
use crate::diagnostics::{Diagnostic, ids_units};
use crate::source::Span;
use crate::syntax::ast::UnitExpr;
use crate::units::Quantity;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Units that the study writes, and numbers that wait for theirs.
#[derive(Default)]
pub(super) struct Written {
    uses: IndexMap<Quantity, IndexMap<SmolStr, (usize, f64)>>,
    missing: Vec<(Span, f64, Quantity)>,
}

impl Checker<'_> {
    /// Remembers a unit that stands in the study, not in a module that it uses.
    pub(super) fn wrote(&mut self, unit: &UnitExpr, factor: f64, quantity: Quantity) {
        if self.names.root != Some(unit.span.file) {
            return;
        }
        let text = |(name, exponent): &(crate::syntax::ast::Ident, i32)| match exponent.abs() {
            1 => name.text.to_string(),
            e => format!("{}^{e}", name.text),
        };
        let side = |above: bool| {
            let factors = unit.factors.iter().filter(|(_, e)| (*e > 0) == above);
            factors.map(text).collect::<Vec<_>>()
        };
        let (above, below) = (side(true).join("*"), side(false));
        let above = if above.is_empty() { "1".to_string() } else { above };
        let text = below.iter().fold(above, |text, b| text + "/" + b);
        self.written.uses.entry(quantity).or_default().entry(text.into()).or_insert((0, factor)).0 += 1;
    }

    /// Reports a plain number where one with a unit is due.
    pub(super) fn missing_unit(&mut self, span: Span, value: f64, want: &Quantity) {
        let text = format!("this {} has no unit", self.units.describe(want));
        self.report(Diagnostic::new(ids_units::MISSING_UNIT, span, text, "unit missing"));
        self.written.missing.push((span, value, *want));
    }

    /// Shows each quantity in the unit that the study writes most, where several are as frequent in the
    /// one that was declared first; and says which units were meant where none is written. To be called
    /// when the whole study has been read.
    pub fn settle_units(&mut self) {
        for (quantity, uses) in &self.written.uses {
            let place = |unit: &SmolStr| self.units.units.get_index_of(unit).unwrap_or(usize::MAX);
            let most = uses.iter().min_by_key(|(unit, (n, _))| (std::cmp::Reverse(*n), place(unit), (*unit).clone()));
            if let Some((unit, (_, factor))) = most {
                self.units.show_in(*quantity, unit, *factor);
            }
        }
        let waiting = |d: &Diagnostic| d.id == ids_units::MISSING_UNIT && d.help.is_none();
        let places: FxHashMap<Span, usize> = self
            .diagnostics
            .iter()
            .enumerate()
            .filter(|(_, d)| waiting(d))
            .filter_map(|(i, d)| Some((d.span()?, i)))
            .collect();
        for (span, value, want) in std::mem::take(&mut self.written.missing) {
            let units = self.units.units_of(&want);
            let unit = self.units.display(&want).label;
            let Some(d) = places.get(&span).and_then(|i| self.diagnostics.get_mut(*i)) else { continue };
            if unit.is_empty() {
                continue;
            }
            let list: Vec<&str> = units.iter().map(|u| u.as_str()).collect();
            let what = self.units.describe(&want);
            let others =
                if list.len() > 1 { format!(" (units of {what}: {})", list.join(", ")) } else { String::new() };
            let at = Span { start: span.end, ..span };
            let proposed = d.clone().help(format!("write `{value} {unit}` if that is meant{others}"));
            *d = proposed.fix(format!("Add `{unit}`"), vec![(at, format!(" {unit}"))]);
        }
    }
}
