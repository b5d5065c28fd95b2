//! The report stage: answers for reading. It renders what [`study`](crate::study) and
//! [`uncertainty`](crate::uncertainty) have found, on terminals, as JSON and as CSV, and decides nothing.

mod compare;
mod expected;
mod given;
mod horizon;
mod json;
mod published;
mod quantities;
mod rules;
mod states;
mod terminal;
mod uncertain;
mod upper_limit;

pub use compare::{Case, Comparison, Entry, compare};
pub use json::{Document, document};
pub use published::published;
pub use quantities::{Quantity, quantities};
pub use states::NetworkStates;
pub use terminal::summary;
pub use uncertain::{uncertain_document, uncertain_summary};
