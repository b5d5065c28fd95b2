//! Studies from text to solution, through the library alone: for tests that compare what comes out
//! with what they know otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tieline::analysis::{Analysis, Request, analyse};
use tieline::diagnostics::Diagnostic;
use tieline::elaborate::no_objective;
use tieline::program::Program;
use tieline::solution::{Engine, Options};
use tieline::source::Files;
use tieline::study::{Status, StudyOptions, StudyResult, solve};

/// Files of the repository; a text in memory stands for `examples/study.tie`, so that it can `use`
/// what the examples use, and others beside it.
#[derive(Default)]
pub struct Repository {
    /// Texts by path.
    pub texts: BTreeMap<String, String>,
}

impl Repository {
    /// With a study in memory.
    pub fn with(study: &str) -> Repository {
        Repository { texts: BTreeMap::from([(STUDY.to_owned(), study.to_owned())]) }
    }

    /// With a further text, at a path beside the study.
    pub fn and(mut self, name: &str, text: String) -> Repository {
        self.texts.insert(format!("examples/{name}"), text);
        self
    }
}

/// Where the text in memory stands.
pub const STUDY: &str = "examples/study.tie";

impl Files for Repository {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).map_err(|e| e.to_string()),
        }
    }
}

/// The stages up to the model of a text.
pub fn analysed(text: &str) -> Analysis {
    analyse(&Repository::with(text), STUDY, &Request::default())
}

pub fn told(found: &[Diagnostic]) -> Vec<String> {
    found.iter().map(|d| format!("{} {}: {}", d.id.code, d.id.name, d.message)).collect()
}

/// The program of a study among texts; panics at errors.
pub fn program_among(files: &Repository) -> Program {
    built(analyse(files, STUDY, &Request::default()))
}

fn built(mut analysis: Analysis) -> Program {
    let program = analysis.program();
    analysis.add(program.as_ref().and_then(no_objective).into_iter().collect());
    assert!(!analysis.has_errors(), "{:#?}", told(&analysis.diagnostics));
    let program = program.expect("a program where there are no errors");
    let mut names = BTreeSet::new();
    let twice: Vec<String> =
        program.variables.iter().map(|v| v.name.to_string()).filter(|n| !names.insert(n.clone())).collect();
    assert!(twice.is_empty(), "variables made twice: {twice:?}");
    program
}

/// The program of a text; panics at errors.
pub fn program(text: &str) -> Program {
    built(analysed(text))
}

/// The program of a file of the repository, with settings; panics at errors.
pub fn program_of_file(path: &str, set: &[&str]) -> Program {
    let request = Request { set: set.iter().map(|s| (*s).to_owned()).collect(), ..Request::default() };
    built(analyse(&Repository::default(), path, &request))
}

/// How a study is solved.
pub fn options(engine: Engine, gap: f64) -> StudyOptions {
    StudyOptions { solver: Options { gap, ..Options::default() }, engine, ..StudyOptions::default() }
}

/// Solves to a gap, whatever comes out.
pub fn solve_to(program: &Program, engine: Engine, gap: f64) -> StudyResult {
    solve(program, &options(engine, gap))
}

/// Solves to a gap; panics where the gap stays open or a check fails.
pub fn optimum(program: &Program, engine: Engine, gap: f64) -> StudyResult {
    let result = solve(program, &options(engine, gap));
    let found = told(&result.diagnostics);
    assert_eq!(result.status, Status::Optimal, "{engine:?} gap {} {found:#?}", result.gap);
    assert!(result.passed, "{:?} {found:#?}", result.violation);
    result
}

/// The objective in coherent units.
pub fn value(result: &StudyResult) -> f64 {
    result.objective.expect("a solved study has an objective")
}

/// The value of a variable in coherent units, by its name in the program.
pub fn of(program: &Program, result: &StudyResult, name: &str) -> f64 {
    let at = program.variables.iter().position(|v| v.name == name);
    let at = at.unwrap_or_else(|| panic!("there is no `{name}`"));
    result.values.as_ref().expect("a point")[at]
}

/// Ids of the open lines of the first period, sorted as in the network.
pub fn open_lines<'p>(program: &'p Program, result: &StudyResult) -> Vec<&'p str> {
    let network = program.network.as_ref().expect("a network");
    let x = result.values.as_ref().expect("a point");
    let state = network.periods.first().expect("a period");
    let open = network.branches.iter().zip(&state.closed).filter(|(_, c)| c.value(x) < 0.5);
    open.map(|(b, _)| b.id.as_str()).collect()
}
