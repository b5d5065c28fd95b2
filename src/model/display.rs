//! The model as text: the elements of every class with their data filled in, and what is declared
//! over them, still in the engineer's names and words.

use super::{ClassData, Evaluator, Model, Terminal, Value};
use crate::deadline::Deadline;
use crate::names::{ClassKind, Member, MemberId, MemberKind, ROOT};
use crate::program::{DisplayUnit, number};
use crate::source::{SourceMap, Span};
use crate::units::typed::{Ty, TypedBody};
use std::fmt::Write;

/// Longest quotation of a statement.
const QUOTED: usize = 100;

/// A readable and stable text of the model. Data have their unit; of declarations the first line is
/// quoted from `sources`. Uncertain data are shown at their nominal value.
pub fn display(model: &Model, sources: &SourceMap) -> String {
    let mut view = View { model, sources, ev: Evaluator::new(model, &Deadline::never()), out: String::new() };
    view.head();
    for class in 0..model.classes.len() {
        view.class(class);
    }
    view.goals();
    view.out
}

struct View<'a> {
    model: &'a Model,
    sources: &'a SourceMap,
    ev: Evaluator<'a>,
    out: String,
}

impl View<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn head(&mut self) {
        let model = self.model;
        let time = match model.step {
            Some(step) => format!("{} periods of {} h", model.periods, number(step / 3600.0)),
            None => "snapshot".to_owned(),
        };
        self.line(&time);
        let chosen: Vec<&str> =
            model.names.aspects.iter().filter(|(_, (_, chosen))| *chosen).map(|(name, _)| name.as_str()).collect();
        if !chosen.is_empty() {
            self.line(&format!("with {}", chosen.join(", ")));
        }
        if !model.modes.is_empty() {
            self.line(&format!("modes {}", model.modes.join(", ")));
        }
    }

    fn class(&mut self, class: usize) {
        let Some((data, declared)) =
            self.model.classes.get(class).zip(self.model.names.classes.get_index(class).map(|c| c.1))
        else {
            return;
        };
        if class == ROOT {
            self.root(&declared.all);
            return;
        }
        if data.elements.is_empty() {
            return;
        }
        let count = data.elements.len();
        let plural = if count == 1 { "" } else { "s" };
        let kind = match declared.kind {
            ClassKind::Set => "set ",
            ClassKind::Arc { .. } => "arcs ",
            _ => "",
        };
        self.line(&format!("\n{kind}{}: {count} element{plural}", declared.name));
        for element in 0..count {
            let text = self.element(data, element, &declared.all);
            self.line(&format!("  {text}"));
        }
        self.declared(&declared.all);
    }

    fn root(&mut self, members: &[MemberId]) {
        let params: Vec<String> = members.iter().flat_map(|m| self.param(*m, 0)).collect();
        if !params.is_empty() {
            self.line("\nparameters");
        }
        for param in params {
            self.line(&format!("  {param}"));
        }
        self.declared(members);
    }

    /// `7: from = bus 6, to = bus 7, r = 0.1872 ohm`
    fn element(&mut self, data: &ClassData, element: usize, members: &[MemberId]) -> String {
        let id = data.elements.get(element).map_or("", |e| e.id.as_str());
        let mut parts = Vec::new();
        for member in members {
            if let Some(place) = data.terminals.get(member).and_then(|t| t.get(element)) {
                parts.push(format!("{} = {}", self.name(*member), self.terminal(*member, place)));
            }
            parts.extend(self.param(*member, element as u32));
        }
        if parts.is_empty() { id.to_string() } else { format!("{id}: {}", parts.join(", ")) }
    }

    fn name(&self, member: MemberId) -> &str {
        self.model.names.members.get(member).map_or("", |m| m.name.as_str())
    }

    fn terminal(&self, member: MemberId, place: &Terminal) -> String {
        let class = match self.model.names.members.get(member).map(|m| &m.kind) {
            Some(MemberKind::Terminal { class, .. }) => class.as_str(),
            _ => "",
        };
        let of = |index: &u32| {
            let class = self.model.names.class_id(class).and_then(|c| self.model.classes.get(c));
            class.and_then(|c| c.elements.get(*index as usize)).map_or("?", |e| e.id.as_str())
        };
        match place {
            Terminal::One(index) => format!("{class} {}", of(index)),
            Terminal::Many(list) => {
                let ids = list.iter().map(|v| if let Value::Element(_, i) = v { of(i) } else { "?" });
                format!("{{{}}}", ids.collect::<Vec<_>>().join(", "))
            }
            Terminal::Broken => "?".into(),
        }
    }

    /// `name = value` where the member is a parameter that is given.
    fn param(&mut self, member: MemberId, element: u32) -> Option<String> {
        let model = self.model;
        let typed = model.members.get(member)?;
        if !matches!(typed.body, TypedBody::Param { .. }) {
            return None;
        }
        let unit = match &typed.ty {
            Ty::Number(q) => model.units.display(q),
            _ => DisplayUnit::new("", 1.0),
        };
        let declared = model.names.members.get(member)?;
        let mut values = Vec::new();
        for mode in 0..model.modes.len().max(1) {
            self.ev.mode = mode;
            let mut list = Vec::new();
            for index in self.ev.places(member, element).ok()? {
                let value = self.ev.member_at(member, element, &index, declared.span).ok()?;
                if value == Value::Missing {
                    return None;
                }
                list.push(self.value(&value, &unit));
            }
            let text = match list.as_slice() {
                [one] => one.clone(),
                [first, rest @ ..] if rest.iter().all(|v| v == first) => first.clone(),
                _ => format!("[{}]", list.join(", ")),
            };
            values.push(text);
        }
        self.ev.mode = 0;
        values.dedup();
        let label = if unit.label.is_empty() { String::new() } else { format!(" {}", unit.label) };
        let name = &declared.name;
        let indices: Vec<&str> = declared.indices.iter().map(|i| i.name.text.as_str()).collect();
        let indices = if indices.is_empty() { String::new() } else { format!("[{}]", indices.join(", ")) };
        match values.as_slice() {
            [one] => Some(format!("{name}{indices} = {one}{label}")),
            _ => {
                let modes = model.modes.iter().zip(&values).map(|(m, v)| format!("{v}{label} in {m}"));
                Some(format!("{name}{indices} = {}", modes.collect::<Vec<_>>().join(" or ")))
            }
        }
    }

    fn value(&self, value: &Value, unit: &DisplayUnit) -> String {
        match value {
            Value::Number(x) => number(x / unit.factor),
            Value::Form(_) => "uncertain".into(),
            Value::Bool(yes) => (if *yes { "yes" } else { "no" }).into(),
            Value::Text(text) => format!("{text:?}"),
            Value::Symbol(word) => word.to_string(),
            Value::Element(class, index) => {
                let element = self.model.classes.get(*class as usize).and_then(|c| c.elements.get(*index as usize));
                element.map_or("?", |e| e.id.as_str()).to_string()
            }
            Value::Period(t) => (t + 1).to_string(),
            Value::Row(_, row) => format!("row {}", row + 1),
            Value::Set(list) => {
                format!("{{{}}}", list.iter().map(|v| self.value(v, unit)).collect::<Vec<_>>().join(", "))
            }
            Value::Missing => "none".into(),
        }
    }

    /// Variables, definitions, sums, rules and contributions of a class, as they are written.
    fn declared(&mut self, members: &[MemberId]) {
        let mut last = None;
        for id in members {
            let Some(member) = self.model.names.members.get(*id) else { continue };
            // One statement may declare several names.
            if last.replace(member.statement) == Some(member.statement) {
                continue;
            }
            if matches!(
                member.kind,
                MemberKind::Terminal { .. } | MemberKind::GraphSet(_) | MemberKind::Param(_) | MemberKind::Check(_)
            ) {
                continue;
            }
            let text = self.quoted(member.statement);
            let aspect = member.aspect.as_ref().map(|a| format!("{a}: ")).unwrap_or_default();
            let place = self.place(member);
            self.line(&format!("  | {aspect}{text}{place}"));
        }
    }

    /// A statement in one line.
    fn quoted(&self, span: Span) -> String {
        let text: Vec<&str> = self.sources.text(span).split_whitespace().collect();
        let text = text.join(" ");
        match text.char_indices().nth(QUOTED) {
            Some((end, _)) => format!("{}...", &text[..end]),
            None => text,
        }
    }

    fn place(&self, member: &Member) -> String {
        match self.sources.get(member.statement.file) {
            Some(file) => format!("  # {}:{}", file.name, self.sources.line_col(member.statement).0),
            None => String::new(),
        }
    }

    fn goals(&mut self) {
        for goal in &self.model.objectives {
            let direction = if goal.maximize { "maximize" } else { "minimize" };
            let mut text = format!("\n{direction} {}", goal.name);
            for (name, node) in &goal.terms {
                let _ = write!(text, "\n  {name} : {}", self.quoted(node.span));
            }
            self.line(&text);
        }
    }
}
