//! Statements of the study's own file that change nothing: names that are used nowhere, settings that repeat
//! what holds already or are overridden in the same file.

use super::load::Modules;
use super::{MemberKind, Names, ROOT, library};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{Expr, ExprKind, Statement, StatementKind};
use crate::syntax::scan::{TokenKind, tokens};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Findings about a study without errors. A file without an objective is material for studies, and anything it
/// declares may be wanted.
pub fn idle(modules: &Modules, names: &Names, sources: &SourceMap) -> Vec<Diagnostic> {
    let Some(root) = modules.modules.last() else { return Vec::new() };
    let mut out = Vec::new();
    if names.objectives.iter().any(|o| o.span.file == root.file) {
        unused(modules, names, sources, &mut out);
    }
    unasked(modules, names, sources, &mut out);
    overridden(&root.ast.statements, sources, &mut out);
    superseded(&root.ast.statements, names, &mut out);
    for statement in &root.ast.statements {
        if let StatementKind::Case { extends: None, body, .. } = &statement.kind {
            overridden(body, sources, &mut out);
            repeated(&root.ast.statements, body, names, sources, &mut out);
        }
    }
    out.sort_by_key(Diagnostic::span);
    out
}

/// Parameters, decisions, definitions and sets that no word outside their declaration names.
fn unused(modules: &Modules, names: &Names, sources: &SourceMap, out: &mut Vec<Diagnostic>) {
    let Some(root) = names.root else { return };
    let members = names.classes[ROOT].all.iter().map(|m| &names.members[*m]).filter(|m| m.aspect.is_none());
    let params = members.filter(|m| m.annotations.is_empty()).filter_map(|m| match &m.kind {
        MemberKind::Param(_) => Some((&m.name, m.span, "parameter")),
        MemberKind::Let(l) if !l.open && !l.provide && !l.redefine => Some((&m.name, m.span, "definition")),
        MemberKind::Subset { .. } => Some((&m.name, m.span, "set")),
        MemberKind::Var(_) => Some((&m.name, m.span, "decision")),
        _ => None,
    });
    let sets = names.classes.values().filter(|c| c.kind == super::ClassKind::Set).map(|c| (&c.name, c.span, "set"));
    let declared: Vec<(&SmolStr, Span, &str)> = params.chain(sets).filter(|(_, span, _)| span.file == root).collect();
    if declared.is_empty() {
        return;
    }
    let mut uses: FxHashMap<SmolStr, usize> = declared.iter().map(|(name, ..)| ((*name).clone(), 0)).collect();
    for module in &modules.modules {
        let file = sources.file(module.file);
        if library::has(&file.name) {
            continue;
        }
        for token in tokens(&file.text).iter().filter(|t| matches!(t.kind, TokenKind::Word | TokenKind::Text)) {
            // Messages of checks name parameters in braces.
            let text = token.text(&file.text);
            if token.kind == TokenKind::Word {
                if let Some(count) = uses.get_mut(text) {
                    *count += 1;
                }
                continue;
            }
            for piece in text.split('{').skip(1).filter_map(|p| p.split('}').next()) {
                if let Some(count) = uses.get_mut(piece) {
                    *count += 1;
                }
            }
        }
    }
    for (name, span, what) in declared {
        if uses.get(name).is_some_and(|n| *n <= 1) {
            let text = format!("the {what} `{name}` is declared and used nowhere");
            out.push(
                Diagnostic::new(ids_names::UNUSED_NAME, span, text, "never used")
                    .help("use it or delete it; a formula may name something else instead"),
            );
        }
    }
}

/// What is provided under a name that nothing asks for.
fn unasked(modules: &Modules, names: &Names, sources: &SourceMap, out: &mut Vec<Diagnostic>) {
    let own = |file| !library::has(&sources.file(file).name);
    let provided = names.members.iter().filter(|m| matches!(&m.kind, MemberKind::Let(l) if l.provide));
    let provided: Vec<(&SmolStr, Span)> = provided.map(|m| (&m.name, m.span)).filter(|m| own(m.1.file)).collect();
    if provided.is_empty() {
        return;
    }
    let mut asked: FxHashSet<SmolStr> = FxHashSet::default();
    let mut known: FxHashSet<SmolStr> = FxHashSet::default();
    for module in &modules.modules {
        let file = sources.file(module.file);
        let mut before = "";
        for token in tokens(&file.text).iter().filter(|t| t.kind == TokenKind::Word) {
            let word = token.text(&file.text);
            if before != "provide" {
                asked.insert(word.into());
            } else if !own(module.file) {
                known.insert(word.into());
            }
            before = word;
        }
    }
    for (name, span) in provided.into_iter().filter(|(name, _)| !asked.contains(*name)) {
        let d = Diagnostic::new(ids_names::UNUSED_NAME, span, format!("nothing asks for `{name}`"), "never used");
        out.push(match did_you_mean(name, known.iter().map(SmolStr::as_str)) {
            Some(meant) => d
                .help(format!("did you mean `{meant}`?"))
                .fix(format!("Replace by `{meant}`"), vec![(span, meant.to_string())]),
            None => d.help("a definition that only its own device uses is a `let`"),
        });
    }
}

/// Settings of a class of which every element gives the value itself.
fn superseded(statements: &[Statement], names: &Names, out: &mut Vec<Diagnostic>) {
    for (path, _, span) in settings(statements) {
        let ExprKind::Field(class, field) = &path.kind else { continue };
        let ExprKind::Name(class) = &class.kind else { continue };
        let names_field = |path: &Expr| matches!(&path.kind, ExprKind::Name(n) if *n == field.text);
        let mut elements = names.instances.iter().filter(|i| i.decl.class.text == *class).peekable();
        let Some(first) = elements.peek().map(|i| i.span) else { continue };
        if elements.all(|i| settings(&i.decl.body).any(|(path, ..)| names_field(path))) {
            let text = format!("every {class} gives its own `{}`: this setting changes nothing", field.text);
            out.push(
                Diagnostic::new(ids_names::IDLE_SETTING, span, text, "has no effect")
                    .label(first, "an element's own value holds")
                    .help("delete it, or the values of the elements that it is meant for"),
            );
        }
    }
}

fn settings(statements: &[Statement]) -> impl DoubleEndedIterator<Item = (&Expr, &Expr, Span)> {
    statements.iter().filter_map(|s| match &s.kind {
        StatementKind::Setting { path, value } => Some((path, value, s.span)),
        _ => None,
    })
}

/// The words of an expression without blanks, as a key.
fn written(e: &Expr, sources: &SourceMap) -> String {
    let text = sources.text(e.span);
    tokens(text).iter().filter(|t| t.kind != TokenKind::Newline).map(|t| t.text(text)).collect::<Vec<_>>().join(" ")
}

/// Two settings of one path in one list: the last one holds.
fn overridden(statements: &[Statement], sources: &SourceMap, out: &mut Vec<Diagnostic>) {
    let mut last: FxHashMap<String, Span> = FxHashMap::default();
    for (path, _, span) in settings(statements).rev() {
        let key = written(path, sources);
        match last.get(&key) {
            Some(by) => out.push(
                Diagnostic::new(
                    ids_names::IDLE_SETTING,
                    span,
                    format!("this setting of `{}` is overridden below", sources.text(path.span)),
                    "has no effect",
                )
                .label(*by, "this one holds")
                .help("delete one of the two"),
            ),
            None => {
                last.insert(key, span);
            }
        }
    }
}

/// Settings of a case that repeat what the study says without it.
fn repeated(base: &[Statement], case: &[Statement], names: &Names, sources: &SourceMap, out: &mut Vec<Diagnostic>) {
    for (path, value, span) in settings(case) {
        let key = written(path, sources);
        let declared = || {
            let member = &names.members[names.member(ROOT, &key)?];
            match &member.kind {
                MemberKind::Param(p) if member.indices.is_empty() => Some((p.default.as_ref()?, member.span)),
                _ => None,
            }
        };
        let set = settings(base).rev().find(|(p, ..)| written(p, sources) == key).map(|(_, v, s)| (v, s));
        let Some((before, at)) = set.or_else(declared) else { continue };
        if written(before, sources) == written(value, sources) {
            out.push(
                Diagnostic::new(
                    ids_names::IDLE_SETTING,
                    span,
                    format!("`{}` has this value already", sources.text(path.span)),
                    "changes nothing",
                )
                .label(at, "set here")
                .help("delete it, or write the value that was meant"),
            );
        }
    }
}
