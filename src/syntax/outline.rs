//! The tree as text: a statement per line, blocks indented, expressions as `(operator part part)`.
//!
//! Positions are left out, so two texts with the same meaning give the same outline; that is how
//! the formatter is tested, and what `emit --stage syntax` shows.

use super::ast::{
    Annotation, Arg, Bound, ColumnType, Expr, ExprKind, Ident, Index, InstanceDecl, Module, ParamDecl, Place,
    Statement, StatementKind, TableDecl, Terminals, TypeBase, TypeExpr, UnaryOp, UnitExpr,
};
use std::fmt::Write;

/// The outline of a module.
pub fn module(module: &Module) -> String {
    let mut out = String::new();
    if let Some(doc) = &module.doc {
        let _ = writeln!(out, "doc {doc:?}");
    }
    statements(&module.statements, 0, &mut out);
    out
}

fn statements(list: &[Statement], depth: usize, out: &mut String) {
    for statement in list {
        let pad = "    ".repeat(depth);
        if let Some(doc) = &statement.doc {
            let _ = writeln!(out, "{pad}doc {doc:?}");
        }
        for Annotation { name, args, .. } in &statement.annotations {
            let _ = writeln!(out, "{pad}@{} {args:?}", name.text);
        }
        let _ = writeln!(out, "{pad}{}", line(&statement.kind));
        if let Some(body) = body(&statement.kind) {
            statements(body, depth + 1, out);
        }
    }
}

/// The statements in a statement's block, where it has one.
pub fn body(kind: &StatementKind) -> Option<&[Statement]> {
    match kind {
        StatementKind::Device(d) => Some(&d.body),
        StatementKind::Aspect(d) => Some(&d.body),
        StatementKind::Instance(d) => Some(&d.body),
        StatementKind::Extend { body, .. }
        | StatementKind::Case { body, .. }
        | StatementKind::Study { body, .. }
        | StatementKind::In { body, .. } => Some(body),
        _ => None,
    }
}

fn line(kind: &StatementKind) -> String {
    match kind {
        StatementKind::Use(paths) => list("use", paths.iter().map(|p| dotted(&p.path) + &labelled(" as ", &p.alias))),
        StatementKind::Dimension(items) => list("dimension", items.iter().map(definition)),
        StatementKind::Kind { names, of } => format!("kind {} of {}", words(names), expr(of)),
        StatementKind::Unit { units, of } => format!("{} : {}", list("unit", units.iter().map(definition)), expr(of)),
        StatementKind::Graph { name, nodes, edges } => {
            format!("graph {} of {} joined by {}", name.text, nodes.text, edges.text)
        }
        StatementKind::Slot(name) => format!("slot {}", name.text),
        StatementKind::Total(d) => {
            let word = if d.balance { "balance" } else { "total" };
            format!("{word} {} : {}", family(&d.name, &d.indices), type_expr(&d.ty))
        }
        StatementKind::Device(d) => {
            let place = match &d.terminals {
                Terminals::None => String::new(),
                Terminals::At(t, c) => format!(" at {}: {}", t.text, c.text),
                Terminals::Over(t, c) => format!(" over {}: set of {}", t.text, c.text),
                Terminals::Between { from, to } => {
                    format!(" from {}: {} to {}: {}", from.0.text, from.1.text, to.0.text, to.1.text)
                }
            };
            format!("device {}{place}{}", d.name.text, labelled(" like ", &d.like))
        }
        StatementKind::Aspect(d) => {
            let params: Vec<_> = d.params.iter().map(param).collect();
            let needs = if d.needs.is_empty() { String::new() } else { format!(" needs {}", words(&d.needs)) };
            let excludes =
                if d.excludes.is_empty() { String::new() } else { format!(" excludes {}", words(&d.excludes)) };
            format!("aspect {} [{}]{}{needs}{excludes}", d.name.text, params.join("; "), labelled(" fills ", &d.fills))
        }
        StatementKind::Extend { class, when, .. } => format!("extend {}{}", class.text, clause(" when ", when)),
        StatementKind::Set { name, within, value } => {
            format!("set {}{} = {}", name.text, clause(" in ", within), expr(value))
        }
        StatementKind::Param(list) => format!("param {}", list.iter().map(param).collect::<Vec<_>>().join("; ")),
        StatementKind::Var(d) => {
            let word = if d.state { "state" } else { "var" };
            let names: Vec<_> = d.names.iter().map(|(n, i)| family(n, i)).collect();
            format!(
                "{word} {} : {}{}{}{}{}",
                names.join(", "),
                type_expr(&d.ty),
                stage(d.ahead),
                clause(" starts ", &d.starts),
                clause(" where ", &d.where_),
                clause(" when ", &d.when)
            )
        }
        StatementKind::Let(d) => {
            let word = match (d.open, d.redefine, d.provide) {
                (true, _, _) => "open let",
                (_, true, _) => "redefine",
                (_, _, true) => "provide",
                _ => "let",
            };
            let ty = d.ty.as_ref().map_or(String::new(), |t| format!(" : {}", type_expr(t)));
            format!("{word} {}{ty} = {}{}", family(&d.name, &d.indices), expr(&d.value), clause(" when ", &d.when))
        }
        StatementKind::Rule(d) => {
            let name = d.name.as_ref().map_or("", |n| n.text.as_str());
            format!(
                "{}rule {name}{}{}{} : {}",
                if d.implied { "implied " } else { "" },
                indices(&d.indices),
                clause(" where ", &d.where_),
                clause(" when ", &d.when),
                expr(&d.condition)
            )
        }
        StatementKind::Check(d) => {
            let word = if d.after_solve { "after_solve check" } else { "check" };
            let message = d.message.as_ref().map_or(String::new(), |m| format!(" else {m:?}"));
            format!("{word} {}{}{message}", expr(&d.condition), clause(" when ", &d.when))
        }
        StatementKind::Cost { name, value, when } => {
            format!("cost {} = {}{}", name.text, expr(value), clause(" when ", when))
        }
        StatementKind::Contribute(d) => {
            let (word, to) = if d.inject { ("inject", "into") } else { ("add", "to") };
            let over = if d.indices.is_empty() { String::new() } else { format!(" for {}", indices(&d.indices)) };
            let guards = clause(" where ", &d.where_) + &clause(" when ", &d.when);
            format!("{word} {} {to} {}{over}{guards}", expr(&d.value), expr(&d.target))
        }
        StatementKind::Objective { name, maximize, terms } => {
            let terms: Vec<_> = terms.iter().map(|(n, e)| labelled("", n) + " : " + &expr(e)).collect();
            let direction = if *maximize { "maximize" } else { "minimize" };
            format!("objective {}: {direction} {}", labelled("", name), terms.join(" + "))
        }
        StatementKind::Optimize(names) => format!("optimize {}", words(names)),
        StatementKind::Uncertain { factors, low, high } => {
            let names: Vec<_> = factors.iter().map(|(n, i)| family(n, i)).collect();
            format!("uncertain {} in {}..{}", names.join(", "), expr(low), expr(high))
        }
        StatementKind::Budget { name, indices, condition } => {
            format!("budget {} : {}", family(name, indices), expr(condition))
        }
        StatementKind::Scenarios { name, value } => format!("scenarios {} = {}", name.text, expr(value)),
        StatementKind::Table(d) => table(d),
        StatementKind::Horizon { length, step } => format!("horizon {} step {}", expr(length), expr(step)),
        StatementKind::Snapshot => "snapshot".into(),
        StatementKind::With(uses) => list("with", uses.iter().map(|u| format!("{}{}", u.name.text, args(&u.args)))),
        StatementKind::Without(paths) => list("without", paths.iter().map(expr)),
        StatementKind::Case { name, extends, .. } => format!("case {:?}{}", name.text, labelled(" extends ", extends)),
        StatementKind::Sweep { path, values, extends } => {
            let values: Vec<_> = values.iter().map(expr).collect();
            format!("sweep {} in [{}]{}", expr(path), values.join(", "), labelled(" extends ", extends))
        }
        StatementKind::Study { name, method, variant, args: list, .. } => {
            format!("study {:?} = {}{}{}", name.text, method.text, labelled(" ", variant), args(list))
        }
        StatementKind::Modes(names) => format!("modes {}", words(names)),
        StatementKind::In { mode, .. } => format!("in {}", mode.text),
        StatementKind::Fault(at) => format!("fault at {}", expr(at)),
        StatementKind::StageList { ahead, paths } => {
            list(if *ahead { "ahead" } else { "recourse" }, paths.iter().map(expr))
        }
        StatementKind::Instance(d) => instance(d),
        StatementKind::Setting { path, value } => format!("{} = {}", expr(path), expr(value)),
        StatementKind::Restage { path, constant_over_periods, ahead } => {
            let constant = if *constant_over_periods { " constant over periods" } else { "" };
            format!("{} :{constant}{}", expr(path), stage(*ahead))
        }
        StatementKind::Unreadable { declares } => format!("unreadable {declares:?}"),
    }
}

fn instance(d: &InstanceDecl) -> String {
    let place = match &d.place {
        Place::None => String::new(),
        Place::At(at) => format!(" at {}", expr(at)),
        Place::Between(from, to) => format!(" from {} to {}", expr(from), expr(to)),
        Place::AtEach(class, ids) => list(&format!(" at each {}", class.text), ids.iter().map(expr)),
        Place::AtEachIn { class, set, where_ } => {
            format!(" at each {} in {}{}", class.text, expr(set), clause(" where ", where_))
        }
        Place::Over(set) => format!(" over {}", expr(set)),
        Place::EachRow { row, table, where_ } => {
            format!(" each {} in {}{}", row.text, expr(table), clause(" where ", where_))
        }
    };
    let name = d.name.as_ref().map_or(String::new(), |(n, _)| format!(" {n:?}"));
    format!("{}{}{name}{place}", if d.candidate { "candidate " } else { "element " }, d.class.text)
}

fn table(d: &TableDecl) -> String {
    let mut out = format!("table {}", d.name.text);
    if let Some((file, _)) = &d.from {
        let _ = write!(out, " from {file:?}");
    }
    if let Some((first, last)) = &d.wide {
        let _ = write!(out, " wide {}..{}", first.text, last.text);
    }
    out.push_str(if d.by_period { " by period" } else { "" });
    for column in &d.columns {
        let ty = match &column.ty {
            ColumnType::Id => "id".into(),
            ColumnType::YesNo => "yes/no".into(),
            ColumnType::Text => "text".into(),
            ColumnType::Number => "number".into(),
            ColumnType::Unit(unit) => unit_expr(unit),
        };
        let _ = write!(out, " | {:?} : {ty}{}", column.header.text, labelled(" as ", &column.name));
    }
    for row in d.rows.iter().flatten() {
        let cells: Vec<_> = row.iter().map(expr).collect();
        let _ = write!(out, " ; {}", cells.join(" | "));
    }
    out
}

fn param(d: &ParamDecl) -> String {
    let ty = d.ty.as_ref().map_or(String::new(), |t| format!(" : {}", type_expr(t)));
    let optional = if d.optional { " optional" } else { "" };
    let name = family(&d.name, &d.indices);
    format!("{name}{ty}{optional}{}{}", clause(" = ", &d.default), clause(" +- ", &d.deviation))
}

fn type_expr(ty: &TypeExpr) -> String {
    let mut out = match &ty.base {
        TypeBase::Quantity(quantity) => expr(quantity),
        TypeBase::Binary => "binary".into(),
        TypeBase::Integer => "integer".into(),
        TypeBase::Count => "count".into(),
        TypeBase::YesNo => "yes/no".into(),
        TypeBase::Text => "text".into(),
        TypeBase::OneOf(names) => format!("one of {{{}}}", words(names)),
        TypeBase::SetOf(class) => format!("set of {}", class.text),
        TypeBase::ElementOf(class) => format!("element of {}", class.text),
        TypeBase::PerUnit(reference) => {
            format!("per_unit{}", reference.as_ref().map_or(String::new(), |r| format!(" of {}", expr(r))))
        }
    };
    for bound in &ty.bounds {
        let _ = match bound {
            Bound::Compare(op, value) => write!(out, " {} {}", op.sign(), expr(value)),
            Bound::Within(low, high) => write!(out, " in {}..{}", expr(low), expr(high)),
        };
    }
    out
}

/// An expression in prefix form.
pub fn expr(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Number { value, unit: None, .. } => value.to_string(),
        ExprKind::Number { value, unit: Some(unit), .. } => format!("{value} {}", unit_expr(unit)),
        ExprKind::Text(text) => format!("{text:?}"),
        ExprKind::YesNo(value) => (if *value { "yes" } else { "no" }).into(),
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Field(base, field) => format!("{}.{}", expr(base), field.text),
        ExprKind::Index(base, list) => {
            format!("{}[{}]", expr(base), list.iter().map(expr).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Before(name) => format!("before {}", name.text),
        ExprKind::Element(class, id) => format!("<{} {}>", class.text, expr(id)),
        ExprKind::Unary(UnaryOp::Neg, inner) => format!("(neg {})", expr(inner)),
        ExprKind::Unary(UnaryOp::Not, inner) => format!("(not {})", expr(inner)),
        ExprKind::Binary(op, left, right) => format!("({} {} {})", op.sign(), expr(left), expr(right)),
        ExprKind::Call(name, list) => format!("{}{}", name.text, args(list)),
        ExprKind::Aggregate { op, indices: over, where_, body } => {
            let filter = where_.as_ref().map_or(String::new(), |w| format!(" where {}", expr(w)));
            format!("({} {}{filter}: {})", op.text, indices(over), expr(body))
        }
        ExprKind::If(condition, yes, no) => format!("(if {} {} {})", expr(condition), expr(yes), expr(no)),
        ExprKind::Match(subject, arms) => {
            let arms: Vec<_> = arms.iter().map(|(n, v)| format!("{}: {}", n.text, expr(v))).collect();
            format!("(match {} {{{}}})", expr(subject), arms.join("; "))
        }
        ExprKind::Given(inner) => format!("(given {})", expr(inner)),
        ExprKind::Range(low, high) => format!("(.. {} {})", expr(low), expr(high)),
        ExprKind::List(rows) => {
            let rows: Vec<_> = rows.iter().map(|r| r.iter().map(expr).collect::<Vec<_>>().join(", ")).collect();
            format!("[{}]", rows.join("; "))
        }
        ExprKind::SetLiteral(items) => format!("{{{}}}", items.iter().map(expr).collect::<Vec<_>>().join(", ")),
        ExprKind::SetBuilder(over, filter) => {
            let filter = filter.as_ref().map_or(String::new(), |w| format!(" where {}", expr(w)));
            format!("{{{}{filter}}}", index(over))
        }
        ExprKind::InMode(mode, inner) => format!("(in {} {})", mode.text, expr(inner)),
        ExprKind::Unreadable => "unreadable".into(),
    }
}

fn args(list: &[Arg]) -> String {
    let list: Vec<_> = list
        .iter()
        .map(|a| labelled("", &a.name) + if a.name.is_some() { " = " } else { "" } + &expr(&a.value))
        .collect();
    format!("({})", list.join(", "))
}

fn unit_expr(unit: &UnitExpr) -> String {
    let factors: Vec<_> = unit
        .factors
        .iter()
        .map(|(name, power)| if *power == 1 { name.text.to_string() } else { format!("{}^{power}", name.text) })
        .collect();
    factors.join("*")
}

fn family(name: &Ident, list: &[Index]) -> String {
    format!("{}{}", name.text, indices(list))
}

fn indices(list: &[Index]) -> String {
    if list.is_empty() { String::new() } else { format!("[{}]", list.iter().map(index).collect::<Vec<_>>().join(", ")) }
}

fn index(index: &Index) -> String {
    format!("{}{}", index.name.text, index.set.as_ref().map_or(String::new(), |s| format!(" in {}", expr(s))))
}

fn definition((name, value): &(Ident, Option<Expr>)) -> String {
    format!("{}{}", name.text, clause(" = ", value))
}

fn clause(word: &str, value: &Option<Expr>) -> String {
    value.as_ref().map_or(String::new(), |v| format!("{word}{}", expr(v)))
}

fn labelled(word: &str, name: &Option<Ident>) -> String {
    name.as_ref().map_or(String::new(), |n| format!("{word}{}", n.text))
}

fn stage(ahead: Option<bool>) -> &'static str {
    match ahead {
        Some(true) => " ahead",
        Some(false) => " recourse",
        None => "",
    }
}

fn dotted(path: &[Ident]) -> String {
    path.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(".")
}

fn words(names: &[Ident]) -> String {
    names.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join(", ")
}

fn list(word: &str, parts: impl Iterator<Item = String>) -> String {
    format!("{word} {}", parts.collect::<Vec<_>>().join(", "))
}
