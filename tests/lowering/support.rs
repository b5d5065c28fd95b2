//! A tiny builder of programs, an evaluator that shares nothing with the lowering, and a reference
//! solver that enumerates binaries over Clarabel.

use std::ops::{Add, Mul, Neg, Sub};
use tieline::ids::Id;
use tieline::lowered::{ColumnId, ConeKind, Lowered};
use tieline::program::*;
use tieline::source::{FileId, Span};

/// An expression.
#[derive(Clone, Debug, Default)]
pub struct E(pub Form);

impl From<f64> for E {
    fn from(x: f64) -> E {
        E(Form::constant(x))
    }
}

macro_rules! operators {
    ($($trait:ident $name:ident $sign:expr),*) => {$(
        impl $trait<E> for E { type Output = E; fn $name(mut self, o: E) -> E { self.0.add_scaled(&o.0, $sign); self } }
        impl $trait<&E> for &E { type Output = E; fn $name(self, o: &E) -> E { self.clone().$name(o.clone()) } }
        impl $trait<E> for &E { type Output = E; fn $name(self, o: E) -> E { self.clone().$name(o) } }
        impl $trait<&E> for E { type Output = E; fn $name(self, o: &E) -> E { self.$name(o.clone()) } }
        impl $trait<f64> for E { type Output = E; fn $name(self, o: f64) -> E { self.$name(E::from(o)) } }
        impl $trait<f64> for &E { type Output = E; fn $name(self, o: f64) -> E { self.clone().$name(E::from(o)) } }
    )*};
}
operators!(Add add 1.0, Sub sub -1.0);

impl Mul<&E> for f64 {
    type Output = E;
    fn mul(self, e: &E) -> E {
        E(e.0.scaled(self))
    }
}
impl Mul<E> for f64 {
    type Output = E;
    fn mul(self, e: E) -> E {
        E(e.0.scaled(self))
    }
}
impl Neg for &E {
    type Output = E;
    fn neg(self) -> E {
        -1.0 * self
    }
}
impl Mul<&E> for &E {
    type Output = E;
    fn mul(self, o: &E) -> E {
        assert!(self.0.is_affine() && o.0.is_affine());
        let (left, right) = (self.0.affine.clone(), o.0.affine.clone());
        let product = Product { coefficient: 1.0, left, right, span: span(900, 903) };
        E(Form { products: [product].into(), ..Form::default() })
    }
}

/// `x²`
pub fn sq(x: &E) -> E {
    x * x
}

pub fn span(start: usize, end: usize) -> Span {
    Span::new(FileId(0), start, end)
}

/// A program under construction.
pub struct Model {
    pub program: Program,
}

impl Model {
    pub fn new() -> Model {
        Model { program: Program { periods: 1, ..Program::default() } }
    }

    fn origin(&mut self, rule: &str) -> OriginId {
        let start = 10 * self.program.origins.len();
        self.program.origins.push(Origin { span: span(start, start + 5), rule: rule.into() });
        OriginId(self.program.origins.len() as u32 - 1)
    }

    fn variable(&mut self, name: &str, domain: Domain, lower: f64, upper: f64) -> E {
        let origin = self.origin(name);
        let unit = plain();
        let v = Variable { name: name.into(), domain, lower, upper, stage: Stage::Recourse, unit, origin };
        self.program.variables.push(v);
        E(Form::affine(Affine::variable(VarId(self.program.variables.len() as u32 - 1))))
    }

    pub fn var(&mut self, name: &str, lower: f64, upper: f64) -> E {
        self.variable(name, Domain::Continuous, lower, upper)
    }

    pub fn free(&mut self, name: &str) -> E {
        self.var(name, f64::NEG_INFINITY, f64::INFINITY)
    }

    pub fn binary(&mut self, name: &str) -> E {
        self.variable(name, Domain::Binary, 0.0, 1.0)
    }

    fn constraint(&mut self, name: &str, relation: Relation) {
        let origin = self.origin(name);
        let c = Constraint {
            name: name.into(),
            relation,
            implied: false,
            acyclic: false,
            relaxed: false,
            unit: plain(),
            origin,
        };
        self.program.constraints.push(c);
    }

    /// `left <= right`
    pub fn le(&mut self, name: &str, left: E, right: E) {
        self.constraint(name, Relation::Le((left - right).0));
    }

    /// `left = right`
    pub fn eq(&mut self, name: &str, left: E, right: E) {
        self.constraint(name, Relation::Eq((left - right).0));
    }

    /// `b => left <= right`, or with `!b` where `is` is false.
    pub fn when_le(&mut self, name: &str, b: &E, is: bool, left: E, right: E) {
        let then = Box::new(Relation::Le((left - right).0));
        self.constraint(name, Relation::Implies { when: id(b), is, then });
    }

    pub fn when_eq(&mut self, name: &str, b: &E, is: bool, left: E, right: E) {
        let then = Box::new(Relation::Eq((left - right).0));
        self.constraint(name, Relation::Implies { when: id(b), is, then });
    }

    pub fn atom(&mut self, kind: AtomKind, args: &[&E], exact: bool) -> E {
        let args = args.iter().map(|a| a.0.clone()).collect();
        let place = 500 + 10 * self.program.atoms.len();
        let exact = if exact { Exactness::Always } else { Exactness::No };
        self.program.atoms.push(Atom { kind, args, exact, span: span(place, place + 4) });
        let id = AtomId(self.program.atoms.len() as u32 - 1);
        E(Form { atoms: [(id, 1.0)].into(), ..Form::default() })
    }

    pub fn abs(&mut self, x: &E) -> E {
        self.atom(AtomKind::Abs, &[x], false)
    }
    pub fn max(&mut self, xs: &[&E]) -> E {
        self.atom(AtomKind::Max, xs, false)
    }
    pub fn min(&mut self, xs: &[&E]) -> E {
        self.atom(AtomKind::Min, xs, false)
    }
    pub fn norm(&mut self, xs: &[&E]) -> E {
        self.atom(AtomKind::Norm, xs, false)
    }
    pub fn piecewise(&mut self, points: &[(f64, f64)], x: &E) -> E {
        self.atom(AtomKind::Piecewise(points.to_vec()), &[x], false)
    }

    fn objective(&mut self, e: E, maximize: bool) {
        let origin = self.origin("goal");
        let name = "goal".to_owned();
        let terms = vec![("goal".to_owned(), e.0)];
        self.program.objectives.push(Objective { name, maximize, terms, unit: plain(), origin });
    }
    pub fn minimize(&mut self, e: E) {
        self.objective(e, false);
    }
    pub fn maximize(&mut self, e: E) {
        self.objective(e, true);
    }
}

fn plain() -> std::sync::Arc<DisplayUnit> {
    DisplayUnit::new("", 1.0).into()
}

pub fn id(e: &E) -> VarId {
    e.0.affine.terms[0].0
}

/// Value of a form at a point.
pub fn value(program: &Program, form: &Form, point: &[f64]) -> f64 {
    let mut total = form.affine.value(point);
    for p in &form.products {
        total += p.coefficient * p.left.value(point) * p.right.value(point);
    }
    for (a, c) in &form.atoms {
        let atom = program.atom(*a);
        let args: Vec<f64> = atom.args.iter().map(|f| value(program, f, point)).collect();
        total += c * match &atom.kind {
            AtomKind::Abs => args[0].abs(),
            AtomKind::Max => args.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            AtomKind::Min => args.iter().copied().fold(f64::INFINITY, f64::min),
            AtomKind::Norm => args.iter().map(|x| x * x).sum::<f64>().sqrt(),
            AtomKind::Piecewise(points) => {
                let last = points.len() - 2;
                let k = (0..last).find(|k| args[0] < points[k + 1].0).unwrap_or(last);
                let (a, b) = (points[k], points[k + 1]);
                a.1 + (args[0] - a.0) * (b.1 - a.1) / (b.0 - a.0)
            }
        };
    }
    total
}

fn violation_of(program: &Program, relation: &Relation, point: &[f64]) -> f64 {
    match relation {
        Relation::Le(f) => value(program, f, point),
        Relation::Eq(f) => value(program, f, point).abs(),
        Relation::Implies { when, is, then } => {
            if (point[when.0 as usize] >= 0.5) == *is {
                violation_of(program, then, point)
            } else {
                0.0
            }
        }
    }
}

/// Greatest violation of constraints, bounds and integrality.
pub fn violation(program: &Program, point: &[f64]) -> f64 {
    let mut worst = 0.0f64;
    for (v, x) in program.variables.iter().zip(point) {
        worst = worst.max(v.lower - x).max(x - v.upper);
        if v.domain != Domain::Continuous {
            worst = worst.max((x - x.round()).abs());
        }
    }
    program.constraints.iter().map(|c| violation_of(program, &c.relation, point)).fold(worst, f64::max)
}

/// Objective in the user's direction.
pub fn objective(program: &Program, point: &[f64]) -> f64 {
    program.objectives.first().map_or(0.0, |o| o.terms.iter().map(|(_, f)| value(program, f, point)).sum())
}

/// Greatest violation of a lowered problem, in its scaled numbers.
pub fn lowered_violation(problem: &Lowered, point: &[f64]) -> f64 {
    let mut worst = 0.0f64;
    for (c, x) in problem.columns.iter().zip(point) {
        worst = worst.max(c.lower - x).max(x - c.upper);
        if c.integer {
            worst = worst.max((x - x.round()).abs());
        }
    }
    for r in &problem.rows {
        let activity: f64 = r.terms.iter().map(|(c, a)| a * c.of(point)).sum();
        worst = worst.max(r.lower - activity).max(activity - r.upper);
    }
    for c in &problem.cones {
        let e: Vec<f64> = c.entries.iter().map(|e| e.value(point)).collect();
        let norm = |from: usize| e[from..].iter().map(|x| x * x).sum::<f64>();
        worst = worst.max(match c.kind {
            ConeKind::SecondOrder => norm(1).sqrt() - e[0],
            ConeKind::Rotated => (norm(2) - 2.0 * e[0].max(0.0) * e[1].max(0.0)).max(-e[0]).max(-e[1]),
        });
    }
    worst
}

/// Lowered objective in the user's direction.
pub fn lowered_objective(problem: &Lowered, point: &[f64]) -> f64 {
    let scaled = problem.offset + problem.objective.iter().map(|(c, a)| a * c.of(point)).sum::<f64>();
    problem.objective_scale * scaled
}

/// An optimum by enumerating all whole columns (their ranges must be small): point with its duals.
pub struct Optimum {
    pub point: Vec<f64>,
    pub objective: f64,
    /// Per row: change of the scaled objective per unit of its binding bound.
    pub rows: Vec<f64>,
    /// Per cone and entry.
    pub cones: Vec<Vec<f64>>,
}

pub fn solve(problem: &Lowered) -> Option<Optimum> {
    let whole: Vec<ColumnId> = problem.columns.ids().filter(|c| problem.columns[*c].integer).collect();
    let mut values: Vec<f64> = whole.iter().map(|i| problem.columns[*i].lower.ceil()).collect();
    let mut best: Option<(f64, Optimum)> = None;
    loop {
        let fixed: Vec<(ColumnId, f64)> = whole.iter().copied().zip(values.iter().copied()).collect();
        if let Some((scaled, o)) = solve_fixed(problem, &fixed)
            && best.as_ref().is_none_or(|b| scaled < b.0)
        {
            best = Some((scaled, o));
        }
        let mut k = 0;
        loop {
            if k == whole.len() {
                return best.map(|b| b.1);
            }
            values[k] += 1.0;
            if values[k] <= problem.columns[whole[k]].upper {
                break;
            }
            values[k] = problem.columns[whole[k]].lower.ceil();
            k += 1;
        }
    }
}

fn solve_fixed(problem: &Lowered, fixed: &[(ColumnId, f64)]) -> Option<(f64, Optimum)> {
    use clarabel::algebra::CscMatrix;
    use clarabel::solver::*;
    let n = problem.columns.len();
    let (mut is, mut js, mut vs, mut b) = (vec![], vec![], vec![], vec![]);
    let mut equations: Vec<(Vec<(ColumnId, f64)>, f64)> = Vec::new();
    let mut limits: Vec<(Vec<(ColumnId, f64)>, f64)> = Vec::new();
    let mut row_places: Vec<(Option<usize>, Option<usize>, Option<usize>)> = Vec::new();
    for r in &problem.rows {
        let flipped: Vec<(ColumnId, f64)> = r.terms.iter().map(|(c, a)| (*c, -a)).collect();
        let mut place = (None, None, None);
        if r.lower == r.upper {
            place.0 = Some(equations.len());
            equations.push((r.terms.clone(), r.upper));
        } else {
            if r.upper.is_finite() {
                place.1 = Some(limits.len());
                limits.push((r.terms.clone(), r.upper));
            }
            if r.lower.is_finite() {
                place.2 = Some(limits.len());
                limits.push((flipped, -r.lower));
            }
        }
        row_places.push(place);
    }
    for (c, x) in fixed {
        equations.push((vec![(*c, 1.0)], *x));
    }
    for (i, c) in problem.columns.each().filter(|(_, c)| !c.integer) {
        if c.upper.is_finite() {
            limits.push((vec![(i, 1.0)], c.upper));
        }
        if c.lower.is_finite() {
            limits.push((vec![(i, -1.0)], -c.lower));
        }
    }
    let mut cones = vec![ZeroConeT(equations.len()), NonnegativeConeT(limits.len())];
    let split = equations.len();
    for (k, (terms, end)) in equations.into_iter().chain(limits).enumerate() {
        for (c, a) in terms {
            is.push(k);
            js.push(c.place());
            vs.push(a);
        }
        b.push(end);
    }
    let mut cone_places = Vec::new();
    for c in &problem.cones {
        let start = b.len();
        cone_places.push(start);
        let half = std::f64::consts::FRAC_1_SQRT_2;
        let count = c.entries.len().max(2);
        let mut mix: Vec<Vec<(usize, f64)>> = (0..c.entries.len()).map(|i| vec![(i, 1.0)]).collect();
        if c.kind == ConeKind::Rotated {
            mix[0] = vec![(0, half), (1, half)];
            mix[1] = vec![(0, half), (1, -half)];
        }
        for (k, parts) in mix.iter().enumerate() {
            let mut constant = 0.0;
            for (i, f) in parts {
                constant += f * c.entries[*i].constant;
                for (col, a) in &c.entries[*i].terms {
                    is.push(start + k);
                    js.push(col.place());
                    vs.push(-f * a);
                }
            }
            b.push(constant);
        }
        b.resize(start + count, 0.0);
        cones.push(SecondOrderConeT(count));
    }
    let mut q = vec![0.0; n];
    problem.objective.iter().for_each(|(c, a)| *c.of_mut(&mut q) += a);
    let a = CscMatrix::new_from_triplets(b.len(), n, is, js, vs);
    let settings = DefaultSettings { verbose: false, ..DefaultSettings::default() };
    let mut solver = DefaultSolver::new(&CscMatrix::zeros((n, n)), &q, &a, &b, &cones, settings).unwrap();
    solver.solve();
    let s = &solver.solution;
    if !matches!(s.status, SolverStatus::Solved | SolverStatus::AlmostSolved) {
        return None;
    }
    let dual = |i: Option<usize>| i.map_or(0.0, |i| s.z[i]);
    let rows = row_places
        .iter()
        .map(|(e, u, l)| -dual(*e) - dual(u.map(|i| i + split)) + dual(l.map(|i| i + split)))
        .collect();
    let cone_duals = problem
        .cones
        .iter()
        .zip(cone_places)
        .map(|(c, start)| {
            let mut z = s.z[start..start + c.entries.len()].to_vec();
            if c.kind == ConeKind::Rotated {
                let half = std::f64::consts::FRAC_1_SQRT_2;
                (z[0], z[1]) = (half * (z[0] + z[1]), half * (z[0] - z[1]));
            }
            z
        })
        .collect();
    let mut point = s.x.clone();
    fixed.iter().for_each(|(c, x)| *c.of_mut(&mut point) = *x);
    let scaled: f64 = problem.objective.iter().map(|(c, a)| a * c.of(&point)).sum();
    let objective = lowered_objective(problem, &point);
    Some((scaled, Optimum { point, objective, rows, cones: cone_duals }))
}
