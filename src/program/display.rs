//! The program as text: variables by family, constraints by rule, totals, goals and uncertainty, in
//! the user's names.

use super::expression::Writer;
use super::{DisplayUnit, Domain, OriginId, Program, Stage, Variable, number};
use crate::source::{SourceMap, Span};
use indexmap::IndexMap;
use std::fmt::Write;

/// Width at which lists of indices are broken.
const WIDTH: usize = 110;
/// Longest quotation of a source line.
const QUOTED: usize = 90;

/// A readable and stable text of the program. Limits of variables and constants of rules have their unit;
/// coefficients are in coherent units (W, var, V, A, ohm, s). `sources` gives rules their place and source line.
pub fn display(program: &Program, sources: Option<&SourceMap>) -> String {
    let view = View { program, sources, writer: Writer::new(program) };
    let mut out = String::new();
    view.head(&mut out);
    view.variables(&mut out);
    view.factors(&mut out);
    view.constraints(&mut out);
    view.checks(&mut out);
    view.sums(&mut out);
    view.objectives(&mut out);
    out
}

struct View<'a> {
    program: &'a Program,
    sources: Option<&'a SourceMap>,
    writer: Writer<'a>,
}

impl View<'_> {
    fn head(&self, out: &mut String) {
        let p = self.program;
        let time = match p.step {
            Some(step) => format!("{} periods of {} h", p.periods, number(step / 3600.0)),
            None => "snapshot".to_owned(),
        };
        let _ = writeln!(out, "{time}; {} variables, {} constraints", p.variables.len(), p.constraints.len());
        if let Some(n) = &p.network {
            let (b, l, s) = (n.buses.len(), n.branches.len(), n.sources.len());
            let _ = writeln!(out, "network of {b} buses, {l} branches, {s} sources");
        }
        let _ = writeln!(
            out,
            "limits and constants in the unit beside them, coefficients in coherent units (W, var, V, A, ohm, s)"
        );
    }

    fn variables(&self, out: &mut String) {
        let all = &self.program.variables;
        if !all.is_empty() {
            let _ = writeln!(out, "\nvariables");
        }
        let families = grouped(all.iter(), |v| {
            (v.name.stem(), self.span(v.origin), v.domain as u8, v.stage as u8, v.unit.label.as_ref())
        });
        for family in families {
            let Some(first) = family.first() else { continue };
            let stage = if first.stage == Stage::Ahead { "ahead" } else { "recourse" };
            let common = family.iter().all(|v| v.lower == first.lower && v.upper == first.upper);
            let text = first.name.to_string();
            let (name, index) = split(&text);
            let whole_name = if family.len() == 1 { &text } else { name };
            let limits = if common { limits(first) } else { domain(first).to_owned() };
            let _ = writeln!(out, "  {whole_name} : {limits}, {stage}{}", self.place(first.origin));
            if family.len() == 1 && !index.is_empty() && common {
                continue;
            }
            if !common {
                for v in &family {
                    let _ = writeln!(out, "    {} : {}", split(&v.name.to_string()).1, self::limits(v));
                }
            } else if family.len() > 1 {
                wrapped(out, family.iter().map(|v| split(&v.name.to_string()).1.to_owned()));
            }
        }
    }

    fn factors(&self, out: &mut String) {
        let p = self.program;
        if !p.factors.is_empty() {
            let _ = writeln!(out, "\nuncertain");
        }
        for f in &p.factors {
            let _ = writeln!(out, "  {} in {}..{}{}", f.name, number(f.lower), number(f.upper), self.place(f.origin));
        }
        let (writer, plain) = (Writer::of_factors(p), DisplayUnit::new("", 1.0));
        for b in &p.budgets {
            let _ = writeln!(out, "  {} : {}{}", b.name, writer.relation(&b.relation, &plain), self.place(b.origin));
        }
    }

    fn constraints(&self, out: &mut String) {
        for group in grouped(self.program.constraints.iter(), |c| (self.span(c.origin), c.implied)) {
            let Some(first) = group.first() else { continue };
            let rule = self
                .program
                .origins
                .get(first.origin.0 as usize)
                .map_or_else(|| first.name.to_string(), |o| o.rule.to_string());
            let implied = if first.implied { "implied rule" } else { "rule" };
            let _ = writeln!(out, "\n{implied} {rule}{}", self.place(first.origin));
            for c in group {
                let _ = writeln!(out, "  {} : {}", c.name, self.writer.relation(&c.relation, &c.unit));
            }
        }
    }

    fn checks(&self, out: &mut String) {
        for c in &self.program.checks {
            let _ = writeln!(out, "\nafter solving{}", self.place(c.origin));
            for relation in &c.relations {
                let _ = writeln!(out, "  {}", self.writer.relation(relation, &c.unit));
            }
        }
    }

    fn sums(&self, out: &mut String) {
        for s in &self.program.sums {
            let role = s.role.as_ref().map(|r| format!(", {r}")).unwrap_or_default();
            let _ = writeln!(out, "\nsum {}{role}", s.name);
            for c in &s.contributions {
                let rule = self.program.origins.get(c.origin.0 as usize).map_or("", |o| &o.rule);
                let _ = writeln!(out, "  {rule} : {}", self.writer.form(&c.form, &s.unit));
            }
        }
    }

    fn objectives(&self, out: &mut String) {
        for o in &self.program.objectives {
            let direction = if o.maximize { "maximize" } else { "minimize" };
            let _ = writeln!(out, "\n{direction} {}{}", o.name, self.place(o.origin));
            for (name, form) in &o.terms {
                let _ = writeln!(out, "  {name} : {}", self.writer.form(form, &o.unit));
            }
        }
    }

    fn span(&self, origin: OriginId) -> Option<Span> {
        self.program.origins.get(origin.0 as usize).map(|o| o.span)
    }

    /// `  # file:line  the source line`
    fn place(&self, origin: OriginId) -> String {
        let (Some(sources), Some(origin)) = (self.sources, self.program.origins.get(origin.0 as usize)) else {
            return String::new();
        };
        if !sources.ids().any(|id| id == origin.span.file) {
            return String::new();
        }
        let file = sources.file(origin.span.file);
        let (line, _) = sources.line_col(origin.span);
        let start = file.lines.line_start(line.saturating_sub(1)).unwrap_or(0) as usize;
        let text = file.text.get(start..).and_then(|t| t.lines().next()).unwrap_or("").trim();
        let quoted: String = text.chars().take(QUOTED).collect();
        let more = if quoted.len() < text.len() { "..." } else { "" };
        format!("  # {}:{line}  {quoted}{more}", file.name)
    }
}

/// `arc.P` and `[3]`.
fn split(name: &str) -> (&str, &str) {
    name.split_at(name.find('[').unwrap_or(name.len()))
}

/// Items with equal keys, in order of first appearance.
fn grouped<T, K: std::hash::Hash + Eq>(items: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    let mut groups: IndexMap<K, Vec<T>> = IndexMap::new();
    for item in items {
        groups.entry(key(&item)).or_default().push(item);
    }
    groups.into_values().collect()
}

fn domain(v: &Variable) -> &'static str {
    match v.domain {
        Domain::Continuous => "number",
        Domain::Binary => "binary",
        Domain::Integer => "integer",
    }
}

/// `binary`, `number in 0..500 kW`, `number >= 0 kvar`, `number, kV` for none.
fn limits(v: &Variable) -> String {
    let scale = if v.unit.factor == 0.0 { 1.0 } else { v.unit.factor };
    let (lower, upper) = (v.lower / scale, v.upper / scale);
    let unit = if v.unit.label.is_empty() { String::new() } else { format!(" {}", v.unit.label) };
    let name = domain(v);
    match (lower.is_finite(), upper.is_finite()) {
        _ if v.domain == Domain::Binary && v.lower <= 0.0 && v.upper >= 1.0 => name.to_owned(),
        (true, true) if lower == upper => format!("{name} = {}{unit}", number(lower)),
        (true, true) => format!("{name} in {}..{}{unit}", number(lower), number(upper)),
        (true, false) => format!("{name} >= {}{unit}", number(lower)),
        (false, true) => format!("{name} <= {}{unit}", number(upper)),
        (false, false) if unit.is_empty() => name.to_owned(),
        (false, false) => format!("{name},{unit}"),
    }
}

fn wrapped(out: &mut String, items: impl Iterator<Item = String>) {
    let mut line = String::from("   ");
    for item in items {
        if line.len() + item.len() + 1 > WIDTH && line.len() > 3 {
            let _ = writeln!(out, "{line}");
            line.truncate(3);
        }
        line.push(' ');
        line.push_str(&item);
    }
    if line.len() > 3 {
        let _ = writeln!(out, "{line}");
    }
}
