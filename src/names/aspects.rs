//! What the library's aspects would give to a study that does not choose them, for messages.

use super::declare::declared_names;
use super::library;
use crate::source::FileId;
use crate::syntax::ast::{AspectDecl, StatementKind};
use crate::syntax::parse;
use smol_str::SmolStr;
use std::sync::OnceLock;

/// All aspects of the library, read at the first need.
fn all() -> &'static [AspectDecl] {
    static ALL: OnceLock<Vec<AspectDecl>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut found = Vec::new();
        for module in library::modules() {
            let path = format!("{}.tie", module.replace('.', "/"));
            let Some(text) = library::file(&path).and_then(|bytes| std::str::from_utf8(bytes).ok()) else { continue };
            for statement in parse(FileId(0), text).module.statements {
                if let StatementKind::Aspect(aspect) = statement.kind {
                    found.push(aspect);
                }
            }
        }
        found
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
    all().iter().find(gives).map(|aspect| aspect.name.text.clone())
}

/// The aspects of the library that fill a slot, each with those it needs, as one would write them.
pub fn aspects_that_fill(slot: &str) -> Vec<String> {
    let fills = |aspect: &&AspectDecl| aspect.fills.as_ref().is_some_and(|f| f.text == slot);
    let written = |aspect: &AspectDecl| {
        let names: Vec<&str> =
            std::iter::once(&aspect.name).chain(&aspect.needs).map(|name| name.text.as_str()).collect();
        format!("with {}", names.join(", "))
    };
    all().iter().filter(fills).map(written).collect()
}
