//! Runs the statements of a case file and leaves its variables.

use super::functions::{self, LARGEST};
use super::index::{self, Positions};
use super::syntax::{Binary, Expr, ExprKind, Place, Statement, Target, Unary};
use super::value::{Matrix, Value};
use super::{Trouble, constants, unreadable, unsupported};
use indexmap::IndexMap;

/// A variable and the place that last assigned the whole of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variable {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// What a file leaves behind.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Variables {
    /// By name; fields as `mpc.bus`.
    pub(super) all: IndexMap<String, Variable>,
    /// The function's outputs, name and place, if it is a function.
    pub(super) function: Option<(Vec<String>, String, Place)>,
}

/// Runs statements in order.
///
/// # Errors
/// The first that cannot be evaluated.
pub(super) fn run(statements: &[Statement]) -> Result<Variables, Trouble> {
    let mut variables = Variables::default();
    variables.block(statements)?;
    Ok(variables)
}

/// Whether to go on after a statement.
#[derive(PartialEq)]
enum Flow {
    Next,
    Return,
}

impl Variables {
    fn block(&mut self, statements: &[Statement]) -> Result<Flow, Trouble> {
        for statement in statements {
            match statement {
                Statement::Function { place, outputs, name } => {
                    self.function = Some((outputs.clone(), name.clone(), *place));
                }
                Statement::Assign { target, value } => self.assign(target, value)?,
                Statement::AssignMany { targets, value } => self.assign_many(targets, value)?,
                Statement::Bare(expr) => self.bare(expr)?,
                Statement::Return => return Ok(Flow::Return),
                Statement::If { branches, otherwise } => {
                    let mut chosen = otherwise;
                    for (condition, body) in branches {
                        if self.matrix(condition, None)?.is_true() {
                            chosen = body;
                            break;
                        }
                    }
                    if self.block(chosen)? == Flow::Return {
                        return Ok(Flow::Return);
                    }
                }
            }
        }
        Ok(Flow::Next)
    }

    fn set(&mut self, name: &str, value: Value, place: Place) {
        self.all.insert(name.to_owned(), Variable { value, place });
    }

    fn bare(&mut self, expr: &Expr) -> Result<(), Trouble> {
        if matches!(&expr.kind, ExprKind::Name(name) if name == "define_constants") {
            for (name, column) in constants::all() {
                self.set(name, Value::Matrix(Matrix::scalar(f64::from(column))), expr.place);
            }
            return Ok(());
        }
        self.value(expr, None).map(drop)
    }

    fn assign_many(&mut self, targets: &[Option<String>], value: &Expr) -> Result<(), Trouble> {
        let outputs = match &value.kind {
            ExprKind::Name(name) => constants::outputs(name),
            ExprKind::Apply { name, arguments } if arguments.is_empty() => constants::outputs(name),
            _ => None,
        };
        let Some(outputs) = outputs else {
            if let [Some(name)] = targets {
                let result = self.value(value, None)?;
                self.set(name, result, value.place);
                return Ok(());
            }
            return Err(unsupported(value.place, "calls with several outputs are not evaluated", "not evaluated"));
        };
        if targets.len() > outputs.len() {
            let label = format!("has {} outputs, not {}", outputs.len(), targets.len());
            return Err(unreadable(value.place, "more outputs are taken than there are", label));
        }
        for (target, (_, column)) in targets.iter().zip(outputs) {
            if let Some(name) = target {
                self.set(name, Value::Matrix(Matrix::scalar(f64::from(*column))), value.place);
            }
        }
        Ok(())
    }

    fn assign(&mut self, target: &Target, value: &Expr) -> Result<(), Trouble> {
        let Some(arguments) = &target.index else {
            let result = self.value(value, None)?;
            self.set(&target.name, result, target.place);
            return Ok(());
        };
        let deletes = matches!(&value.kind, ExprKind::Literal(m) if m.len() == 0);
        let new = self.matrix(value, None)?;
        let Some(Value::Matrix(old)) = self.all.get(&target.name).map(|v| &v.value) else {
            let message = format!("`{}` is not a matrix that could be assigned to", target.name);
            return Err(unsupported(target.place, message, "not a matrix"));
        };
        match arguments.as_slice() {
            [one] => {
                // Only a vector knows in which direction it grows.
                let (upright, vector) = (old.cols == 1 && old.rows > 1, old.rows <= 1 || old.cols == 1);
                let length = old.len();
                let picked =
                    if vector { self.positions_or_beyond(one, length)? } else { self.positions(one, length)?.0 };
                if let Some(old) = self.matrix_mut(&target.name) {
                    if vector {
                        let first = index::all(1);
                        let (rows, cols) = if upright { (&picked, &first) } else { (&first, &picked) };
                        index::grow(old, rows, cols, target.place)?;
                    }
                    index::assign_elements(old, &picked, &new, target.place)?;
                }
            }
            [first, second] => {
                let (rows, cols) = if deletes {
                    (self.positions(first, old.rows)?.0, self.positions(second, old.cols)?.0)
                } else {
                    (self.positions_or_beyond(first, old.rows)?, self.positions_or_beyond(second, old.cols)?)
                };
                if let Some(old) = self.matrix_mut(&target.name) {
                    if deletes {
                        index::delete_rows(old, &rows, &cols, target.place)?;
                    } else {
                        index::grow(old, &rows, &cols, target.place)?;
                        index::assign(old, &rows, &cols, &new, target.place)?;
                    }
                }
            }
            _ => return Err(unsupported(target.place, "an index has one or two parts", "not evaluated")),
        }
        Ok(())
    }

    fn matrix_mut(&mut self, name: &str) -> Option<&mut Matrix> {
        match self.all.get_mut(name).map(|v| &mut v.value) {
            Some(Value::Matrix(matrix)) => Some(matrix),
            _ => None,
        }
    }

    /// Positions of one index, and the shape it was written in.
    fn positions(&self, index: &Expr, length: usize) -> Result<(Positions, (usize, usize)), Trouble> {
        self.positions_up_to(index, length, length)
    }

    /// Positions to assign to: a matrix grows.
    fn positions_or_beyond(&self, index: &Expr, length: usize) -> Result<Positions, Trouble> {
        Ok(self.positions_up_to(index, length, index::MOST_CELLS)?.0)
    }

    fn positions_up_to(
        &self,
        index: &Expr,
        length: usize,
        most: usize,
    ) -> Result<(Positions, (usize, usize)), Trouble> {
        if index.kind == ExprKind::All {
            return Ok((index::all(length), (length, 1)));
        }
        let matrix = self.matrix(index, Some(length))?;
        Ok((index::positions(&matrix, length, most, index.place)?, (matrix.rows, matrix.cols)))
    }

    fn matrix(&self, expr: &Expr, last: Option<usize>) -> Result<Matrix, Trouble> {
        match self.value(expr, last)? {
            Value::Matrix(matrix) => Ok(matrix),
            _ => Err(unreadable(expr.place, "numbers are expected here", "not a number")),
        }
    }

    /// The value of an expression; `last` is what `end` means.
    fn value(&self, expr: &Expr, last: Option<usize>) -> Result<Value, Trouble> {
        let place = expr.place;
        let matrix = match &expr.kind {
            ExprKind::Number(x) => Matrix::scalar(*x),
            ExprKind::Text(text) => return Ok(Value::Text(text.clone())),
            ExprKind::Cells => return Ok(Value::Cells),
            ExprKind::Literal(matrix) => matrix.clone(),
            ExprKind::Rows(rows) => self.rows(rows, last, place)?,
            ExprKind::Name(name) => return self.name(name, place),
            ExprKind::Apply { name, arguments } => return self.apply(name, arguments, last, place),
            ExprKind::All => return Err(unreadable(place, "`:` stands alone", "only in an index")),
            ExprKind::Last => match last {
                Some(n) => Matrix::scalar(n as f64),
                None => return Err(unreadable(place, "`end` stands outside an index", "only in an index")),
            },
            ExprKind::Range { first, step, last: end } => self.range(first, step.as_deref(), end, last)?,
            ExprKind::Unary { operator, operand } => unary(*operator, self.matrix(operand, last)?),
            ExprKind::Binary { operator, left, right } => {
                let (left, right) = (self.value(left, last)?, self.value(right, last)?);
                binary(*operator, left, right, place)?
            }
        };
        Ok(Value::Matrix(matrix))
    }

    fn name(&self, name: &str, place: Place) -> Result<Value, Trouble> {
        if let Some(variable) = self.all.get(name) {
            return Ok(variable.value.clone());
        }
        if let Some([(_, first), ..]) = constants::outputs(name) {
            return Ok(Value::Matrix(Matrix::scalar(f64::from(*first))));
        }
        match functions::call(name, &[], place) {
            Some(result) => result.map(Value::Matrix),
            None => Err(unknown(name, place)),
        }
    }

    fn apply(&self, name: &str, arguments: &[Expr], last: Option<usize>, place: Place) -> Result<Value, Trouble> {
        let Some(variable) = self.all.get(name) else {
            let values = arguments.iter().map(|a| self.matrix(a, last)).collect::<Result<Vec<_>, _>>();
            return match functions::call(name, values.as_deref().unwrap_or_default(), place) {
                Some(result) => values.and(result).map(Value::Matrix),
                None => Err(unknown(name, place)),
            };
        };
        let Value::Matrix(matrix) = &variable.value else {
            return Err(unsupported(place, "only matrices are indexed", "not a matrix"));
        };
        let result = match arguments {
            [] => matrix.clone(),
            [one] => {
                let (picked, shape) = self.positions(one, matrix.len())?;
                index::elements(matrix, &picked, shape)
            }
            [first, second] => {
                let (rows, _) = self.positions(first, matrix.rows)?;
                let (cols, _) = self.positions(second, matrix.cols)?;
                if rows.list.len().saturating_mul(cols.list.len()) > LARGEST {
                    return Err(unsupported(place, "the selection is too large", "too large"));
                }
                index::submatrix(matrix, &rows, &cols)
            }
            _ => return Err(unsupported(place, "an index has one or two parts", "not evaluated")),
        };
        Ok(Value::Matrix(result))
    }

    fn rows(&self, rows: &[Vec<Expr>], last: Option<usize>, place: Place) -> Result<Matrix, Trouble> {
        let mut whole = Matrix::default();
        let mut places = Vec::new();
        for row in rows {
            let mut line = Matrix::default();
            for cell in row {
                let part = self.matrix(cell, last)?;
                if part.len() == 1 {
                    places.push(cell.place.start);
                }
                line = beside(line, part, cell.place)?;
            }
            if line.len() == 0 {
                continue;
            }
            if whole.len() > 0 && whole.cols != line.cols {
                let label = format!("{} columns under {}", line.cols, whole.cols);
                let at = row.first().map_or(place, |e| e.place);
                return Err(unreadable(at, "a row differs in length from the rows above", label));
            }
            whole.cols = line.cols;
            whole.rows += line.rows;
            whole.data.append(&mut line.data);
            if whole.len() > LARGEST {
                return Err(unsupported(place, "the matrix is too large", "too large"));
            }
        }
        whole.places = Some(places).filter(|p| p.len() == whole.len());
        Ok(whole)
    }

    fn range(&self, first: &Expr, step: Option<&Expr>, end: &Expr, last: Option<usize>) -> Result<Matrix, Trouble> {
        let number = |expr: &Expr| match self.matrix(expr, last)?.as_scalar() {
            Some(x) if x.is_finite() => Ok(x),
            _ => Err(unreadable(expr.place, "a range needs finite numbers", "not a finite number")),
        };
        let (from, to) = (number(first)?, number(end)?);
        let by = step.map_or(Ok(1.0), number)?;
        let count = ((to - from) / by + 1e-10).floor() + 1.0;
        if count.is_nan() || count < 1.0 {
            return Ok(Matrix { rows: 1, ..Matrix::default() });
        }
        if count > LARGEST as f64 {
            return Err(unsupported(first.place.to(end.place), "the range is too long", "too long"));
        }
        Ok(Matrix::from_fn(1, count as usize, |_, i| from + by * i as f64))
    }
}

/// `[left, right]`; an empty matrix adds nothing.
fn beside(mut left: Matrix, right: Matrix, place: Place) -> Result<Matrix, Trouble> {
    if left.len() == 0 || right.len() == 0 {
        return Ok(if right.len() == 0 { left } else { right });
    }
    if left.rows != right.rows {
        let label = format!("{} rows beside {}", right.rows, left.rows);
        return Err(unreadable(place, "matrices side by side differ in height", label));
    }
    let width = left.cols + right.cols;
    if width.saturating_mul(left.rows) > LARGEST {
        return Err(unsupported(place, "the matrix is too large", "too large"));
    }
    if left.rows == 1 {
        left.data.extend(right.data);
        return Ok(Matrix { rows: 1, cols: width, data: left.data, ..Matrix::default() });
    }
    let middle = left.cols;
    Ok(Matrix::from_fn(left.rows, width, |r, c| if c < middle { left.get(r, c) } else { right.get(r, c - middle) }))
}

fn unknown(name: &str, place: Place) -> Trouble {
    unsupported(place, format!("`{name}` is not defined here and not a function the importer knows"), "unknown name")
        .help("run the file in MATPOWER and export it with savecase, then import that")
}

fn unary(operator: Unary, x: Matrix) -> Matrix {
    match operator {
        Unary::Plus => x,
        Unary::Minus => Matrix { data: x.data.iter().map(|x| -x).collect(), logical: false, places: None, ..x },
        Unary::Not => {
            Matrix { data: x.data.iter().map(|x| f64::from(*x == 0.0)).collect(), logical: true, places: None, ..x }
        }
        Unary::Transpose => Matrix { logical: x.logical, ..Matrix::from_fn(x.cols, x.rows, |r, c| x.get(c, r)) },
    }
}

fn binary(operator: Binary, left: Value, right: Value, place: Place) -> Result<Matrix, Trouble> {
    let (a, b) = match (left, right) {
        (Value::Matrix(a), Value::Matrix(b)) => (a, b),
        (Value::Text(a), Value::Text(b)) if matches!(operator, Binary::Equal | Binary::Unequal) => {
            let truth = (a == b) == (operator == Binary::Equal);
            return Ok(Matrix { logical: true, ..Matrix::scalar(f64::from(truth)) });
        }
        _ => return Err(unreadable(place, "numbers are expected on both sides", "not numbers")),
    };
    let scalars = (a.len() == 1, b.len() == 1);
    let whole_matrices = match operator {
        Binary::Times => !scalars.0 && !scalars.1,
        Binary::Over => !scalars.1,
        Binary::Power => scalars != (true, true),
        _ => false,
    };
    if whole_matrices {
        return Err(unsupported(place, "products of whole matrices are not evaluated", "a product of matrices")
            .help("if every cell is meant, write `.*`, `./` or `.^`"));
    }
    let truth = |f: fn(f64, f64) -> bool| move |x, y| f64::from(f(x, y));
    let result = match operator {
        Binary::Add => functions::each(&a, &b, place, |x, y| x + y)?,
        Binary::Subtract => functions::each(&a, &b, place, |x, y| x - y)?,
        Binary::Times | Binary::EachTimes => functions::each(&a, &b, place, |x, y| x * y)?,
        Binary::Over | Binary::EachOver => functions::each(&a, &b, place, |x, y| x / y)?,
        Binary::Power | Binary::EachPower => functions::each(&a, &b, place, f64::powf)?,
        Binary::Equal => functions::each(&a, &b, place, truth(|x, y| x == y))?,
        Binary::Unequal => functions::each(&a, &b, place, truth(|x, y| x != y))?,
        Binary::Less => functions::each(&a, &b, place, truth(|x, y| x < y))?,
        Binary::LessEqual => functions::each(&a, &b, place, truth(|x, y| x <= y))?,
        Binary::Greater => functions::each(&a, &b, place, truth(|x, y| x > y))?,
        Binary::GreaterEqual => functions::each(&a, &b, place, truth(|x, y| x >= y))?,
        Binary::And => functions::each(&a, &b, place, truth(|x, y| x != 0.0 && y != 0.0))?,
        Binary::Or => functions::each(&a, &b, place, truth(|x, y| x != 0.0 || y != 0.0))?,
    };
    let arithmetic = matches!(
        operator,
        Binary::Add
            | Binary::Subtract
            | Binary::Times
            | Binary::Over
            | Binary::Power
            | Binary::EachTimes
            | Binary::EachOver
            | Binary::EachPower
    );
    Ok(Matrix { logical: !arithmetic, ..result })
}
