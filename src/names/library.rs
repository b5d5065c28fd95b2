//! The library shipped with the compiler: `models/` embedded in the binary.

use include_dir::{Dir, include_dir};
use std::collections::BTreeSet;
use std::sync::OnceLock;

static MODELS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/models");

/// Prefix of the file names under which library files are shown.
pub const PREFIX: &str = "<library>/";

/// Is this the path of a file or folder of the library?
pub fn has(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// The bytes of a library file, by its path below `models/`.
pub fn file(path: &str) -> Option<&'static [u8]> {
    MODELS.get_file(path).map(|f| f.contents())
}

/// Dotted names of all library modules, sorted.
pub fn modules() -> Vec<String> {
    let mut out = Vec::new();
    collect(&MODELS, &mut out);
    out.sort();
    out
}

fn collect(dir: &Dir<'_>, out: &mut Vec<String>) {
    for file in dir.files() {
        if let Some(stem) = file.path().to_str().and_then(|p| p.strip_suffix(".tie")) {
            out.push(stem.replace(['/', '\\'], "."));
        }
    }
    for sub in dir.dirs() {
        collect(sub, out);
    }
}

/// The library module that holds the aspect of this name, by convention of its file name.
pub fn aspect_module(aspect: &str) -> Option<String> {
    [format!("std.formulations.{aspect}"), format!("std.{aspect}")]
        .into_iter()
        .find(|m| file(&format!("{}.tie", m.replace('.', "/"))).is_some())
}

/// Annotations that the library uses, and the roles among them: what reports, checks and the power flow look for.
pub fn annotations() -> &'static (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    static ALL: OnceLock<(BTreeSet<&'static str>, BTreeSet<&'static str>)> = OnceLock::new();
    ALL.get_or_init(|| {
        let (mut names, mut roles) = (BTreeSet::new(), BTreeSet::new());
        let texts = modules().into_iter().filter_map(|m| file(&format!("{}.tie", m.replace('.', "/"))));
        for line in texts.filter_map(|bytes| std::str::from_utf8(bytes).ok()).flat_map(str::lines) {
            let Some(annotation) = line.trim_start().strip_prefix('@') else { continue };
            let word = |text: &'static str| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
            names.insert(word(annotation));
            if let Some(list) = annotation.strip_prefix("role(") {
                roles.extend(list.split(')').next().unwrap_or("").split(',').map(|role| word(role.trim())));
            }
        }
        (names, roles)
    })
}
