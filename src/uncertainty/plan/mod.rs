//! A plan that somebody made: decisions of a solved study, or of a table written by hand. A study can
//! take them as given, and say what follows.

mod fit;
mod read;

pub use fit::{Fixed, fit};

use super::verify::Stands;
use crate::source::Span;
use serde_json::{Map, Value};

/// What a file says of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Its name, for messages.
    pub name: String,
    /// Its beginning, for findings about all of it.
    pub span: Span,
    /// Rows with a quantity and a value, as written.
    rows: Vec<Row>,
    /// Values of all decisions of a solved study, as its document has them.
    devices: Option<(Map<String, Value>, Span)>,
    /// Open lines per period, as its document has them; asked where nothing else tells of them.
    open_lines: Vec<Vec<String>>,
}

/// One value, or the same for several decisions.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    /// `line.closed`.
    quantity: String,
    /// Id of the element; none for all of them.
    id: Option<String>,
    /// Period from 1; none for all of them.
    period: Option<usize>,
    /// The value, in the unit in which the study shows it.
    value: f64,
    /// That unit, where the file says it.
    unit: Option<String>,
    /// Where it stands.
    span: Span,
}

/// What became of a plan in a study.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The plan's name.
    pub name: String,
    /// Decisions that it fixes.
    pub fixed: usize,
    /// Decisions made ahead that it leaves to the study.
    pub open: usize,
    /// How it stands in the realisations looked at; none where the study has none.
    pub stands: Option<Stands>,
}
