//! What is said if the program itself fails. A model, however wrong, never leads here.

use std::io::Write;
use std::panic::PanicHookInfo;

/// Exit code after a failure of the program itself.
pub(super) const EXIT_CODE: u8 = 101;

/// Replaces the message that panics print.
pub(super) fn install() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line()));
        let mut text = report(message(info), place.as_deref());
        let trace = std::backtrace::Backtrace::capture();
        if trace.status() == std::backtrace::BacktraceStatus::Captured {
            text.push_str(&format!("\n{trace}"));
        }
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }));
}

fn message<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    info.payload()
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| info.payload().downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no message)")
}

fn report(message: &str, place: Option<&str>) -> String {
    format!(
        "\nerror: this is a bug in Tieline, not in your study\n\
         \x20 what: {message}\n\
         \x20 where: {}\n\
         \x20 version: {} ({}, {})\n\
         \x20 help: report it with these lines, the command you ran and, if you may share them, the files.\n\
         \x20       RUST_BACKTRACE=1 adds a trace of calls that helps to find it.\n",
        place.unwrap_or("unknown"),
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_says_whose_fault_it_is_and_what_to_send() {
        let text = report("index out of range", Some("src/a.rs:3"));
        for part in ["bug in Tieline", "index out of range", "src/a.rs:3", env!("CARGO_PKG_VERSION"), "report it"] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }
}
