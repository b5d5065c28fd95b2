//! Reading a `study` statement: its method and arguments.

use super::arguments::{Args, suggest};
use super::igdt::{Question, View};
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::StudyStatement;
use crate::source::Span;

/// What a study asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// Its name.
    pub name: String,
    /// How it is solved.
    pub method: Method,
    /// Relative gap; none for that of the command line.
    pub gap: Option<f64>,
    /// The statement.
    pub span: Span,
}

/// Methods.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// Every factor in the middle of its range.
    Deterministic,
    /// The worst case, by column-and-constraint generation or by affine rules.
    Robust {
        /// Affine rules for later decisions; none for column-and-constraint generation.
        rules: Option<Rules>,
        /// Budgets that count; none for all.
        sets: Option<Vec<(String, Span)>>,
        /// Samples by which plans are compared; none for no comparison.
        samples: Option<usize>,
        /// Scenarios for a plan of least expectation beside them; none for no such plan.
        scenarios: Option<usize>,
    },
    /// Expectation over scenarios, by one program over all of them or scenario by scenario.
    Stochastic(Stochastic),
    /// A radius: the parameter that scales the set, and the question.
    Igdt {
        /// Name of the parameter.
        radius: (String, Span),
        /// What is asked.
        question: Question,
    },
}

/// Later decisions as affine functions of the factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Decisions of a period know the factors of periods up to it only.
    pub causal: bool,
}

/// What a stochastic study asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Stochastic {
    /// Scenario by scenario, instead of by one program over all of them.
    pub decomposed: bool,
    /// The scenario set; none for the last declared one.
    pub over: Option<(String, Span)>,
    /// Confidence level of the conditional value at risk.
    pub level: f64,
    /// Its weight against the expectation; 0 for the expectation alone.
    pub weight: f64,
    /// Rules that may fail, and with which probability at most.
    pub chance: Option<(Vec<(String, Span)>, f64)>,
    /// Whether the value of the stochastic solution and of perfect information is wanted; none to
    /// decide by size.
    pub value: Option<bool>,
}

/// Reads the statement.
pub fn read(statement: &StudyStatement) -> Result<Study, Vec<Diagnostic>> {
    let mut args = Args::of(&statement.args, &statement.method.text);
    if statement.method.text == "igdt" {
        args = args.leading();
    }
    let gap = args.share("gap");
    let variant = statement.variant.as_ref();
    let method = match statement.method.text.as_str() {
        "deterministic" => {
            args.variant(variant, &[]);
            Method::Deterministic
        }
        "robust" => {
            args.variant(variant, &["ccg", "affine"]);
            let by_rules = variant.is_some_and(|v| v.text == "affine");
            Method::Robust {
                rules: by_rules.then(|| Rules { causal: args.yes_no("causal") == Some(true) }),
                sets: args.names("sets"),
                samples: args.count("samples"),
                scenarios: {
                    args.needs("scenarios", "samples", "samples = 500, scenarios = 8");
                    args.count("scenarios")
                },
            }
        }
        "stochastic" => {
            args.variant(variant, &["extensive", "decomposed"]);
            let chance = args.names("chance");
            let risk = args.share("risk");
            args.needs("risk", "chance", "chance = [served], risk = 5 %");
            args.needs("chance", "risk", "chance = [served], risk = 5 %");
            args.needs("level", "weight", "weight = 30 %, level = 95 %");
            Method::Stochastic(Stochastic {
                decomposed: variant.is_some_and(|v| v.text == "decomposed"),
                over: args.name("over"),
                level: args.share_between("level").unwrap_or(0.95),
                weight: args.share("weight").unwrap_or(0.0),
                chance: chance.map(|rules| (rules, risk.unwrap_or(0.0))),
                value: args.yes_no("value"),
            })
        }
        "igdt" => {
            args.variant(variant, &["risk_averse", "opportunity"]);
            let view = match variant.map(|v| v.text.as_str()) {
                Some("opportunity") => View::Opportunity,
                _ => View::RiskAverse,
            };
            let tolerances = args.shares(if view == View::RiskAverse { "tolerance" } else { "gain" });
            let question = Question {
                view,
                tolerances: tolerances.unwrap_or_default(),
                precision: args.positive("precision").unwrap_or(1e-3).max(1e-9),
                most: args.positive("most").unwrap_or(1.0),
            };
            if question.tolerances.is_empty() && args.found.is_empty() {
                let (word, example) = match view {
                    View::RiskAverse => ("how much worse is tolerated", "tolerance = 10 %"),
                    View::Opportunity => ("how much better is wanted", "gain = 10 %"),
                };
                let text = format!("the study does not say {word}");
                let d = Diagnostic::new(ids_names::WRONG_VALUE, statement.span, text, "no tolerance");
                args.found.push(d.help(format!("write `{example}`, or a list of such for a curve")));
            }
            match args.first_name() {
                Some(radius) => Method::Igdt { radius, question },
                None => {
                    let text = "the study does not say which parameter is the radius";
                    let d = Diagnostic::new(ids_names::WRONG_VALUE, statement.span, text, "no radius");
                    args.found.push(d.help("name it first: `igdt risk_averse(radius, tolerance = 10 %)`"));
                    Method::Deterministic
                }
            }
        }
        other => {
            let known = ["deterministic", "robust", "stochastic", "igdt"];
            let text = format!("`{other}` is no method of a study");
            args.found.push(suggest(
                Diagnostic::new(ids_names::WRONG_VALUE, statement.method.span, text, "unknown method"),
                other,
                &known,
            ));
            Method::Deterministic
        }
    };
    args.unknown();
    match args.found.is_empty() {
        true => Ok(Study { name: statement.name.text.to_string(), method, gap, span: statement.span }),
        false => Err(args.found),
    }
}
