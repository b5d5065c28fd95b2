//! A run: cases first, then random studies on several threads.

use crate::arguments::Arguments;
use crate::cases::Case;
use crate::judge::{Reading, Verdict, judge};
use crate::kinds::{KINDS, of};
use crate::model::{Answer, Model};
use crate::peers::Peers;
use crate::program::{Ended, Tieline};
use crate::random::Random;
use crate::table::{Tally, table};
use crate::text::{in_other_units, moved, permuted, text};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Studies tried to shrink one failure.
const SHRINKING: usize = 150;

/// Solves the cases; false where one that is not known to be open fails.
pub fn cases(cases: &[Case], tieline: &Tieline) -> bool {
    let (mut right, mut open, mut bad) = (0, 0, 0);
    for case in cases {
        match (case.run(tieline).failure(), &case.open) {
            (None, None) => right += 1,
            (None, Some(_)) => {
                right += 1;
                println!("case {}: mended, its line `# open` can go", case.name);
            }
            (Some(_), Some(why)) => {
                open += 1;
                println!("case {}: open ({why})", case.name);
            }
            (Some((sort, why)), None) => {
                bad += 1;
                println!("case {}: {sort}: {why}", case.name);
            }
        }
    }
    println!("{} cases: {right} right, {open} known to be open, {bad} bad\n", cases.len());
    bad == 0
}

/// Prints the studies and what is right of them.
pub fn show(arguments: &Arguments) {
    for index in arguments.from..arguments.from + arguments.count {
        let Some(kind) = of(index, &arguments.kinds) else { return };
        let model = (kind.draw)(&mut Random::of(arguments.seed, index));
        println!("# {} {index}: {:?}", kind.name, model.answer());
        println!("{}", text(&model.statements()));
    }
}

/// Solves random studies; false where one fails.
pub fn studies(arguments: &Arguments, tieline: &Tieline) -> bool {
    let next = AtomicU64::new(arguments.from);
    let end = arguments.from + arguments.count;
    let tallies: Mutex<Vec<Tally>> = Mutex::new(vec![Tally::default(); KINDS.len()]);
    let peers = Mutex::new(Peers::new(&arguments.out, arguments.peers));
    let begun = Instant::now();
    let worker = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= end || begun.elapsed().as_secs_f64() > arguments.seconds {
                return;
            }
            if index > arguments.from && (index - arguments.from).is_multiple_of(1000) {
                eprintln!("{} studies after {:.0} s", index - arguments.from, begun.elapsed().as_secs_f64());
            }
            let Some(kind) = of(index, &arguments.kinds) else { return };
            let place = KINDS.iter().position(|k| k.name == kind.name).unwrap_or(0);
            let mut random = Random::of(arguments.seed, index);
            let model = (kind.draw)(&mut random);
            let answer = model.answer();
            let base = model.statements();
            let mut texts = vec![("as drawn", base.clone())];
            let mut others = model.same(&mut random);
            others.push(("permuted", permuted(&base, &mut random)));
            others.push(("other units", in_other_units(&base)));
            others.push(("moved", moved(&base, &mut random)));
            random.shuffle(&mut others);
            texts.extend(others.into_iter().take(arguments.again));
            for (number, (name, statements)) in texts.into_iter().enumerate() {
                let before = Instant::now();
                let ended = tieline.solve(&text(&statements), model.study());
                let verdict = judged(&ended, tieline, model.as_ref(), &answer, number > 0);
                let seconds = before.elapsed().as_secs_f64();
                if let Ok(mut tallies) = tallies.lock() {
                    tallies[place].count(&verdict, number > 0, seconds);
                }
                let place = format!("{} --seed {} --from {index} --count 1", kind.name, arguments.seed);
                if arguments.opens && matches!(verdict, Verdict::Open | Verdict::Limit) {
                    println!("{verdict:?} {place} ({name})");
                }
                // Other solvers lose what stands beside huge numbers, too, and read no sets of scenarios.
                if number == 0
                    && model.study().is_none()
                    && !kind.name.starts_with("wide")
                    && let Ok(mut peers) = peers.lock()
                    && peers.wanting()
                {
                    peers.add(tieline, &text(&statements), &ended, &place, model.maximised(), answer.floor);
                }
                if verdict.failure().is_some() {
                    report(arguments, tieline, (kind.name, index, name), model.as_ref(), &verdict, &statements);
                    break;
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(worker);
        }
    });
    let tallies = tallies.into_inner().unwrap_or_default();
    let rows: Vec<(&str, Tally)> = KINDS.iter().zip(tallies).map(|(k, t)| (k.name, t)).collect();
    println!("\nseed {}, gap {} %, {:.0} s", arguments.seed, 100.0 * arguments.gap, begun.elapsed().as_secs_f64());
    print!("{}", table(&rows));
    let sound = peers.into_inner().is_ok_and(|p| p.compare());
    sound && rows.iter().all(|r| r.1.failures() == 0)
}

/// Judges a run of a study, or of a variant of it.
fn judged(ended: &Ended, tieline: &Tieline, model: &dyn Model, answer: &Answer, variant: bool) -> Verdict {
    // Loops that no switch opens, sources joined for good, rules that never hold: told before the solve.
    let impossible = answer.least.is_none() && !answer.unbounded;
    if let Ended::Refused(findings) = ended
        && impossible
        && (findings.contains("error[E04") || findings.contains("error[E0507"))
    {
        return Verdict::NoSolution;
    }
    let reading =
        Reading { gap: tieline.gap, maximised: model.maximised(), wide: model.wide(), may_fail: model.may_fail() };
    // A variant's plan may name other things than the study's.
    judge(ended, answer, reading, |document, value| if variant { Ok(()) } else { model.judge(document, value) })
}

/// Writes a failure, and the smallest study that fails likewise.
fn report(
    arguments: &Arguments,
    tieline: &Tieline,
    (kind, index, variant): (&str, u64, &str),
    model: &dyn Model,
    verdict: &Verdict,
    statements: &[String],
) {
    let Some((sort, why)) = verdict.failure() else { return };
    let first = why.lines().next().unwrap_or_default();
    println!("{sort} {kind} --seed {} --from {index} --count 1 ({variant}): {first}", arguments.seed);
    let name = format!("{}-{}-{index}", kind.replace(' ', "-"), arguments.seed);
    write(arguments, &name, (sort, why), &model.answer(), statements);
    let mut least: Option<(Box<dyn Model>, Verdict)> = None;
    let mut tried = 0;
    'shrinking: loop {
        let from = least.as_ref().map_or(model, |l| l.0.as_ref());
        for smaller in from.smaller() {
            tried += 1;
            if tried > SHRINKING {
                break 'shrinking;
            }
            let ended = tieline.solve(&text(&smaller.statements()), smaller.study());
            let verdict = judged(&ended, tieline, smaller.as_ref(), &smaller.answer(), false);
            if verdict
                .failure()
                .is_some_and(|(s, w)| s == sort && w.starts_with("refused") == why.starts_with("refused"))
            {
                least = Some((smaller, verdict));
                continue 'shrinking;
            }
        }
        break;
    }
    if let Some((smallest, verdict)) = least
        && let Some(failure) = verdict.failure()
    {
        write(arguments, &format!("{name}-small"), failure, &smallest.answer(), &smallest.statements());
    }
}

fn write(arguments: &Arguments, name: &str, (sort, why): (&str, &str), answer: &Answer, statements: &[String]) {
    let mut out = format!("# right: {answer:?}\n");
    why.lines().for_each(|l| out += &format!("# {sort}: {l}\n"));
    out += &text(statements);
    let path = arguments.out.join(format!("{name}.tie"));
    let written = std::fs::create_dir_all(&arguments.out).and_then(|()| std::fs::write(&path, out));
    if let Err(e) = written {
        println!("cannot write {}: {e}", path.display());
    }
}
