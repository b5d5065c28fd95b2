//! The problem while it is being lowered: columns, rows and cones in coherent units, with the
//! bookkeeping that rules share.

use super::bounds::Bounds;
use super::interval::Interval;
use super::map::{ConeSource, Definition, RowSource};
use super::{Column, ColumnSource, Cone, ConeKind, Entry, Row};
use crate::diagnostics::Diagnostic;
use crate::ids::Id;
use crate::lowered::ColumnId;
use crate::program::{Affine, AtomId, Domain, Name, OriginId, Program, VarId};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// What a rule returns: its result, or why the construct is refused.
pub(super) type Rule<T> = Result<T, Box<Diagnostic>>;

/// Which side of an atom's value a column is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    /// `column >= atom`
    Epigraph,
    /// `column <= atom`
    Hypograph,
    /// `column = atom`
    Exact,
}

/// The constraint or objective being lowered.
#[derive(Debug, Clone)]
pub(super) struct Current {
    /// Its name.
    pub name: Name,
    /// Its statement.
    pub origin: OriginId,
    /// What its own rows and cones are.
    pub source: RowSource,
}

/// An affine expression as a key: bits of its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct AffineKey(u64, Box<[(u32, u64)]>);

impl AffineKey {
    pub fn new(affine: &Affine) -> Self {
        let terms = affine.terms.iter().map(|(v, c)| (v.0, c.to_bits())).collect();
        AffineKey((affine.constant + 0.0).to_bits(), terms)
    }
}

/// The problem under construction.
pub(super) struct Draft<'p> {
    pub program: &'p Program,
    /// Derived bounds of all columns so far.
    pub bounds: Bounds,
    pub columns: Vec<Column>,
    /// One per auxiliary column.
    pub definitions: Vec<Definition>,
    pub rows: Vec<Row>,
    pub row_sources: Vec<RowSource>,
    pub cones: Vec<Cone>,
    pub cone_sources: Vec<ConeSource>,
    pub current: Current,
    /// Columns that stand for atoms.
    pub atoms: FxHashMap<(AtomId, Side), VarId>,
    /// Columns that stand for `binary · affine`.
    pub products: FxHashMap<(VarId, AffineKey), VarId>,
    /// Depth of nested atoms.
    pub depth: usize,
    /// Atoms on demand that get their binaries; all where none.
    pub demanded: Option<BTreeSet<AtomId>>,
    /// Atoms on demand that have none, with their columns.
    pub loose: BTreeMap<AtomId, VarId>,
    /// Names made from the current one, and how often.
    used: Vec<(&'static str, usize)>,
}

impl<'p> Draft<'p> {
    /// A draft whose columns are the variables of the program.
    pub fn new(program: &'p Program, bounds: Bounds) -> Self {
        let declared = Bounds::declared(program);
        let columns = program
            .variables
            .iter()
            .enumerate()
            .map(|(i, v)| {
                let range = declared.get(VarId(i as u32));
                Column {
                    name: v.name.clone(),
                    lower: range.lower,
                    upper: range.upper,
                    integer: v.domain != Domain::Continuous,
                    scale: 1.0,
                    source: ColumnSource::Variable(i),
                    origin: v.origin,
                }
            })
            .collect();
        Draft {
            program,
            bounds,
            columns,
            definitions: Vec::new(),
            rows: Vec::with_capacity(program.constraints.len()),
            row_sources: Vec::with_capacity(program.constraints.len()),
            cones: Vec::new(),
            cone_sources: Vec::new(),
            current: Current { name: Name::default(), origin: OriginId(0), source: RowSource::Definition },
            atoms: FxHashMap::default(),
            products: FxHashMap::default(),
            depth: 0,
            demanded: None,
            loose: BTreeMap::new(),
            used: Vec::new(),
        }
    }

    /// Starts a constraint or objective.
    pub fn start(&mut self, name: Name, origin: OriginId, source: RowSource) {
        self.current = Current { name, origin, source };
        self.used.clear();
        self.depth = 0;
    }

    /// `conic.cone[5]:abs`, then `conic.cone[5]:abs2`.
    pub fn fresh(&mut self, what: &'static str) -> Name {
        let count = match self.used.iter_mut().find(|(w, _)| *w == what) {
            Some((_, n)) => {
                *n += 1;
                *n
            }
            None => {
                self.used.push((what, 1));
                1
            }
        };
        self.current.name.with(if count == 1 { format!(":{what}") } else { format!(":{what}{count}") })
    }

    /// A new auxiliary column.
    pub fn column(&mut self, name: Name, range: Interval, integer: bool, definition: Definition) -> VarId {
        let id = VarId(self.columns.len() as u32);
        self.columns.push(Column {
            name,
            lower: range.lower,
            upper: range.upper,
            integer,
            scale: 1.0,
            source: ColumnSource::Auxiliary,
            origin: self.current.origin,
        });
        let size = definition.size(|affine| self.bounds.size(affine));
        self.definitions.push(definition);
        self.bounds.push(range, size);
        id
    }

    /// `affine <= 0` (or `= 0`) as a row. The caller has dealt with constants.
    pub fn row(&mut self, name: Name, affine: Affine, equation: bool, source: RowSource) {
        let end = 0.0 - affine.constant;
        self.rows.push(Row {
            name,
            lower: if equation { end } else { f64::NEG_INFINITY },
            upper: end,
            terms: terms(affine),
            scale: 1.0,
            origin: self.current.origin,
        });
        self.row_sources.push(source);
    }

    /// A row of the definition of an auxiliary column; constant rows hold by construction.
    pub fn defining_row(&mut self, name: Name, affine: Affine, equation: bool) {
        if !affine.is_constant() {
            self.row(name, affine, equation, RowSource::Definition);
        }
    }

    /// A cone.
    pub fn cone(&mut self, name: Name, kind: ConeKind, entries: Vec<Affine>, source: ConeSource) {
        let entries = entries.into_iter().map(|a| Entry { constant: a.constant, terms: terms(a) }).collect();
        self.cones.push(Cone { name, kind, entries, origin: self.current.origin });
        self.cone_sources.push(source);
    }

    /// The bounds of these variables were used to leave something out: the columns keep them.
    pub fn rely_on(&mut self, affine: &Affine) {
        for (v, _) in &affine.terms {
            let range = self.bounds.get(*v);
            if let Some(column) = self.columns.get_mut(v.0 as usize) {
                column.lower = column.lower.max(range.lower);
                column.upper = column.upper.min(range.upper);
            }
        }
    }

    /// Is the column 0 or 1 by its declaration?
    pub fn is_binary(&self, var: VarId) -> bool {
        let c = var.of(&self.columns);
        c.integer && c.lower >= 0.0 && c.upper <= 1.0
    }

    /// Name of a column.
    pub fn name(&self, var: VarId) -> String {
        var.of(&self.columns).name.to_string()
    }

    /// Where the current statement stands.
    pub fn span(&self) -> Option<Span> {
        self.program.origins.get(self.current.origin.0 as usize).map(|o| o.span)
    }
}

/// The first columns are the variables of the program, and columns that are made go on from there.
fn terms(affine: Affine) -> Vec<(ColumnId, f64)> {
    affine.terms.into_iter().map(|(v, c)| (ColumnId(v.0), c)).collect()
}
