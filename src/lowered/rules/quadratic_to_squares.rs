//! `quadratic_to_squares`
//!
//! Mathematics: `xᵀQx = ‖Fx‖²` with `FᵀF = Q`, which exists exactly where `Q` has no negative
//! eigenvalue, that is where the quadratic is convex.
//! Source: sums of squares and products of continuous decisions on the smaller side of `<=`, or in a
//! minimised objective.
//! Creates: nothing itself; it hands a sum of squares to `square_to_cone`.
//! Bounds: none.
//! Exact: squares with positive coefficients stay as written. Other groups of products that share
//! variables are expanded and factorised by Cholesky with pivoting on the matrix with unit diagonal;
//! pivots below 1e-9 count as zero. A group whose matrix has a negative eigenvalue is refused.

use crate::lowered::draft::{Draft, Rule};
use crate::lowered::refuse;
use crate::program::{Affine, Product, VarId};
use indexmap::IndexMap;
use petgraph::unionfind::UnionFind;

/// Products that share no variable with others, as squares and an affine rest.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::lowered) struct Squares {
    /// `Σ coefficient · square`, coefficients positive.
    pub squares: Vec<(f64, Affine)>,
    /// What is left over.
    pub rest: Affine,
}

/// Largest number of variables in one group that needs factorising.
const LARGEST: usize = 800;

/// Writes the products as sums of squares, one per group of connected variables.
pub(in crate::lowered) fn quadratic_to_squares(draft: &Draft, products: Vec<Product>) -> Rule<Vec<Squares>> {
    groups(products).into_iter().map(|group| factorise(draft, group)).collect()
}

/// Products in groups that share no variable, in order of their first product.
fn groups(products: Vec<Product>) -> Vec<Vec<Product>> {
    let mut owner: IndexMap<VarId, usize, rustc_hash::FxBuildHasher> = IndexMap::default();
    let mut joined: UnionFind<usize> = UnionFind::new(products.len());
    for (i, p) in products.iter().enumerate() {
        for (v, _) in p.left.terms.iter().chain(&p.right.terms) {
            let first = *owner.entry(*v).or_insert(i);
            joined.union(first, i);
        }
    }
    let mut out: IndexMap<usize, Vec<Product>, rustc_hash::FxBuildHasher> = IndexMap::default();
    for (i, p) in products.into_iter().enumerate() {
        out.entry(joined.find_mut(i)).or_default().push(p);
    }
    out.into_values().collect()
}

fn factorise(draft: &Draft, group: Vec<Product>) -> Rule<Squares> {
    if group.iter().all(|p| p.coefficient > 0.0 && p.left == p.right) {
        let squares = group.into_iter().map(|p| (p.coefficient, p.left)).collect();
        return Ok(Squares { squares, rest: Affine::default() });
    }
    let mut index: IndexMap<VarId, usize, rustc_hash::FxBuildHasher> = IndexMap::default();
    for p in &group {
        for (v, _) in p.left.terms.iter().chain(&p.right.terms) {
            let next = index.len();
            index.entry(*v).or_insert(next);
        }
    }
    index.sort_keys();
    let variables: Vec<VarId> = index.keys().copied().collect();
    index.values_mut().enumerate().for_each(|(i, place)| *place = i);
    let n = variables.len();
    if n > LARGEST {
        return Err(refuse::not_convex(draft, &group, Some(LARGEST)));
    }
    let mut matrix = vec![0.0; n * n];
    let mut size = vec![0.0; n * n];
    let mut rest = Affine::default();
    for p in &group {
        rest.add_scaled(&p.left, p.coefficient * p.right.constant);
        rest.add_scaled(&p.right, p.coefficient * p.left.constant);
        rest.constant -= p.coefficient * p.left.constant * p.right.constant;
        for (v, a) in &p.left.terms {
            for (w, b) in &p.right.terms {
                let (i, j) = (index[v], index[w]);
                let half = 0.5 * p.coefficient * a * b;
                matrix[i * n + j] += half;
                matrix[j * n + i] += half;
                size[i * n + j] += half.abs();
                size[j * n + i] += half.abs();
            }
        }
    }
    for (m, s) in matrix.iter_mut().zip(&size) {
        if m.abs() <= 1e-12 * s {
            *m = 0.0;
        }
    }
    match cholesky(&mut matrix, n) {
        Some(factors) => {
            let square = |f: Vec<f64>| {
                let terms = variables.iter().copied().zip(f).filter(|(_, c)| *c != 0.0).collect();
                (1.0, Affine { constant: 0.0, terms })
            };
            Ok(Squares { squares: factors.into_iter().map(square).collect(), rest })
        }
        None => Err(refuse::not_convex(draft, &group, None)),
    }
}

/// Rows `f` with `Q = Σ f fᵀ`, or nothing if `Q` has a negative eigenvalue.
fn cholesky(matrix: &mut [f64], n: usize) -> Option<Vec<Vec<f64>>> {
    const ZERO: f64 = 1e-9;
    let mut scale = vec![0.0; n];
    for i in 0..n {
        let d = matrix[i * n + i];
        if d < 0.0 || d == 0.0 && (0..n).any(|j| matrix[i * n + j] != 0.0) {
            return None;
        }
        scale[i] = d.sqrt();
    }
    for i in 0..n {
        for j in 0..n {
            let s = scale[i] * scale[j];
            matrix[i * n + j] = if s > 0.0 { matrix[i * n + j] / s } else { 0.0 };
        }
    }
    let mut left: Vec<usize> = (0..n).filter(|i| scale[*i] > 0.0).collect();
    let mut rows = Vec::new();
    while !left.is_empty() {
        let (place, pivot) = left.iter().enumerate().fold((0, f64::NEG_INFINITY), |best, (k, i)| {
            let d = matrix[i * n + i];
            if d > best.1 { (k, d) } else { best }
        });
        if left.iter().any(|i| matrix[i * n + i] < -ZERO) {
            return None;
        }
        if pivot <= ZERO {
            let rest = left.iter().any(|i| left.iter().any(|j| matrix[i * n + j].abs() > ZERO.sqrt()));
            return if rest { None } else { Some(rows) };
        }
        let p = left.remove(place);
        let root = pivot.sqrt();
        let mut column = vec![0.0; n];
        column[p] = root;
        for i in &left {
            column[*i] = matrix[i * n + p] / root;
        }
        for i in &left {
            for j in &left {
                matrix[i * n + j] -= column[*i] * column[*j];
            }
        }
        rows.push(column.iter().zip(&scale).map(|(c, s)| c * s).collect());
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::cholesky;

    fn rebuilt(rows: &[Vec<f64>], n: usize) -> Vec<f64> {
        let mut out = vec![0.0; n * n];
        for r in rows {
            for i in 0..n {
                for j in 0..n {
                    out[i * n + j] += r[i] * r[j];
                }
            }
        }
        out
    }

    #[test]
    fn factors_give_the_matrix_back() {
        let q = vec![4.0, 2.0, -2.0, 2.0, 5.0, 1.0, -2.0, 1.0, 6.0];
        let rows = cholesky(&mut q.clone(), 3).expect("positive definite");
        rebuilt(&rows, 3).iter().zip(&q).for_each(|(a, b)| assert!((a - b).abs() < 1e-12, "{a} {b}"));
    }

    #[test]
    fn rank_one_has_one_factor_and_indefinite_none() {
        let q = vec![1e12, 1e6, 1e6, 1.0];
        let rows = cholesky(&mut q.clone(), 2).expect("semidefinite");
        assert_eq!(rows.len(), 1);
        rebuilt(&rows, 2).iter().zip(&q).for_each(|(a, b)| assert!((a - b).abs() < 1e-9 * b.abs()));
        assert!(cholesky(&mut [0.0, 1.0, 1.0, 0.0], 2).is_none());
        assert!(cholesky(&mut [1.0, 1.1, 1.1, 1.0], 2).is_none());
        assert!(cholesky(&mut [1.0, 0.0, 0.0, -1.0], 2).is_none());
    }
}
