//! What could stand at a position.

use super::Target;
use super::cursor::Cursor;
use super::hover::{kind_of, type_words, unit};
use super::locals::locals;
use super::resolve::{Holder, base, is_unit_place, resolve_at};
use crate::analysis::Analysis;
use crate::names::{ClassId, MemberId, MemberKind, ROOT, library};
use crate::syntax::TokenKind;
use crate::syntax::ast::{Place, Statement, StatementKind};
use crate::syntax::dictionary::{CONVERSIONS, WORDS, Word};
use crate::syntax::form;
use crate::units::Quantity;
use crate::units::typed::Ty;

/// At most this many named lists of devices are offered.
const GROUPS: usize = 200;

/// Types that are no kinds.
const TYPES: [&str; 8] = ["ratio", "number", "binary", "integer", "count", "yes/no", "text", "one of"];

/// Keywords of declarations whose type follows a colon.
const DECLARERS: [&str; 9] = ["param", "var", "state", "let", "open", "total", "balance", "provide", "redefine"];

/// What a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A word of the language.
    Keyword,
    /// A device or set.
    Class,
    /// A member of a device.
    Field,
    /// A parameter, total or definition of the top level.
    Value,
    /// An index variable.
    Variable,
    /// A unit.
    Unit,
    /// A function.
    Function,
    /// A module or its alias.
    Module,
    /// A table.
    Table,
    /// A kind, dimension or other type.
    Type,
    /// An aspect.
    Aspect,
}

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What is shown and inserted.
    pub label: String,
    /// What it is.
    pub kind: ItemKind,
    /// A few words about it.
    pub detail: Option<String>,
    /// Its documentation.
    pub doc: Option<String>,
}

impl Item {
    fn new(label: impl Into<String>, kind: ItemKind) -> Self {
        Item { label: label.into(), kind, detail: None, doc: None }
    }

    fn detail(mut self, text: impl Into<String>) -> Self {
        self.detail = Some(text.into()).filter(|t: &String| !t.is_empty());
        self
    }
}

/// A function or fold.
fn function(word: &Word) -> Item {
    let item = Item::new(word.name, ItemKind::Function).detail(word.form);
    Item { doc: Some(word.doc.to_owned()), ..item }
}

/// What could stand at the cursor, likeliest groups first.
pub fn completion(cursor: &Cursor<'_>) -> Vec<Item> {
    if cursor.in_prose {
        return Vec::new();
    }
    // The word being typed is replaced; what decides is what stands before it.
    let index = cursor.word().unwrap_or_else(|| cursor.tokens.partition_point(|t| t.end <= cursor.at));
    let before = index.checked_sub(1).and_then(|i| cursor.kind(i));
    let range = cursor.statement(index);
    let head = cursor.token_text(range.start);
    if head == "use" && index > range.start {
        return modules(cursor, index, range.start);
    }
    if before == Some(TokenKind::Dot) {
        return fields(cursor.analysis, &base(cursor, index - 1, 0));
    }
    if is_unit_place(cursor, index) {
        let expected = if before == Some(TokenKind::Number) { expected(cursor, index, range.start) } else { None };
        return units(cursor.analysis, expected);
    }
    if before == Some(TokenKind::Number) && !cursor.in_prose {
        return Vec::new();
    }
    if cursor.begins_statement(index) {
        return statements(cursor);
    }
    let count = |kind| (range.start..index).filter(|i| cursor.kind(*i) == Some(kind)).count();
    let outside = count(TokenKind::LeftParen) == count(TokenKind::RightParen);
    if head == "with" && outside {
        return aspects(cursor.analysis);
    }
    let declares = DECLARERS.contains(&head) && before == Some(TokenKind::Colon) && outside;
    if declares || (head == "kind" && cursor.token_text(index.saturating_sub(1)) == "of") {
        return types(cursor.analysis);
    }
    values(cursor, index)
}

fn modules(cursor: &Cursor<'_>, index: usize, first: usize) -> Vec<Item> {
    let mut from = index;
    while from > first + 1 && !matches!(cursor.kind(from - 1), Some(TokenKind::Comma)) {
        from -= 1;
    }
    let path: String = (from..index).map(|i| cursor.token_text(i)).collect();
    let mut out: Vec<Item> = Vec::new();
    for module in library::modules() {
        let Some(rest) = module.strip_prefix(path.as_str()) else { continue };
        let label = if path.is_empty() { module.as_str() } else { rest.split('.').next().unwrap_or(rest) };
        if !out.iter().any(|i| i.label == label) {
            out.push(Item::new(label, ItemKind::Module));
        }
    }
    out
}

fn member_item(analysis: &Analysis, label: &str, m: MemberId, kind: ItemKind) -> Option<Item> {
    let member = analysis.names.members.get(m)?;
    if matches!(member.kind, MemberKind::Rule(_) | MemberKind::Check(_) | MemberKind::Contribute(_)) {
        return None;
    }
    let ty = analysis.model.members.get(m).map_or(String::new(), |m| type_words(analysis, &m.ty));
    let what = kind_of(&member.kind);
    let item = Item::new(label, kind).detail(if ty.is_empty() { what.to_string() } else { format!("{what}: {ty}") });
    Some(Item { doc: member.doc.as_ref().map(ToString::to_string), ..item })
}

fn members(analysis: &Analysis, class: ClassId, kind: ItemKind) -> Vec<Item> {
    let Some((_, class)) = analysis.names.classes.get_index(class) else { return Vec::new() };
    let plain = |(name, _): &(&smol_str::SmolStr, &MemberId)| !name.contains('.');
    class.members.iter().filter(plain).filter_map(|(name, m)| member_item(analysis, name, *m, kind)).collect()
}

fn fields(analysis: &Analysis, of: &Holder) -> Vec<Item> {
    let names = &analysis.names;
    match of {
        Holder::Class(class) => members(analysis, *class, ItemKind::Field),
        Holder::Row(table) => {
            let Some((name, table)) = names.tables.get_index(*table) else { return Vec::new() };
            let column = |c: &crate::syntax::ast::ColumnDecl| {
                let label = &c.name.as_ref().unwrap_or(&c.header).text;
                Item::new(label.as_str(), ItemKind::Field).detail(format!("column of {name}"))
            };
            table.decl.columns.iter().map(column).collect()
        }
        Holder::Module(module) => {
            let Some(file) = analysis.modules.modules.iter().find(|m| m.name == *module).map(|m| m.file) else {
                return Vec::new();
            };
            let mut out: Vec<Item> = classes(analysis);
            out.retain(|i| names.classes.get(i.label.as_str()).is_some_and(|c| c.span.file == file));
            out.extend(members(analysis, ROOT, ItemKind::Value).into_iter().filter(|i| {
                names.member(ROOT, &i.label).and_then(|m| names.members.get(m)).is_some_and(|m| m.span.file == file)
            }));
            let tables = names.tables.iter().filter(|(_, t)| t.span.file == file);
            out.extend(tables.map(|(name, _)| Item::new(name.as_str(), ItemKind::Table)));
            if out.is_empty() {
                out = classes(analysis);
            }
            out
        }
        Holder::Period | Holder::Nothing => Vec::new(),
    }
}

/// The quantity that a number at the cursor should have, where that is easily known: the value of
/// a setting, or the range and default of a parameter or variable.
fn expected(cursor: &Cursor<'_>, index: usize, first: usize) -> Option<Quantity> {
    let sign = |k: TokenKind| matches!(k, TokenKind::Equals | TokenKind::Compare);
    // Only a number that stands alone on its side: `… = 3`, `… >= 0`.
    let number = index.checked_sub(1)?;
    let mut operator = number.checked_sub(1)?;
    if cursor.kind(operator) == Some(TokenKind::Minus) {
        operator = operator.checked_sub(1)?;
    }
    if !cursor.kind(operator).is_some_and(sign) && cursor.token_text(operator) != "in" {
        return None;
    }
    let declares = matches!(cursor.token_text(first), "param" | "var" | "state");
    if declares {
        let colon = (first..operator).rev().find(|i| cursor.kind(*i) == Some(TokenKind::Colon))?;
        let name = cursor.token_text(colon + 1);
        let units = &cursor.analysis.model.units;
        if units.kinds.contains_key(name) {
            return Some(units.kind_quantity(name));
        }
        return units.dimensions.get(name).map(|(d, _)| Quantity::bare(*d));
    }
    let mut path = operator.checked_sub(1)?;
    while path > first && cursor.kind(path) == Some(TokenKind::RightBracket) {
        path = (first..path).rev().find(|i| cursor.kind(*i) == Some(TokenKind::LeftBracket))?.checked_sub(1)?;
    }
    let Some(Target::Member(m)) = resolve_at(cursor, path, 0) else { return None };
    match &cursor.analysis.model.members.get(m)?.ty {
        Ty::Number(q) => Some(*q),
        _ => None,
    }
}

fn units(analysis: &Analysis, expected: Option<Quantity>) -> Vec<Item> {
    let table = &analysis.model.units;
    let fitting = expected.map(|q| table.units_of(&q)).unwrap_or_default();
    let all = table.units.keys().filter(|u| fitting.is_empty() || fitting.contains(u));
    all.map(|u| Item::new(u.as_str(), ItemKind::Unit).detail(unit(analysis, u).unwrap_or_default())).collect()
}

fn classes(analysis: &Analysis) -> Vec<Item> {
    let item = |(name, class): (&smol_str::SmolStr, &crate::names::Class)| Item {
        doc: class.doc.as_ref().map(ToString::to_string),
        ..Item::new(name.as_str(), ItemKind::Class)
    };
    analysis.names.classes.iter().skip(1).map(item).collect()
}

/// What begins a statement: parameters in a device's block, else keywords and devices.
fn statements(cursor: &Cursor<'_>) -> Vec<Item> {
    let scope = cursor.scope();
    let mut out = Vec::new();
    if scope.sets {
        let mut params = members(cursor.analysis, scope.class, ItemKind::Field);
        let names = &cursor.analysis.names;
        params.retain(|i| {
            let m = names.member(scope.class, &i.label).and_then(|m| names.members.get(m));
            m.is_some_and(|m| matches!(m.kind, MemberKind::Param(_)))
        });
        let placed =
            |s: &&Statement| matches!(&s.kind, StatementKind::Instance(i) if matches!(i.place, Place::EachRow { .. }));
        if cursor.around.last().is_some_and(placed) {
            params.extend(["id", "at", "from", "to"].map(|w| Item::new(w, ItemKind::Keyword)));
        }
        return params;
    }
    let inside =
        cursor.around.iter().any(|s| matches!(s.kind, StatementKind::Device(_) | StatementKind::Extend { .. }));
    let fits = |keyword: &str| !inside || form::of_keyword(keyword).is_some_and(|f| !f.top_level);
    for keyword in form::statement_keywords().filter(|k| fits(k)) {
        let pattern = form::of_keyword(keyword).map_or("", |f| f.pattern);
        out.push(Item::new(keyword, ItemKind::Keyword).detail(pattern));
    }
    if !inside {
        out.extend(classes(cursor.analysis));
        out.extend(members(cursor.analysis, ROOT, ItemKind::Value));
    }
    out
}

fn aspects(analysis: &Analysis) -> Vec<Item> {
    let mut out: Vec<Item> = analysis.names.aspects.keys().map(|n| Item::new(n.as_str(), ItemKind::Aspect)).collect();
    for module in library::modules() {
        let Some(name) = module.strip_prefix("std.formulations.") else { continue };
        if !out.iter().any(|i| i.label == name) {
            out.push(Item::new(name, ItemKind::Aspect).detail(format!("in {module}")));
        }
    }
    out
}

fn types(analysis: &Analysis) -> Vec<Item> {
    let units = &analysis.model.units;
    let mut out: Vec<Item> = Vec::new();
    let named = units.kinds.keys().chain(units.dimensions.keys()).map(|n| n.as_str());
    for name in named.chain(TYPES) {
        if !out.iter().any(|i| i.label == name) {
            out.push(Item::new(name, ItemKind::Type));
        }
    }
    out
}

/// Names in scope.
fn values(cursor: &Cursor<'_>, index: usize) -> Vec<Item> {
    let (analysis, scope) = (cursor.analysis, cursor.scope());
    let mut out: Vec<Item> = Vec::new();
    for local in locals(cursor, index) {
        let label = cursor.token_text(local.token);
        if local.token != index && !out.iter().any(|i| i.label == label) {
            out.push(Item::new(label, ItemKind::Variable));
        }
    }
    if scope.class != ROOT {
        out.extend(members(analysis, scope.class, ItemKind::Field));
    }
    if let Some(aspect) = &scope.aspect {
        let prefix = format!("{aspect}.");
        let root = analysis.names.classes.first().map(|(_, c)| &c.members);
        for (name, m) in root.into_iter().flatten() {
            let own = name.strip_prefix(prefix.as_str());
            out.extend(own.and_then(|n| member_item(analysis, n, *m, ItemKind::Value)));
        }
    }
    out.extend(members(analysis, ROOT, ItemKind::Value));
    out.extend(classes(analysis));
    out.extend(analysis.names.tables.keys().map(|n| Item::new(n.as_str(), ItemKind::Table)));
    out.extend(analysis.names.aliases.keys().map(|n| Item::new(n.as_str(), ItemKind::Module)));
    let groups = analysis.names.groups.iter().take(GROUPS);
    out.extend(groups.map(|(n, class)| Item::new(n.as_str(), ItemKind::Value).detail(class.as_str())));
    out.extend(analysis.names.factors.iter().map(|f| Item::new(f.name.text.as_str(), ItemKind::Value)));
    out.extend(WORDS.iter().filter(|w| w.name != "is_constant").map(function));
    out.extend(CONVERSIONS.map(|c| Item::new(c, ItemKind::Function)));
    let mut seen = std::collections::HashSet::new();
    out.retain(|i| seen.insert(i.label.clone()));
    out
}
