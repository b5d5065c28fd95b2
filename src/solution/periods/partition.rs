//! Columns and rows by the topology that they belong to.

use crate::ids::IdVec;
use crate::lowered::{Arborescence, ColumnId, Cone, ConeId, Lowered, Row, RowId};

/// A problem in blocks, one for each arborescence, and the rows that connect them. Any assignment of
/// columns to blocks is right; a good one connects them by few rows.
#[derive(Debug, Clone)]
pub struct Partition {
    /// Number of blocks.
    pub count: usize,
    /// Block per column.
    pub columns: IdVec<ColumnId, usize>,
    /// Block per row; none for a row that connects blocks.
    pub rows: IdVec<RowId, Option<usize>>,
    /// Block per cone.
    cones: IdVec<ConeId, usize>,
    /// Per block: its columns, ascending.
    pub members: Vec<IdVec<ColumnId, ColumnId>>,
}

impl Partition {
    /// From the arcs of the arborescences along rows and cones. None where a cone belongs to several.
    pub fn new(problem: &Lowered) -> Option<Partition> {
        let count = problem.arborescences.len();
        let mut block: IdVec<ColumnId, Option<usize>> = IdVec::filled(None, problem.columns.len());
        for (k, tree) in problem.arborescences.iter().enumerate() {
            for arc in &tree.arcs {
                block[arc.3] = Some(k);
            }
        }
        let cone = |c: &Cone| c.entries.iter().flat_map(|e| e.terms.iter().map(|t| t.0)).collect();
        let cones: Vec<Vec<ColumnId>> = problem.cones.iter().map(cone).collect();
        let rows: Vec<Vec<ColumnId>> = problem.rows.iter().map(|r| r.terms.iter().map(|t| t.0).collect()).collect();
        loop {
            // What stands beside columns of one block only belongs to it. A pass looks at what was known
            // before it, so that a chain over time is not claimed by its first period.
            let before = block.clone();
            let mut changed = false;
            for list in cones.iter().chain(&rows) {
                if let Some(Some(k)) = one_of(list, &before) {
                    for &column in list {
                        let slot = &mut block[column];
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
        let columns: IdVec<ColumnId, usize> = block.into_iter().map(|b| b.unwrap_or(0)).collect();
        let known: IdVec<ColumnId, Option<usize>> = columns.iter().copied().map(Some).collect();
        let rows = rows.iter().map(|list| one_of(list, &known).map(|k| k.unwrap_or(0))).collect();
        let cones = cones.iter().map(|list| one_of(list, &known).map(|k| k.unwrap_or(0))).collect::<Option<_>>()?;
        let mut members = vec![IdVec::new(); count];
        for (column, &k) in columns.each() {
            members.get_mut(k)?.push(column);
        }
        Some(Partition { count, columns, rows, cones, members })
    }

    /// A block as a problem of its own, with costs per column of the whole.
    pub fn block(&self, problem: &Lowered, k: usize, cost: &IdVec<ColumnId, f64>) -> Lowered {
        let members = &self.members[k];
        let mut place: IdVec<ColumnId, Option<ColumnId>> = IdVec::filled(None, problem.columns.len());
        for (own, &column) in members.each() {
            place[column] = Some(own);
        }
        let at = |column: ColumnId| match place[column] {
            Some(own) => own,
            None => panic!("internal: {column:?} stands in a row of block {k} and is none of its columns"),
        };
        let moved = |terms: &[(ColumnId, f64)]| terms.iter().map(|&(c, a)| (at(c), a)).collect::<Vec<_>>();
        let mut out = Lowered { objective_scale: 1.0, ..Lowered::default() };
        for &column in members {
            let mut data = problem.columns[column].clone();
            if !problem.derived.is_empty() {
                // What follows from the whole problem is no less true of its block.
                let (low, high) = problem.derived[column];
                (data.lower, data.upper) = (data.lower.max(low), data.upper.min(high));
            }
            out.columns.push(data);
            let value = cost[column];
            if value != 0.0 {
                out.objective.push((at(column), value));
            }
        }
        for (index, row) in problem.rows.each().filter(|(index, _)| self.rows[*index] == Some(k)) {
            if problem.acyclic.contains(&index) {
                out.acyclic.push(out.rows.next_id());
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
            let inside = |c: ColumnId| self.columns[c] == k;
            let closed = tree.closed.iter().map(|c| c.filter(|&c| inside(c)).map(at)).collect();
            out.arborescences.push(Arborescence { arcs, closed, ..tree.clone() });
        }
        out
    }
}

/// The only block among the known ones of these columns: `Some(None)` where none is known, none where
/// there are several.
fn one_of(columns: &[ColumnId], block: &IdVec<ColumnId, Option<usize>>) -> Option<Option<usize>> {
    let mut found = None;
    for &column in columns {
        match (found, block[column]) {
            (_, None) => {}
            (None, known) => found = known,
            (Some(a), Some(b)) if a == b => {}
            _ => return None,
        }
    }
    Some(found)
}
