//! What the graph of a network says before anything is decided: parts that nothing can supply,
//! loops that no switch can open, lines side by side. All in time linear in buses and lines.

mod loops;
mod parallel;
mod reach;

pub use loops::{JoinedSources, fixed_loops, joined_sources};
pub use parallel::{parallel_lines, unconnected_buses};
pub use reach::{Island, islands_without_source};

/// A line as far as topology goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// One end: an index of a bus.
    pub from: usize,
    /// The other end.
    pub to: usize,
    /// Can it ever be closed?
    pub usable: bool,
    /// Is it closed whatever is decided?
    pub fixed: bool,
}

/// A network as a graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topology {
    /// Number of buses.
    pub buses: usize,
    /// Lines; ends outside the buses are ignored.
    pub lines: Vec<Line>,
    /// Buses with a source.
    pub sources: Vec<usize>,
}

impl Topology {
    /// Lines between two different buses, with their indices.
    fn proper(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().filter(|(_, l)| l.from != l.to && l.from < self.buses && l.to < self.buses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from: usize, to: usize) -> Line {
        Line { from, to, usable: true, fixed: false }
    }

    fn fixed(from: usize, to: usize) -> Line {
        Line { fixed: true, ..line(from, to) }
    }

    #[test]
    fn an_island_without_source_is_listed_once_with_all_its_buses() {
        let dead = Line { usable: false, ..line(1, 2) };
        let t = Topology { buses: 6, lines: vec![line(0, 1), dead, line(3, 2), line(3, 4)], sources: vec![0] };
        let found: Vec<Vec<usize>> = islands_without_source(&t).into_iter().map(|i| i.buses).collect();
        assert_eq!(found, [vec![2, 3, 4], vec![5]]);
    }

    #[test]
    fn only_loops_of_fixed_lines_count() {
        let ring = |last: Line| Topology {
            buses: 4,
            lines: vec![fixed(0, 1), fixed(1, 2), fixed(2, 3), last],
            sources: vec![0],
        };
        assert_eq!(fixed_loops(&ring(line(3, 0)), 9), Vec::<Vec<usize>>::new());
        assert_eq!(fixed_loops(&ring(fixed(3, 0)), 9), [vec![0, 1, 2, 3]]);
        // The bus outside the loop is not part of it; a self-loop is none.
        assert_eq!(fixed_loops(&ring(fixed(3, 1)), 9), [vec![1, 2, 3]]);
        assert_eq!(fixed_loops(&ring(fixed(3, 3)), 9), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn sources_are_joined_by_fixed_lines_alone() {
        let chain = |middle: Line, sources: Vec<usize>| Topology {
            buses: 5,
            lines: vec![fixed(0, 1), middle, fixed(2, 3), fixed(3, 4)],
            sources,
        };
        assert_eq!(joined_sources(&chain(line(1, 2), vec![0, 4]), 9), []);
        let pair = JoinedSources { first: 0, second: 1, lines: vec![3, 2, 1, 0] };
        assert_eq!(joined_sources(&chain(fixed(1, 2), vec![4, 0]), 9), [pair]);
        // Two at one bus hold one voltage; each other one is told with the first.
        let told = joined_sources(&chain(fixed(1, 2), vec![0, 0, 2, 4, 7]), 9);
        assert_eq!(told.iter().map(|p| (p.first, p.second)).collect::<Vec<_>>(), [(0, 2), (0, 3)]);
        assert_eq!(joined_sources(&chain(fixed(1, 2), vec![0, 2, 4]), 1).len(), 1);
    }

    #[test]
    fn two_fixed_lines_side_by_side_are_a_loop_and_the_limit_holds() {
        let t = Topology { buses: 2, lines: vec![fixed(0, 1), fixed(1, 0), fixed(0, 1)], sources: vec![0] };
        assert_eq!(fixed_loops(&t, 9), [vec![0, 1], vec![0, 2]]);
        assert_eq!(fixed_loops(&t, 1).len(), 1);
    }

    #[test]
    fn parallel_lines_are_grouped_whatever_their_direction() {
        let t = Topology {
            buses: 4,
            lines: vec![line(0, 1), line(2, 1), line(1, 0), line(1, 2), line(0, 1), line(2, 2)],
            sources: vec![],
        };
        assert_eq!(parallel_lines(&t), [vec![0, 2, 4], vec![1, 3]]);
        assert_eq!(unconnected_buses(&t), [3]);
    }

    #[test]
    fn ends_outside_the_buses_do_no_harm() {
        let t = Topology { buses: 1, lines: vec![fixed(0, 7), fixed(9, 9)], sources: vec![4] };
        assert_eq!(islands_without_source(&t).len(), 1);
        assert!(fixed_loops(&t, 9).is_empty() && parallel_lines(&t).is_empty());
    }

    /// Against reachability by repeated relaxation, on graphs made by a small generator.
    #[test]
    fn islands_agree_with_a_naive_search() {
        let mut seed = 7u64;
        let mut next = |n: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % n
        };
        for _ in 0..200 {
            let buses = 1 + next(12);
            let lines = (0..next(14)).map(|_| Line { usable: next(4) > 0, ..line(next(buses), next(buses)) }).collect();
            let t = Topology { buses, lines, sources: vec![next(buses)] };
            let mut live = vec![false; buses];
            t.sources.iter().for_each(|s| live[*s] = true);
            for _ in 0..buses {
                for l in t.lines.iter().filter(|l| l.usable) {
                    let any = live[l.from] || live[l.to];
                    (live[l.from], live[l.to]) = (any, any);
                }
            }
            let mut dark: Vec<usize> = islands_without_source(&t).into_iter().flat_map(|i| i.buses).collect();
            dark.sort_unstable();
            assert_eq!(dark, (0..buses).filter(|b| !live[*b]).collect::<Vec<_>>());
        }
    }
}
