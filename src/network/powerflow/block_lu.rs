//! Sparse LU factorisation of a matrix of 2×2 real blocks with a symmetric pattern.
//!
//! Pivots are taken in minimum-degree order, without exchanges between blocks: the nodal matrices of
//! a network are dominated by their diagonal until the state comes close to a singular one, and there
//! the caller sees the determinant change sign. On a tree the order starts at the leaves and nothing
//! fills in.

/// A 2×2 block, by rows.
pub(super) type Block = [f64; 4];

fn times(a: &Block, b: &Block) -> Block {
    [a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3]]
}

fn apply(a: &Block, x: [f64; 2]) -> [f64; 2] {
    [a[0] * x[0] + a[1] * x[1], a[2] * x[0] + a[3] * x[1]]
}

fn subtract(a: &mut Block, b: &Block) {
    for (a, b) in a.iter_mut().zip(b) {
        *a -= b;
    }
}

/// The pattern, its elimination order and the factors.
#[derive(Debug, Clone)]
pub(super) struct BlockLu {
    /// Elimination step of each node.
    step: Vec<u32>,
    /// Later neighbours (as steps, ascending) of each step: `later[first[k]..first[k + 1]]`.
    first: Vec<usize>,
    later: Vec<u32>,
    /// Per step the diagonal block; after `factor` its inverse.
    diagonal: Vec<Block>,
    /// Per entry (k, j): the block at row k, column j, and the one at row j, column k.
    upper: Vec<Block>,
    lower: Vec<Block>,
}

impl BlockLu {
    /// Analyses the pattern of `nodes` unknowns coupled by `edges` (repeats and self-edges are ignored).
    pub fn new(nodes: usize, edges: &[(u32, u32)]) -> BlockLu {
        let (order, neighbours) = minimum_degree(nodes, edges);
        let mut step = vec![0u32; nodes];
        for (k, &node) in order.iter().enumerate() {
            step[node as usize] = k as u32;
        }
        let mut first = Vec::with_capacity(nodes + 1);
        let mut later = Vec::new();
        first.push(0);
        for &node in &order {
            let start = later.len();
            later.extend(neighbours[node as usize].iter().map(|&n| step[n as usize]));
            later[start..].sort_unstable();
            first.push(later.len());
        }
        let entries = later.len();
        BlockLu {
            step,
            first,
            later,
            diagonal: vec![[0.0; 4]; nodes],
            upper: vec![[0.0; 4]; entries],
            lower: vec![[0.0; 4]; entries],
        }
    }

    /// Sets every block to zero.
    pub fn clear(&mut self) {
        for blocks in [&mut self.diagonal, &mut self.upper, &mut self.lower] {
            blocks.fill([0.0; 4]);
        }
    }

    /// Adds to the block at (row, column). The pair must be of the pattern or the diagonal.
    pub fn add(&mut self, row: u32, column: u32, block: Block) {
        let (i, j) = (self.step[row as usize], self.step[column as usize]);
        if let Some(target) = self.entry(i, j) {
            for (a, b) in target.iter_mut().zip(block) {
                *a += b;
            }
        }
    }

    /// The block at a pair of steps.
    fn entry(&mut self, i: u32, j: u32) -> Option<&mut Block> {
        if i == j {
            return self.diagonal.get_mut(i as usize);
        }
        let (k, other) = (i.min(j) as usize, i.max(j));
        let row = &self.later[self.first[k]..self.first[k + 1]];
        let at = self.first[k] + row.binary_search(&other).ok()?;
        if i < j { self.upper.get_mut(at) } else { self.lower.get_mut(at) }
    }

    /// Factors in place. Returns the sign of the determinant (0 where a pivot is singular or not
    /// finite: the factors are then useless).
    pub fn factor(&mut self) -> i8 {
        let mut sign = 1i8;
        for k in 0..self.diagonal.len() {
            let d = self.diagonal[k];
            let determinant = d[0] * d[3] - d[1] * d[2];
            if determinant == 0.0 || !determinant.is_finite() {
                return 0;
            }
            if determinant < 0.0 {
                sign = -sign;
            }
            let inverse = [d[3] / determinant, -d[1] / determinant, -d[2] / determinant, d[0] / determinant];
            self.diagonal[k] = inverse;
            for a in self.first[k]..self.first[k + 1] {
                let factor = times(&self.lower[a], &inverse);
                self.lower[a] = factor;
                for b in self.first[k]..self.first[k + 1] {
                    let change = times(&factor, &self.upper[b]);
                    if let Some(target) = self.entry(self.later[a], self.later[b]) {
                        subtract(target, &change);
                    }
                }
            }
        }
        sign
    }

    /// Solves in place for one right-hand side, indexed by node. `scratch` is resized as needed.
    pub fn solve(&self, rhs: &mut [[f64; 2]], scratch: &mut Vec<[f64; 2]>) {
        let n = self.diagonal.len();
        scratch.clear();
        scratch.resize(n, [0.0; 2]);
        for (node, &k) in self.step.iter().enumerate() {
            scratch[k as usize] = rhs[node];
        }
        for k in 0..n {
            let here = scratch[k];
            for a in self.first[k]..self.first[k + 1] {
                let change = apply(&self.lower[a], here);
                let target = &mut scratch[self.later[a] as usize];
                target[0] -= change[0];
                target[1] -= change[1];
            }
        }
        for k in (0..n).rev() {
            let mut here = scratch[k];
            for a in self.first[k]..self.first[k + 1] {
                let change = apply(&self.upper[a], scratch[self.later[a] as usize]);
                here[0] -= change[0];
                here[1] -= change[1];
            }
            scratch[k] = apply(&self.diagonal[k], here);
        }
        for (node, &k) in self.step.iter().enumerate() {
            rhs[node] = scratch[k as usize];
        }
    }
}

/// Elimination order by minimum degree (ties by number), with each node's neighbours at its
/// elimination, which are the later neighbours of the factor.
fn minimum_degree(nodes: usize, edges: &[(u32, u32)]) -> (Vec<u32>, Vec<Vec<u32>>) {
    let mut neighbours: Vec<Vec<u32>> = vec![Vec::new(); nodes];
    for &(a, b) in edges {
        if a != b {
            neighbours[a as usize].push(b);
            neighbours[b as usize].push(a);
        }
    }
    let mut queue = std::collections::BinaryHeap::new();
    for (node, list) in neighbours.iter_mut().enumerate() {
        list.sort_unstable();
        list.dedup();
        queue.push(std::cmp::Reverse((list.len(), node as u32)));
    }
    let mut eliminated = vec![false; nodes];
    let mut order = Vec::with_capacity(nodes);
    let mut merged = Vec::new();
    while let Some(std::cmp::Reverse((degree, node))) = queue.pop() {
        if eliminated[node as usize] || degree != neighbours[node as usize].len() {
            continue;
        }
        eliminated[node as usize] = true;
        order.push(node);
        let clique = std::mem::take(&mut neighbours[node as usize]);
        for &member in &clique {
            let list = &mut neighbours[member as usize];
            let before = list.len();
            merged.clear();
            merged.extend(list.iter().chain(&clique).copied().filter(|&n| n != node && n != member));
            merged.sort_unstable();
            merged.dedup();
            std::mem::swap(list, &mut merged);
            if list.len() != before {
                queue.push(std::cmp::Reverse((list.len(), member)));
            }
        }
        neighbours[node as usize] = clique;
    }
    (order, neighbours)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small deterministic generator for the test matrices.
    fn noise(state: &mut u64) -> f64 {
        *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (*state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }

    #[test]
    fn solves_what_the_dense_product_gives() {
        let nodes = 30u32;
        let mut edges: Vec<(u32, u32)> = (1..nodes).map(|k| (k / 2, k)).collect();
        edges.extend([(3, 17), (5, 29), (11, 12), (11, 28), (0, 29)]);
        let mut seed = 7;
        let mut dense = vec![vec![[0.0; 4]; nodes as usize]; nodes as usize];
        let mut lu = BlockLu::new(nodes as usize, &edges);
        let mut put = |lu: &mut BlockLu, i: u32, j: u32, block: Block| {
            lu.add(i, j, block);
            for (a, b) in dense[i as usize][j as usize].iter_mut().zip(block) {
                *a += b;
            }
        };
        for &(a, b) in &edges {
            let block: Block = std::array::from_fn(|_| noise(&mut seed));
            put(&mut lu, a, b, block);
            let block: Block = std::array::from_fn(|_| noise(&mut seed));
            put(&mut lu, b, a, block);
        }
        for k in 0..nodes {
            put(&mut lu, k, k, [4.0 + noise(&mut seed), noise(&mut seed), noise(&mut seed), -4.0]);
        }
        let expected: Vec<[f64; 2]> = (0..nodes).map(|_| [noise(&mut seed), noise(&mut seed)]).collect();
        let mut rhs = vec![[0.0; 2]; nodes as usize];
        for (row, blocks) in dense.iter().enumerate() {
            for (block, &x) in blocks.iter().zip(&expected) {
                let part = apply(block, x);
                rhs[row][0] += part[0];
                rhs[row][1] += part[1];
            }
        }
        // Thirty blocks of negative determinant each: an even number, so the sign is positive.
        assert_eq!(lu.factor(), 1);
        lu.solve(&mut rhs, &mut Vec::new());
        for (found, wanted) in rhs.iter().zip(&expected) {
            assert!((found[0] - wanted[0]).abs() < 1e-12 && (found[1] - wanted[1]).abs() < 1e-12);
        }
    }

    #[test]
    fn a_tree_does_not_fill_in() {
        let edges: Vec<(u32, u32)> = (1..1000u32).map(|k| (k / 3, k)).collect();
        let lu = BlockLu::new(1000, &edges);
        assert_eq!(lu.later.len(), edges.len());
    }

    #[test]
    fn a_singular_matrix_is_reported() {
        let mut lu = BlockLu::new(2, &[(0, 1)]);
        lu.add(0, 0, [1.0, 0.0, 0.0, 1.0]);
        lu.add(0, 1, [1.0, 0.0, 0.0, 1.0]);
        lu.add(1, 0, [1.0, 0.0, 0.0, 1.0]);
        lu.add(1, 1, [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(lu.factor(), 0);
    }
}
