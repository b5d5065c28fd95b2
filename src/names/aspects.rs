//! What the library's aspects would give to a study that does not choose them, for messages.

use super::declare::declared_names;
use super::library;
use crate::source::FileId;
use crate::syntax::ast::{AspectDecl, StatementKind};
use crate::syntax::parse;
use smol_str::SmolStr;
use std::sync::OnceLock;

/// What the library declares, whether a study uses its module or not.
#[derive(Debug, Default)]
pub struct LibraryNames {
    /// Aspects.
    pub aspects: Vec<SmolStr>,
    /// Slots.
    pub slots: Vec<SmolStr>,
    /// Devices, and the arcs of graphs.
    pub classes: Vec<SmolStr>,
}

/// The statements of all modules of the library, read at the first need.
fn statements() -> &'static [StatementKind] {
    static ALL: OnceLock<Vec<StatementKind>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut found = Vec::new();
        for module in library::modules() {
            let path = format!("{}.tie", module.replace('.', "/"));
            let Some(text) = library::file(&path).and_then(|bytes| std::str::from_utf8(bytes).ok()) else { continue };
            let kept = |kind: &StatementKind| {
                matches!(
                    kind,
                    StatementKind::Aspect(_)
                        | StatementKind::Slot(_)
                        | StatementKind::Device(_)
                        | StatementKind::Graph { .. }
                )
            };
            found.extend(parse(FileId(0), text).module.statements.into_iter().map(|s| s.kind).filter(kept));
        }
        found
    })
}

fn all() -> impl Iterator<Item = &'static AspectDecl> {
    statements().iter().filter_map(|kind| if let StatementKind::Aspect(aspect) = kind { Some(aspect) } else { None })
}

/// The names that the library declares.
pub fn library_declares() -> &'static LibraryNames {
    static ALL: OnceLock<LibraryNames> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut out = LibraryNames::default();
        for kind in statements() {
            match kind {
                StatementKind::Aspect(aspect) => out.aspects.push(aspect.name.text.clone()),
                StatementKind::Slot(name) => out.slots.push(name.text.clone()),
                StatementKind::Device(device) => out.classes.push(device.name.text.clone()),
                StatementKind::Graph { .. } => out.classes.push("arc".into()),
                _ => {}
            }
        }
        out
    })
}

/// The first aspect of the library that declares this member in this class.
pub fn aspect_that_gives(class: &str, member: &str) -> Option<SmolStr> {
    let gives = |aspect: &&AspectDecl| {
        aspect.body.iter().any(|s| match &s.kind {
            StatementKind::Extend { class: c, body, .. } => {
                c.text == class && body.iter().flat_map(declared_names).any(|name| name == member)
            }
            _ => false,
        })
    };
    all().find(gives).map(|aspect| aspect.name.text.clone())
}

/// The aspects of the library that fill a slot, each with those it needs, as one would write them.
pub fn aspects_that_fill(slot: &str) -> Vec<String> {
    let fills = |aspect: &&AspectDecl| aspect.fills.as_ref().is_some_and(|f| f.text == slot);
    let written = |aspect: &AspectDecl| {
        let names: Vec<&str> =
            std::iter::once(&aspect.name).chain(&aspect.needs).map(|name| name.text.as_str()).collect();
        format!("with {}", names.join(", "))
    };
    all().filter(fills).map(written).collect()
}
