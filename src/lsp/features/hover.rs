//! What is said about the word at a position.

use super::cursor::Cursor;
use super::definition::declared;
use super::resolve::{Holder, Target, resolve};
use crate::analysis::Analysis;
use crate::names::{MemberId, MemberKind, ROOT};
use crate::source::Span;
use crate::syntax::ast::{Statement, StatementKind};
use crate::syntax::dictionary;
use crate::units::Quantity;
use crate::units::typed::Ty;

/// Characters of a declaration that are shown: data may stand on one line.
const MOST_SHOWN: usize = 400;

/// What is shown at a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// The word.
    pub span: Span,
    /// Markdown.
    pub text: String,
}

/// What can be said about the word at the cursor.
pub fn hover(cursor: &Cursor<'_>) -> Option<Hover> {
    let word = cursor.word()?;
    let span = cursor.span(word)?;
    let text = match resolve(cursor) {
        Some(target) => describe(cursor.analysis, &target)?,
        None => function(cursor, word)?,
    };
    Some(Hover { span, text })
}

/// A function or a fold, where its bracket stands behind the word.
fn function(cursor: &Cursor<'_>, at: usize) -> Option<String> {
    let word = dictionary::word(cursor.token_text(at)).filter(|_| cursor.token_text(at + 1) == "(")?;
    Some(format!("```tieline\n{}\n```\n{}", word.form, word.doc))
}

fn describe(analysis: &Analysis, target: &Target) -> Option<String> {
    let names = &analysis.names;
    let code = declared(analysis, target).and_then(|span| declaration(analysis, span));
    let (line, doc) = code.map_or((None, None), |s| (Some(first_line(analysis, s)), s.doc.clone()));
    let mut out: Vec<String> = Vec::new();
    let mut show =
        |line: Option<String>| out.extend(line.filter(|l| !l.is_empty()).map(|l| format!("```tieline\n{l}\n```")));
    match target {
        Target::Member(m) => {
            let member = names.members.get(*m)?;
            if matches!(member.kind, MemberKind::GraphSet(_)) {
                show(None);
            } else {
                show(line);
            }
            out.push(format!("{} `{}`{}", kind_of(&member.kind), names.qualified(*m), measured(analysis, *m)));
            if let Some(aspect) = &member.aspect {
                out.push(format!("Added by aspect `{aspect}`."));
            }
            out.extend(member.doc.as_ref().map(ToString::to_string));
        }
        Target::Class(c) => {
            let (name, class) = names.classes.get_index(*c)?;
            show(line);
            let elements = analysis.model.classes.get(*c).map_or(0, |d| d.elements.len());
            out.push(format!("`{name}`, {} in this study", counted(elements, "element")));
            out.extend(class.doc.as_ref().map(ToString::to_string));
        }
        Target::Element(c, id) => {
            show(line);
            out.push(format!("element `{id}` of `{}`", names.classes.get_index(*c)?.0));
        }
        Target::Group(name, c) => {
            show(line);
            let data = analysis.model.classes.get(*c);
            let size = data.and_then(|d| d.groups.get(name)).map_or(1, Vec::len);
            out.push(format!("{} of `{}`", counted(size, "element"), names.classes.get_index(*c)?.0));
        }
        Target::Table(t) => {
            show(line);
            let rows = analysis.model.tables.get(*t).map_or(0, |t| t.rows.len());
            out.push(format!("table of {}", counted(rows, "row")));
            out.extend(doc.map(|d| d.to_string()));
        }
        Target::Column(t, c) => {
            let (name, table) = names.tables.get_index(*t)?;
            let column = table.decl.columns.get(*c)?;
            out.push(format!("column `{}` of table `{name}`", column.header.text));
        }
        Target::Aspect(name) => {
            show(line);
            let chosen = names.aspects.get(name).is_some_and(|(_, chosen)| *chosen);
            let state = if chosen { "chosen" } else { "not chosen" };
            out.push(format!("aspect `{name}`, {state} in this study"));
            out.extend(doc.map(|d| d.to_string()));
        }
        Target::Module(name) => {
            let module = analysis.modules.modules.iter().find(|m| m.name == *name)?;
            out.push(format!("module `{name}`"));
            // Without a blank line before it, the head's text belongs to the first statement.
            let first = module.ast.statements.first().filter(|s| matches!(s.kind, StatementKind::Use(_)));
            let doc = module.ast.doc.as_ref().or(first.and_then(|s| s.doc.as_ref()));
            out.extend(doc.map(ToString::to_string));
        }
        Target::Unit(name) => out.push(unit(analysis, name)?),
        Target::Quantity(name) => {
            show(line);
            out.push(units_of(analysis, name));
            out.extend(doc.map(|d| d.to_string()));
        }
        Target::Local(span, holder) => {
            let name = analysis.sources.text(*span);
            out.push(match holder {
                Holder::Class(c) => format!("`{name}`, an element of `{}`", names.classes.get_index(*c)?.0),
                Holder::Row(t) => format!("`{name}`, a row of table `{}`", names.tables.get_index(*t)?.0),
                Holder::Period => format!("`{name}`, a period"),
                Holder::Module(_) | Holder::Nothing => format!("`{name}`, an index"),
            });
        }
        Target::Other(what, name, _) => {
            show(line);
            out.push(format!("{what} `{name}`"));
            out.extend(doc.map(|d| d.to_string()));
        }
        Target::Keyword(form) => {
            show(Some(form.pattern.to_string()));
            out.push(format!("`{}` begins {}", form.keyword, form.called));
        }
    }
    Some(out.join("\n\n"))
}

/// `1 element`, `3 elements`.
fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// What a declaration is called.
pub(super) fn kind_of(kind: &MemberKind) -> &'static str {
    match kind {
        MemberKind::Terminal { set: false, .. } => "terminal",
        MemberKind::Terminal { set: true, .. } => "elements under",
        MemberKind::GraphSet(_) => "set of arcs",
        MemberKind::Param(_) => "parameter",
        MemberKind::Var(v) if v.state => "state",
        MemberKind::Var(_) => "variable",
        MemberKind::Let(_) => "definition",
        MemberKind::Total(t) if t.balance => "balance",
        MemberKind::Total(_) => "total",
        MemberKind::Subset { .. } => "subset",
        MemberKind::Rule(_) => "rule",
        MemberKind::Check(_) => "check",
        MemberKind::Cost { .. } => "cost",
        MemberKind::Contribute(_) => "contribution",
    }
}

/// `: impedance in mohm` or `: element of bus`; empty where there is nothing to say.
fn measured(analysis: &Analysis, m: MemberId) -> String {
    match analysis.model.members.get(m).map(|m| type_words(analysis, &m.ty)) {
        Some(words) if !words.is_empty() => format!(": {words}"),
        _ => String::new(),
    }
}

/// A type in words; empty if unknown.
pub(super) fn type_words(analysis: &Analysis, ty: &Ty) -> String {
    let class = |c: usize| analysis.names.classes.get_index(c).map_or("", |(n, _)| n.as_str());
    match ty {
        Ty::Number(q) => {
            let units = &analysis.model.units;
            match units.display(q).label.as_ref() {
                "" => units.describe(q),
                label => format!("{}, shown in {label}", units.describe(q)),
            }
        }
        Ty::Bool => "yes or no".into(),
        Ty::Text => "text".into(),
        Ty::Element(c) if *c != ROOT => format!("an element of {}", class(*c)),
        Ty::Symbol(words) => {
            let words: Vec<&str> = words.iter().map(|w| w.as_str()).collect();
            format!("one of {}", words.join(", "))
        }
        Ty::Set(inner) => match &**inner {
            Ty::Element(c) => format!("a set of {}", class(*c)),
            Ty::Period => "a set of periods".into(),
            _ => "a set".into(),
        },
        Ty::Period => "a period".into(),
        Ty::Element(_) | Ty::Row(_) | Ty::Unknown => String::new(),
    }
}

/// What a unit measures and its factor.
pub(super) fn unit(analysis: &Analysis, name: &str) -> Option<String> {
    let units = &analysis.model.units;
    let unit = units.units.get(name)?;
    let coherent =
        units.units_of(&unit.quantity).into_iter().find(|n| units.units.get(*n).is_some_and(|u| u.factor == 1.0));
    let what = units.describe(&unit.quantity);
    Some(match coherent {
        Some(c) if c == name => format!("unit `{name}`: {what}, the coherent unit"),
        Some(c) => format!("unit `{name}`: {what}, 1 {name} = {} {c}", unit.factor),
        None => format!("unit `{name}`: {what}, 1 {name} = {}", unit.factor),
    })
}

fn units_of(analysis: &Analysis, name: &str) -> String {
    let units = &analysis.model.units;
    let quantity = match (units.kinds.contains_key(name), units.dimensions.get(name)) {
        (true, _) => units.kind_quantity(name),
        (false, Some((d, _))) => Quantity::bare(*d),
        (false, None) => Quantity::NUMBER,
    };
    let list: Vec<String> = units.units_of(&quantity).into_iter().map(|u| format!("`{u}`")).collect();
    let what = if units.kinds.contains_key(name) { "kind" } else { "dimension" };
    if list.is_empty() {
        return format!("{what} `{name}`");
    }
    let floor = crate::program::shown(units.floor(&quantity), &units.display(&quantity));
    format!("{what} `{name}`, in {}; floor {floor}", list.join(", "))
}

/// The innermost statement around the name of a declaration.
fn declaration(analysis: &Analysis, span: Span) -> Option<&Statement> {
    Cursor::new(analysis, span.file, span.start as usize)?.around.last().copied()
}

/// The first line of a statement, without an opening brace at its end.
fn first_line(analysis: &Analysis, s: &Statement) -> String {
    let text = analysis.sources.text(s.span);
    let line = text.lines().next().unwrap_or("").trim_end();
    let block = !matches!(s.kind, StatementKind::Param(_) | StatementKind::Let(_) | StatementKind::Set { .. });
    let line = if block { line.trim_end_matches('{').trim_end() } else { line };
    if line.chars().count() <= MOST_SHOWN {
        return line.to_string();
    }
    let shown: String = line.chars().take(MOST_SHOWN).collect();
    format!("{shown} …")
}
