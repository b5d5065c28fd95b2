//! Values of the small language in which case files are written.

/// A dense matrix of real numbers, stored by rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Matrix {
    /// Rows.
    pub(super) rows: usize,
    /// Columns.
    pub(super) cols: usize,
    /// Row by row.
    pub(super) data: Vec<f64>,
    /// Made by a comparison: indexes as a mask.
    pub(super) logical: bool,
    /// Byte offset of every cell in the file, where the matrix was written out in it.
    pub(super) places: Option<Vec<u32>>,
}

impl Matrix {
    /// A 1 by 1 matrix.
    pub(super) fn scalar(x: f64) -> Self {
        Matrix { rows: 1, cols: 1, data: vec![x], ..Matrix::default() }
    }

    /// A matrix with every cell made by a function of row and column.
    pub(super) fn from_fn(rows: usize, cols: usize, mut cell: impl FnMut(usize, usize) -> f64) -> Self {
        let mut data = Vec::with_capacity(rows.saturating_mul(cols));
        for row in 0..rows {
            data.extend((0..cols).map(|col| cell(row, col)));
        }
        Matrix { rows, cols, data, ..Matrix::default() }
    }

    /// The cell; not a number outside.
    pub(super) fn get(&self, row: usize, col: usize) -> f64 {
        if col >= self.cols {
            return f64::NAN;
        }
        self.data.get(row * self.cols + col).copied().unwrap_or(f64::NAN)
    }

    /// The cell of a column-major index, as the language counts.
    pub(super) fn get_linear(&self, index: usize) -> f64 {
        if self.rows == 0 { f64::NAN } else { self.get(index % self.rows, index / self.rows) }
    }

    /// The number, if it is just one.
    pub(super) fn as_scalar(&self) -> Option<f64> {
        match self.data.as_slice() {
            [x] => Some(*x),
            _ => None,
        }
    }

    /// Number of cells.
    pub(super) fn len(&self) -> usize {
        self.data.len()
    }

    /// Is it true as a condition: not empty and nowhere zero?
    pub(super) fn is_true(&self) -> bool {
        !self.data.is_empty() && self.data.iter().all(|x| *x != 0.0)
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Numbers.
    Matrix(Matrix),
    /// `'text'`.
    Text(String),
    /// `{ … }`, whose content is not kept.
    Cells,
}
