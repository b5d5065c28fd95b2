//! Names of the instances of a member: what they have in common is found once.

use super::Evaluator;
use crate::model::Value;
use crate::names::ROOT;
use crate::program::{Index, Name, NameFamily};
use crate::units::typed::{Ty, TypedIndex};
use smol_str::SmolStr;
use std::sync::Arc;

/// How the instances of a member are called.
#[derive(Debug, Clone)]
pub struct Naming {
    base: String,
    class: usize,
    constant: bool,
    ending: String,
    /// None where an index is neither a period nor an element.
    family: Option<Arc<NameFamily>>,
    /// Are periods told?
    periods: bool,
}

impl Evaluator<'_> {
    /// The naming `base[element, index, …]@mode`. Periods are left out in a snapshot and where one instance is
    /// `constant` over them.
    pub fn naming(
        &mut self,
        base: &str,
        class: usize,
        indices: &[TypedIndex],
        constant: bool,
        mode: Option<&str>,
    ) -> Naming {
        let periods = self.model.step.is_some() && !constant;
        let mut lists = Vec::new();
        if class != ROOT {
            lists.push(Index::Ids(self.ids(class)));
        }
        let mut whole = true;
        for i in indices {
            match &i.ty {
                Ty::Period if periods => lists.push(Index::Numbers(self.model.periods)),
                Ty::Period => {}
                Ty::Element(c) => lists.push(Index::Ids(self.ids(*c))),
                _ => whole = false,
            }
        }
        let ending = mode.map(|m| format!("@{m}")).unwrap_or_default();
        let family = whole.then(|| NameFamily::new(base, lists, &ending));
        Naming { base: base.to_string(), class, constant, ending, family, periods }
    }

    /// The name of one instance.
    pub fn name(&self, naming: &Naming, element: u32, index: &[Value]) -> Name {
        let ordinals = index.iter().filter_map(|v| match v {
            Value::Period(t) if naming.periods => Some(usize::try_from(*t).unwrap_or(0)),
            Value::Element(_, i) => Some(*i as usize),
            _ => None,
        });
        match &naming.family {
            Some(family) => {
                Name::of(family, (naming.class != ROOT).then_some(element as usize).into_iter().chain(ordinals))
            }
            None => {
                let name = self.instance_name(&naming.base, naming.class, element, index, naming.constant);
                format!("{name}{}", naming.ending).into()
            }
        }
    }

    fn ids(&mut self, class: usize) -> Arc<[SmolStr]> {
        let model = self.model;
        let ids = || model.classes[class].elements.iter().map(|e| e.id.clone()).collect();
        self.ids.entry(class).or_insert_with(ids).clone()
    }
}
