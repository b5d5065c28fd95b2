//! What a word of the text stands for.

use super::cursor::Cursor;
use super::locals::locals;
use crate::analysis::Analysis;
use crate::names::{ClassId, MemberId, ROOT};
use crate::source::Span;
use crate::syntax::TokenKind;
use crate::syntax::ast::StatementKind;
use crate::syntax::form::{self, Form};
use crate::units::typed::Ty;
use smol_str::SmolStr;

/// How far a chain such as `a.b.c` and sets of index variables are followed.
const DEPTH: usize = 32;

/// What a word stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A declaration of a class or of the top level.
    Member(MemberId),
    /// A device, set or arc class.
    Class(ClassId),
    /// An element of a class, by its id.
    Element(ClassId, SmolStr),
    /// A list of devices.
    Group(SmolStr, ClassId),
    /// A table.
    Table(usize),
    /// A column of a table: table and column declaration.
    Column(usize, usize),
    /// An aspect.
    Aspect(SmolStr),
    /// A module, by its dotted name.
    Module(String),
    /// A unit.
    Unit(SmolStr),
    /// A kind or dimension.
    Quantity(SmolStr),
    /// An index variable, with its declaration.
    Local(Span, Holder),
    /// Something else that has a name: what it is called, its name, where.
    Other(&'static str, SmolStr, Span),
    /// A keyword at the start of its statement.
    Keyword(&'static Form),
}

/// What the fields of a value are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Members of a class.
    Class(ClassId),
    /// Columns of a table.
    Row(usize),
    /// Declarations of a module.
    Module(String),
    /// A period, which has none.
    Period,
    /// None are known.
    Nothing,
}

/// What the word at the cursor stands for.
pub fn resolve(cursor: &Cursor<'_>) -> Option<Target> {
    if cursor.in_prose {
        return None;
    }
    resolve_at(cursor, cursor.word()?, 0)
}

/// What the word of a token stands for.
pub(super) fn resolve_at(cursor: &Cursor<'_>, index: usize, depth: usize) -> Option<Target> {
    if depth > DEPTH || !cursor.step() {
        return None;
    }
    let word = cursor.token_text(index);
    if let Some(module) = used_module(cursor, index) {
        return Some(module);
    }
    if is_unit_place(cursor, index)
        && let Some((name, _)) = cursor.analysis.model.units.units.get_key_value(word)
    {
        return Some(Target::Unit(name.clone()));
    }
    if cursor.kind(index) != Some(TokenKind::Word) {
        return None;
    }
    match index.checked_sub(1).and_then(|i| cursor.kind(i)) {
        Some(TokenKind::Dot) => field(cursor, &base(cursor, index - 1, depth), word),
        _ => bare(cursor, index, word, depth),
    }
}

/// What stands before the dot of token index `dot`.
pub(super) fn base(cursor: &Cursor<'_>, dot: usize, depth: usize) -> Holder {
    let Some(mut last) = dot.checked_sub(1) else { return Holder::Nothing };
    if depth > DEPTH {
        return Holder::Nothing;
    }
    if cursor.kind(last) == Some(TokenKind::RightBracket) {
        let mut open = 1usize;
        while open > 0 {
            let Some(next) = last.checked_sub(1) else { return Holder::Nothing };
            last = next;
            match cursor.kind(last) {
                Some(TokenKind::RightBracket) => open += 1,
                Some(TokenKind::LeftBracket) => open -= 1,
                Some(TokenKind::Newline) | None => return Holder::Nothing,
                _ => {}
            }
        }
        match last.checked_sub(1) {
            Some(before) => last = before,
            None => return Holder::Nothing,
        }
    }
    match cursor.kind(last) {
        Some(TokenKind::Word) => {
            if let Some(class) = last.checked_sub(1).and_then(|i| element_class(cursor, i)) {
                return Holder::Class(class);
            }
            resolve_at(cursor, last, depth + 1).map_or(Holder::Nothing, |t| holder(cursor.analysis, &t))
        }
        Some(TokenKind::Number | TokenKind::Text) => match last.checked_sub(1) {
            Some(i) if cursor.kind(i) == Some(TokenKind::Dot) => base(cursor, i, depth + 1),
            Some(i) => element_class(cursor, i).map_or(Holder::Nothing, Holder::Class),
            None => Holder::Nothing,
        },
        _ => Holder::Nothing,
    }
}

/// The class of `bus` in `bus 7` and `bus A1`.
fn element_class(cursor: &Cursor<'_>, index: usize) -> Option<ClassId> {
    let is_word = cursor.kind(index) == Some(TokenKind::Word);
    is_word.then(|| cursor.analysis.names.class_id(cursor.token_text(index))).flatten().filter(|c| *c != ROOT)
}

/// What the fields of a target are.
pub(super) fn holder(analysis: &Analysis, target: &Target) -> Holder {
    match target {
        Target::Class(c) | Target::Element(c, _) | Target::Group(_, c) => Holder::Class(*c),
        Target::Table(t) => Holder::Row(*t),
        Target::Module(name) => Holder::Module(name.clone()),
        Target::Local(_, holder) => holder.clone(),
        Target::Member(m) => analysis.model.members.get(*m).map_or(Holder::Nothing, |m| of_type(&m.ty)),
        _ => Holder::Nothing,
    }
}

fn of_type(ty: &Ty) -> Holder {
    match ty {
        Ty::Element(c) => Holder::Class(*c),
        Ty::Row(t) => Holder::Row(*t),
        Ty::Period => Holder::Period,
        Ty::Set(inner) => of_type(inner),
        _ => Holder::Nothing,
    }
}

/// A field by its name.
fn field(cursor: &Cursor<'_>, of: &Holder, word: &str) -> Option<Target> {
    let names = &cursor.analysis.names;
    match of {
        Holder::Class(class) => {
            if let Some(m) = names.classes.get_index(*class).and_then(|(_, c)| c.members.get(word)) {
                return Some(Target::Member(*m));
            }
            let elements = cursor.analysis.model.classes.get(*class)?;
            elements.index.contains_key(word).then(|| Target::Element(*class, word.into()))
        }
        Holder::Row(table) => {
            let (_, table_of) = names.tables.get_index(*table)?;
            let named = |c: &crate::syntax::ast::ColumnDecl| c.name.as_ref().unwrap_or(&c.header).text == word;
            table_of.decl.columns.iter().position(named).map(|c| Target::Column(*table, c))
        }
        Holder::Module(_) => global(cursor.analysis, word),
        Holder::Period | Holder::Nothing => None,
    }
}

fn bare(cursor: &Cursor<'_>, index: usize, word: &str, depth: usize) -> Option<Target> {
    let names = &cursor.analysis.names;
    let range = cursor.statement(index);
    let head = cursor.token_text(range.start);
    if index == range.start
        && let Some(form) = keyword(cursor, index)
    {
        return Some(Target::Keyword(form));
    }
    if matches!(head, "with" | "aspect")
        && let Some((name, _)) = names.aspects.get_key_value(word)
    {
        return Some(Target::Aspect(name.clone()));
    }
    if head == "with"
        && let Some(m) = argument(cursor, index, range.start)
    {
        return Some(Target::Member(m));
    }
    if let Some(local) = locals(cursor, index).into_iter().rev().find(|l| cursor.token_text(l.token) == word) {
        return cursor.span(local.token).map(|span| Target::Local(span, local.holder(cursor, depth)));
    }
    let scope = cursor.scope();
    if scope.class != ROOT
        && let Some(m) = names.classes.get_index(scope.class).and_then(|(_, c)| c.members.get(word))
    {
        return Some(Target::Member(*m));
    }
    if let Some(aspect) = &scope.aspect
        && let Some(m) = names.classes.first().and_then(|(_, c)| c.members.get(format!("{aspect}.{word}").as_str()))
    {
        return Some(Target::Member(*m));
    }
    if word == "self" && scope.class != ROOT {
        return Some(Target::Class(scope.class));
    }
    global(cursor.analysis, word)
}

/// Names of the top level.
fn global(analysis: &Analysis, word: &str) -> Option<Target> {
    let names = &analysis.names;
    if let Some(m) = names.classes.first().and_then(|(_, c)| c.members.get(word)) {
        return Some(Target::Member(*m));
    }
    if let Some(c) = names.class_id(word).filter(|c| *c != ROOT) {
        return Some(Target::Class(c));
    }
    if let Some(t) = names.tables.get_index_of(word) {
        return Some(Target::Table(t));
    }
    if let Some((name, class)) = names.groups.get_key_value(word)
        && let Some(c) = names.class_id(class)
    {
        return Some(Target::Group(name.clone(), c));
    }
    if let Some(module) = names.aliases.get(word) {
        return Some(Target::Module(module.clone()));
    }
    let units = &analysis.model.units;
    if let Some((name, _)) = units.kinds.get_key_value(word) {
        return Some(Target::Quantity(name.clone()));
    }
    if let Some((name, _)) = units.dimensions.get_key_value(word) {
        return Some(Target::Quantity(name.clone()));
    }
    if let Some((name, _)) = names.aspects.get_key_value(word) {
        return Some(Target::Aspect(name.clone()));
    }
    other(analysis, word).or_else(|| units.units.get_key_value(word).map(|(name, _)| Target::Unit(name.clone())))
}

fn other(analysis: &Analysis, word: &str) -> Option<Target> {
    let names = &analysis.names;
    let found = |what, span| Some(Target::Other(what, word.into(), span));
    if let Some(g) = names.graphs.iter().find(|g| g.name.text == word) {
        return found("graph", g.name.span);
    }
    if let Some(f) = names.factors.iter().find(|f| f.name.text == word) {
        return found("uncertain factor", f.name.span);
    }
    if let Some(s) = names.scenarios.iter().find(|s| s.name.text == word) {
        return found("set of scenarios", s.name.span);
    }
    if let Some(b) = names.budgets.iter().find(|b| b.name.text == word) {
        return found("budget", b.name.span);
    }
    if let Some(o) = names.objectives.iter().filter_map(|o| o.name.as_ref()).find(|n| n.text == word) {
        return found("objective", o.span);
    }
    if let Some(span) = names.cases.get(word) {
        return found("case", *span);
    }
    if let Some(s) = names.studies.iter().find(|s| s.name.text == word) {
        return found("study", s.name.span);
    }
    let mode = names.modes.iter().find(|m| m.text == word)?;
    found("mode", mode.span)
}

/// The parameter of an aspect that an argument in `with radial(encoding = …)` names.
fn argument(cursor: &Cursor<'_>, index: usize, first: usize) -> Option<MemberId> {
    if cursor.kind(index + 1) != Some(TokenKind::Equals) {
        return None;
    }
    let open = (first..index).rev().find(|i| cursor.kind(*i) == Some(TokenKind::LeftParen))?;
    let aspect = open.checked_sub(1).map(|i| cursor.token_text(i))?;
    let name = format!("{aspect}.{}", cursor.token_text(index));
    cursor.analysis.names.member(ROOT, &name)
}

/// The keyword form at the start of a statement, unless the word is a name there.
fn keyword(cursor: &Cursor<'_>, index: usize) -> Option<&'static Form> {
    let next: Vec<(TokenKind, &str)> = (index + 1..index + 4)
        .filter_map(|i| cursor.kind(i).map(|k| (k, cursor.token_text(i))))
        .take_while(|(k, _)| *k != TokenKind::Newline)
        .collect();
    let adjacent = match (cursor.tokens.get(index), cursor.tokens.get(index + 1)) {
        (Some(a), Some(b)) => a.end == b.start,
        _ => false,
    };
    let form = form::classify(cursor.token_text(index), &next, adjacent);
    (!form.keyword.is_empty() && form.keyword == cursor.token_text(index)).then_some(form)
}

/// Does a unit stand at this token: after a number, or in the product that began there?
pub(super) fn is_unit_place(cursor: &Cursor<'_>, index: usize) -> bool {
    let mut at = index;
    loop {
        let Some(before) = at.checked_sub(1) else { return false };
        match cursor.kind(before) {
            Some(TokenKind::Number) => {
                let element = before.checked_sub(1).is_some_and(|i| {
                    matches!(cursor.kind(i), Some(TokenKind::Caret | TokenKind::Dot))
                        || element_class(cursor, i).is_some()
                });
                return !element;
            }
            Some(TokenKind::Slash | TokenKind::Star) => {
                let Some(unit) = before.checked_sub(1) else { return false };
                if !cursor.analysis.model.units.units.contains_key(cursor.token_text(unit)) {
                    return false;
                }
                at = unit;
            }
            _ => return false,
        }
    }
}

/// The module of a path in a `use` statement.
fn used_module(cursor: &Cursor<'_>, index: usize) -> Option<Target> {
    let offset = cursor.tokens.get(index)?.start;
    let StatementKind::Use(paths) = &cursor.around.last()?.kind else { return None };
    let last_end = |p: &crate::syntax::ast::UsePath| p.alias.as_ref().or(p.path.last()).map_or(0, |n| n.span.end);
    let path = paths.iter().find(|p| p.path.first().is_some_and(|f| f.span.start <= offset && offset < last_end(p)))?;
    let dotted: Vec<&str> = path.path.iter().map(|p| p.text.as_str()).collect();
    Some(Target::Module(dotted.join(".")))
}
