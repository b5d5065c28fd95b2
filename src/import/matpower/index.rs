//! Indexing of matrices: `A(i, j)`, `A(k)`, `A(:, [1 3])`, masks, and assignment to them.

use super::syntax::Place;
use super::value::Matrix;
use super::{Trouble, unreadable, unsupported};

/// One resolved index: zero-based positions along a dimension of given length.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Positions {
    pub(super) list: Vec<usize>,
    /// It was `:`.
    pub(super) all: bool,
}

/// All positions of a dimension.
pub(super) fn all(length: usize) -> Positions {
    Positions { list: (0..length).collect(), all: true }
}

/// Cells at most of a matrix that grows.
pub(super) const MOST_CELLS: usize = 10_000_000;

/// Makes room for these positions, with zeros as MATLAB has them.
///
/// # Errors
/// More cells than are held.
pub(super) fn grow(matrix: &mut Matrix, rows: &Positions, cols: &Positions, place: Place) -> Result<(), Trouble> {
    let reached = |positions: &Positions, have: usize| positions.list.iter().fold(have, |m, p| m.max(p + 1));
    let (height, width) = (reached(rows, matrix.rows), reached(cols, matrix.cols));
    if (height, width) == (matrix.rows, matrix.cols) {
        return Ok(());
    }
    if height.saturating_mul(width) > MOST_CELLS {
        let message = format!("a matrix of {height} by {width} is beyond what is read");
        return Err(unsupported(place, message, "grows it"));
    }
    let inside = |r: usize, c: usize| r < matrix.rows && c < matrix.cols;
    let places = matrix.places.as_ref().map(|old| {
        let at = |r: usize, c: usize| old.get(r * matrix.cols + c).copied().unwrap_or(place.start);
        let cells = (0..height).flat_map(|r| (0..width).map(move |c| (r, c)));
        cells.map(|(r, c)| if inside(r, c) { at(r, c) } else { place.start }).collect()
    });
    let grown = Matrix::from_fn(height, width, |r, c| if inside(r, c) { matrix.get(r, c) } else { 0.0 });
    *matrix = Matrix { places, ..grown };
    Ok(())
}

/// The positions that a matrix selects along a dimension of this length; numbers may reach up to `most`.
///
/// # Errors
/// Numbers that are not whole, or outside.
pub(super) fn positions(index: &Matrix, length: usize, most: usize, place: Place) -> Result<Positions, Trouble> {
    if index.logical {
        if index.len() > length {
            return Err(outside(place, index.len() as f64, length));
        }
        let list = index.data.iter().enumerate().filter(|(_, x)| **x != 0.0).map(|(i, _)| i).collect();
        return Ok(Positions { list, all: false });
    }
    let mut list = Vec::with_capacity(index.len());
    for x in &index.data {
        if !(*x >= 1.0 && x.fract() == 0.0 && *x <= most as f64) {
            return Err(outside(place, *x, most));
        }
        list.push(*x as usize - 1);
    }
    Ok(Positions { list, all: false })
}

fn outside(place: Place, x: f64, length: usize) -> Trouble {
    unreadable(place, format!("index {x} is not one of 1 to {length}"), format!("only 1 to {length} exist"))
}

/// `A(i, j)`.
pub(super) fn submatrix(matrix: &Matrix, rows: &Positions, cols: &Positions) -> Matrix {
    Matrix {
        logical: matrix.logical,
        ..Matrix::from_fn(rows.list.len(), cols.list.len(), |r, c| {
            matrix.get(rows.list.get(r).copied().unwrap_or(0), cols.list.get(c).copied().unwrap_or(0))
        })
    }
}

/// `A(k)` by columns: of the shape of the index, of a column for `:`, of the vector for masks of one.
pub(super) fn elements(matrix: &Matrix, picked: &Positions, shape: (usize, usize)) -> Matrix {
    let (rows, cols) = if picked.all {
        (picked.list.len(), 1)
    } else if shape.0 * shape.1 == picked.list.len() && shape.0 > 1 && shape.1 > 1 {
        shape
    } else if matrix.rows == 1 || (shape.0 == 1 && matrix.cols != 1) {
        (1, picked.list.len())
    } else {
        (picked.list.len(), 1)
    };
    let cell = |r: usize, c: usize| picked.list.get(c * rows + r).map_or(f64::NAN, |i| matrix.get_linear(*i));
    Matrix { logical: matrix.logical, ..Matrix::from_fn(rows, cols, cell) }
}

/// `A(i, j) = value`.
///
/// # Errors
/// A value of another shape.
pub(super) fn assign(
    target: &mut Matrix,
    rows: &Positions,
    cols: &Positions,
    value: &Matrix,
    place: Place,
) -> Result<(), Trouble> {
    let (height, width) = (rows.list.len(), cols.list.len());
    let scalar = value.as_scalar();
    let same = value.rows == height && value.cols == width;
    let vector = (height == 1 || width == 1) && value.len() == height * width && (value.rows == 1 || value.cols == 1);
    if scalar.is_none() && !same && !vector {
        let label = format!("{height} by {width} is assigned {} by {}", value.rows, value.cols);
        return Err(unreadable(place, "the two sides of the assignment differ in shape", label));
    }
    let stride = target.cols;
    for (r, row) in rows.list.iter().enumerate() {
        for (c, col) in cols.list.iter().enumerate() {
            let x = scalar.unwrap_or_else(|| value.data.get(r * width + c).copied().unwrap_or(f64::NAN));
            if let Some(cell) = target.data.get_mut(row * stride + col) {
                *cell = x;
            }
        }
    }
    Ok(())
}

/// `A(k) = value`, by columns.
///
/// # Errors
/// A value of another length.
pub(super) fn assign_elements(
    target: &mut Matrix,
    picked: &Positions,
    value: &Matrix,
    place: Place,
) -> Result<(), Trouble> {
    let scalar = value.as_scalar();
    if scalar.is_none() && value.len() != picked.list.len() {
        let label = format!("{} cells are assigned {}", picked.list.len(), value.len());
        return Err(unreadable(place, "the two sides of the assignment differ in length", label));
    }
    let (rows, cols) = (target.rows.max(1), target.cols);
    for (k, index) in picked.list.iter().enumerate() {
        let x = scalar.unwrap_or_else(|| value.get_linear(k));
        if let Some(cell) = target.data.get_mut((index % rows) * cols + index / rows) {
            *cell = x;
        }
    }
    Ok(())
}

/// `A(i, :) = []`.
///
/// # Errors
/// Anything but whole rows.
pub(super) fn delete_rows(
    target: &mut Matrix,
    rows: &Positions,
    cols: &Positions,
    place: Place,
) -> Result<(), Trouble> {
    if !cols.all {
        return Err(unsupported(place, "only whole rows can be deleted", "not evaluated"));
    }
    let mut keep = vec![true; target.rows];
    for row in &rows.list {
        if let Some(flag) = keep.get_mut(*row) {
            *flag = false;
        }
    }
    let width = target.cols.max(1);
    let kept = |i: usize| keep.get(i / width).copied().unwrap_or(false);
    let mut i = 0;
    target.data.retain(|_| {
        i += 1;
        kept(i - 1)
    });
    if let Some(places) = &mut target.places {
        let mut i = 0;
        places.retain(|_| {
            i += 1;
            kept(i - 1)
        });
    }
    target.rows = keep.iter().filter(|k| **k).count();
    Ok(())
}
