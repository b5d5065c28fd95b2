//! Scenario sets from their statements: rows of tables, clusters of rows, products, reductions.

mod cluster;
mod reduce;

pub use cluster::{Cluster, k_means, k_medoids};
pub use reduce::fast_forward;

use super::arguments::Args;
use super::extensive::Realisation;
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::model::{Cell, Model, Table};
use crate::names::{ScenarioStatement, TableStatement};
use crate::program::Program;
use crate::syntax::ast::{Arg, BinaryOp, ColumnDecl, ColumnType, Expr, ExprKind};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;

/// A scenario: a profile for each family of factors it speaks of.
#[derive(Debug, Clone, PartialEq)]
struct Scenario {
    name: String,
    probability: f64,
    profiles: IndexMap<String, Vec<f64>>,
}

/// Scenarios of a product that are built at most.
const MOST: usize = 100_000;
/// By how much probabilities may miss 1 in sum.
const MISSING: f64 = 1e-6;

/// The scenarios of the set `over`; of the last declared one if none is named.
pub fn realisations(
    program: &Program,
    model: &Model,
    over: Option<&(String, crate::source::Span)>,
    study: crate::source::Span,
) -> Result<Vec<Realisation>, Vec<Diagnostic>> {
    let statements = &model.names.scenarios;
    let chosen = match over {
        Some((name, span)) => statements.iter().find(|s| s.name.text == name).ok_or_else(|| {
            let d = Diagnostic::new(
                ids_names::UNKNOWN_NAME,
                *span,
                format!("there are no scenarios `{name}`"),
                "unknown scenarios",
            );
            vec![match did_you_mean(name, statements.iter().map(|s| s.name.text.as_str())) {
                Some(s) => d.help(format!("did you mean `{s}`?")),
                None => d.help("declare them: `scenarios s = rows(a_table)`"),
            }]
        })?,
        None => statements.last().ok_or_else(|| {
            let text = "a stochastic study needs scenarios";
            let d = Diagnostic::new(ids_names::WRONG_VALUE, study, text, "no scenarios");
            vec![d.help("declare them: `scenarios s = cluster(a_table, into = 3)`, and name them: `over = s`")]
        })?,
    };
    let reader = Reader { model };
    let list = reader.statement(chosen, 0).map_err(|d| vec![*d])?;
    let wrong = unreadable(model, Some(&chosen.name.text));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    covered(program, model, &list, chosen)?;
    let factors = |s: &Scenario| program.factors.iter().map(|f| value(f, s)).collect();
    Ok(list
        .iter()
        .map(|s| Realisation { name: s.name.clone(), factors: factors(s), probability: s.probability })
        .collect())
}

/// What is wrong with the scenario sets of a study but for `read`: no less wrong for not being asked for.
pub fn unreadable(model: &Model, read: Option<&str>) -> Vec<Diagnostic> {
    let reader = Reader { model };
    let others = model.names.scenarios.iter().filter(|s| read != Some(s.name.text.as_str()));
    others.filter_map(|s| reader.statement(s, 0).err()).map(|d| *d).collect()
}

/// The value of a factor in a scenario; those that scenarios do not speak of are in the middle.
fn value(factor: &crate::program::Factor, scenario: &Scenario) -> f64 {
    let family = factor.name.split('[').next().unwrap_or_default();
    let index = index_of(factor).unwrap_or(1);
    let profile = scenario.profiles.get(family);
    profile.and_then(|p| p.get(index.wrapping_sub(1)).copied()).unwrap_or((factor.lower + factor.upper) / 2.0)
}

/// The period in a factor's name, if it has one.
fn index_of(factor: &crate::program::Factor) -> Option<usize> {
    factor.name.split_once('[')?.1.trim_end_matches(']').parse().ok()
}

/// Every family of scenario data that the program uses has a profile.
fn covered(
    program: &Program,
    model: &Model,
    list: &[Scenario],
    chosen: &ScenarioStatement,
) -> Result<(), Vec<Diagnostic>> {
    let Some(first) = list.first() else {
        let d = Diagnostic::new(
            ids_names::WRONG_VALUE,
            chosen.value.span,
            "there is no scenario in this set",
            "no scenario",
        );
        return Err(vec![d.help("the table must have rows")]);
    };
    let family = |f: &crate::program::Factor| f.name.split('[').next().unwrap_or_default().to_string();
    for f in &program.factors {
        let name = family(f);
        let data = model.factors.iter().any(|t| t.name == name && t.table.is_some());
        if data && !first.profiles.contains_key(&name) {
            let text = format!("the scenarios `{}` do not say what `{name}` is", chosen.name.text);
            let d = Diagnostic::new(ids_names::WRONG_VALUE, chosen.value.span, text, "leaves scenario data open");
            return Err(vec![
                d.label(program.origin(f.origin).span, "these data").help("take the product: `scenarios s = A * B`"),
            ]);
        }
        let period = index_of(f).unwrap_or(1);
        let short = |s: &&Scenario| s.profiles.get(&name).is_some_and(|p| p.len() < period);
        if let Some(s) = list.iter().find(short).filter(|_| data) {
            let text = format!("scenario `{}` has no value for period {period}", s.name);
            let d = Diagnostic::new(ids_names::WRONG_VALUE, chosen.value.span, text, "too few values");
            return Err(vec![
                d.label(program.origin(f.origin).span, "these data").help("give every period a value in the table"),
            ]);
        }
    }
    Ok(())
}

/// Profile, id and probability of each row.
type Rows = (Vec<Vec<f64>>, Vec<String>, Vec<f64>);

struct Reader<'a> {
    model: &'a Model,
}

type Read<T> = Result<T, Box<Diagnostic>>;

fn wrong(span: crate::source::Span, text: impl Into<String>, label: &str, help: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(ids_names::WRONG_VALUE, span, text, label).help(help))
}

/// More are asked for than there are.
fn too_many(span: crate::source::Span, into: usize, have: usize, what: &str) -> Box<Diagnostic> {
    let text = format!("{into} scenarios are asked for, and there are {have} {what}");
    wrong(span, text, "more than there are", "ask for fewer, or use them all")
}

impl Reader<'_> {
    fn statement(&self, s: &ScenarioStatement, depth: usize) -> Read<Vec<Scenario>> {
        if depth > self.model.names.scenarios.len() {
            return Err(wrong(
                s.span,
                format!("`{}` is made from itself", s.name.text),
                "circular",
                "begin with a table",
            ));
        }
        self.set(&s.value, &s.name.text, depth)
    }

    fn set(&self, e: &Expr, owner: &str, depth: usize) -> Read<Vec<Scenario>> {
        match &e.kind {
            ExprKind::Name(n) => match self.model.names.scenarios.iter().find(|s| s.name.text == *n) {
                Some(s) => self.statement(s, depth + 1),
                None => Err(wrong(
                    e.span,
                    format!("there are no scenarios `{n}`"),
                    "unknown scenarios",
                    "name a scenario set that is declared",
                )),
            },
            ExprKind::Binary(BinaryOp::Mul, a, b) => {
                product(&self.set(a, owner, depth)?, &self.set(b, owner, depth)?, e)
            }
            ExprKind::Call(f, args) => match f.text.as_str() {
                "rows" => self.rows(args, owner, e),
                "cluster" => self.cluster(args, owner, e),
                "reduce" => self.reduce(args, owner, e, depth),
                other => {
                    let known = ["rows", "cluster", "reduce"];
                    let help = did_you_mean(other, known)
                        .map_or("use rows, cluster or reduce".into(), |s| format!("did you mean `{s}`?"));
                    Err(wrong(f.span, format!("scenarios are not made by `{other}`"), "unknown", &help))
                }
            },
            _ => Err(wrong(
                e.span,
                "scenarios are made from tables",
                "not scenarios",
                "write `rows(table)`, `cluster(table, into = 3)` or a product of sets",
            )),
        }
    }

    /// Profiles, ids and probabilities of a table's rows.
    fn table(&self, args: &[Arg], e: &Expr) -> Read<Rows> {
        let name = args.first().and_then(|a| if let ExprKind::Name(n) = &a.value.kind { Some(n) } else { None });
        let found = name.and_then(|n| self.model.names.tables.get_full(n));
        let Some((at, _, statement)) = found else {
            return Err(wrong(e.span, "scenarios are made from a table", "not a table", "name a table first"));
        };
        let table = self
            .model
            .tables
            .get(at)
            .ok_or_else(|| wrong(e.span, "this table could not be read", "no data", "correct the table"))?;
        let columns = &statement.decl.columns;
        let column = |what: &str| columns.iter().position(|c| c.name.as_ref().unwrap_or(&c.header).text == what);
        let id = columns.iter().position(|c| c.ty == crate::syntax::ast::ColumnType::Id);
        let n = table.series.len();
        // A row with an empty cell would be a shorter scenario, its later values in the place of earlier ones.
        if statement.decl.wide.is_none() {
            let number = |c: &ColumnDecl| matches!(c.ty, ColumnType::Number | ColumnType::Unit(_));
            let empty = |row: &Vec<Cell>| row.iter().zip(columns).any(|(x, c)| number(c) && *x == Cell::Missing);
            if let Some(r) = table.rows.iter().position(empty) {
                let at = table.spans.get(r).copied().unwrap_or(statement.span);
                let text = "a value of this scenario is missing";
                return Err(wrong(at, text, "an empty cell", "write the value; zero is written as 0"));
            }
        }
        let ids = (0..n).map(|r| match id.and_then(|i| table.rows.get(r)?.get(i)) {
            Some(Cell::Text(t)) => t.to_string(),
            _ => (r + 1).to_string(),
        });
        let weights = match column("probability") {
            None => vec![1.0 / n.max(1) as f64; n],
            Some(p) => {
                let at = |r: usize| match table.rows.get(r).and_then(|row| row.get(p)) {
                    Some(Cell::Number(x)) if *x >= 0.0 => Ok(*x),
                    _ => Err(wrong(
                        statement.span,
                        "a probability is missing or below zero",
                        "a wrong probability",
                        "give each row a probability",
                    )),
                };
                (0..n).map(at).collect::<Read<Vec<f64>>>()?
            }
        };
        let ids: Vec<String> = ids.collect();
        let row = |r: usize| table.spans.get(r).copied().unwrap_or(statement.span);
        let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
        for (r, id) in ids.iter().enumerate() {
            if let Some(first) = seen.insert(id, r) {
                let d = wrong(row(r), format!("two scenarios are called `{id}`"), "again", "give each its own name");
                return Err(Box::new(d.label(row(first), "first")));
            }
        }
        self.whole_rows(table, statement)?;
        let total: f64 = weights.iter().sum();
        if n > 0 && (total - 1.0).abs() > MISSING {
            let text = format!("the probabilities of this table add up to {}", crate::program::number(total));
            return Err(wrong(statement.span, text, "not 1 in sum", "correct the column `probability`"));
        }
        Ok((table.series.clone(), ids, weights))
    }

    /// Every number of a row is there, and none is beyond the periods, as a misspelt `probability` would be.
    fn whole_rows(&self, table: &Table, statement: &TableStatement) -> Read<()> {
        let (columns, periods) = (&statement.decl.columns, self.model.periods);
        let named = |c: &ColumnDecl| c.name.as_ref().unwrap_or(&c.header).text.clone();
        let counts =
            |c: &ColumnDecl| matches!(c.ty, ColumnType::Number | ColumnType::Unit(_)) && named(c) != "probability";
        for (r, row) in table.rows.iter().enumerate().filter(|_| statement.decl.wide.is_none()) {
            let span = table.spans.get(r).copied().unwrap_or(statement.span);
            let missing = row.iter().zip(columns).find(|(cell, c)| **cell == Cell::Missing && counts(c));
            if let Some((_, c)) = missing {
                let text = format!("this scenario has no value in column `{}`", named(c));
                return Err(wrong(span, text, "a value is missing", "give each scenario all of its values"));
            }
            let have = table.series.get(r).map_or(0, Vec::len);
            if have > periods {
                let text = format!("this scenario has more values than there are periods: {have} and {periods}");
                let help = "the numbers of a row are values of the periods, but for a column `probability`";
                return Err(wrong(span, text, "more values than periods", help));
            }
        }
        Ok(())
    }

    fn rows(&self, args: &[Arg], owner: &str, e: &Expr) -> Read<Vec<Scenario>> {
        Args::of(args, "rows").leading().finish()?;
        let (profiles, ids, weights) = self.table(args, e)?;
        let scenario = |((profile, id), probability): ((Vec<f64>, String), f64)| {
            let profiles = IndexMap::from([(owner.to_string(), profile)]);
            Scenario { name: format!("{owner}.{id}"), probability, profiles }
        };
        Ok(profiles.into_iter().zip(ids).zip(weights).map(scenario).collect())
    }

    fn cluster(&self, args: &[Arg], owner: &str, e: &Expr) -> Read<Vec<Scenario>> {
        let mut read = Args::of(args, "cluster").leading();
        let into = read.count("into");
        let seed = read.count("seed").unwrap_or(1);
        let by = read.word("by", &["kmeans", "kmedoids"]);
        read.finish()?;
        let Some(into) = into else {
            return Err(wrong(e.span, "into how many clusters is not said", "how many", "write `into = 3`"));
        };
        let (profiles, ids, weights) = self.table(args, e)?;
        if weights.windows(2).any(|w| (w[0] - w[1]).abs() > MISSING) {
            return Err(wrong(
                e.span,
                "rows with different probabilities are not clustered",
                "rows differ in weight",
                "use `reduce(rows(table), into = 3)`",
            ));
        }
        if into > profiles.len() {
            return Err(too_many(e.span, into, profiles.len(), "rows"));
        }
        let clusters = match by.as_deref() {
            Some("kmedoids") => k_medoids(&profiles, into),
            _ => k_means(&profiles, into, seed as u64),
        };
        let scenario = |(i, c): (usize, Cluster)| {
            let id = c.medoid.and_then(|m| ids.get(m).cloned()).unwrap_or_else(|| (i + 1).to_string());
            let probability = c.size as f64 / profiles.len().max(1) as f64;
            Scenario {
                name: format!("{owner}.{id}"),
                probability,
                profiles: IndexMap::from([(owner.to_string(), c.profile)]),
            }
        };
        Ok(clusters.into_iter().enumerate().map(scenario).collect())
    }

    fn reduce(&self, args: &[Arg], owner: &str, e: &Expr, depth: usize) -> Read<Vec<Scenario>> {
        let mut read = Args::of(args, "reduce").leading();
        let into = read.count("into");
        read.finish()?;
        let (Some(first), Some(into)) = (args.first(), into) else {
            return Err(wrong(
                e.span,
                "what is reduced and to how many is not said",
                "incomplete",
                "write `reduce(s, into = 8)`",
            ));
        };
        let list = self.set(&first.value, owner, depth + 1)?;
        if into > list.len() {
            return Err(too_many(e.span, into, list.len(), "scenarios"));
        }
        let flat: Vec<Vec<f64>> = list.iter().map(|s| s.profiles.values().flatten().copied().collect()).collect();
        let probability: Vec<f64> = list.iter().map(|s| s.probability).collect();
        let distance = |a: usize, b: usize| match (flat.get(a), flat.get(b)) {
            (Some(a), Some(b)) => a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt(),
            _ => f64::INFINITY,
        };
        let kept = fast_forward(&probability, into, distance);
        Ok(kept
            .into_iter()
            .filter_map(|(i, probability)| Some(Scenario { probability, ..list.get(i)?.clone() }))
            .collect())
    }
}

fn product(a: &[Scenario], b: &[Scenario], e: &Expr) -> Read<Vec<Scenario>> {
    if a.len().saturating_mul(b.len()) > MOST {
        return Err(wrong(
            e.span,
            format!("this product has {} scenarios", a.len() * b.len()),
            "too many scenarios",
            "reduce the sets first",
        ));
    }
    if let (Some(x), Some(y)) = (a.first(), b.first())
        && let Some(twice) = x.profiles.keys().find(|k| y.profiles.contains_key(*k))
    {
        return Err(wrong(
            e.span,
            format!("`{twice}` stands on both sides of the product"),
            "twice the same data",
            "multiply different sets",
        ));
    }
    let join = |x: &Scenario, y: &Scenario| {
        let mut profiles = x.profiles.clone();
        profiles.extend(y.profiles.clone());
        Scenario { name: format!("{} {}", x.name, y.name), probability: x.probability * y.probability, profiles }
    };
    Ok(a.iter().flat_map(|x| b.iter().map(move |y| join(x, y))).collect())
}
