//! The unit table of a study, from its `dimension`, `kind` and `unit` declarations.

use super::dimension::{Dimension, KindId, MAX_BASE, Quantity};
use super::shown::{self, Shown};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names, ids_units};
use crate::names::UnitStatement;
use crate::program::DisplayUnit;
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, BinaryOp, ExprKind};
use indexmap::IndexMap;
use smol_str::SmolStr;

/// A unit: `1 unit = factor` coherent units of its quantity.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Coherent units in one of it.
    pub factor: f64,
    /// What it measures.
    pub quantity: Quantity,
    /// Its role is money.
    pub money: bool,
    /// Where it was declared.
    pub span: Span,
}

/// Decimals with which amounts of money are printed.
const MONEY_DECIMALS: u8 = 2;

/// All dimensions, kinds and units.
#[derive(Debug, Clone, Default)]
pub struct UnitTable {
    base: Vec<SmolStr>,
    /// Named dimensions.
    pub dimensions: IndexMap<SmolStr, (Dimension, Span)>,
    /// Kinds: name → (dimension, where); the index is the [`KindId`].
    pub kinds: IndexMap<SmolStr, (Dimension, Span)>,
    /// Units, in order of declaration.
    pub units: IndexMap<SmolStr, Unit>,
    /// Floors that are declared, in coherent units.
    pub(super) floors: IndexMap<Quantity, f64>,
    shown: Shown,
}

impl UnitTable {
    /// Builds the table. Declarations may come in any order.
    pub fn new(statements: &[UnitStatement]) -> (UnitTable, Vec<Diagnostic>) {
        let mut table = UnitTable::default();
        let mut out = Vec::new();
        let nowhere = Span::new(FileId(0), 0, 0);
        for name in ["ratio", "number"] {
            table.dimensions.insert(name.into(), (Dimension::NONE, nowhere));
        }
        table.units.insert("%".into(), Unit { factor: 0.01, quantity: Quantity::NUMBER, money: false, span: nowhere });
        let mut pending: Vec<&UnitStatement> = statements.iter().collect();
        loop {
            let before = pending.len();
            pending.retain(|s| !table.try_declare(s, &mut out));
            if pending.len() == before {
                break;
            }
        }
        out.extend(pending.into_iter().map(|s| table.why_not(s)));
        // A unit may be listed before the one that defines it.
        let place = |name: &SmolStr| {
            let declares = |s: &UnitStatement| matches!(s, UnitStatement::Unit(n, ..) if n.text == *name);
            statements.iter().position(declares).map_or(0, |p| p + 1)
        };
        let order: IndexMap<SmolStr, usize> = table.units.keys().map(|n| (n.clone(), place(n))).collect();
        table.units.sort_by_key(|name, _| order.get(name).copied().unwrap_or(0));
        table.read_floors(statements, &mut out);
        (table, out)
    }

    fn why_not(&self, s: &UnitStatement) -> Diagnostic {
        let (expr, name) = match s {
            UnitStatement::Dimension(n, Some(e)) | UnitStatement::Kind(n, e) => (e, n),
            UnitStatement::Unit(n, Some(d), q, _) => (if self.quantity(q).is_err() { q } else { d }, n),
            UnitStatement::Unit(n, None, q, _) => (q, n),
            UnitStatement::Dimension(n, None) => {
                let text = format!("more than {MAX_BASE} base dimensions");
                return Diagnostic::new(ids_units::UNIT_CONFLICT, n.span, text, "one too many");
            }
        };
        match (&expr.kind, self.quantity(expr)) {
            (ExprKind::Number { unit: Some(u), .. }, _) => match self.unit(u) {
                Err(d) => d,
                Ok(_) => Diagnostic::new(ids_units::WRONG_TYPE, name.span, "this unit has no meaning", "unclear"),
            },
            (_, Err(d)) => d,
            _ => Diagnostic::new(
                ids_units::WRONG_TYPE,
                expr.span,
                format!("the definition of `{}` is not a number with a unit", name.text),
                "not a number with a unit",
            ),
        }
    }

    fn taken(&self, name: &ast::Ident, out: &mut Vec<Diagnostic>) -> bool {
        let first = self.dimensions.get(&name.text).map(|d| d.1).or_else(|| self.kinds.get(&name.text).map(|k| k.1));
        if let Some(first) = first {
            let text = format!("`{}` is declared twice", name.text);
            out.push(
                Diagnostic::new(ids_names::DUPLICATE_NAME, name.span, text, "second declaration")
                    .label(first, "first declaration"),
            );
        }
        first.is_some()
    }

    fn try_declare(&mut self, s: &UnitStatement, out: &mut Vec<Diagnostic>) -> bool {
        match s {
            UnitStatement::Dimension(name, None) => {
                if self.base.len() >= MAX_BASE {
                    return false;
                }
                if !self.taken(name, out) {
                    self.dimensions.insert(name.text.clone(), (Dimension::base(self.base.len()), name.span));
                    self.base.push(name.text.clone());
                }
                true
            }
            UnitStatement::Dimension(name, Some(of)) | UnitStatement::Kind(name, of) => {
                let Ok(q) = self.quantity(of) else { return false };
                if !self.taken(name, out) {
                    let to = if matches!(s, UnitStatement::Kind(..)) { &mut self.kinds } else { &mut self.dimensions };
                    to.insert(name.text.clone(), (q.dimension, name.span));
                }
                true
            }
            UnitStatement::Unit(name, def, of, notes) => {
                let Ok(quantity) = self.quantity(of) else { return false };
                let factor = match def.as_ref().map(|e| &e.kind) {
                    None => 1.0,
                    Some(ExprKind::Number { value, unit: Some(u), .. }) => match self.unit(u) {
                        Ok((f, q)) => {
                            if q.dimension != quantity.dimension {
                                let text = format!("the definition of unit `{}` has another dimension", name.text);
                                let span = def.as_ref().map_or(name.span, |d| d.span);
                                out.push(
                                    Diagnostic::new(ids_units::UNIT_CONFLICT, span, text, "another dimension")
                                        .label(of.span, "the dimension it is declared with")
                                        .help("define a unit by one of the same dimension"),
                                );
                                return true;
                            }
                            value * f
                        }
                        Err(_) => return false,
                    },
                    Some(ExprKind::Number { value, unit: None, .. }) => *value,
                    Some(_) => return false,
                };
                match self.units.get(&name.text) {
                    Some(old) if old.quantity != quantity || old.factor != factor => out.push(
                        Diagnostic::new(
                            ids_units::UNIT_CONFLICT,
                            name.span,
                            format!("unit `{}` is declared twice, differently", name.text),
                            "second declaration",
                        )
                        .label(old.span, "first declaration"),
                    ),
                    Some(_) => {}
                    None => {
                        let unit = Unit { factor, quantity, money: notes.money, span: name.span };
                        self.units.insert(name.text.clone(), unit);
                    }
                }
                true
            }
        }
    }

    /// The kind of this name.
    pub fn kind(&self, name: &str) -> Option<KindId> {
        self.kinds.get_index_of(name).map(|i| KindId(i as u16))
    }

    /// The quantity of a kind by name; a plain number if the study has no such kind.
    pub fn kind_quantity(&self, name: &str) -> Quantity {
        self.kinds
            .get_full(name)
            .map_or(Quantity::NUMBER, |(i, _, (d, _))| Quantity { dimension: *d, kind: Some(KindId(i as u16)) })
    }

    /// The quantity that a type expression such as `power^2 / voltage^2` names.
    pub fn quantity(&self, e: &ast::Expr) -> Result<Quantity, Diagnostic> {
        match &e.kind {
            ExprKind::Name(n) => {
                if self.kinds.contains_key(n) {
                    return Ok(self.kind_quantity(n));
                }
                if let Some((d, _)) = self.dimensions.get(n) {
                    return Ok(Quantity::bare(*d));
                }
                let text = format!("there is no kind or dimension `{n}`");
                let d = Diagnostic::new(ids_names::UNKNOWN_NAME, e.span, text, "unknown type");
                let others = ["binary", "integer", "count", "text", "yes/no"];
                let known = self.kinds.keys().chain(self.dimensions.keys()).map(SmolStr::as_str).chain(others);
                if let Some(unit) = self.units.get(n) {
                    let of = self.describe(&unit.quantity);
                    return Err(d
                        .note(format!("`{n}` is a unit; a declaration names what is measured, not its unit"))
                        .help(format!("write `{of}`")));
                }
                Err(match did_you_mean(n, known) {
                    Some(s) => d.help(format!("did you mean `{s}`?")),
                    None => d.help("types are kinds such as `active_power` or `ratio`, or `binary`, `integer`, `count`, `yes/no`, `text`"),
                })
            }
            ExprKind::Binary(op @ (BinaryOp::Mul | BinaryOp::Div), a, b) => {
                let (a, b) = (self.quantity(a)?, self.quantity(b)?);
                let sign = if *op == BinaryOp::Mul { 1 } else { -1 };
                Ok(Quantity::bare(a.dimension.combine(&b.dimension, sign)))
            }
            ExprKind::Binary(BinaryOp::Pow, a, b) => {
                let base = self.quantity(a)?;
                match &b.kind {
                    ExprKind::Number { value, unit: None, .. } if value.fract() == 0.0 => {
                        base.dimension.power(*value).map(Quantity::bare).ok_or_else(|| {
                            Diagnostic::new(ids_units::WRONG_TYPE, b.span, "this exponent is too large", "exponent")
                        })
                    }
                    _ => Err(Diagnostic::new(
                        ids_units::WRONG_TYPE,
                        b.span,
                        "an exponent of a dimension is a whole number",
                        "not a whole number",
                    )),
                }
            }
            ExprKind::Number { value: 1.0, unit: None, .. } | ExprKind::Unreadable => Ok(Quantity::NUMBER),
            _ => Err(Diagnostic::new(ids_units::WRONG_TYPE, e.span, "this is not a type", "not a type")
                .help("write a kind such as `active_power`, or a product such as `power^2 / voltage^2`")),
        }
    }

    /// Factor and quantity of a unit expression.
    pub fn unit(&self, u: &ast::UnitExpr) -> Result<(f64, Quantity), Diagnostic> {
        let mut factor = 1.0;
        let mut quantity = Quantity::NUMBER;
        for (i, (name, exponent)) in u.factors.iter().enumerate() {
            let Some(unit) = self.units.get(&name.text) else { return Err(self.unknown_unit(name)) };
            factor *= unit.factor.powi(*exponent);
            if i == 0 && *exponent == 1 {
                quantity = unit.quantity;
            } else {
                let dimension = unit.quantity.dimension.power(f64::from(*exponent)).unwrap_or_default();
                quantity = Quantity::bare(quantity.dimension.combine(&dimension, 1));
            }
        }
        Ok((factor, quantity))
    }

    fn unknown_unit(&self, name: &ast::Ident) -> Diagnostic {
        let text = format!("there is no unit `{}`", name.text);
        let d = Diagnostic::new(ids_units::UNKNOWN_UNIT, name.span, text, "unknown unit");
        match did_you_mean(&name.text, self.units.keys().map(SmolStr::as_str)) {
            Some(s) => d
                .help(format!("did you mean `{s}`?"))
                .fix(format!("Replace by `{s}`"), vec![(name.span, s.to_string())]),
            None => d.help("units are declared in `std.quantities`; a number times a name needs `*`"),
        }
    }

    /// Names of units that measure exactly this quantity, in order of declaration.
    pub fn units_of(&self, q: &Quantity) -> Vec<&SmolStr> {
        self.units.iter().filter(|(_, u)| u.quantity == *q).map(|(n, _)| n).collect()
    }

    /// Shows a quantity in the unit that the study writes most.
    pub fn show_in(&self, quantity: Quantity, label: &str, factor: f64) {
        if !quantity.dimension.is_none() {
            let unit = DisplayUnit { decimals: self.decimals(label), ..DisplayUnit::new(label, factor) };
            self.shown.set(quantity, self.with_ends(&quantity, unit));
        }
    }

    /// Decimals of a unit of money; none of other units and of products.
    fn decimals(&self, label: &str) -> Option<u8> {
        self.units.get(label).filter(|u| u.money).map(|_| MONEY_DECIMALS)
    }

    /// How numbers of this quantity are shown: in the unit that the study writes, else in the one listed
    /// first, else in the shortest product of
    /// such units.
    pub fn display(&self, q: &Quantity) -> DisplayUnit {
        if q.dimension.is_none() {
            let label = if q.kind.is_some() { self.units_of(q).first().map_or("", |n| n.as_str()) } else { "" };
            return self.with_ends(q, DisplayUnit::new(label, 1.0));
        }
        self.shown.unit(q, || {
            let unit = match self.units_of(q).first() {
                Some(name) => {
                    let factor = self.units.get(name.as_str()).map_or(1.0, |u| u.factor);
                    DisplayUnit { decimals: self.decimals(name), ..DisplayUnit::new(name.as_str(), factor) }
                }
                None => shown::product(self, &q.dimension),
            };
            self.with_ends(q, unit)
        })
    }

    /// The unit in which a bare dimension or one of its kinds is shown, by dimension, in order of
    /// declaration.
    pub(super) fn leading(&self) -> Vec<(&SmolStr, &Unit)> {
        let mut seen: Vec<Dimension> = Vec::new();
        let mut out = Vec::new();
        for (name, unit) in &self.units {
            let d = unit.quantity.dimension;
            if !d.is_none() && !seen.contains(&d) {
                seen.push(d);
                out.push((name, unit));
            }
        }
        out
    }

    /// The name of a base dimension.
    pub(super) fn base_name(&self, index: usize) -> &str {
        self.base.get(index).map_or("?", SmolStr::as_str)
    }

    /// A dimension as one named quantity over another, `impedance / length`, where there is such a pair.
    fn quotient(&self, dimension: &Dimension) -> Option<String> {
        if dimension.0.iter().all(|e| *e >= 0) {
            return None;
        }
        let named = || {
            let dimensions = self.dimensions.iter().map(|(n, (d, _))| (n, d));
            dimensions.chain(self.kinds.iter().map(|(n, (d, _))| (n, d))).filter(|(_, d)| !d.is_none())
        };
        let below = named().find(|(_, d)| dimension.combine(d, 1).is_none());
        if let Some((below, _)) = below {
            return Some(format!("1 / {below}"));
        }
        named().find_map(|(above, d)| {
            let rest = d.combine(dimension, -1);
            named().find(|(_, d)| **d == rest).map(|(below, _)| format!("{above} / {below}"))
        })
    }

    /// The quantity in words: `active_power`, `power^2`, `a plain number`.
    pub fn describe(&self, q: &Quantity) -> String {
        if let Some((name, _)) = q.kind.and_then(|k| self.kinds.get_index(k.0 as usize)) {
            return name.to_string();
        }
        if q.dimension.is_none() {
            return "a plain number".to_string();
        }
        if let Some((n, _)) = self.dimensions.iter().find(|(_, (d, _))| *d == q.dimension) {
            return n.to_string();
        }
        if let Some(text) = self.quotient(&q.dimension) {
            return text;
        }
        let power = |(i, e): (usize, &i8)| match f64::from(*e) / 2.0 {
            1.0 => self.base[i].to_string(),
            e => format!("{}^{e}", self.base[i]),
        };
        let parts: Vec<String> = q.dimension.0.iter().enumerate().filter(|(_, e)| **e != 0).map(power).collect();
        parts.join(" * ")
    }
}
