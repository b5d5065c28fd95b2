//! Speed of each stage of the compiler on generated feeders, from 100 to 100 000 buses: time per
//! bus must not grow with their number.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;
use tieline::analysis::{Analysis, Request, analyse};
use tieline::deadline::Deadline;
use tieline::lowered::{LowerOptions, lower};
use tieline::source::{FileId, Files};
use tieline::syntax;

/// One text under every path.
struct One(String);

impl Files for One {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Ok(self.0.clone().into_bytes())
    }
}

/// A feeder with laterals of ten buses and a tie line at the end of each, every element a statement.
fn feeder(buses: usize) -> One {
    let mut text = String::from("bus 1 { nominal = 20 kV }\nsource \"grid\" at bus 1 { v_set = 1.0 pu }\n");
    let load = 5000.0 / buses as f64;
    for b in 2..=buses {
        let up = if b % 10 == 1 { b - 10 } else { b - 1 };
        let r = 1.0 / buses as f64;
        let _ = writeln!(text, "bus {b} {{ nominal = 20 kV }}");
        let _ = writeln!(text, "load {b} at bus {b} {{ p = {load} kW; q = {} kvar }}", load / 3.0);
        let _ = writeln!(text, "line {b} from bus {up} to bus {b} {{ r = {r} ohm; x = {r} ohm }}");
        if b % 10 == 0 && b > 10 {
            let tie = b - 10;
            let _ = writeln!(
                text,
                "line \"tie {b}\" from bus {tie} to bus {b} {{ r = {r} ohm; x = {r} ohm; normally_open = yes }}"
            );
        }
    }
    text.push_str("bus.v_min = 0.9 pu\nbus.v_max = 1.05 pu\nwith conic, radial\nsnapshot\nminimize losses\n");
    One(text)
}

fn checked(files: &One) -> Analysis {
    let analysis = analyse(files, "feeder.tie", &Request::default());
    assert!(!analysis.has_errors(), "{:?}", analysis.diagnostics.first());
    analysis
}

/// Few samples of slow runs, many of fast ones.
fn sizes(c: &mut Criterion, stage: &str, up_to: usize, mut measure: impl FnMut(&mut criterion::Bencher<'_>, &One)) {
    let mut group = c.benchmark_group(stage);
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    for buses in [100, 1000, 10_000, 100_000] {
        if buses > up_to {
            continue;
        }
        let files = feeder(buses);
        if stage == "parse" {
            group.throughput(Throughput::Bytes(files.0.len() as u64));
        } else {
            group.throughput(Throughput::Elements(buses as u64));
        }
        group.bench_with_input(BenchmarkId::from_parameter(buses), &files, &mut measure);
    }
    group.finish();
}

fn parse(c: &mut Criterion) {
    sizes(c, "parse", 100_000, |b, files| b.iter(|| syntax::parse(FileId(0), black_box(&files.0))));
}

fn check(c: &mut Criterion) {
    sizes(c, "check", 100_000, |b, files| b.iter(|| checked(black_box(files))));
}

fn program(c: &mut Criterion) {
    sizes(c, "program", 10_000, |b, files| {
        let analysis = checked(files);
        b.iter(|| tieline::elaborate::elaborate(black_box(&analysis.model), &Deadline::never()));
    });
}

fn lowered(c: &mut Criterion) {
    sizes(c, "lower", 10_000, |b, files| {
        let (program, _) = tieline::elaborate::elaborate(&checked(files).model, &Deadline::never());
        b.iter(|| lower(black_box(&program), &LowerOptions::default()));
    });
}

criterion_group!(benches, parse, check, program, lowered);
criterion_main!(benches);
