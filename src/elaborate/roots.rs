//! Devices that can hold the voltage of an island: those of the class with the role of a source, and
//! those of classes that have a member with the role `holds`, which says when they do.

use super::network::{class, member};
use crate::model::{Evaluator, Value};
use crate::names::{ClassId, MemberKind};
use crate::program::Source;

/// A class whose devices can be roots.
pub(super) struct RootClass {
    /// The class.
    pub class: ClassId,
    /// It is the class of sources: what its devices give is no injection, and is import.
    pub source: bool,
}

/// The classes whose devices can be roots, that of sources first.
pub(super) fn root_classes(ev: &Evaluator<'_>) -> Vec<RootClass> {
    let names = &ev.model.names;
    let source = class(names, "source");
    let held = (0..names.classes.len()).filter(|c| Some(*c) != source && member(names, *c, "holds").is_some());
    let mut out: Vec<RootClass> = source.into_iter().map(|class| RootClass { class, source: true }).collect();
    out.extend(held.map(|class| RootClass { class, source: names.classes[class].has_role("source") }));
    out
}

/// The devices of a class with what the library says of their limits; none where the class stands at no bus.
pub(super) fn roots(ev: &mut Evaluator<'_>, of: &RootClass) -> Option<Vec<Source>> {
    let model = ev.model;
    let names = &model.names;
    let at = names.classes[of.class]
        .all
        .iter()
        .copied()
        .find(|m| matches!(names.members[*m].kind, MemberKind::Terminal { .. }))?;
    let mut out = Vec::new();
    for (e, data) in model.classes[of.class].elements.iter().enumerate() {
        let e = e as u32;
        let Ok(Value::Element(_, bus)) = ev.member_at(at, e, &[], data.span) else { return None };
        let mut number = |role: &str| {
            let m = member(names, of.class, role)?;
            match ev.member_at(m, e, &[], names.members[m].span) {
                Ok(Value::Number(x)) => Some(x),
                _ => None,
            }
        };
        let q_max = number("reactive_max");
        out.push(Source {
            id: data.id.to_string(),
            class: names.classes[of.class].name.to_string(),
            is_source: of.source,
            bus: bus as usize,
            v_set: number("voltage")?,
            p_max: number("active_max"),
            p_min: number("active_min"),
            q_max,
            q_min: number("reactive_min").or(q_max.map(|q| -q)),
            s_max: number("apparent_max"),
        });
    }
    Some(out)
}
