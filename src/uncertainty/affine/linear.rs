//! Rules of later decisions without absolute values, maxima and convex pieces: a further decision stands
//! for each, at least as great as every piece.

use crate::diagnostics::{Diagnostic, ids_solution::NEEDS_LINEAR_RECOURSE};
use crate::program::{Affine, AtomId, AtomKind, Form, Program, VarId};
use crate::source::Span;
use crate::uncertainty::parts::{form_is_later, is_recourse};
use rustc_hash::FxHashMap;

/// A decision that stands for an atom.
pub(super) struct Piece {
    /// Decisions that it is a function of.
    pub decisions: Vec<VarId>,
    /// Factors likewise.
    pub factors: Vec<usize>,
    /// Where and what it is: the same for all that are of one size.
    pub name: String,
}

/// What stands for atoms of later decisions.
pub(super) struct Linear<'a> {
    program: &'a Program,
    /// Number of the next decision.
    pub next: u32,
    made: FxHashMap<(AtomId, bool), VarId>,
    /// Rules `form <= 0` that the new decisions need, with the rule that they come from, by its place.
    pub rules: Vec<(Form, usize)>,
    /// The new decisions.
    pub of: Vec<Piece>,
}

impl<'a> Linear<'a> {
    pub fn new(program: &'a Program) -> Self {
        let next = program.variables.len() as u32;
        Linear { program, next, made: FxHashMap::default(), rules: Vec::new(), of: Vec::new() }
    }

    /// A form that is on the smaller side of a rule, without atoms of later decisions; `rule` is the
    /// place of that rule.
    pub fn form(&mut self, form: &Form, rule: usize, span: Span) -> Result<Form, Box<Diagnostic>> {
        for p in &form.products {
            let later = |a: &Affine| a.terms.iter().any(|(v, _)| is_recourse(self.program, *v));
            if later(&p.left) || later(&p.right) {
                return Err(refusal(p.span, "a product of later decisions"));
            }
        }
        if form.uncertain.iter().any(|(_, a)| a.terms.iter().any(|(v, _)| is_recourse(self.program, *v))) {
            return Err(refusal(span, "an uncertain coefficient of a later decision"));
        }
        let mut out = Form { atoms: Default::default(), ..form.clone() };
        for (id, weight) in &form.atoms {
            let alone = Form { atoms: [(*id, 1.0)].into(), ..Form::default() };
            if form_is_later(self.program, &alone) {
                let t = self.atom(*id, *weight, rule)?;
                out.affine.add_scaled(&Affine::variable(t), *weight);
            } else {
                out.atoms.push((*id, *weight));
            }
        }
        Ok(out)
    }

    /// The decision that stands for an atom.
    fn atom(&mut self, id: AtomId, weight: f64, rule: usize) -> Result<VarId, Box<Diagnostic>> {
        if let Some(t) = self.made.get(&(id, weight > 0.0)) {
            return Ok(*t);
        }
        let program = self.program;
        let atom = program.atom(id);
        let wrong = || refusal(atom.span, "not a linear function of later decisions");
        // Lines below it where it is convex, above it where it is concave.
        let mut lines: Vec<Form> = Vec::new();
        let sign = if weight > 0.0 { 1.0 } else { -1.0 };
        match (&atom.kind, sign > 0.0) {
            (AtomKind::Abs, true) => {
                let arg = atom.args.first().ok_or_else(wrong)?;
                lines.extend([arg.clone(), arg.scaled(-1.0)]);
            }
            (AtomKind::Max, true) | (AtomKind::Min, false) => lines.extend(atom.args.iter().cloned()),
            (AtomKind::Piecewise(points), _) => {
                let arg = atom.args.first().ok_or_else(wrong)?;
                let mut before = f64::NEG_INFINITY;
                for (a, b) in points.iter().zip(points.iter().skip(1)) {
                    let slope = (b.1 - a.1) / (b.0 - a.0);
                    if sign * slope < before - 1e-9 * (1.0 + before.abs()) || !slope.is_finite() {
                        return Err(wrong());
                    }
                    before = sign * slope;
                    let mut line = arg.scaled(slope);
                    line.affine.constant += a.1 - slope * a.0;
                    lines.push(line);
                }
            }
            _ => return Err(wrong()),
        }
        let (mut of, mut factors) = (Vec::new(), Vec::new());
        let mut rules = Vec::new();
        for line in &lines {
            let form = self.form(&line.scaled(sign), rule, atom.span)?;
            of.extend(form.affine.terms.iter().map(|t| t.0));
            factors.extend(form.uncertain.iter().map(|(f, _)| f.0 as usize));
            rules.push(form);
        }
        let t = VarId(self.next);
        self.next += 1;
        of.sort_unstable();
        of.dedup();
        let kind = match atom.kind {
            AtomKind::Piecewise(_) => "piecewise",
            _ => "bend",
        };
        self.of.push(Piece { decisions: of, factors, name: format!("{kind} at {}", atom.span.start) });
        for mut form in rules {
            form.affine.add_scaled(&Affine::variable(t), -sign);
            self.rules.push((form, rule));
        }
        self.made.insert((id, weight > 0.0), t);
        Ok(t)
    }
}

/// Why a rule cannot be kept by affine rules.
pub(super) fn refusal(span: Span, what: &str) -> Box<Diagnostic> {
    let text = "affine rules need later decisions that are linear and continuous";
    Box::new(
        Diagnostic::new(NEEDS_LINEAR_RECOURSE, span, text, what)
            .note("a rule that holds for all realisations can be written down only where these decisions are linear")
            .help("solve it by `robust ccg`, or take a linear formulation, such as `lindistflow(loss = piecewise)`"),
    )
}
