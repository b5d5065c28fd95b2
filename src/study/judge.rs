//! What whole numbers alone say of the network: where everything that flows follows from them and from data, AC
//! power flow decides whether a choice of them is a plan.

use super::evaluate::broken_rules;
use super::repair::state;
use super::{AcState, physical, power_flow};
use crate::program::{Affine, AtomKind, Domain, Form, Network, Program, Relation, VarId};

/// What a choice of whole numbers is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// A state of the network that keeps all rules.
    State(Vec<f64>),
    /// None: the state that the network takes passes these limits, in words.
    Broken(Vec<String>),
    /// Other decisions matter, or there is no power flow.
    Open,
}

/// Judges choices of whole numbers.
pub(super) struct Judge<'a> {
    program: &'a Program,
    network: &'a Network,
    /// Per variable: it is whole or fixed, follows from such by a linear equation, or AC power flow gives it.
    known: Vec<bool>,
    /// Injections, switches and taps follow from whole numbers and data in all periods.
    settled: bool,
}

/// Marks what linear equations leave no choice of.
fn follow(program: &Program, known: &mut [bool]) {
    let equations: Vec<&Affine> = (program.constraints.iter())
        .filter_map(|c| match &c.relation {
            Relation::Eq(f) if f.products.is_empty() && f.atoms.is_empty() && f.uncertain.is_empty() => Some(&f.affine),
            _ => None,
        })
        .collect();
    loop {
        let mut more = false;
        for equation in &equations {
            let mut open = equation.terms.iter().filter(|(v, _)| known.get(v.0 as usize) == Some(&false));
            if let (Some((v, _)), None) = (open.next(), open.next())
                && let Some(slot) = known.get_mut(v.0 as usize)
            {
                (*slot, more) = (true, true);
            }
        }
        if !more {
            return;
        }
    }
}

impl<'a> Judge<'a> {
    /// Of a program with a network.
    pub fn new(program: &'a Program, network: &'a Network) -> Self {
        let mut known: Vec<bool> =
            program.variables.iter().map(|v| v.domain != Domain::Continuous || v.lower == v.upper).collect();
        follow(program, &mut known);
        let constant = |a: &Affine| a.terms.iter().all(|(v, _)| known.get(v.0 as usize) == Some(&true));
        let settled = network.periods.iter().all(|p| {
            let lists = [&p.active, &p.reactive, &p.closed, &p.ratio];
            !p.cones.is_empty() && !p.decides_roots() && lists.into_iter().flatten().all(constant)
        });
        for period in &network.periods {
            let flows = period.cones.iter().flat_map(|c| [&c.p, &c.q, &c.v, &c.l]);
            let others = [&period.voltage2, &period.source_active, &period.source_reactive];
            for affine in flows.chain(others.into_iter().flatten()) {
                if let Some(VarId(v)) = Network::single_variable(affine)
                    && let Some(slot) = known.get_mut(v as usize)
                {
                    *slot = true;
                }
            }
        }
        Judge { program, network, known, settled }
    }

    /// Is a state worth the same whatever else is decided beside its whole numbers?
    pub fn complete(&self) -> bool {
        self.settled && self.known.iter().all(|k| *k)
    }

    /// The verdict on the whole numbers of these values.
    pub fn verdict(&self, x: &[f64]) -> Verdict {
        if !self.settled {
            return Verdict::Open;
        }
        if let Some(state) = state(self.program, self.network, x.to_vec()) {
            return Verdict::State(state);
        }
        let ac: Vec<Result<AcState, String>> =
            (0..self.network.periods.len()).map(|t| power_flow(self.network, t, x, false)).collect();
        if ac.iter().any(Result::is_err) {
            return Verdict::Open;
        }
        let several = ac.len() > 1;
        let mut why: Vec<String> = Vec::new();
        for (t, state) in ac.iter().flatten().enumerate() {
            let when = if several { format!(" in period {}", t + 1) } else { String::new() };
            why.extend(state.broken.iter().map(|b| format!("{b}{when}")));
        }
        if let Some(y) = physical(self.network, x, &ac).filter(|_| why.is_empty()) {
            let rules = self.program.constraints.iter().filter(|c| self.is_known(&c.relation));
            let broken = broken_rules(self.program, rules, &y);
            why.extend(broken.iter().map(|(c, _)| format!("`{}` is not kept", c.name)));
        }
        if why.is_empty() { Verdict::Open } else { Verdict::Broken(why) }
    }

    fn is_known(&self, relation: &Relation) -> bool {
        match relation {
            Relation::Le(f) | Relation::Eq(f) => self.is_known_form(f),
            Relation::Implies { then, .. } => self.is_known(then),
        }
    }

    fn is_known_form(&self, f: &Form) -> bool {
        let affine = |a: &Affine| a.terms.iter().all(|(v, _)| self.known.get(v.0 as usize) == Some(&true));
        let atom = |id| {
            let atom = self.program.atom(id);
            !matches!(atom.kind, AtomKind::Piecewise(_)) && atom.args.iter().all(|a| self.is_known_form(a))
        };
        affine(&f.affine)
            && f.uncertain.is_empty()
            && f.products.iter().all(|p| affine(&p.left) && affine(&p.right))
            && f.atoms.iter().all(|(id, _)| atom(*id))
    }
}
