//! Floors of quantities: how much of each is nothing. `@floor(1 W)` before a `unit` statement declares that of
//! what its units measure.

use super::dimension::Quantity;
use super::shown;
use super::table::UnitTable;
use crate::diagnostics::{Diagnostic, ids_units};
use crate::names::UnitStatement;
use crate::program::{DisplayUnit, FLOOR, MANY};
use crate::syntax::ast::Annotation;

/// Floors of a quantity beyond which numbers stand for "no limit": 10 GW, where 1 W is nothing.
const NO_LIMIT: f64 = 1e10;
/// Powers of a quantity with a floor whose floor is that power: squared voltages and their roots.
const POWERS: [f64; 2] = [2.0, 0.5];

impl UnitTable {
    /// Reads the floors, once all units are known.
    pub(super) fn read_floors(&mut self, statements: &[UnitStatement], out: &mut Vec<Diagnostic>) {
        let mut seen: Vec<(Quantity, &Annotation)> = Vec::new();
        for statement in statements {
            let UnitStatement::Unit(name, _, _, notes) = statement else { continue };
            let (Some(floor), Some(unit)) = (&notes.floor, self.units.get(&name.text)) else { continue };
            let quantity = unit.quantity;
            let before = seen.iter().find(|(q, _)| *q == quantity).map(|(_, a)| a.span);
            if before == Some(floor.span) {
                continue;
            }
            match self.amount(floor, quantity) {
                Ok(amount) => {
                    let known = self.floors.get(&quantity).copied();
                    if let Some(first) = before.filter(|_| known != Some(amount)) {
                        let text =
                            format!("the floor of `{}` is declared twice, differently", self.describe(&quantity));
                        let d = Diagnostic::new(ids_units::UNIT_CONFLICT, floor.span, text, "second declaration");
                        out.push(d.label(first, "first declaration").help("declare it at one `unit` statement"));
                    } else {
                        self.floors.insert(quantity, amount);
                    }
                }
                Err(d) => out.push(*d),
            }
            seen.push((quantity, floor));
        }
    }

    /// An amount of this quantity, in coherent units.
    fn amount(&self, floor: &Annotation, quantity: Quantity) -> Result<f64, Box<Diagnostic>> {
        let example = self.units_of(&quantity).last().map_or("W".to_owned(), |u| u.to_string());
        let wrong = |text: String| {
            let d = Diagnostic::new(ids_units::WRONG_TYPE, floor.span, text, "not a floor of this quantity");
            Err(Box::new(d.help(format!("write a positive amount in one of its units: `@floor(1 {example})`"))))
        };
        let [text] = floor.args.as_slice() else {
            return wrong("a floor is one amount with its unit".into());
        };
        let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
        let Some(number) = number.replace('_', "").parse::<f64>().ok().filter(|n| *n > 0.0 && n.is_finite()) else {
            return wrong(format!("the floor `{text}` is no positive amount"));
        };
        match self.units.get(unit) {
            Some(unit) if unit.quantity == quantity => Ok(number * unit.factor),
            Some(unit) => wrong(format!(
                "the floor of `{}` is given in {}",
                self.describe(&quantity),
                self.describe(&unit.quantity)
            )),
            None if unit.is_empty() && quantity.dimension.is_none() => Ok(number),
            None => wrong(format!("the floor `{text}` has no unit of what is measured")),
        }
    }

    /// How much of a quantity is nothing, in coherent units: what is declared for it, else for its dimension (the
    /// least of its kinds), else that power of the floor of what it is a square or a root of, else a millionth of
    /// the unit that is listed first, or of the shortest product of such units.
    pub fn floor(&self, q: &Quantity) -> f64 {
        self.ends(q).0
    }

    /// A unit with the floor of the quantity that it shows, and with what stands for "no limit" of it.
    pub(super) fn with_ends(&self, q: &Quantity, unit: DisplayUnit) -> DisplayUnit {
        let (floor, no_limit) = self.ends(q);
        DisplayUnit { floor, no_limit, ..unit }
    }

    /// The floor of a quantity and what stands for "no limit" of it, in coherent units: 10¹⁰ floors, likewise a power
    /// of that for squares and roots, or [`MANY`] of the unit where no floor is declared.
    fn ends(&self, q: &Quantity) -> (f64, f64) {
        let of = |floor: f64, power: f64| (floor.powf(power), (NO_LIMIT * floor).powf(power));
        if let Some(floor) = self.floors.get(q).or_else(|| self.floors.get(&Quantity::bare(q.dimension))) {
            return of(*floor, 1.0);
        }
        let alike = || self.floors.iter().filter(|(of, _)| of.dimension == q.dimension);
        if !q.dimension.is_none()
            && q.kind.is_none()
            && let Some(least) = alike().map(|(_, f)| *f).reduce(f64::min)
        {
            return of(least, 1.0);
        }
        let power = |(base, floor): (&Quantity, &f64)| {
            POWERS.into_iter().find(|e| base.dimension.power(*e) == Some(q.dimension)).map(|e| of(*floor, e))
        };
        let own = self.units_of(q).first().and_then(|name| self.units.get(name.as_str())).map(|u| u.factor);
        if !q.dimension.is_none()
            && own.is_none()
            && let Some(ends) = self.floors.iter().find_map(power)
        {
            return ends;
        }
        let unit = match own {
            _ if q.dimension.is_none() => 1.0,
            Some(factor) => factor,
            None => shown::product(self, &q.dimension).factor,
        };
        (FLOOR * unit.abs(), MANY * unit.abs())
    }
}
