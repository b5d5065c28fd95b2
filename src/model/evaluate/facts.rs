//! What is known of members before anything is evaluated: which of them are data whatever is decided, which
//! definitions are put in where they are used, and how large their indices are.

use super::parts::is_whole;
use crate::model::Model;
use crate::names::MemberId;
use crate::units::check::SettingValue;
use crate::units::typed::{Function, Node, NodeKind, Ty, TypedBody};

/// Nodes of a definition up to which it is put in where it is used instead of being kept.
const SMALL: usize = 40;

/// Facts about every member of a model.
pub(super) struct Facts {
    /// Is its value data, never a form?
    pub data: Vec<bool>,
    /// Is its definition put in where it is used?
    pub inline: Vec<bool>,
    /// Sizes of its indices; 0 for one that is neither a period nor an element.
    pub dims: Vec<Box<[usize]>>,
    /// Has it one value for all periods?
    pub constant: Vec<bool>,
    periods: usize,
    /// Number of elements per class.
    elements: Vec<usize>,
    /// Is it decided ahead?
    pub ahead: Vec<bool>,
    /// Is it a design decision, which all modes share?
    pub shared: Vec<bool>,
}

impl Facts {
    /// Finds the facts of a model.
    pub fn new(model: &Model) -> Self {
        let count = model.members.len();
        let mut facts = Facts {
            data: Vec::new(),
            inline: vec![false; count],
            dims: Vec::new(),
            constant: Vec::new(),
            periods: model.periods,
            elements: model.classes.iter().map(|c| c.elements.len()).collect(),
            ahead: Vec::new(),
            shared: Vec::new(),
        };
        facts.dims = model.members.iter().map(|m| m.indices.iter().map(|i| facts.size(&i.ty)).collect()).collect();
        facts.constant = (0..count).map(|m| model.restage.get(&m).is_some_and(|r| r.0)).collect();
        facts.ahead = (0..count).map(|m| is_ahead(model, m)).collect();
        let periodic = |m: usize| model.members[m].indices.iter().any(|i| i.ty == Ty::Period);
        facts.shared = (0..count).map(|m| facts.ahead[m] && !periodic(m)).collect();
        let mut sources: Vec<Vec<&Node>> = vec![Vec::new(); count];
        let mut set = vec![false; count];
        for (id, m) in model.members.iter().enumerate() {
            match &m.body {
                TypedBody::Param { default: Some(node), .. } | TypedBody::Let(node) => sources[id].push(node),
                _ => {}
            }
        }
        let written = model.settings.iter().flat_map(|(m, list)| list.iter().map(move |s| (*m, &s.value)));
        let blocks = model.blocks.iter().flat_map(|b| &b.settings).map(|s| (s.member, &s.value));
        for (member, value) in written.chain(blocks) {
            let Some(known) = set.get_mut(member) else { continue };
            *known = true;
            if let SettingValue::Value(node) = value
                && !matches!(node.kind, NodeKind::Number(_) | NodeKind::Cell { .. })
            {
                sources[member].push(node);
            }
        }
        let valued = |m: &TypedBody| matches!(m, TypedBody::Param { .. } | TypedBody::Let(_));
        let mut data: Vec<bool> = model
            .members
            .iter()
            .map(|m| {
                let place = matches!(m.body, TypedBody::Terminal | TypedBody::GraphSet(_) | TypedBody::Subset { .. });
                place || valued(&m.body)
            })
            .collect();
        loop {
            let mut changed = false;
            for id in (0..count).filter(|id| valued(&model.members[*id].body)) {
                if data[id] && !sources[id].iter().all(|n| is_data(&data, n)) {
                    data[id] = false;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        facts.data = data;
        let mut sizes = vec![Size::Unknown; count];
        for id in 0..count {
            facts.inlined(model, &set, id, &mut sizes);
        }
        facts
    }

    /// Size of an index of this type.
    pub fn size(&self, ty: &Ty) -> usize {
        match ty {
            Ty::Period => self.periods,
            Ty::Element(c) => self.elements.get(*c).copied().unwrap_or(0),
            _ => 0,
        }
    }

    /// Is the node data, never a form?
    pub fn is_data(&self, node: &Node) -> bool {
        is_data(&self.data, node)
    }

    /// Size of a definition with all that is put into it, if it is small, adds and scales only, and no element
    /// has another value for it.
    fn inlined(&mut self, model: &Model, set: &[bool], id: MemberId, sizes: &mut [Size]) -> Size {
        if sizes[id] != Size::Unknown {
            return sizes[id];
        }
        sizes[id] = Size::Open;
        let m = &model.members[id];
        let size = match &m.body {
            // What is declared for a part of a set is asked for by name, so that a use elsewhere is told.
            TypedBody::Let(_) if !m.indices.iter().all(|i| is_whole(&i.set)) => None,
            TypedBody::Let(node) if !set[id] && !self.data[id] && matches!(m.ty, Ty::Number(_)) => {
                self.nodes(model, set, node, sizes).filter(|s| *s <= SMALL)
            }
            _ => None,
        };
        self.inline[id] = size.is_some();
        sizes[id] = size.map_or(Size::Kept, Size::Nodes);
        sizes[id]
    }

    fn nodes(&mut self, model: &Model, set: &[bool], node: &Node, sizes: &mut [Size]) -> Option<usize> {
        if self.is_data(node) {
            return Some(1);
        }
        match &node.kind {
            NodeKind::Neg(a) => self.nodes(model, set, a, sizes),
            NodeKind::Call(Function::Convert, args) => self.nodes(model, set, args.first()?, sizes),
            NodeKind::Binary(op, a, b) if is_arithmetic(*op) => {
                Some(1 + self.nodes(model, set, a, sizes)? + self.nodes(model, set, b, sizes)?)
            }
            NodeKind::If(_, a, b) => Some(1 + self.nodes(model, set, a, sizes)? + self.nodes(model, set, b, sizes)?),
            NodeKind::Member { member, .. } if matches!(model.members[*member].body, TypedBody::Let(_)) => {
                match self.inlined(model, set, *member, sizes) {
                    Size::Nodes(n) => Some(n),
                    Size::Kept => Some(1),
                    // What goes round is kept.
                    Size::Open | Size::Unknown => None,
                }
            }
            NodeKind::Member { .. } => Some(1),
            _ => None,
        }
    }
}

/// What is known of the size of a definition.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Size {
    Unknown,
    /// Being found.
    Open,
    /// Not put in where it is used.
    Kept,
    Nodes(usize),
}

fn is_ahead(model: &Model, member: MemberId) -> bool {
    let declared = match &model.members[member].body {
        TypedBody::Var { ahead, .. } => *ahead,
        _ => None,
    };
    model.restage.get(&member).and_then(|r| r.1).or(declared).unwrap_or(false)
}

fn is_arithmetic(op: crate::syntax::ast::BinaryOp) -> bool {
    use crate::syntax::ast::BinaryOp::*;
    matches!(op, Add | Sub | Mul | Of | Div)
}

fn is_data(data: &[bool], node: &Node) -> bool {
    let one = |n: &Node| is_data(data, n);
    match &node.kind {
        NodeKind::Number(_)
        | NodeKind::Bool(_)
        | NodeKind::Text(_)
        | NodeKind::Symbol(_)
        | NodeKind::Local(_)
        | NodeKind::This
        | NodeKind::Step
        | NodeKind::First
        | NodeKind::Last
        | NodeKind::Cell { .. }
        | NodeKind::ById(..)
        | NodeKind::All(_)
        | NodeKind::Group(..)
        | NodeKind::Periods
        | NodeKind::Range(..)
        | NodeKind::Filter { .. }
        | NodeKind::NumberOf(_)
        | NodeKind::Shift(..)
        | NodeKind::IdOf(_) => true,
        NodeKind::Member { member, .. } => data.get(*member).copied().unwrap_or(false),
        NodeKind::Factor { .. } | NodeKind::Error => false,
        NodeKind::Neg(a) | NodeKind::Not(a) | NodeKind::Given(a) | NodeKind::InMode(_, a) => is_data(data, a),
        NodeKind::Binary(_, a, b) => is_data(data, a) && is_data(data, b),
        NodeKind::Call(f, args) => {
            matches!(
                f,
                Function::Reach
                    | Function::NetMost
                    | Function::NetLeast
                    | Function::Greatest
                    | Function::IsConstant
                    | Function::Count
            ) || args.iter().all(one)
        }
        NodeKind::Fold { body, .. } => is_data(data, body),
        NodeKind::If(_, a, b) => is_data(data, a) && is_data(data, b),
        NodeKind::Match(_, arms) => arms.iter().all(|a| one(&a.1)),
        NodeKind::Collect(list) => list.iter().all(one),
        NodeKind::List(rows) => rows.iter().flatten().all(one),
    }
}
