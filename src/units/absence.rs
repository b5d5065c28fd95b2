//! Optional parameters where they are needed: a declaration that reads one without asking whether it is given.
//!
//! A use is told where nothing stands before it but what decides nothing about data: other questions after what is
//! given, periods, decisions. A condition on data may well be the guard (`when commit`), and keeps the use silent;
//! whether it is one, evaluation finds out. So does it where another file declares the parameter and the study has
//! elements of its class: there the study's data decide. Where it has none, as when a file of devices is checked by
//! itself, nothing but the declaration does.

use super::typed::{Node, NodeKind, Ty, TypedBody, TypedMember};
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::{MemberId, Names, ROOT};
use crate::source::Span;
use crate::syntax::ast::BinaryOp;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::{SmolStr, format_smolstr};
use std::sync::Arc;

/// More questions than these are not decided.
const QUESTIONS: usize = 12;
/// Definitions within definitions that are followed.
const DEPTH: usize = 24;
/// Definitions that are followed in all, and those that conditions of one declaration are made of.
const FOLLOWED: usize = 2_000;
const CONDITIONS: usize = 100;

/// Uses of optional parameters that nothing guards, one finding for each place. `present` says of each class whether
/// the study has elements of it.
pub fn unguarded(names: &Names, members: &[Arc<TypedMember>], present: &[bool], goals: &[&Node]) -> Vec<Diagnostic> {
    let mut walk = Walk {
        names,
        members,
        present,
        excused: FxHashSet::default(),
        told: FxHashSet::default(),
        seen: FxHashSet::default(),
        open: Vec::new(),
        questions: FxHashMap::default(),
        conditions: 0,
        out: Vec::new(),
    };
    walk.excuse();
    for (id, typed) in members.iter().enumerate() {
        walk.declaration(id, typed);
    }
    for goal in goals {
        walk.open.clear();
        walk.uses(goal, &Frame::of("self".into(), 0), &Known::default());
    }
    walk.out.sort_by_key(Diagnostic::span);
    walk.out
}

/// A parameter of an element, as the places that name it have it in common.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    owner: SmolStr,
    member: MemberId,
    index: Vec<SmolStr>,
}

/// A condition, as far as it asks what is given.
#[derive(Debug, Clone)]
enum Formula {
    Always(bool),
    Given(Key),
    /// Asks something else: nothing that could tell what is given, unless it reads data.
    Other {
        question: usize,
        data: bool,
    },
    Not(Box<Formula>),
    And(Box<Formula>, Box<Formula>),
    Or(Box<Formula>, Box<Formula>),
}

impl Formula {
    fn not(self) -> Formula {
        Formula::Not(Box::new(self))
    }

    fn and(self, other: Formula) -> Formula {
        Formula::And(Box::new(self), Box::new(other))
    }

    fn or(self, other: Formula) -> Formula {
        Formula::Or(Box::new(self), Box::new(other))
    }

    fn visit(&self, see: &mut dyn FnMut(&Formula)) {
        see(self);
        match self {
            Formula::Not(a) => a.visit(see),
            Formula::And(a, b) | Formula::Or(a, b) => {
                a.visit(see);
                b.visit(see);
            }
            _ => {}
        }
    }

    fn holds(&self, keys: &[Key], others: &[usize], bits: usize) -> bool {
        let bit = |at: Option<usize>| at.is_some_and(|i| bits >> i & 1 == 1);
        match self {
            Formula::Always(b) => *b,
            Formula::Given(key) => bit(keys.iter().position(|k| k == key)),
            Formula::Other { question, .. } => bit(others.iter().position(|q| q == question).map(|i| i + keys.len())),
            Formula::Not(a) => !a.holds(keys, others, bits),
            Formula::And(a, b) => a.holds(keys, others, bits) && b.holds(keys, others, bits),
            Formula::Or(a, b) => a.holds(keys, others, bits) || b.holds(keys, others, bits),
        }
    }
}

/// What holds wherever an expression is evaluated.
#[derive(Debug, Clone, Default)]
struct Known {
    all: Vec<Formula>,
    /// The check whose own condition this is, which says nothing of itself.
    check: Option<MemberId>,
}

impl Known {
    fn with(&self, formula: Formula) -> Known {
        let mut known = self.clone();
        known.all.push(formula);
        known
    }
}

/// What the words of a declaration stand for: the element, and the index variables.
#[derive(Debug, Clone)]
struct Frame {
    this: SmolStr,
    slots: Vec<SmolStr>,
}

impl Frame {
    fn of(this: SmolStr, slots: usize) -> Frame {
        Frame { this, slots: (0..slots).map(|k| format_smolstr!("#{k}")).collect() }
    }

    fn text(&self) -> SmolStr {
        format_smolstr!("{} {}", self.this, self.slots.join(" "))
    }

    /// The frame in which an index variable runs over a set.
    fn with(&self, slot: usize, set: Span) -> Frame {
        let mut inner = self.clone();
        if inner.slots.len() <= slot {
            inner.slots.resize(slot + 1, "?".into());
        }
        inner.slots[slot] = format_smolstr!("#{slot}@{}", set.start);
        inner
    }
}

struct Walk<'a> {
    names: &'a Names,
    members: &'a [Arc<TypedMember>],
    /// Per class: whether the study has elements of it.
    present: &'a [bool],
    /// Parameters that a check asks for in a way that is not followed.
    excused: FxHashSet<MemberId>,
    told: FxHashSet<Span>,
    /// Definitions that were followed, with what was known there.
    seen: FxHashSet<String>,
    open: Vec<MemberId>,
    /// Conditions that are not followed: where they are written, and of which element and index.
    questions: FxHashMap<(Span, SmolStr), usize>,
    conditions: usize,
    out: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn question(&mut self, span: Span, frame: &Frame) -> usize {
        let next = self.questions.len();
        *self.questions.entry((span, frame.text())).or_insert(next)
    }

    /// Checks of other elements, or of all of a set, may see to it that something is given.
    fn excuse(&mut self) {
        for id in 0..self.members.len() {
            let typed = self.members[id].clone();
            let TypedBody::Check { condition, after_solve: false, .. } = &typed.body else { continue };
            let mut asked = FxHashSet::default();
            self.conditions = 0;
            asked_for(condition, &mut asked);
            // A guard makes sure of something only where it asks for the contrary.
            typed.when.iter().chain(&typed.where_).filter(|n| denies(n)).for_each(|n| asked_for(n, &mut asked));
            let mut followed = FxHashSet::default();
            if let Some(says) = self.says(id, "self") {
                says.visit(&mut |f| {
                    if let Formula::Given(key) = f
                        && key.owner == "self"
                    {
                        followed.insert(key.member);
                    }
                });
            }
            self.excused.extend(asked.difference(&followed));
        }
    }

    /// What a check makes sure of for an element. Nothing where it holds for indices.
    fn says(&mut self, check: MemberId, this: &str) -> Option<Formula> {
        let typed = self.members[check].clone();
        let TypedBody::Check { condition, after_solve: false, .. } = &typed.body else { return None };
        if !typed.indices.is_empty() || typed.where_.is_some() {
            return None;
        }
        let frame = Frame::of(this.into(), typed.slots);
        let mut says = self.formula(condition, &frame, 0);
        for guard in &typed.when {
            says = self.formula(guard, &frame, 0).not().or(says);
        }
        Some(says)
    }

    fn declaration(&mut self, id: MemberId, typed: &TypedMember) {
        let parts: Vec<&Node> = match &typed.body {
            TypedBody::Var { lower, upper, starts, .. } => {
                let start = match starts {
                    Some(super::typed::Start::Value(node)) => Some(node),
                    _ => None,
                };
                lower.iter().chain(upper).chain(start).collect()
            }
            TypedBody::Rule { condition, .. } | TypedBody::Check { condition, .. } => vec![condition],
            TypedBody::Contribute { value, target, .. } => vec![value, target],
            // What only has a meaning where it is used is looked at there.
            _ => return,
        };
        self.open.clear();
        self.conditions = 0;
        let frame = Frame::of("self".into(), typed.slots);
        let check = matches!(typed.body, TypedBody::Check { .. }).then_some(id);
        let mut known = Known { check, ..Known::default() };
        for guard in &typed.when {
            self.uses(guard, &frame, &known);
            let formula = self.formula(guard, &frame, 0);
            known.all.push(formula);
        }
        for index in &typed.indices {
            self.uses(&index.set, &frame, &known);
            known.all.push(self.set(&index.set, &frame));
        }
        if let Some(filter) = &typed.where_ {
            self.uses(filter, &frame, &known);
            let formula = self.formula(filter, &frame, 0);
            known.all.push(formula);
        }
        for part in parts {
            self.uses(part, &frame, &known);
        }
    }

    /// That a set has elements: nothing of data where it is all of a class or all periods.
    fn set(&mut self, set: &Node, frame: &Frame) -> Formula {
        let data = !matches!(set.kind, NodeKind::All(_) | NodeKind::Periods);
        Formula::Other { question: self.question(set.span, frame), data }
    }

    fn formula(&mut self, node: &Node, frame: &Frame, depth: usize) -> Formula {
        match &node.kind {
            NodeKind::Bool(b) => Formula::Always(*b),
            NodeKind::Given(asked) => match self.key(asked, frame) {
                Some(key) => Formula::Given(key),
                None => self.other(node, frame),
            },
            NodeKind::Not(a) => self.formula(a, frame, depth).not(),
            NodeKind::Binary(BinaryOp::And, a, b) => self.formula(a, frame, depth).and(self.formula(b, frame, depth)),
            NodeKind::Binary(BinaryOp::Or, a, b) => self.formula(a, frame, depth).or(self.formula(b, frame, depth)),
            NodeKind::Binary(BinaryOp::Implies, a, b) => {
                self.formula(a, frame, depth).not().or(self.formula(b, frame, depth))
            }
            NodeKind::If(c, a, b) => {
                let c = self.formula(c, frame, depth);
                let (a, b) = (self.formula(a, frame, depth), self.formula(b, frame, depth));
                c.clone().and(a).or(c.not().and(b))
            }
            NodeKind::Member { of, member, index } if depth < DEPTH && self.conditions < CONDITIONS => {
                let typed = self.members[*member].clone();
                let TypedBody::Let(value) = &typed.body else { return self.other(node, frame) };
                self.conditions += 1;
                let inner = self.inner(of.as_deref(), &typed, index, frame);
                self.formula(value, &inner, depth + 1)
            }
            _ => self.other(node, frame),
        }
    }

    fn other(&mut self, node: &Node, frame: &Frame) -> Formula {
        let data = self.may_tell(node);
        Formula::Other { question: self.question(node.span, frame), data }
    }

    /// Could a condition tell by data what is given? Periods, numbers and decisions cannot.
    fn may_tell(&self, node: &Node) -> bool {
        let plain = match &node.kind {
            NodeKind::Local(_) | NodeKind::NumberOf(_) => {
                matches!(node.ty, Ty::Period) || matches!(&node.kind, NodeKind::NumberOf(a) if a.ty == Ty::Period)
            }
            NodeKind::Member { member, of, .. } => {
                // A decision of an element that a parameter names is as much data as the parameter.
                let own = of.as_deref().is_none_or(|n| matches!(n.kind, NodeKind::This));
                return !(own && matches!(self.members[*member].body, TypedBody::Var { .. }));
            }
            NodeKind::First | NodeKind::Last => true,
            NodeKind::Number(_) | NodeKind::Shift(..) | NodeKind::Neg(_) | NodeKind::Not(_) => true,
            NodeKind::Binary(..) => {
                let mut parts = 0;
                leaves(node, &mut |n| parts += usize::from(!matches!(n.kind, NodeKind::Number(_))));
                parts > 0
            }
            _ => false,
        };
        let mut tells = !plain;
        node.children(&mut |n| tells |= self.may_tell(n));
        tells
    }

    /// Looks at everything that is evaluated wherever `node` is.
    fn uses(&mut self, node: &Node, frame: &Frame, known: &Known) {
        match &node.kind {
            NodeKind::Given(asked) => asked.children(&mut |n| self.uses(n, frame, known)),
            NodeKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), a, b) => {
                // Either side may be the one that asks.
                for (one, two) in [(a, b), (b, a)] {
                    let says = self.formula(one, frame, 0);
                    let says = if *op == BinaryOp::And { says } else { says.not() };
                    self.uses(two, frame, &known.with(says));
                }
            }
            NodeKind::Binary(BinaryOp::Implies, a, b) => {
                self.uses(a, frame, known);
                let says = self.formula(a, frame, 0);
                self.uses(b, frame, &known.with(says));
            }
            NodeKind::If(c, a, b) => {
                self.uses(c, frame, known);
                let says = self.formula(c, frame, 0);
                self.uses(a, frame, &known.with(says.clone()));
                self.uses(b, frame, &known.with(says.not()));
            }
            NodeKind::Match(on, arms) => {
                self.uses(on, frame, known);
                let chosen = known.with(Formula::Other { question: self.question(node.span, frame), data: true });
                arms.iter().for_each(|(_, arm)| self.uses(arm, frame, &chosen));
            }
            NodeKind::Fold { indices, filter, body, .. } => {
                let (mut inner, mut known) = (frame.clone(), known.clone());
                for (slot, set) in indices {
                    self.uses(set, &inner, &known);
                    known.all.push(self.set(set, &inner));
                    inner = inner.with(*slot, set.span);
                }
                if let Some(filter) = filter {
                    self.uses(filter, &inner, &known);
                    let says = self.formula(filter, &inner, 0);
                    known.all.push(says);
                }
                self.uses(body, &inner, &known);
            }
            NodeKind::Filter { slot, set, cond } => {
                self.uses(set, frame, known);
                if let Some(cond) = cond {
                    let known = known.with(self.set(set, frame));
                    self.uses(cond, &frame.with(*slot, set.span), &known);
                }
            }
            NodeKind::Member { member, .. } => {
                node.children(&mut |n| self.uses(n, frame, known));
                let typed = self.members[*member].clone();
                match &typed.body {
                    TypedBody::Param { optional: true, default: None, .. } => self.used(node, *member, frame, known),
                    TypedBody::Let(_) => self.follow(node, frame, known),
                    _ => {}
                }
            }
            _ => node.children(&mut |n| self.uses(n, frame, known)),
        }
    }

    /// The words within a definition that is used here.
    fn inner(&self, of: Option<&Node>, typed: &TypedMember, index: &[Node], frame: &Frame) -> Frame {
        let this = of.map_or_else(|| "self".into(), |n| self.path(n, frame));
        let mut inner = Frame { this, slots: vec!["?".into(); typed.slots] };
        for (slot, n) in inner.slots.iter_mut().zip(index) {
            *slot = self.path(n, frame);
        }
        inner
    }

    /// A definition is evaluated where it is used.
    fn follow(&mut self, node: &Node, frame: &Frame, known: &Known) {
        let NodeKind::Member { of, member, index } = &node.kind else { return };
        let (of, member) = (of.as_deref(), *member);
        let typed = self.members[member].clone();
        let TypedBody::Let(value) = &typed.body else { return };
        if self.open.len() >= DEPTH || self.open.contains(&member) || self.seen.len() >= FOLLOWED {
            return;
        }
        let inner = self.inner(of, &typed, index, frame);
        if !self.seen.insert(format!("{member} {inner:?} {known:?}")) {
            return;
        }
        self.open.push(member);
        let mut known = known.clone();
        for guard in typed.when.iter().chain(&typed.where_) {
            let says = self.formula(guard, &inner, 0);
            known.all.push(says);
        }
        self.uses(value, &inner, &known);
        self.open.pop();
    }

    /// An optional parameter is needed.
    fn used(&mut self, node: &Node, member: MemberId, frame: &Frame, known: &Known) {
        let declared = &self.names.members[member];
        let decided = declared.class == ROOT || self.present.get(declared.class).is_none_or(|p| *p);
        let elsewhere = declared.span.file != node.span.file && decided;
        if elsewhere || self.excused.contains(&member) || self.told.contains(&node.span) {
            return;
        }
        let Some(key) = self.key(node, frame) else { return };
        if self.may_be_absent(&key, known) {
            self.told.insert(node.span);
            let name = &declared.name;
            let what = if declared.class == ROOT {
                format!("`{name}` may be left out")
            } else {
                format!("`{name}` of a {} may be left out", self.names.classes[declared.class].name)
            };
            let text = format!("{what}, and is needed here whether it is given or not");
            self.out.push(
                Diagnostic::new(ids_names::UNGUARDED_OPTIONAL, node.span, text, "nothing asks whether it is given")
                    .label(declared.span, "declared `optional` here")
                    .help(format!(
                        "ask first: `when {name} given`, or `if {name} given then ... else ...`; \
                         or declare it without `optional`"
                    )),
            );
        }
    }

    /// Is it certain that what is known allows the parameter to be absent?
    fn may_be_absent(&mut self, key: &Key, known: &Known) -> bool {
        let mut decided = true;
        for formula in &known.all {
            formula.visit(&mut |f| match f {
                Formula::Other { data: true, .. } => decided = false,
                Formula::Given(other) if other != key && other.member == key.member => decided = false,
                _ => {}
            });
        }
        if !decided {
            return false;
        }
        let mut all = known.all.clone();
        let class = self.names.members[key.member].class;
        let checks = self.names.classes[class].all.clone();
        for check in checks {
            if known.check != Some(check) {
                all.extend(self.says(check, &key.owner));
            }
        }
        let (mut keys, mut others) = (vec![key.clone()], Vec::new());
        for formula in &all {
            formula.visit(&mut |f| match f {
                Formula::Given(key) if !keys.contains(key) => keys.push(key.clone()),
                Formula::Other { question, .. } if !others.contains(question) => others.push(*question),
                _ => {}
            });
        }
        // Only what shares a question with the parameter can say something of it; the rest is left out.
        relevant(&mut all, &mut keys, &mut others, known.all.len());
        let questions = keys.len() + others.len();
        // The parameter is the first question: it is absent where the lowest bit is not set.
        questions <= QUESTIONS
            && (0..1usize << questions).step_by(2).any(|bits| all.iter().all(|f| f.holds(&keys, &others, bits)))
    }

    fn key(&self, node: &Node, frame: &Frame) -> Option<Key> {
        let NodeKind::Member { of, member, index } = &node.kind else { return None };
        if !matches!(self.members[*member].body, TypedBody::Param { .. }) {
            return None;
        }
        let owner = of.as_deref().map_or_else(|| "self".into(), |n| self.path(n, frame));
        let index = index.iter().map(|n| self.path(n, frame)).collect();
        Some(Key { owner, member: *member, index })
    }

    /// An element, period or index in words that are the same wherever the same is meant.
    fn path(&self, node: &Node, frame: &Frame) -> SmolStr {
        match &node.kind {
            NodeKind::This => frame.this.clone(),
            NodeKind::Local(slot) => frame.slots.get(*slot).cloned().unwrap_or_else(|| "?".into()),
            NodeKind::First => "first".into(),
            NodeKind::Last => "last".into(),
            NodeKind::Number(x) => format_smolstr!("{x}"),
            NodeKind::Text(t) | NodeKind::Symbol(t) => format_smolstr!("{t:?}"),
            NodeKind::Shift(a, by) => format_smolstr!("{}{by:+}", self.path(a, frame)),
            NodeKind::NumberOf(a) | NodeKind::IdOf(a) => format_smolstr!("id({})", self.path(a, frame)),
            NodeKind::ById(class, id) => format_smolstr!("{class}:{}", self.path(id, frame)),
            NodeKind::Member { of, member, index } => {
                let mut text = of.as_deref().map_or_else(|| "self".into(), |n| self.path(n, frame)).to_string();
                text.push_str(&format!(".{member}"));
                for n in index {
                    text.push_str(&format!("[{}]", self.path(n, frame)));
                }
                text.into()
            }
            NodeKind::Binary(op, a, b) => format_smolstr!("({} {op:?} {})", self.path(a, frame), self.path(b, frame)),
            _ => format_smolstr!("?{}:{} {}", node.span.file.0, node.span.start, frame.text()),
        }
    }
}

/// Keeps the formulas that are connected with the first key by questions in common, and their questions.
fn relevant(all: &mut Vec<Formula>, keys: &mut Vec<Key>, others: &mut Vec<usize>, always: usize) {
    let asks = |f: &Formula| {
        let (mut k, mut o) = (Vec::new(), Vec::new());
        f.visit(&mut |f| match f {
            Formula::Given(key) => k.push(key.clone()),
            Formula::Other { question, .. } => o.push(*question),
            _ => {}
        });
        (k, o)
    };
    let mut near = vec![keys[0].clone()];
    let mut asked = Vec::new();
    let mut kept = vec![false; all.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for (i, formula) in all.iter().enumerate() {
            if kept[i] {
                continue;
            }
            let (k, o) = asks(formula);
            if i < always || k.iter().any(|key| near.contains(key)) || o.iter().any(|q| asked.contains(q)) {
                kept[i] = true;
                changed = true;
                near.extend(k);
                asked.extend(o);
            }
        }
    }
    let mut kept = kept.into_iter();
    all.retain(|_| kept.next().unwrap_or(true));
    keys.retain(|k| near.contains(k));
    others.retain(|q| asked.contains(q));
}

fn leaves(node: &Node, see: &mut dyn FnMut(&Node)) {
    let mut inner = false;
    node.children(&mut |n| {
        inner = true;
        leaves(n, see);
    });
    if !inner {
        see(node);
    }
}

/// Parameters that an expression asks for by `given`.
fn asked_for(node: &Node, out: &mut FxHashSet<MemberId>) {
    if let NodeKind::Given(asked) = &node.kind
        && let NodeKind::Member { member, .. } = &asked.kind
    {
        out.insert(*member);
    }
    node.children(&mut |n| asked_for(n, out));
}

fn denies(node: &Node) -> bool {
    let mut found = matches!(node.kind, NodeKind::Not(_) | NodeKind::If(..) | NodeKind::Binary(BinaryOp::Implies, ..));
    node.children(&mut |n| found |= denies(n));
    found
}
