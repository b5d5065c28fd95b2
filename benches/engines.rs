//! The tree over conic relaxations on published feeders (read from ../shared/networks where that is
//! present), with the published optimum proposed, as branch exchange would: what is timed is the
//! proof.
#![allow(missing_docs, clippy::print_stderr)] // criterion's macros; what is skipped is said

#[path = "../tests/support/distflow.rs"]
mod distflow;
#[path = "../tests/support/random_problems.rs"]
#[allow(dead_code)] // only its constructors are used here
mod random_problems;

use criterion::{Criterion, criterion_group, criterion_main};
use distflow::{Formulation, folder, lower, open_lines, read, with_open};
use std::hint::black_box;
use tieline::solution::{Candidate, Engine, Options, Primal, Termination, solve};

/// Network and published optimum.
const FEEDERS: [(&str, &str); 4] = [
    ("33bw", "7 9 14 32 37"),
    ("84tpc", "7 13 34 39 42 55 62 72 83 86 89 90 92"),
    ("118zh", "23 26 34 39 42 51 58 71 74 95 97 109 122 129 130"),
    ("136ma", "7 35 51 90 96 106 118 126 135 137 138 141 142 144 145 146 147 148 150 151 155"),
];

struct Told(Candidate);

impl Primal for Told {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        vec![self.0.clone()]
    }
}

fn engines(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tree");
    group.sample_size(10);
    for (name, optimum) in FEEDERS {
        let Some(folder) = folder(name) else {
            eprintln!("SKIPPED: ../shared/networks/{name} is not there");
            continue;
        };
        let net = read(&folder);
        let problem = lower(&net, &Formulation { v_min: 0.9, v_max: 1.05, implied: true });
        let open: Vec<&str> = optimum.split(' ').collect();
        let told = Told(with_open(&net, &problem, &open));
        for gap in [1e-3, 1e-4] {
            let options = Options { gap, ..Options::default() };
            let outcome = solve(&problem, Engine::Auto, &options, Some(&told));
            assert_eq!(outcome.termination, Termination::Optimal);
            let point = outcome.point.unwrap_or_default();
            assert_eq!(open_lines(&net, &problem, &point), open, "the published optimum is the optimum");
            eprintln!(
                "{name} at {gap:e}: {} nodes, {} iterations, bound {:.4}",
                outcome.nodes, outcome.iterations, outcome.bound
            );
            group.bench_function(format!("{name}/{gap:e}"), |bencher| {
                bencher.iter(|| black_box(solve(&problem, Engine::Auto, &options, Some(&told))));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, engines);
criterion_main!(benches);
