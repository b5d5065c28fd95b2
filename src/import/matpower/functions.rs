//! Functions of one or a few matrices that case files call.

use super::syntax::Place;
use super::value::Matrix;
use super::{Trouble, unreadable, unsupported};

/// Most cells of a computed matrix.
pub(super) const LARGEST: usize = 20_000_000;

/// Calls a function by name; none if there is no such function.
///
/// # Errors
/// Arguments that do not fit.
pub(super) fn call(name: &str, arguments: &[Matrix], place: Place) -> Option<Result<Matrix, Trouble>> {
    if let Some(x) = constant(name)
        && arguments.is_empty()
    {
        return Some(Ok(Matrix::scalar(x)));
    }
    if let (Some(function), [x]) = (elementwise(name), arguments) {
        let logical = name.starts_with("is");
        let data = x.data.iter().map(|x| function(*x)).collect();
        return Some(Ok(Matrix { rows: x.rows, cols: x.cols, data, logical, places: None }));
    }
    let result = match (name, arguments) {
        ("size", [x]) => Matrix { rows: 1, cols: 2, data: vec![x.rows as f64, x.cols as f64], ..Matrix::default() },
        ("size", [x, dimension]) => Matrix::scalar(match dimension.as_scalar() {
            Some(1.0) => x.rows as f64,
            Some(2.0) => x.cols as f64,
            _ => 1.0,
        }),
        ("length", [x]) => Matrix::scalar(if x.len() == 0 { 0 } else { x.rows.max(x.cols) } as f64),
        ("numel", [x]) => Matrix::scalar(x.len() as f64),
        ("isempty", [x]) => Matrix { logical: true, ..Matrix::scalar(f64::from(x.len() == 0)) },
        ("ones" | "zeros" | "true" | "false" | "Inf" | "NaN" | "eye", _) => {
            let (rows, cols) = match shape(arguments) {
                Some(shape) => shape,
                None => return Some(Err(unreadable(place, "this size is not usable", "not a usable size"))),
            };
            let value = match name {
                "ones" | "true" => 1.0,
                "Inf" => f64::INFINITY,
                "NaN" => f64::NAN,
                _ => 0.0,
            };
            let diagonal = name == "eye";
            let made = Matrix::from_fn(rows, cols, |r, c| if diagonal && r == c { 1.0 } else { value });
            Matrix { logical: matches!(name, "true" | "false"), ..made }
        }
        ("find", [x]) => {
            let found: Vec<f64> = (0..x.len()).filter(|i| x.get_linear(*i) != 0.0).map(|i| i as f64 + 1.0).collect();
            let (rows, cols) = if x.rows == 1 { (1, found.len()) } else { (found.len(), 1) };
            Matrix { rows, cols, data: found, ..Matrix::default() }
        }
        ("sum" | "any" | "all" | "max" | "min" | "prod" | "mean", [x]) => reduce(name, x, None),
        ("sum" | "any" | "all" | "prod" | "mean", [x, dimension]) => reduce(name, x, dimension.as_scalar()),
        ("max" | "min", [a, b]) => {
            let pick = if name == "max" { f64::max } else { f64::min };
            return Some(each(a, b, place, pick));
        }
        ("mod" | "rem", [a, b]) => {
            return Some(each(a, b, place, if name == "mod" { modulo } else { std::ops::Rem::rem }));
        }
        ("atan2", [a, b]) => return Some(each(a, b, place, f64::atan2)),
        ("hypot", [a, b]) => return Some(each(a, b, place, f64::hypot)),
        _ if is_known(name) => {
            let message = format!("`{name}` is called with {} arguments", arguments.len());
            return Some(Err(unsupported(place, message, "not evaluated with these arguments")));
        }
        _ => return None,
    };
    Some(Ok(result))
}

fn is_known(name: &str) -> bool {
    const OTHERS: [&str; 16] = [
        "size", "length", "numel", "isempty", "find", "sum", "any", "all", "max", "min", "prod", "mean", "mod", "rem",
        "atan2", "hypot",
    ];
    elementwise(name).is_some() || OTHERS.contains(&name)
}

/// Value of a named number.
pub(super) fn constant(name: &str) -> Option<f64> {
    Some(match name {
        "pi" => std::f64::consts::PI,
        "Inf" | "inf" => f64::INFINITY,
        "NaN" | "nan" => f64::NAN,
        "eps" => f64::EPSILON,
        _ => return None,
    })
}

fn elementwise(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "sqrt" => f64::sqrt,
        "abs" => f64::abs,
        "sin" => f64::sin,
        "cos" => f64::cos,
        "tan" => f64::tan,
        "asin" => f64::asin,
        "acos" => f64::acos,
        "atan" => f64::atan,
        "exp" => f64::exp,
        "log" => f64::ln,
        "log10" => f64::log10,
        "round" => f64::round,
        "floor" => f64::floor,
        "ceil" => f64::ceil,
        "fix" => f64::trunc,
        "sign" => |x| if x == 0.0 { 0.0 } else { x.signum() },
        "isnan" => |x| f64::from(x.is_nan()),
        "isinf" => |x| f64::from(x.is_infinite()),
        "deg2rad" => f64::to_radians,
        "rad2deg" => f64::to_degrees,
        _ => return None,
    })
}

fn modulo(a: f64, b: f64) -> f64 {
    if b == 0.0 { a } else { a - (a / b).floor() * b }
}

fn shape(arguments: &[Matrix]) -> Option<(usize, usize)> {
    let size = |x: f64| (x >= 0.0 && x.fract() == 0.0 && x <= LARGEST as f64).then_some(x as usize);
    let (rows, cols) = match arguments {
        [] => (1, 1),
        [x] => match x.data.as_slice() {
            [n] => (size(*n)?, size(*n)?),
            [r, c] => (size(*r)?, size(*c)?),
            _ => return None,
        },
        [r, c] => (size(r.as_scalar()?)?, size(c.as_scalar()?)?),
        _ => return None,
    };
    (rows.checked_mul(cols)? <= LARGEST).then_some((rows, cols))
}

/// Down the columns, along a row vector, or along the dimension asked for.
fn reduce(name: &str, x: &Matrix, dimension: Option<f64>) -> Matrix {
    let along_rows = match dimension {
        Some(d) => d == 2.0,
        None => x.rows == 1,
    };
    let (lines, length) = if along_rows { (x.rows, x.cols) } else { (x.cols, x.rows) };
    let cell = |line: usize, i: usize| if along_rows { x.get(line, i) } else { x.get(i, line) };
    let values: Vec<f64> = (0..lines)
        .map(|line| {
            let items = (0..length).map(|i| cell(line, i));
            match name {
                "sum" => items.sum(),
                "prod" => items.product(),
                "mean" => items.sum::<f64>() / length as f64,
                "any" => f64::from(items.into_iter().any(|x| x != 0.0)),
                "all" => f64::from(items.into_iter().all(|x| x != 0.0)),
                "max" => items.fold(f64::NAN, f64::max),
                _ => items.fold(f64::NAN, f64::min),
            }
        })
        .collect();
    let (rows, cols) = if along_rows { (values.len(), 1) } else { (1, values.len()) };
    Matrix { rows, cols, data: values, logical: matches!(name, "any" | "all"), places: None }
}

/// Cell by cell; a dimension of 1 stretches.
///
/// # Errors
/// Shapes that do not fit.
pub(super) fn each(a: &Matrix, b: &Matrix, place: Place, f: impl Fn(f64, f64) -> f64) -> Result<Matrix, Trouble> {
    let stretch = |m: usize, n: usize| match (m, n) {
        _ if m == n => Some(m),
        (1, _) => Some(n),
        (_, 1) => Some(m),
        _ => None,
    };
    let shape = stretch(a.rows, b.rows).zip(stretch(a.cols, b.cols)).filter(|(r, c)| r.saturating_mul(*c) <= LARGEST);
    let Some((rows, cols)) = shape else {
        let label = format!("{} by {} and {} by {}", a.rows, a.cols, b.rows, b.cols);
        return Err(unreadable(place, "the shapes of the two matrices do not fit", label));
    };
    let at = |m: &Matrix, r: usize, c: usize| m.get(if m.rows == 1 { 0 } else { r }, if m.cols == 1 { 0 } else { c });
    Ok(Matrix::from_fn(rows, cols, |r, c| f(at(a, r, c), at(b, r, c))))
}
