//! Speed of one power flow from 33 to 10 560 buses, by sweep, and by Newton where meshed.

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use tieline::network::powerflow::{Strategy, Workspace};

fn sweep(c: &mut Criterion) {
    let mut group = c.benchmark_group("powerflow/sweep");
    for name in ["33bw", "84tpc", "118zh", "136ma", "417ba", "reds_873", "reds_10476"] {
        let Some(case) = support::networks::load(name) else { continue };
        let mut workspace = Workspace::new();
        group.bench_function(name, |b| {
            b.iter(|| {
                let solution = workspace.solve_by(&case.grid, black_box(&case.snapshot()), Strategy::Sweep);
                solution.map(|s| s.losses())
            });
        });
    }
    group.finish();
}

fn newton(c: &mut Criterion) {
    let mut group = c.benchmark_group("powerflow/newton");
    group.sample_size(20);
    for name in ["33bw", "136ma", "reds_873", "reds_10476"] {
        let Some(case) = support::networks::load(name) else { continue };
        let closed = vec![true; case.closed.len()];
        let mut workspace = Workspace::new();
        group.bench_function(name, |b| {
            b.iter(|| workspace.solve(&case.grid, black_box(&case.with(&closed))).map(|s| s.losses()));
        });
    }
    group.finish();
}

criterion_group!(benches, sweep, newton);
criterion_main!(benches);
