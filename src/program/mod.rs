//! The program stage: variables, constraints, objectives and uncertainty, in coherent units and in
//! the user's names, before any lowering. Everything knows its origin.

mod display;
mod expression;
mod form;
pub mod ledger;
mod name;
mod network;
mod number;

pub use display::display;
pub use form::{Affine, Atom, AtomId, AtomKind, Exactness, Form, Product, Terms};
pub use name::{Index, Name, NameFamily};
pub use network::{Branch, Bus, FlowCone, Network, PeriodState, PowerFloors, RadialArcs, Source};
pub use number::number;

use crate::ids::{IdVec, id};
use crate::source::Span;
use std::sync::Arc;

id! {
    /// Index of a variable.
    pub struct VarId of "variable"
}

id! {
    /// Index of an uncertain factor.
    pub struct FactorId of "uncertain factor"
}

id! {
    /// Index into [`Program::origins`].
    pub struct OriginId of "origin"
}

/// The statement that made something, and where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// The statement.
    pub span: Span,
    /// Its name as the engineer knows it: `conic.drop`, `storage.level`.
    pub rule: Arc<str>,
}

/// Values a variable may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Any real in the bounds.
    Continuous,
    /// 0 or 1.
    Binary,
    /// A whole number in the bounds.
    Integer,
}

/// When a variable is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before the uncertainty is known.
    Ahead,
    /// After.
    Recourse,
}

/// How numbers of one kind are shown: a value in coherent units is divided by `factor`. All that a statement makes
/// shares one.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplayUnit {
    /// `kW`; empty for plain numbers.
    pub label: Arc<str>,
    /// Coherent units in one of it (1000 for kW).
    pub factor: f64,
    /// Decimals with which amounts are printed, always so many; none: up to six, without trailing zeros.
    pub decimals: Option<u8>,
    /// The floor of the quantity, in coherent units: less is nothing, whatever it is measured by.
    pub floor: f64,
    /// Numbers of the quantity that reach further stand for "no limit", in coherent units.
    pub no_limit: f64,
}

/// The floor of a quantity that has none declared, as a share of a unit.
pub const FLOOR: f64 = 1e-6;
/// What stands for "no limit" of such a quantity, in its unit.
pub const MANY: f64 = 1e7;

impl DisplayUnit {
    /// A unit without decimals of its own, whose floor is a millionth of it.
    pub fn new(label: impl Into<Arc<str>>, factor: f64) -> Self {
        DisplayUnit {
            label: label.into(),
            factor,
            decimals: None,
            floor: FLOOR * factor.abs(),
            no_limit: MANY * factor.abs(),
        }
    }
}

/// A decision variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// `line.closed[7]`, with the period: `storage.charge[ESS6, 3]`.
    pub name: Name,
    /// Its domain.
    pub domain: Domain,
    /// Least value in coherent units (may be minus infinity).
    pub lower: f64,
    /// Greatest value in coherent units (may be infinity).
    pub upper: f64,
    /// Its stage.
    pub stage: Stage,
    /// Its unit.
    pub unit: Arc<DisplayUnit>,
    /// Where it was declared.
    pub origin: OriginId,
}

/// An uncertain factor (a symbol in forms, not a decision).
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// `z_load[3]`.
    pub name: String,
    /// Least value, if it has a fixed range.
    pub lower: f64,
    /// Greatest value.
    pub upper: f64,
    /// Where it was declared.
    pub origin: OriginId,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Relation {
    /// `form <= 0`
    Le(Form),
    /// `form = 0`
    Eq(Form),
    /// When the binary has the value, the relation holds.
    Implies {
        /// The binary.
        when: VarId,
        /// The value that switches the relation on.
        is: bool,
        /// What then holds.
        then: Box<Relation>,
    },
}

/// One constraint.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    /// `conic.drop[5]`.
    pub name: Name,
    /// The condition.
    pub relation: Relation,
    /// A valid inequality that follows from the others.
    pub implied: bool,
    /// Says only that the radial orientation has no cycle (`@role(completion)`): search over
    /// arborescences needs no such rule.
    pub acyclic: bool,
    /// An equation of the network relaxed to an inequality (`@role(cone)`), which a state of the network meets with
    /// equality.
    pub relaxed: bool,
    /// Coherent units in one display unit of both sides.
    pub unit: Arc<DisplayUnit>,
    /// The statement.
    pub origin: OriginId,
}

/// One summand of a balance or total.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// What is added.
    pub form: Form,
    /// The `inject` or `add` statement.
    pub origin: OriginId,
    /// It comes from a branch of the network (not from a device at a bus).
    pub from_branch: bool,
    /// It comes from a source that holds the voltage.
    pub from_source: bool,
}

/// A balance (its sum is zero; there is a constraint of the same name) or a total.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenSum {
    /// `bus.active[5]`, `losses`.
    pub name: Name,
    /// The role that the library gives it (`losses`, `import`, `shed`, `active`, `reactive`), if any.
    pub role: Option<Arc<str>>,
    /// Zero-based period, if it is per period.
    pub period: Option<usize>,
    /// Element index of its owner (a bus, for balances), if it has one.
    pub element: Option<usize>,
    /// Summands.
    pub contributions: Vec<Contribution>,
    /// Unit.
    pub unit: Arc<DisplayUnit>,
}

/// One goal. Several are optimised in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Its name.
    pub name: String,
    /// Direction.
    pub maximize: bool,
    /// Named terms; their sum is the objective.
    pub terms: Vec<(String, Form)>,
    /// Unit.
    pub unit: Arc<DisplayUnit>,
    /// The statement.
    pub origin: OriginId,
}

/// A condition on the uncertain factors. Products and atoms of the form are over factors only:
/// its `VarId`s index [`Program::factors`].
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// `budget days`.
    pub name: String,
    /// The condition.
    pub relation: Relation,
    /// The statement.
    pub origin: OriginId,
}

/// A check of the solution: judged at the point that an engine returns, never part of the problem.
#[derive(Debug, Clone, PartialEq)]
pub struct SolvedCheck {
    /// What must hold, all of it.
    pub relations: Vec<Relation>,
    /// Unit of what is compared.
    pub unit: Arc<DisplayUnit>,
    /// What is wrong where it does not.
    pub message: String,
    /// The element it is about.
    pub place: Span,
    /// The statement.
    pub origin: OriginId,
}

/// The whole program.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// Number of periods (1 for a snapshot).
    pub periods: usize,
    /// Length of a period in seconds; none for a snapshot.
    pub step: Option<f64>,
    /// Variables.
    pub variables: IdVec<VarId, Variable>,
    /// Uncertain factors.
    pub factors: IdVec<FactorId, Factor>,
    /// Non-affine atoms; arguments refer to earlier atoms only.
    pub atoms: IdVec<AtomId, Atom>,
    /// Constraints.
    pub constraints: Vec<Constraint>,
    /// Checks of the solution.
    pub checks: Vec<SolvedCheck>,
    /// Balances and totals.
    pub sums: Vec<OpenSum>,
    /// Goals in order of importance.
    pub objectives: Vec<Objective>,
    /// Uncertainty sets.
    pub budgets: Vec<Budget>,
    /// Origins.
    pub origins: IdVec<OriginId, Origin>,
    /// What the library says of the electrical network, if there is one.
    pub network: Option<Network>,
}

impl Program {
    /// The variable of an id.
    pub fn variable(&self, id: VarId) -> &Variable {
        &self.variables[id]
    }
    /// The atom of an id.
    pub fn atom(&self, id: AtomId) -> &Atom {
        &self.atoms[id]
    }
    /// The origin of an id.
    pub fn origin(&self, id: OriginId) -> &Origin {
        &self.origins[id]
    }
}

/// A number with its unit, as the engineer would write it: up to six decimals.
pub fn shown(x: f64, unit: &DisplayUnit) -> String {
    let text = format!("{:.6}", x / unit.factor);
    with_unit(text.trim_end_matches('0').trim_end_matches('.'), unit)
}

/// The same with the decimals that amounts in this unit have.
pub fn amount(x: f64, unit: &DisplayUnit) -> String {
    match unit.decimals {
        Some(decimals) => with_unit(&format!("{:.*}", usize::from(decimals), x / unit.factor), unit),
        None => shown(x, unit),
    }
}

fn with_unit(text: &str, unit: &DisplayUnit) -> String {
    // No minus before a zero.
    let zero = text.strip_prefix('-').filter(|rest| rest.chars().all(|c| matches!(c, '0' | '.')));
    let text = zero.unwrap_or(text);
    if unit.label.is_empty() { text.to_string() } else { format!("{text} {}", unit.label) }
}

#[cfg(test)]
mod tests {
    use super::{Affine, Constraint, Contribution, DisplayUnit, Form, Variable, amount, shown};

    /// A year of a small network has millions of each.
    #[test]
    fn what_a_program_has_most_of_stays_small() {
        let sizes = [size_of::<Affine>(), size_of::<Form>(), size_of::<Variable>()];
        assert!(sizes.iter().zip([32, 56, 48]).all(|(have, most)| *have <= most), "{sizes:?}");
        let sizes = [size_of::<Constraint>(), size_of::<Contribution>()];
        assert!(sizes.iter().zip([96, 64]).all(|(have, most)| *have <= most), "{sizes:?}");
    }

    #[test]
    fn money_has_two_decimals_and_other_amounts_up_to_six() {
        let euro = DisplayUnit { decimals: Some(2), ..DisplayUnit::new("EUR", 1.0) };
        let watt = DisplayUnit::new("kW", 1e3);
        for (x, text) in [(2_384.893_015, "2384.89 EUR"), (12.0, "12.00 EUR"), (-1e-4, "0.00 EUR"), (-0.5, "-0.50 EUR")]
        {
            assert_eq!(amount(x, &euro), text);
        }
        assert_eq!((shown(2_384.893_015, &euro).as_str(), shown(-1e-9, &euro).as_str()), ("2384.893015 EUR", "0 EUR"));
        assert_eq!((amount(1_500.0, &watt).as_str(), amount(-1e-9, &watt).as_str()), ("1.5 kW", "0 kW"));
    }
}
