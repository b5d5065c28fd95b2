//! Columns and rows by the topology that they belong to.

use crate::lowered::{Arborescence, Cone, Lowered, Row};

/// A problem in blocks, one for each arborescence, and the rows that connect them. Any assignment of
/// columns to blocks is right; a good one connects them by few rows.
#[derive(Debug, Clone)]
pub struct Partition {
    /// Number of blocks.
    pub count: usize,
    /// Block per column.
    pub columns: Vec<usize>,
    /// Block per row; none for a row that connects blocks.
    pub rows: Vec<Option<usize>>,
    /// Block per cone.
    cones: Vec<usize>,
    /// Per block: its columns, ascending.
    pub members: Vec<Vec<u32>>,
}

impl Partition {
    /// From the arcs of the arborescences along rows and cones. None where a cone belongs to several.
    pub fn new(problem: &Lowered) -> Option<Partition> {
        let count = problem.arborescences.len();
        let mut block: Vec<Option<usize>> = vec![None; problem.columns.len()];
        for (k, tree) in problem.arborescences.iter().enumerate() {
            for arc in &tree.arcs {
                *block.get_mut(arc.3 as usize)? = Some(k);
            }
        }
        let cone = |c: &Cone| c.entries.iter().flat_map(|e| e.terms.iter().map(|t| t.0)).collect();
        let cones: Vec<Vec<u32>> = problem.cones.iter().map(cone).collect();
        let rows: Vec<Vec<u32>> = problem.rows.iter().map(|r| r.terms.iter().map(|t| t.0).collect()).collect();
        loop {
            // What stands beside columns of one block only belongs to it. A pass looks at what was known
            // before it, so that a chain over time is not claimed by its first period.
            let before = block.clone();
            let mut changed = false;
            for list in cones.iter().chain(&rows) {
                if let Some(Some(k)) = one_of(list, &before) {
                    for &column in list {
                        let slot = block.get_mut(column as usize)?;
                        if slot.is_none() {
                            *slot = Some(k);
                            changed = true;
                        }
                    }
                }
            }
            if !changed {
                break;
            }
        }
        let columns: Vec<usize> = block.into_iter().map(|b| b.unwrap_or(0)).collect();
        let known: Vec<Option<usize>> = columns.iter().copied().map(Some).collect();
        let rows = rows.iter().map(|list| one_of(list, &known).map(|k| k.unwrap_or(0))).collect();
        let cones = cones.iter().map(|list| one_of(list, &known).map(|k| k.unwrap_or(0))).collect::<Option<_>>()?;
        let mut members = vec![Vec::new(); count];
        for (column, &k) in (0..).zip(&columns) {
            members.get_mut(k)?.push(column);
        }
        Some(Partition { count, columns, rows, cones, members })
    }

    /// A block as a problem of its own, with costs per column of the whole.
    pub fn block(&self, problem: &Lowered, k: usize, cost: &[f64]) -> Lowered {
        let members = self.members.get(k).map_or(&[][..], Vec::as_slice);
        let mut place = vec![0u32; problem.columns.len()];
        for (at, &column) in (0..).zip(members) {
            if let Some(slot) = place.get_mut(column as usize) {
                *slot = at;
            }
        }
        let at = |column: u32| place.get(column as usize).copied().unwrap_or(0);
        let moved = |terms: &[(u32, f64)]| terms.iter().map(|&(c, a)| (at(c), a)).collect::<Vec<_>>();
        let mut out = Lowered { objective_scale: 1.0, ..Lowered::default() };
        for &column in members {
            let c = column as usize;
            if let Some(data) = problem.columns.get(c) {
                // What follows from the whole problem is no less true of its block.
                let (low, high) = problem.derived.get(c).copied().unwrap_or((data.lower, data.upper));
                let mut data = data.clone();
                (data.lower, data.upper) = (data.lower.max(low), data.upper.min(high));
                out.columns.push(data);
            }
            let value = cost.get(c).copied().unwrap_or(0.0);
            if value != 0.0 {
                out.objective.push((at(column), value));
            }
        }
        for (index, (row, _)) in problem.rows.iter().zip(&self.rows).enumerate().filter(|(_, (_, b))| **b == Some(k)) {
            if problem.acyclic.contains(&(index as u32)) {
                out.acyclic.push(out.rows.len() as u32);
            }
            out.rows.push(Row { terms: moved(&row.terms), ..row.clone() });
        }
        for (cone, _) in problem.cones.iter().zip(&self.cones).filter(|(_, b)| **b == k) {
            let mut cone = cone.clone();
            cone.entries.iter_mut().for_each(|e| e.terms = moved(&e.terms));
            out.cones.push(cone);
        }
        if let Some(tree) = problem.arborescences.get(k) {
            let arcs = tree.arcs.iter().map(|&(tail, head, edge, c)| (tail, head, edge, at(c))).collect();
            let inside = |c: u32| self.columns.get(c as usize) == Some(&k);
            let closed = tree.closed.iter().map(|c| c.filter(|&c| inside(c)).map(at)).collect();
            out.arborescences.push(Arborescence { arcs, closed, ..tree.clone() });
        }
        out
    }
}

/// The only block among the known ones of these columns: `Some(None)` where none is known, none where
/// there are several.
fn one_of(columns: &[u32], block: &[Option<usize>]) -> Option<Option<usize>> {
    let mut found = None;
    for &column in columns {
        match (found, block.get(column as usize).copied().flatten()) {
            (_, None) => {}
            (None, known) => found = known,
            (Some(a), Some(b)) if a == b => {}
            _ => return None,
        }
    }
    Some(found)
}
