//! `tieline emit FILE --stage STAGE`

use super::{Exit, Findings, Terminal, write_out};
use crate::analysis::{Analysis, Request, analyse};
use crate::elaborate::several_modes;
use crate::lowered::export::{Exported, cbf, lp, mps};
use crate::lowered::{self, LowerOptions, lower};
use crate::model;
use crate::program;
use crate::syntax::outline;

/// Options of `emit`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tieline emit feeder.tie --stage program | less\n  tieline emit feeder.tie --stage cbf -o feeder.cbf\n\nLP and MPS hold linear problems only; CBF holds cones too. Names in these files are an escape of\nthe names of the study; -o FILE writes the way back beside the file, as FILE.names.json."
)]
pub(super) struct Options {
    /// The study; - for the standard input
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    reads: super::Reads,
    /// What to write
    #[arg(long, value_enum)]
    stage: Stage,
    /// With `--stage program`: instead of the program, what became of each declaration, counted
    #[arg(long)]
    ledger: bool,
    /// Of this case of the study
    #[arg(long, value_name = "NAME")]
    case: Option<String>,
    /// With this setting, as path=value; may be given more than once
    #[arg(long, value_name = "PATH=VALUE", value_parser = super::quantities::setting)]
    set: Vec<String>,
    /// The file to write; - for the standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: String,
}

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Stage {
    /// The tree of the file: a statement per line, expressions in prefix form
    Syntax,
    /// Elements with all their data, and what is declared over them
    Model,
    /// Variables, rules and objectives with all data filled in, in the names of the study
    Program,
    /// Columns, rows and cones, scaled, as the engines get them
    Lowered,
    /// The lowered problem as an LP file
    Lp,
    /// The lowered problem as an MPS file
    Mps,
    /// The lowered problem as a CBF file (Conic Benchmark Format)
    Cbf,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> Exit {
    let request = Request { case: options.case.clone(), set: options.set.clone(), ..Request::default() };
    if options.ledger && options.stage != Stage::Program {
        terminal.complain("the ledger belongs to the program", Some("write `--stage program --ledger`"));
        return Exit::Usage;
    }
    let mut analysis = analyse(&options.reads.disk(), &options.file, &request);
    let mut text = early(&analysis, options.stage);
    let later = !matches!(options.stage, Stage::Syntax | Stage::Model);
    if later {
        analysis.add(several_modes(&analysis.model).into_iter().collect());
    }
    let program = if later && !options.ledger { analysis.program() } else { None };
    if options.ledger {
        text = analysis.ledger().map(|ledger| ledger.display(Some(&analysis.sources)));
    }
    let mut names = None;
    let mut failure = None;
    if let Some(program) = &program {
        if options.stage == Stage::Program {
            text = Some(program::display(program, Some(&analysis.sources)));
        } else {
            let lowering = lower(program, &LowerOptions::default());
            analysis.add(lowering.diagnostics);
            if !analysis.has_errors() {
                let problem = &lowering.problem;
                let written = |exported: Exported| (exported.text, Some(exported.names.to_json()));
                let result = match options.stage {
                    Stage::Lp => lp(problem, &program.origins).map(written),
                    Stage::Mps => mps(problem).map(written),
                    Stage::Cbf => cbf(problem).map(written),
                    _ => Ok((lowered::display(problem), None)),
                };
                match result {
                    Ok((problem, map)) => (text, names) = (Some(problem), map),
                    Err(error) => failure = Some(error.to_string()),
                }
            }
        }
    }
    let failed = options.ledger && analysis.has_errors();
    let mut findings = Findings::default();
    findings.add(&analysis.sources, analysis.diagnostics);
    findings.tell(terminal);
    if let Some(failure) = failure {
        terminal.complain(&failure, None);
        return Exit::Errors;
    }
    let Some(text) = text else { return Exit::Errors };
    let written = write_out(&options.output, text.as_bytes(), terminal);
    let beside = names.filter(|_| options.output != "-");
    let mapped = written.and_then(|()| match beside {
        Some(map) => write_out(&format!("{}.names.json", options.output), map.as_bytes(), terminal),
        None => Ok(()),
    });
    // A ledger is shown with what is wrong.
    mapped.err().unwrap_or(if failed { Exit::Errors } else { Exit::Done })
}

/// The stages before the program. The tree of a file is there whatever is wrong with it; the model
/// only where nothing is.
fn early(analysis: &Analysis, stage: Stage) -> Option<String> {
    match stage {
        Stage::Syntax => analysis.modules.modules.last().map(|root| outline::module(&root.ast)),
        Stage::Model if !analysis.has_errors() => Some(model::display(&analysis.model, &analysis.sources)),
        _ => None,
    }
}
