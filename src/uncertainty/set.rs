//! The uncertainty set: ranges of factors and budgets over them, split into groups that no budget
//! connects. The set is the product of its groups.

use super::plain;
use super::polytope::{self, HalfSpace};
use super::rule;
use crate::deadline::Deadline;
use crate::diagnostics::{Diagnostic, ids_program};
use crate::ids::Id;
use crate::lowered::{LowerOptions, Lowering, lower};
use crate::program::{
    Affine, Atom, AtomKind, Budget, Constraint, Domain, FactorId, Form, Objective, OriginId, Program, Relation, Stage,
    VarId, Variable,
};
use crate::solution::{Engine, Options, Outcome, Termination, solve};
use petgraph::unionfind::UnionFind;

/// The set of what may come.
#[derive(Debug, Clone)]
pub struct Set<'a> {
    program: &'a Program,
    /// Factors as variables, budgets as constraints.
    as_program: Program,
    groups: Vec<Group>,
}

/// Factors that budgets connect, and these budgets.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Factors, rising.
    pub factors: Vec<usize>,
    /// Budgets, rising.
    pub budgets: Vec<usize>,
}

/// Sign patterns of absolute values in one budget beyond which its half-spaces are not written out.
const MOST_SIGNS: usize = 12;
/// Digits to which corner points are told apart, as a share of the range.
const SAME: f64 = 1e-7;

impl<'a> Set<'a> {
    /// The set of a program's factors.
    pub fn new(program: &'a Program) -> Self {
        let as_program = as_program(program);
        let groups = groups(program, &as_program);
        Set { program, as_program, groups }
    }

    /// Its groups.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Number of factors.
    pub fn dimension(&self) -> usize {
        self.program.factors.len()
    }

    /// The point without deviation: the middle of each factor's range.
    pub fn nominal(&self) -> Vec<f64> {
        self.program.factors.iter().map(|f| (f.lower + f.upper) / 2.0).collect()
    }

    /// Least and greatest value of each factor, budgets aside.
    pub fn ranges(&self) -> Vec<(f64, f64)> {
        self.program.factors.iter().map(|f| (f.lower, f.upper)).collect()
    }

    /// A point of the set: the one without deviation, if the budgets allow it.
    pub fn inner(&self, options: &Options) -> Vec<f64> {
        let nominal = self.nominal();
        if self.contains(&nominal, 1e-9) {
            return nominal;
        }
        self.greatest(&Affine::default(), options).map_or(nominal, |found| found.1)
    }

    /// Is a point in the set, up to `tolerance` (share of what a budget adds up)?
    pub fn contains(&self, point: &[f64], tolerance: f64) -> bool {
        let inside = |(f, z): (&crate::program::Factor, &f64)| {
            let slack = tolerance * (f.upper - f.lower).abs().max(1e-9);
            *z >= f.lower - slack && *z <= f.upper + slack
        };
        self.program.factors.iter().zip(point).all(inside)
            && crate::study::largest_violation(&self.as_program, point).0 <= tolerance
    }

    /// Findings: budgets that cannot be lowered, and those that exclude each other. Which is sought until
    /// `limit`.
    pub fn check(&self, limit: &Deadline) -> Vec<Diagnostic> {
        let options = Options { threads: 1, ..Options::default().part(1e-9, limit.clone()) };
        let mut out = Vec::new();
        for group in self.groups.iter().filter(|g| !g.budgets.is_empty()) {
            if limit.passed() {
                break;
            }
            let lowering =
                lower(&self.part(group, None), &LowerOptions { limit: limit.clone(), ..LowerOptions::default() });
            if lowering.is_unfinished() {
                // What comes next tells that time has ended.
                break;
            }
            out.extend(lowering.diagnostics.clone());
            if lowering.diagnostics.is_empty()
                && solve(&lowering.problem, Engine::Auto, &options, None).termination == Termination::Infeasible
            {
                out.push(self.empty(group));
            }
        }
        out
    }

    fn empty(&self, group: &Group) -> Diagnostic {
        let budgets: Vec<&Budget> = group.budgets.iter().filter_map(|b| self.program.budgets.get(*b)).collect();
        let names: Vec<String> = budgets.iter().map(|b| format!("`{}`", b.name)).collect();
        let text = format!("no values of the uncertain factors satisfy {} together", names.join(" and "));
        let mut d = Diagnostic::unlocated(ids_program::EMPTY_UNCERTAINTY_SET, text);
        for b in &budgets {
            d = d.label(self.program.origin(b.origin).span, "cannot hold with the others");
        }
        d.note("the ranges of the factors count, too")
            .help("a budget is usually an upper limit on how much the factors move together")
    }

    /// Corner points of a group, each a value per factor of the group; none where they would be more
    /// than `most` or the group is not a polytope. Every corner is among them; a few may be no corner.
    pub fn corners(&self, group: &Group, most: usize) -> Option<Vec<Vec<f64>>> {
        let (low, high): (Vec<f64>, Vec<f64>) = group.factors.iter().map(|f| self.factor(*f)).unzip();
        self.corners_within(group, &low, &high, most)
    }

    /// The same of what lies between `low` and `high`, values per factor of the group.
    pub fn corners_within(&self, group: &Group, low: &[f64], high: &[f64], most: usize) -> Option<Vec<Vec<f64>>> {
        let mut half_spaces = Vec::new();
        for b in &group.budgets {
            match &self.program.budgets.get(*b)?.relation {
                Relation::Le(form) => half_spaces.extend(self.half_spaces(form, group)?),
                Relation::Eq(form) if form.is_affine() => {
                    half_spaces.extend(self.half_spaces(form, group)?);
                    half_spaces.extend(self.half_spaces(&form.scaled(-1.0), group)?);
                }
                _ => return None,
            }
        }
        polytope::corners(low, high, &half_spaces, most, SAME)
    }

    fn factor(&self, f: usize) -> (f64, f64) {
        let f = &self.program.factors[FactorId::at(f)];
        (f.lower, f.upper)
    }

    /// `form <= 0` as half-spaces: each sign of each absolute value.
    fn half_spaces(&self, form: &Form, group: &Group) -> Option<Vec<HalfSpace>> {
        let row = |a: &Affine| -> Option<HalfSpace> {
            let mut coefficients = vec![0.0; group.factors.len()];
            for (v, c) in &a.terms {
                *coefficients.get_mut(group.factors.binary_search(&(v.0 as usize)).ok()?)? += c;
            }
            Some(HalfSpace { coefficients, limit: -a.constant })
        };
        if !form.products.is_empty() || !form.uncertain.is_empty() {
            return None;
        }
        let mut rows = vec![form.affine.clone()];
        for (id, weight) in &form.atoms {
            let Atom { kind, args, .. } = self.program.atom(*id);
            let mut choices = Vec::new();
            match kind {
                _ if *weight < 0.0 => return None,
                AtomKind::Abs => {
                    let arg = args.first().filter(|a| a.is_affine())?;
                    choices.push(arg.affine.scaled(*weight));
                    choices.push(arg.affine.scaled(-weight));
                }
                AtomKind::Max => {
                    for arg in args {
                        choices.push(if arg.is_affine() { arg.affine.scaled(*weight) } else { return None });
                    }
                }
                _ => return None,
            }
            if rows.len() * choices.len() > 1 << MOST_SIGNS {
                return None;
            }
            rows = rows
                .iter()
                .flat_map(|r| {
                    choices.iter().map(move |c| {
                        let mut sum = r.clone();
                        sum.add_scaled(c, 1.0);
                        sum
                    })
                })
                .collect();
        }
        rows.iter().map(row).collect()
    }

    /// The greatest value of an affine form of factors (its variables are factors) over the set, and
    /// where; none where a solve fails.
    pub fn greatest(&self, form: &Affine, options: &Options) -> Option<(f64, Vec<f64>)> {
        let mut point = self.nominal();
        for group in &self.groups {
            let terms = form.terms.iter().filter(|(v, _)| group.factors.contains(&(v.0 as usize))).copied().collect();
            let aim = Affine { constant: 0.0, terms };
            let lowering = lower(&self.part(group, Some(aim)), &LowerOptions::default());
            let outcome = solve_part(&lowering, options);
            let values = lowering.map.values(&lowering.problem, &outcome.point?);
            for (f, z) in group.factors.iter().zip(values) {
                *point.get_mut(*f)? = z;
            }
        }
        Some((form.value(&point), point))
    }

    /// One group as a program of its own that maximises an affine form.
    fn part(&self, group: &Group, aim: Option<Affine>) -> Program {
        let position = |v: VarId| group.factors.binary_search(&(v.0 as usize)).map_or(VarId(0), |p| VarId(p as u32));
        let symbols: Vec<super::rewrite::ForVariable> =
            (0..self.dimension()).map(|f| super::rewrite::ForVariable::Variable(position(VarId(f as u32)))).collect();
        let mut rewrite = super::rewrite::Rewrite::new(&self.as_program, &symbols, &[]);
        let mut part = Program { periods: 1, origins: self.program.origins.clone(), ..Program::default() };
        part.variables = group.factors.iter().filter_map(|f| self.as_program.variables.get(*f).cloned()).collect();
        for c in group.budgets.iter().filter_map(|b| self.as_program.constraints.get(*b)) {
            if let super::rewrite::Rewritten::Relation(relation) = rewrite.relation(&c.relation, &mut part.atoms) {
                part.constraints.push(Constraint { relation, ..c.clone() });
            }
        }
        if let Some(aim) = aim {
            let terms = vec![("aim".to_string(), Form::affine(rewrite.affine(&aim)))];
            part.objectives.push(Objective {
                name: "aim".into(),
                maximize: true,
                terms,
                unit: plain(),
                origin: OriginId(0),
            });
        }
        part
    }
}

fn solve_part(lowering: &Lowering, options: &Options) -> Outcome {
    // A set is small, and half an answer about it would be a wrong one.
    let options = Options { threads: 1, ..options.part(1e-9, Deadline::never()) };
    solve(&lowering.problem, Engine::Auto, &options, None)
}

/// Factors as variables, budgets as constraints.
fn as_program(program: &Program) -> Program {
    let variable = |f: &crate::program::Factor| Variable {
        name: f.name.as_str().into(),
        domain: Domain::Continuous,
        lower: f.lower,
        upper: f.upper,
        stage: Stage::Recourse,
        unit: plain(),
        origin: f.origin,
    };
    let constraint = |b: &Budget| Constraint { origin: b.origin, ..rule(b.name.as_str(), b.relation.clone()) };
    let mut atoms = program.atoms.clone();
    // Atoms that no budget mentions are over variables, which are not here.
    let mut used = vec![false; atoms.len()];
    program.budgets.iter().for_each(|b| mark(program, &b.relation, &mut used));
    for (atom, used) in atoms.iter_mut().zip(used) {
        if !used {
            atom.args.clear();
        }
    }
    Program {
        periods: 1,
        variables: program.factors.iter().map(variable).collect(),
        constraints: program.budgets.iter().map(constraint).collect(),
        origins: program.origins.clone(),
        atoms,
        ..Program::default()
    }
}

fn mark(program: &Program, relation: &Relation, used: &mut [bool]) {
    match relation {
        Relation::Le(f) | Relation::Eq(f) => mark_form(program, f, used),
        Relation::Implies { then, .. } => mark(program, then, used),
    }
}

fn mark_form(program: &Program, form: &Form, used: &mut [bool]) {
    for (id, _) in &form.atoms {
        if let Some(seen) = used.get_mut(id.0 as usize) {
            *seen = true;
        }
        program.atom(*id).args.iter().for_each(|a| mark_form(program, a, used));
    }
}

/// Factors that share a budget share a group.
fn groups(program: &Program, as_program: &Program) -> Vec<Group> {
    let n = program.factors.len();
    let mut joined: UnionFind<usize> = UnionFind::new(n);
    let mut members: Vec<Vec<usize>> = Vec::new();
    for c in &as_program.constraints {
        let mut list = Vec::new();
        collect(as_program, &c.relation, &mut list);
        list.sort_unstable();
        list.dedup();
        for pair in list.windows(2) {
            joined.union(pair[0], pair[1]);
        }
        members.push(list);
    }
    let mut of: Vec<Group> = Vec::new();
    let mut place = vec![usize::MAX; n];
    for f in 0..n {
        let r = joined.find_mut(f);
        if place[r] == usize::MAX {
            place[r] = of.len();
            of.push(Group { factors: Vec::new(), budgets: Vec::new() });
        }
        of[place[r]].factors.push(f);
    }
    for (b, list) in members.iter().enumerate() {
        if let Some(first) = list.first() {
            let r = joined.find_mut(*first);
            of[place[r]].budgets.push(b);
        }
    }
    of
}

fn collect(program: &Program, relation: &Relation, out: &mut Vec<usize>) {
    match relation {
        Relation::Le(f) | Relation::Eq(f) => collect_form(program, f, out),
        Relation::Implies { when, then, .. } => {
            out.push(when.0 as usize);
            collect(program, then, out);
        }
    }
}

fn collect_form(program: &Program, form: &Form, out: &mut Vec<usize>) {
    let affine = |a: &Affine, out: &mut Vec<usize>| out.extend(a.terms.iter().map(|(v, _)| v.0 as usize));
    affine(&form.affine, out);
    for p in &form.products {
        affine(&p.left, out);
        affine(&p.right, out);
    }
    for (id, _) in &form.atoms {
        program.atom(*id).args.iter().for_each(|a| collect_form(program, a, out));
    }
}

/// Names a point by the factors that leave the middle of their range.
pub fn deviations(program: &Program, point: &[f64]) -> Vec<(FactorId, f64)> {
    let far = |(i, (f, z)): (usize, (&crate::program::Factor, &f64))| {
        let (middle, width) = ((f.lower + f.upper) / 2.0, (f.upper - f.lower).abs());
        ((z - middle).abs() > 1e-6 * width).then_some((FactorId(i as u32), *z))
    };
    program.factors.iter().zip(point).enumerate().filter_map(far).collect()
}
