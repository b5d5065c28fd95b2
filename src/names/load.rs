//! Modules: reading the root file and everything it uses.

use super::library;
use crate::diagnostics::{Diagnostic, ids_names, ids_source};
use crate::source::{FILE_LIMIT, FileId, Files, Refused, SourceMap, Span};
use crate::syntax::{self, ast};
use indexmap::IndexMap;
use std::sync::Arc;

/// A file that has been read and parsed.
pub struct LoadedModule {
    /// Its dotted name; the root file has its stem.
    pub name: String,
    /// Its file.
    pub file: FileId,
    /// Folder against which its tables and modules are looked up; library modules have the
    /// library's prefix.
    pub folder: String,
    /// What it says.
    pub ast: Arc<ast::Module>,
}

/// All modules, each after those it uses; the root file is last.
#[derive(Default)]
pub struct Modules {
    /// In order of first need.
    pub modules: Vec<LoadedModule>,
    /// Aliases of modules: `use networks.ieee33 as feeder`.
    pub aliases: IndexMap<smol_str::SmolStr, String>,
    /// What went wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a file beside a module is not there.
pub enum Unread {
    /// It must not be read.
    Refused(Refused),
    /// It cannot be read, with the reason in words.
    Failed(String),
}

/// The module that every study starts from, and the file it is in; that file as the root is itself.
const PRELUDE: &str = "std.quantities";
const PRELUDE_FILE: &str = "std/quantities.tie";

struct Loader<'a> {
    files: &'a dyn Files,
    sources: &'a mut SourceMap,
    out: Modules,
    /// Folder of the root file.
    own: String,
    /// Modules being loaded, for cycles.
    open: Vec<String>,
}

/// Loads `root` and, in dependency order, everything it needs.
pub fn load(files: &dyn Files, sources: &mut SourceMap, root: &str) -> Modules {
    let mut loader = Loader { files, sources, out: Modules::default(), own: folder_of(root), open: Vec::new() };
    let is_prelude = root.ends_with(PRELUDE_FILE);
    if !is_prelude {
        loader.library_module(PRELUDE);
    }
    let folder = folder_of(root);
    match files.read(root) {
        Ok(bytes) => {
            let stem = root.rsplit('/').next().unwrap_or(root).trim_end_matches(".tie");
            let name = if is_prelude { PRELUDE } else { stem };
            loader.add(name.to_string(), root.to_string(), folder, bytes);
        }
        Err(why) => loader.out.diagnostics.push(
            Diagnostic::unlocated(ids_source::FILE_MISSING, format!("`{root}` cannot be read: {why}"))
                .help("check the path and that the file may be read"),
        ),
    }
    loader.out
}

/// The folder part of a path, with its trailing slash.
pub fn folder_of(path: &str) -> String {
    path.rfind('/').map(|i| path[..=i].to_string()).unwrap_or_default()
}

/// Reads a file next to a module: in the library for library modules. `own` is the folder of the study.
///
/// # Errors
/// Why it is not there.
pub fn read_beside(files: &dyn Files, own: &str, folder: &str, path: &str) -> Result<Vec<u8>, Unread> {
    if let Some(inside) = folder.strip_prefix(library::PREFIX) {
        let found = library::file(&format!("{inside}{path}")).map(<[u8]>::to_vec);
        return found.ok_or_else(|| Unread::Failed("there is no such file in the library".to_string()));
    }
    let path = beside(folder, path);
    match files.refused(own, &path) {
        Some(why) => Err(Unread::Refused(why)),
        None => files.read(&path).map_err(Unread::Failed),
    }
}

/// The path of a file next to a module.
pub fn beside(folder: &str, path: &str) -> String {
    if path.starts_with('/') { path.to_string() } else { format!("{folder}{path}") }
}

/// The finding that a study must not read a file.
pub fn refused(path: &str, span: Span, why: Refused) -> Diagnostic {
    let of = |text: String, label: &str| Diagnostic::new(ids_source::FILE_REFUSED, span, text, label);
    match why {
        Refused::Outside => {
            let folder = folder_of(path);
            let folder = if folder.is_empty() { "." } else { folder.as_str() };
            of(format!("`{path}` is not below the folder of the study"), "outside the study's folder")
                .note("a study reads what lies below its own folder, and the library")
                .help(format!("move the file there, or allow its folder: `--allow-read {folder}`"))
        }
        Refused::NoFile => of(format!("`{path}` is a pipe or a device"), "no file")
            .help("write what it gives into a file, and read that"),
    }
}

impl Loader<'_> {
    fn library_module(&mut self, name: &str) -> bool {
        let path = format!("{}.tie", name.replace('.', "/"));
        match library::file(&path) {
            Some(bytes) => {
                if !self.loaded(name) {
                    let shown = format!("{}{path}", library::PREFIX);
                    let folder = folder_of(&shown);
                    self.add(name.to_string(), shown, folder, bytes.to_vec());
                }
                true
            }
            None => false,
        }
    }

    fn loaded(&self, name: &str) -> bool {
        self.out.modules.iter().any(|m| m.name == name)
    }

    fn add(&mut self, name: String, shown: String, folder: String, bytes: Vec<u8>) {
        if bytes.len() > FILE_LIMIT {
            let text = format!("`{shown}` has {} MB; the limit is {} MB", bytes.len() >> 20, FILE_LIMIT >> 20);
            self.out.diagnostics.push(
                Diagnostic::unlocated(ids_source::FILE_TOO_LARGE, text).help("check that this is the file you meant"),
            );
            return;
        }
        let (text, bad_at) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(e) => {
                let at = e.utf8_error().valid_up_to();
                (String::from_utf8_lossy(e.as_bytes()).into_owned(), Some(at))
            }
        };
        let file = self.sources.add(shown, text);
        let text = self.sources.file(file).text.clone();
        if let Some(at) = bad_at {
            self.out.diagnostics.push(
                Diagnostic::new(
                    ids_source::NOT_UTF8,
                    Span::new(file, at, at),
                    "the file is not UTF-8 text",
                    "first unreadable byte",
                )
                .help("save it as UTF-8 in your editor"),
            );
        }
        if text.trim().is_empty() {
            self.out.diagnostics.push(
                Diagnostic::new(ids_source::EMPTY_FILE, Span::new(file, 0, 0), "the file is empty", "nothing here")
                    .help("`tieline new` writes a small study to start from"),
            );
        }
        let parsed = if bad_at.is_some() { syntax::parse(file, "") } else { syntax::parse(file, &text) };
        self.out.diagnostics.extend(parsed.diagnostics);
        let ast = Arc::new(parsed.module);
        self.open.push(name.clone());
        for statement in &ast.statements {
            match &statement.kind {
                ast::StatementKind::Use(paths) => {
                    for path in paths {
                        self.use_path(path, &folder);
                    }
                }
                ast::StatementKind::With(uses) => uses.iter().for_each(|u| self.aspect(&u.name)),
                ast::StatementKind::Case { body, .. } => {
                    for inner in body {
                        if let ast::StatementKind::With(uses) = &inner.kind {
                            uses.iter().for_each(|u| self.aspect(&u.name));
                        }
                    }
                }
                _ => {}
            }
        }
        self.open.pop();
        self.out.modules.push(LoadedModule { name, file, folder, ast });
    }

    fn aspect(&mut self, name: &ast::Ident) {
        let declared = self.out.modules.iter().any(|m| {
            m.ast
                .statements
                .iter()
                .any(|s| matches!(&s.kind, ast::StatementKind::Aspect(a) if a.name.text == name.text))
        });
        if !declared && let Some(module) = library::aspect_module(&name.text) {
            self.library_module(&module);
        }
    }

    fn use_path(&mut self, path: &ast::UsePath, folder: &str) {
        let Some(last) = path.path.last() else { return };
        let dotted: Vec<&str> = path.path.iter().map(|p| p.text.as_str()).collect();
        let name = dotted.join(".");
        let span = path.path[0].span.to(last.span);
        if let Some(alias) = &path.alias {
            self.out.aliases.insert(alias.text.clone(), name.clone());
        } else {
            self.out.aliases.entry(last.text.clone()).or_insert_with(|| name.clone());
        }
        if self.open.contains(&name) {
            let chain = self.open.iter().skip_while(|m| **m != name).cloned().collect::<Vec<_>>().join(" → ");
            self.out.diagnostics.push(
                Diagnostic::new(
                    ids_source::IMPORT_CYCLE,
                    span,
                    format!("module `{name}` uses itself"),
                    "closes the circle",
                )
                .note(format!("the circle is {chain} → {name}"))
                .help("move what both need into a third module"),
            );
            return;
        }
        if self.loaded(&name) {
            return;
        }
        let relative = format!("{}.tie", name.replace('.', "/"));
        let in_library = dotted[0] == "std";
        if !in_library && !library::has(folder) {
            let shown = format!("{folder}{relative}");
            if let Some(why) = self.files.refused(&self.own, &shown) {
                self.out.diagnostics.push(refused(&shown, span, why));
                return;
            }
            if let Ok(bytes) = self.files.read(&shown) {
                let inner = folder_of(&shown);
                self.add(name, shown, inner, bytes);
                return;
            }
        }
        if !self.library_module(&name) {
            let mut d =
                Diagnostic::new(ids_names::UNKNOWN_MODULE, span, format!("there is no module `{name}`"), "not found");
            let known = library::modules();
            d = match crate::diagnostics::suggest::did_you_mean(&name, known.iter().map(String::as_str)) {
                Some(s) => d.help(format!("did you mean `{s}`?")),
                None => d.help(format!("looked for `{folder}{relative}` and in the library: {}", known.join(", "))),
            };
            self.out.diagnostics.push(d);
        }
    }
}
