//! The report stage: a solved program back in source terms, re-checked on the program by direct
//! evaluation and on the network by an AC power flow.

mod ac;
mod evaluate;
mod json;
mod primal;
mod referred;
mod study;
mod terminal;
mod uncertain;

pub use ac::{AcState, power_flow};
pub use evaluate::{failed_checks, form_value, largest_violation};
pub use json::{Document, document};
pub use study::{Status, StudyOptions, StudyResult, check, solve};
pub use terminal::summary;
pub use uncertain::{uncertain_document, uncertain_summary};
