//! Where the rows of the orientation alone do not make a network radial: a ring that no source feeds
//! keeps them, if it can live of what stands at its buses, or of nothing.

use crate::diagnostics::{Diagnostic, ids_network};
use crate::model::Model;
use crate::program::{Affine, Form, Network, OpenSum, Program};

/// Rounding of sums of powers, W.
const TOLERANCE: f64 = 1e-6;

/// What a bus can give, whatever is decided and whatever happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Balance {
    /// It always draws active power, or it is a root.
    Draws,
    /// It can be without load.
    Idle,
    /// It can feed others.
    Feeds,
}

/// A warning where the study has an orientation, no rule completes it, and a ring could live on
/// its own. Where every bus draws, none can: what its buses draw would have to come from nowhere.
pub fn check(model: &Model, program: &Program) -> Option<Diagnostic> {
    let network = program.network.as_ref()?;
    let radial = network.periods.iter().find_map(|p| p.radial.as_ref())?;
    // Programs with uncertain factors are solved in parts, which cut off nothing.
    let cut = radial.cut_cycles && program.factors.is_empty();
    if cut || program.constraints.iter().any(|c| c.acyclic) {
        return None;
    }
    let balances = balances(program, network);
    let feeding = balances.iter().position(|b| *b == Balance::Feeds);
    let (bus, label) = match feeding {
        Some(bus) => (bus, "can feed a ring of its own"),
        None => (idle_ring(network, &balances)?, "a ring of buses without load"),
    };
    let class = model.names.class_with_role("bus")?;
    let span = model.classes.get(class)?.elements.get(bus)?.span;
    let d = Diagnostic::new(
        ids_network::INCOMPLETE_RADIALITY,
        span,
        "the orientation of lines alone does not keep this network radial",
        label,
    );
    Some(
        d.note("a ring cut off from every source keeps the rule that each bus has one parent")
            .help("leave out `encoding`: the default one forbids such rings"),
    )
}

/// The most that each bus can do, over all periods.
fn balances(program: &Program, network: &Network) -> Vec<Balance> {
    let mut out = vec![Balance::Draws; network.buses.len()];
    for sum in program.sums.iter().filter(|s| s.role.as_deref() == Some("active")) {
        let Some(slot) = sum.element.and_then(|e| out.get_mut(e)) else { continue };
        let root = |p: usize| {
            let roots = network.periods.get(p).and_then(|p| p.radial.as_ref()).map(|r| &r.root);
            roots.and_then(|r| r.get(sum.element?)).is_some_and(|r| r.terms.is_empty() && r.constant > 0.5)
        };
        if root(sum.period.unwrap_or(0)) {
            continue;
        }
        let most = most(program, sum);
        let balance = match most {
            most if most < -TOLERANCE => Balance::Draws,
            most if most <= TOLERANCE => Balance::Idle,
            _ => Balance::Feeds,
        };
        *slot = balance.max(*slot);
    }
    out
}

/// The greatest active power that devices put into the bus, W.
fn most(program: &Program, sum: &OpenSum) -> f64 {
    let devices = sum.contributions.iter().filter(|c| !c.from_branch && !c.from_source);
    let mut whole = Form::default();
    for c in devices {
        whole.add_scaled(&c.form, 1.0);
    }
    if !whole.products.is_empty() || !whole.atoms.is_empty() {
        return f64::INFINITY;
    }
    let factor = |(factor, by): &(crate::program::FactorId, Affine)| {
        let range =
            program.factors.get(factor.0 as usize).map_or((f64::NEG_INFINITY, f64::INFINITY), |f| (f.lower, f.upper));
        let by = (-greatest(program, &scaled(by, -1.0)), greatest(program, by));
        [range.0 * by.0, range.0 * by.1, range.1 * by.0, range.1 * by.1].into_iter().fold(f64::NEG_INFINITY, f64::max)
    };
    greatest(program, &whole.affine) + whole.uncertain.iter().map(factor).sum::<f64>()
}

fn scaled(affine: &Affine, by: f64) -> Affine {
    Affine { constant: affine.constant * by, terms: affine.terms.iter().map(|(v, c)| (*v, c * by)).collect() }
}

fn greatest(program: &Program, affine: &Affine) -> f64 {
    let term = |(v, c): &(crate::program::VarId, f64)| {
        let v = program.variable(*v);
        if *c > 0.0 { c * v.upper } else { c * v.lower }
    };
    affine.constant + affine.terms.iter().map(term).sum::<f64>()
}

/// A bus of a ring in which no bus draws, if there is one.
fn idle_ring(network: &Network, balances: &[Balance]) -> Option<usize> {
    let idle = |bus: usize| balances.get(bus) == Some(&Balance::Idle);
    let mut above: Vec<usize> = (0..network.buses.len()).collect();
    for branch in network.branches.iter().filter(|b| idle(b.from) && idle(b.to)) {
        let [from, to] = [branch.from, branch.to].map(|bus| top(&mut above, bus));
        if from == to {
            return Some(branch.from);
        }
        if let Some(slot) = above.get_mut(from) {
            *slot = to;
        }
    }
    None
}

fn top(above: &mut [usize], mut bus: usize) -> usize {
    while let Some(up) = above.get(bus).copied().filter(|up| *up != bus) {
        let higher = above.get(up).copied().unwrap_or(up);
        if let Some(slot) = above.get_mut(bus) {
            *slot = higher;
        }
        bus = higher;
    }
    bus
}
