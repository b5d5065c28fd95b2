//! The forms of statements: which keyword begins each, what its braces mean, and how it is written.
//!
//! Keywords are contextual: a word is one only where a statement begins and what follows fits, so
//! devices, parameters and indices may carry the same names.

use super::grammar::Rule;
use super::scan::TokenKind;

/// What `{ … }` after a statement's header holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Braces {
    /// Statements.
    Block,
    /// A table's columns, then its rows.
    Table,
    /// Nothing of its own: braces belong to expressions.
    Expression,
}

/// A statement form.
#[derive(Debug, PartialEq, Eq)]
pub struct Form {
    /// Its keyword; empty for instances, settings and what has no form.
    pub keyword: &'static str,
    /// The grammar rule of its header; none if it cannot be read at all.
    pub rule: Option<Rule>,
    /// Its braces.
    pub braces: Braces,
    /// With its article, as messages call it.
    pub called: &'static str,
    /// How it is written.
    pub pattern: &'static str,
    /// It stands at the top level only, so that seeing it at the start of a line ends open blocks.
    pub top_level: bool,
    /// A class of devices could carry its keyword as a name.
    pub noun: bool,
}

const fn form(keyword: &'static str, rule: Rule, braces: Braces, called: &'static str, pattern: &'static str) -> Form {
    Form { keyword, rule: Some(rule), braces, called, pattern, top_level: false, noun: false }
}

const fn top(form: Form) -> Form {
    Form { top_level: true, ..form }
}

const fn noun(form: Form) -> Form {
    Form { noun: true, ..form }
}

use Braces::{Block, Expression as Expr, Table};

/// Every form that begins with a keyword.
pub static FORMS: [Form; 48] = [
    top(form("use", Rule::s_use, Expr, "a use", "use networks.ieee33 as feeder")),
    top(form("dimension", Rule::s_dimension, Expr, "a dimension", "dimension voltage = power / current")),
    noun(form("kind", Rule::s_kind, Expr, "a kind", "kind active_power of power")),
    noun(form("unit", Rule::s_unit, Expr, "a unit", "unit W, kW = 1e3 W : active_power")),
    top(form("graph", Rule::s_graph, Expr, "a graph", "graph grid of bus joined by line")),
    noun(form("slot", Rule::s_slot, Expr, "a slot", "slot physics")),
    noun(form("total", Rule::s_total, Expr, "a total", "total losses[t] : active_power")),
    noun(form("balance", Rule::s_total, Expr, "a balance", "balance active[t] : active_power")),
    top(form("device", Rule::s_device, Block, "a device", "device battery at b: bus { ... }")),
    top(form("aspect", Rule::s_aspect, Block, "an aspect", "aspect conic fills physics needs radial { ... }")),
    form("extend", Rule::s_extend, Block, "an extension", "extend bus { ... }"),
    noun(form("set", Rule::s_set, Expr, "a set", "set site = 1..3")),
    noun(form("param", Rule::s_param, Expr, "a parameter", "param rating : active_power >= 0 kW = 5 kW")),
    form("var", Rule::s_var, Expr, "a variable", "var p[t] : active_power in 0..p_max, recourse"),
    noun(form("state", Rule::s_var, Expr, "a state", "state stored[t] : energy in 0..size, recourse, starts 0 kWh")),
    form("let", Rule::s_let, Expr, "a definition", "let available[t] = capacity * profile[t]"),
    form("open", Rule::s_let, Expr, "an open definition", "open let root[t] : ratio = 1"),
    form("redefine", Rule::s_let, Expr, "a redefinition", "redefine root[t] = lit[t]"),
    form("provide", Rule::s_let, Expr, "a provided definition", "provide voltage2[t] = v[t]"),
    noun(form("rule", Rule::s_rule, Expr, "a rule", "rule limit[t] : p[t] <= p_max")),
    form("implied", Rule::s_rule, Expr, "an implied rule", "implied rule limit[t] : p[t] <= p_max"),
    form("require", Rule::s_require, Expr, "a requirement", "require sum(d in diesel: d.built) <= 2"),
    noun(form("check", Rule::s_check, Expr, "a check", "check v_min <= v_max else \"the limits of {self} cross\"")),
    form("after_solve", Rule::s_check, Expr, "a check", "after_solve check shed[t] = 0 kW else \"load is shed\""),
    noun(form("cost", Rule::s_cost, Expr, "a cost", "cost fuel = integral(t: price * p[t])")),
    form("inject", Rule::s_inject, Expr, "an injection", "inject p[t] into b.active"),
    form("add", Rule::s_add, Expr, "a contribution", "add p[t] to import"),
    noun(form("objective", Rule::s_objective, Expr, "an objective", "objective restored : maximize served")),
    form("minimize", Rule::s_minimize, Expr, "an objective", "minimize losses"),
    form("maximize", Rule::s_minimize, Expr, "an objective", "maximize served"),
    form("optimize", Rule::s_optimize, Expr, "an order of objectives", "optimize restored, then switching"),
    form("uncertain", Rule::s_uncertain, Expr, "an uncertain factor", "uncertain z[t] in -1..1"),
    noun(form("budget", Rule::s_budget, Expr, "a budget", "budget days : sum(t: abs(z[t])) <= 6")),
    top(form("scenarios", Rule::s_scenarios, Expr, "a set of scenarios", "scenarios L = cluster(raw, into = 3)")),
    top(form("table", Rule::s_table, Table, "a table", "table buses from \"buses.csv\" { bus : id; p_kw : kW as p }")),
    noun(form("horizon", Rule::s_horizon, Expr, "a horizon", "horizon 24 h step 1 h")),
    noun(form("snapshot", Rule::s_snapshot, Expr, "a snapshot", "snapshot")),
    form("with", Rule::s_with, Expr, "a choice of aspects", "with conic, radial(encoding = single_commodity)"),
    form("without", Rule::s_without, Expr, "a removal", "without storage, pv"),
    top(form("case", Rule::s_case, Block, "a case", "case \"D.1\" extends D { wear = 3 EUR/MWh }")),
    top(form("sweep", Rule::s_sweep, Expr, "a sweep", "sweep share in [0 %, 10 %, 20 %]")),
    top(form("study", Rule::s_study, Block, "a study", "study worst = robust ccg(gap = 1 %) { ... }")),
    form("modes", Rule::s_modes, Expr, "a list of modes", "modes connected, islanded"),
    form("in", Rule::s_in, Block, "a mode's settings", "in islanded { source.available = no }"),
    noun(form("fault", Rule::s_fault, Expr, "a fault", "fault at source \"substation\"")),
    form("ahead", Rule::s_stage, Expr, "a list of early decisions", "ahead storage.*, diesel.p"),
    form("recourse", Rule::s_stage, Expr, "a list of late decisions", "recourse source.*, load.served"),
    form("candidate", Rule::s_instance, Block, "a candidate", "candidate storage \"ESS\" at bus 6 { power = 1 MW }"),
];

/// An element of a class.
pub static INSTANCE: Form =
    form("", Rule::s_instance, Block, "an element", "storage \"ESS\" at bus 6 { power = 1 MW }");
/// A value given to a path, or a variable's stage.
pub static SETTING: Form = form("", Rule::s_setting, Expr, "a setting", "bus.v_min = 0.9 pu");
/// Anything else.
pub static UNKNOWN: Form = Form { rule: None, ..form("", Rule::s_cell, Expr, "a statement", "") };

/// The form of a keyword.
pub fn of_keyword(word: &str) -> Option<&'static Form> {
    FORMS.iter().find(|f| f.keyword == word)
}

/// The words that begin statements, for completion and did-you-mean.
pub fn statement_keywords() -> impl Iterator<Item = &'static str> {
    FORMS.iter().map(|f| f.keyword)
}

/// The keyword that a word was probably meant to be: one or, in longer words, two letters off.
pub fn keyword_near(word: &str) -> Option<&'static str> {
    let allowed = match word.chars().count() {
        0..=2 => return None,
        3..=5 => 1,
        6..=24 => 2,
        _ => return None,
    };
    statement_keywords()
        .map(|keyword| (strsim::damerau_levenshtein(word, keyword), keyword))
        .filter(|(distance, keyword)| *distance <= allowed && *distance > 0 && keyword.len() > 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, keyword)| keyword)
}

/// The form of a statement from its first word and the kinds and texts of the next tokens of its line.
pub fn classify(word: &str, next: &[(TokenKind, &str)], adjacent: bool) -> &'static Form {
    use TokenKind as K;
    let kind = |i: usize| next.get(i).map(|n| n.0);
    let text = |i: usize| next.get(i).map_or("", |n| n.1);
    let keyword = of_keyword(word);
    match kind(0) {
        Some(K::Equals | K::Dot) => return &SETTING,
        Some(K::LeftBracket) if adjacent && word != "rule" => return &SETTING,
        Some(K::Colon) if word != "rule" && !matches!(word, "minimize" | "maximize") => return &SETTING,
        _ => {}
    }
    if keyword.is_none() && kind(0) == Some(K::Word) && nearly_table(word) {
        return of_keyword("table").unwrap_or(&UNKNOWN);
    }
    let Some(form) = keyword else {
        return match kind(0) {
            Some(K::Word | K::Text | K::UnclosedText | K::Number | K::LeftBrace) => &INSTANCE,
            _ => &UNKNOWN,
        };
    };
    let placed = |i: usize| kind(i) == Some(K::Word) && matches!(text(i), "at" | "from" | "over" | "each");
    let named = matches!(kind(0), Some(K::Word | K::Text | K::Number));
    let is_instance = match form.keyword {
        "implied" => text(0) != "rule",
        "open" => text(0) != "let",
        "after_solve" => text(0) != "check",
        "in" => kind(0) != Some(K::Word),
        "fault" => named && (kind(1) == Some(K::LeftBrace) || placed(1)) && text(0) != "at",
        _ if form.noun => {
            (named && (kind(1) == Some(K::LeftBrace) || placed(1)))
                || (placed(0) && kind(1) != Some(K::Colon))
                || kind(0) == Some(K::LeftBrace)
        }
        _ => false,
    };
    if is_instance { &INSTANCE } else { form }
}

/// `tabel`, `tables`: its braces must be read as a table's even though the word is wrong.
fn nearly_table(word: &str) -> bool {
    word.starts_with('t') && (4..=6).contains(&word.len()) && strsim::damerau_levenshtein(word, "table") <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> &'static str {
        let tokens = super::super::scan::tokens(line);
        let next: Vec<_> = tokens[1..].iter().take(3).map(|t| (t.kind, t.text(line))).collect();
        let adjacent = tokens.len() > 1 && tokens[0].end == tokens[1].start;
        classify(tokens[0].text(line), &next, adjacent).called
    }

    #[test]
    fn keywords_are_contextual() {
        assert_eq!(of("unit W : power"), "a unit");
        assert_eq!(of("unit G1 { p = 1 kW }"), "an element");
        assert_eq!(of("unit \"G1\" at bus 3"), "an element");
        assert_eq!(of("cost = 70 EUR/MWh"), "a setting");
        assert_eq!(of("cost fuel = 1"), "a cost");
        assert_eq!(of("storage.14.power = 1 MW"), "a setting");
        assert_eq!(of("line.closed : ahead"), "a setting");
        assert_eq!(of("rule : a <= b"), "a rule");
        assert_eq!(of("rule[t] : a <= b"), "a rule");
        assert_eq!(of("fault at source \"s\""), "a fault");
        assert_eq!(of("x <= 3"), "a statement");
    }

    #[test]
    fn near_keywords() {
        assert_eq!(keyword_near("devise"), Some("device"));
        assert_eq!(keyword_near("minimise"), Some("minimize"));
        assert_eq!(keyword_near("ruel"), Some("rule"));
        assert_eq!(keyword_near("storage"), None);
        assert_eq!(keyword_near("device"), None);
    }
}
