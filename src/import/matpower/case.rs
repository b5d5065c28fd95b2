//! The fields of a case, with the places of their cells.

use super::columns;
use super::eval::{Variable, Variables};
use super::syntax::Place;
use super::value::{Matrix, Value};
use super::{Trouble, unreadable};
use crate::diagnostics::ids_import::INCONSISTENT_CASE;
use crate::source::{FileId, Span};

/// A matrix of the case.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) matrix: Matrix,
    pub(super) place: Place,
}

/// What a case file defines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Case {
    /// Name of the function, or of the struct.
    pub(super) name: String,
    pub(super) base_mva: f64,
    pub(super) bus: Field,
    pub(super) generator: Field,
    pub(super) branch: Field,
    /// Every other field, with its place; `version` left out.
    pub(super) others: Vec<(String, Place)>,
}

impl Case {
    /// Collects the fields of the struct that the file returns.
    ///
    /// # Errors
    /// Format version 1, missing fields, fields of another kind.
    pub(super) fn from_variables(variables: Variables) -> Result<Case, Trouble> {
        let start = Place { start: 0, end: 0 };
        let (outputs, name, place) = variables.function.unwrap_or((Vec::new(), String::new(), start));
        if outputs.len() > 1 {
            let message = "the case is of MATPOWER's format version 1";
            return Err(unreadable(place, message, "returns separate matrices")
                .help("load it in MATPOWER and save it with savecase, which writes version 2"));
        }
        let guessed = || variables.all.keys().find_map(|k| k.strip_suffix(".bus")).map(str::to_owned);
        let Some(root) = outputs.into_iter().next().or_else(guessed) else {
            return Err(unreadable(place, "this is not a MATPOWER case: no field `bus` is assigned", "no case here"));
        };
        let mut fields = variables.all;
        let mut take = |field: &str| fields.swap_remove(&format!("{root}.{field}"));
        if let Some(Variable { value: Value::Text(version), place }) = take("version")
            && version != "2"
        {
            let message = format!("the case is of MATPOWER's format version {version}, not 2");
            return Err(unreadable(place, message, "not version 2")
                .help("load it in MATPOWER and save it with savecase, which writes version 2"));
        }
        let mut need = |field: &str| match take(field) {
            Some(Variable { value: Value::Matrix(matrix), place }) => Ok(Field { matrix, place }),
            Some(Variable { place, .. }) => {
                Err(inconsistent(place, format!("`{root}.{field}` is not a matrix"), "not a matrix"))
            }
            None => Err(inconsistent(place, format!("the case has no `{root}.{field}`"), "incomplete case")),
        };
        let base = need("baseMVA")?;
        let Some(base_mva) = base.matrix.as_scalar().filter(|x| x.is_finite() && *x > 0.0) else {
            return Err(inconsistent(base.place, "the base power is not a positive number", "not a positive number"));
        };
        let (bus, generator, branch) = (need("bus")?, need("gen")?, need("branch")?);
        let prefix = format!("{root}.");
        let mut others: Vec<(String, Place)> = fields
            .iter()
            .filter_map(|(key, v)| key.strip_prefix(&prefix).map(|field| (field.to_owned(), v.place)))
            .collect();
        others.sort_by_key(|(_, place)| place.start);
        let name = if name.is_empty() { root } else { name };
        Ok(Case { name, base_mva, bus, generator, branch, others })
    }

    /// Gives this nominal voltage in kV to every bus that has none, and says to how many.
    pub(super) fn fill_base_kv(&mut self, kv: f64) -> usize {
        let matrix = &mut self.bus.matrix;
        let cells = matrix.data.iter_mut().skip(columns::bus::BASE_KV).step_by(matrix.cols.max(1));
        cells.filter(|base| **base == 0.0).map(|base| *base = kv).count()
    }
}

fn inconsistent(place: Place, message: impl Into<String>, label: &str) -> Trouble {
    Trouble { id: INCONSISTENT_CASE, ..unreadable(place, message, label) }
}

/// A field together with the text it stands in.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) matrix: &'a Matrix,
    place: Place,
    file: FileId,
    text: &'a str,
}

impl<'a> Table<'a> {
    pub(super) fn new(field: &'a Field, file: FileId, text: &'a str) -> Self {
        Table { matrix: &field.matrix, place: field.place, file, text }
    }

    /// The number in a cell; zero where the matrix has no such column.
    pub(super) fn get(&self, row: usize, col: usize) -> f64 {
        if col < self.matrix.cols { self.matrix.get(row, col) } else { 0.0 }
    }

    /// Where the whole field was assigned.
    pub(super) fn whole(&self) -> Span {
        Span { file: self.file, start: self.place.start, end: self.place.end }
    }

    /// The cell in the file, or the field if the matrix was computed.
    pub(super) fn cell(&self, row: usize, col: usize) -> Span {
        let col = col.min(self.matrix.cols.saturating_sub(1));
        let places = self.matrix.places.as_ref();
        let Some(start) = places.and_then(|p| p.get(row * self.matrix.cols + col)).copied() else {
            return self.whole();
        };
        let rest = self.text.as_bytes().get(start as usize..).unwrap_or_default();
        let length = rest.iter().take_while(|b| !b.is_ascii_whitespace() && !b",;]%".contains(b)).count();
        Span { file: self.file, start, end: start + length as u32 }
    }

    /// The cells of a row.
    pub(super) fn row(&self, row: usize) -> Span {
        self.cell(row, 0).to(self.cell(row, self.matrix.cols.saturating_sub(1)))
    }
}
