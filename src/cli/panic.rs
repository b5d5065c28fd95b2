//! What is said if the program itself fails: a finding, as of anything else. A model, however wrong, never leads here.

use super::{Findings, Format, Terminal};
use crate::diagnostics::render::{Style, human};
use crate::diagnostics::{Diagnostic, collect::collect, ids_program};
use crate::source::SourceMap;
use std::io::Write;
use std::panic::PanicHookInfo;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Exit code after a failure of the program itself.
pub(super) const EXIT_CODE: u8 = 101;

/// The form in which the command was asked for its result, where programs read it.
static ASKED: OnceLock<Format> = OnceLock::new();

/// What failed first.
static FAILED: Mutex<Option<Diagnostic>> = Mutex::new(None);

/// Replaces the message that panics print.
pub(super) fn install() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line()));
        let found = finding(message(info), place.as_deref());
        let mut text = shown(&found);
        let trace = std::backtrace::Backtrace::capture();
        if trace.status() == std::backtrace::BacktraceStatus::Captured {
            text.push_str(&format!("\n{trace}"));
        }
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
        FAILED.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(found);
    }));
}

/// Keeps in mind who reads the result.
pub(super) fn asked_for(format: Format) {
    let _ = ASKED.set(format);
}

/// The result of a command that failed: the finding, in the form of results that programs read where that was
/// asked for. For reading, the hook has told it.
pub(super) fn answer(terminal: &Terminal) {
    let failed = FAILED.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let (Some(failed), Some(format @ (Format::Json | Format::Sarif | Format::Concise))) = (failed, ASKED.get()) {
        let mut findings = Findings::default();
        findings.add(&SourceMap::default(), [failed]);
        // There is nobody left to tell that this cannot be written.
        let _ = findings.print(*format, terminal);
    }
}

fn message<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    info.payload()
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| info.payload().downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no message)")
}

fn finding(message: &str, place: Option<&str>) -> Diagnostic {
    let what = message.strip_prefix("internal: ").unwrap_or(message);
    let place = place.unwrap_or("unknown");
    let (version, os, arch) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    Diagnostic::unlocated(ids_program::INTERNAL_ERROR, format!("internal: {what}"))
        .note("this is a bug in Tieline, not in your study, and nothing is claimed of the study")
        .note(format!("where: {place}, version {version} ({os}, {arch})"))
        .help(
            "report it with these lines, the command you ran and, if you may share them, the files; \
             RUST_BACKTRACE=1 adds a trace of calls that helps to find it",
        )
}

fn shown(found: &Diagnostic) -> String {
    format!(
        "\n{}",
        human(&SourceMap::default(), &collect([found.clone()], None), Style { unicode: false, color: false })
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::render::json;

    #[test]
    fn the_finding_says_whose_fault_it_is_and_what_to_send() {
        let text = shown(&finding("internal: index out of range", Some("src/a.rs:3")));
        let parts = ["error[E0511 internal-error]: internal: index out of range", "bug in Tieline", "src/a.rs:3"];
        for part in parts.into_iter().chain([env!("CARGO_PKG_VERSION"), "report it"]) {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }

    #[test]
    fn programs_read_it_as_any_other_finding() {
        let value = json(&SourceMap::default(), &[finding("index out of range", None)]);
        assert_eq!(value["diagnostics"][0]["id"], "E0511");
        assert_eq!(value["diagnostics"][0]["message"], "internal: index out of range");
        assert_eq!(value["counts"]["errors"], 1);
    }
}
