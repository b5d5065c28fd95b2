//! Where what stands at a position was declared.

use super::cursor::Cursor;
use super::resolve::{Target, resolve};
use crate::analysis::Analysis;
use crate::source::Span;

/// The name in the declaration of what stands at the cursor; it may be in a library file.
pub fn definition(cursor: &Cursor<'_>) -> Option<Span> {
    declared(cursor.analysis, &resolve(cursor)?)
}

/// Where a target was declared. Built-in names are declared nowhere.
pub fn declared(analysis: &Analysis, target: &Target) -> Option<Span> {
    let names = &analysis.names;
    let span = match target {
        Target::Member(m) => names.members.get(*m)?.span,
        Target::Class(c) => names.classes.get_index(*c)?.1.span,
        Target::Element(c, id) => {
            let data = analysis.model.classes.get(*c)?;
            data.elements.get(*data.index.get(id)? as usize)?.span
        }
        Target::Group(name, _) => {
            let named = |i: &crate::names::InstanceStatement| i.decl.name.clone().filter(|(n, _)| n == name);
            names.instances.iter().find_map(named)?.1
        }
        Target::Table(t) => names.tables.get_index(*t)?.1.decl.name.span,
        Target::Column(t, c) => {
            let column = names.tables.get_index(*t)?.1.decl.columns.get(*c)?;
            column.name.as_ref().unwrap_or(&column.header).span
        }
        Target::Aspect(name) => names.aspects.get(name)?.0.name.span,
        Target::Module(name) => {
            let module = analysis.modules.modules.iter().find(|m| m.name == *name)?;
            Span::new(module.file, 0, 0)
        }
        Target::Unit(name) => analysis.model.units.units.get(name)?.span,
        Target::Quantity(name) => {
            let units = &analysis.model.units;
            units.kinds.get(name).or_else(|| units.dimensions.get(name))?.1
        }
        Target::Local(span, _) | Target::Other(_, _, span) => *span,
        Target::Keyword(_) => return None,
    };
    (span.end > 0 || matches!(target, Target::Module(_))).then_some(span)
}
