//! Units for quantities that have none of their own: the shortest product of named units.

use super::dimension::{Dimension, Quantity};
use super::table::UnitTable;
use crate::program::DisplayUnit;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex};

/// Units found so far. Every variable asks for its unit, and a study has few quantities.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown(Arc<Mutex<FxHashMap<Quantity, DisplayUnit>>>);

impl Shown {
    /// The unit of this quantity, found by `find` the first time.
    pub(super) fn unit(&self, q: &Quantity, find: impl FnOnce() -> DisplayUnit) -> DisplayUnit {
        let Ok(mut known) = self.0.lock() else { return find() };
        known.entry(*q).or_insert_with(find).clone()
    }

    /// Shows this quantity in this unit from now on.
    pub(super) fn set(&self, q: Quantity, unit: DisplayUnit) {
        if let Ok(mut known) = self.0.lock() {
            known.insert(q, unit);
        }
    }
}

/// Exponents that are tried, the most usual first.
const EXPONENTS: [f64; 7] = [1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 0.5];

/// `kV^2`, `EUR/kWh`, `kg/h`: of the products of one or two powers of units that are shown, the one with the
/// fewest and smallest powers, with as little as possible under the stroke; the first declared
/// where several are equal. Where there is none, the coherent units of the base dimensions.
pub(super) fn product(table: &UnitTable, dimension: &Dimension) -> DisplayUnit {
    let leading = table.leading();
    let power = |i: usize, e: f64| leading.get(i).and_then(|(_, u)| u.quantity.dimension.power(e));
    let exponents = || EXPONENTS.into_iter();
    let mut best: Option<(f64, Vec<(usize, f64)>)> = None;
    let mut offer = |factors: Vec<(usize, f64)>| {
        let cost = |e: f64| if e < 0.0 { 0.25 - e } else { e };
        let cost = factors.iter().map(|(_, e)| 1.0 + cost(*e)).sum();
        if best.as_ref().is_none_or(|b| cost < b.0) {
            best = Some((cost, factors));
        }
    };
    for i in 0..leading.len() {
        for e in exponents() {
            let Some(one) = power(i, e) else { continue };
            if one == *dimension {
                offer(vec![(i, e)]);
            }
            let rest = dimension.combine(&one, -1);
            for j in i + 1..leading.len() {
                if let Some(f) = exponents().find(|f| power(j, *f) == Some(rest)) {
                    offer(vec![(i, e), (j, f)]);
                }
            }
        }
    }
    let mut named: Vec<(&str, f64, f64)> = match best {
        Some((_, factors)) => {
            let of = |(i, e): (usize, f64)| leading.get(i).map(|(name, unit)| (name.as_str(), unit.factor, e));
            factors.into_iter().filter_map(of).collect()
        }
        None => base(table, dimension),
    };
    named.sort_by_key(|f| f.2 < 0.0);
    let factor = named.iter().map(|(_, factor, e)| factor.powf(*e)).product();
    DisplayUnit::new(label(&named), factor)
}

fn base<'t>(table: &'t UnitTable, dimension: &Dimension) -> Vec<(&'t str, f64, f64)> {
    let of = |(i, e): (usize, &i8)| {
        let base = Dimension::base(i);
        let coherent = table.units.iter().find(|(_, u)| u.quantity.dimension == base && u.factor == 1.0);
        (coherent.map_or_else(|| table.base_name(i), |(n, _)| n.as_str()), 1.0, f64::from(*e) / 2.0)
    };
    dimension.0.iter().enumerate().filter(|(_, e)| **e != 0).map(of).collect()
}

/// `EUR/kWh`, `1/ohm`, `kW^2/kV`.
fn label(factors: &[(&str, f64, f64)]) -> String {
    let power = |(name, _, e): &(&str, f64, f64)| match e.abs() {
        1.0 => (*name).to_string(),
        e => format!("{name}^{e}"),
    };
    let above: Vec<String> = factors.iter().filter(|f| f.2 > 0.0).map(power).collect();
    let below: Vec<String> = factors.iter().filter(|f| f.2 < 0.0).map(power).collect();
    let above = if above.is_empty() { "1".to_string() } else { above.join("*") };
    if below.is_empty() { above } else { format!("{above}/{}", below.join("/")) }
}
