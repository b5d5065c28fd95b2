//! Searches that are interrupted and go on: the same plan, through the text of a file.

use crate::instances::Instance;
use crate::{analysis_of, options, program_of};
use std::sync::{Arc, Mutex};
use tieline::program::Program;
use tieline::solution::Engine;
use tieline::study::{Status, StudyOptions};
use tieline::uncertainty::{Ask, Oracle, Robust, Saved, Set, SolveOptions, State, fingerprint, solve, solve_robust};

/// Solves and gives the state after every iteration.
fn followed(program: &Program, gap: f64, threads: usize, resume: Option<State>) -> (Robust, Vec<State>) {
    let set = Set::new(program);
    let oracle = Oracle::choose(program, &set).expect("an exact way");
    let states: Arc<Mutex<Vec<State>>> = Arc::default();
    let list = states.clone();
    let follow = Arc::new(move |s: &State| list.lock().expect("a lock").push(s.clone()));
    let ask = Ask { resume, follow: Some(follow), ..Ask::default() };
    let result = solve_robust(program, &set, &oracle, Engine::Auto, &options(gap, threads), ask);
    let states = states.lock().expect("a lock").clone();
    (result, states)
}

#[test]
fn what_goes_on_from_any_iteration_ends_at_the_same_plan() {
    let (mut resumed, mut longest) = (0, 0);
    for seed in 0..8 {
        let program = program_of(&Instance::random(seed, 3 + (seed % 2) as usize, seed % 4 == 3).uncertain());
        for gap in [1e-5, 1e-2] {
            let (whole, states) = followed(&program, gap, 2, None);
            longest = longest.max(states.len());
            for state in &states {
                let text = Saved::of(&program, "worst", state).text();
                let read = Saved::read(&text).expect("a state");
                assert_eq!(&read.state, state, "seed {seed}");
                read.fits(&program).expect("the same model");
                // One thread this time.
                let (again, _) = followed(&program, gap, 1, Some(read.state));
                assert_eq!(again.values, whole.values, "seed {seed} after {}", state.iterations.len());
                assert_eq!((again.cost, again.worst), (whole.cost, whole.worst.clone()), "seed {seed}");
                assert_eq!(again.iterations, whole.iterations, "seed {seed}");
                resumed += 1;
            }
        }
    }
    assert!(resumed > 20 && longest >= 3, "{resumed} searches, at most {longest} iterations");
}

const STUDY: &str = "uncertain g in 0..1\nvar size : number in 0..10, ahead\nvar missing : number in 0..10, recourse
rule served : size + missing >= 4 + 2 * g\nminimize size + 3 * missing\nstudy worst = robust ccg(gap = 0 %)\n";

#[test]
fn another_model_is_told_from_another_text() {
    let saved = fingerprint(&program_of(STUDY));
    for (change, same) in [
        (STUDY.replace("uncertain", "# a comment\nuncertain"), true),
        (STUDY.replace("gap = 0 %", "gap = 5 %"), true),
        (STUDY.replace("2 * g", "2.000001 * g"), false),
        (STUDY.replace("in 0..1\n", "in 0..1.1\n"), false),
        (STUDY.replace("missing >=", "missing ="), false),
        (STUDY.replace("10, ahead", "10, recourse"), false),
        (STUDY.replace("+ 3 *", "+ 4 *"), false),
        (STUDY.replace("minimize", "budget less : g <= 0.5\nminimize"), false),
    ] {
        assert_eq!(fingerprint(&program_of(&change)) == saved, same, "{change}");
    }
}

#[test]
fn a_state_of_another_model_is_refused() {
    let (analysis, program) = analysis_of(STUDY);
    let states: Arc<Mutex<Vec<Saved>>> = Arc::default();
    let list = states.clone();
    let keep = Arc::new(move |s: &Saved| list.lock().expect("a lock").push(s.clone()));
    let ask =
        SolveOptions { keep: Some(keep), ..StudyOptions { solver: options(0.0, 1), ..StudyOptions::default() }.into() };
    assert_eq!(solve(&program, &analysis.model, &|_| None, &ask).result.status, Status::Optimal);
    let saved = states.lock().expect("a lock").last().cloned().expect("a state");
    let go_on = |text: &str, saved: &Saved| {
        let (analysis, program) = analysis_of(text);
        let ask = SolveOptions { resume: Some(saved.clone()), ..ask.clone() };
        let result = solve(&program, &analysis.model, &|_| None, &ask).result;
        (result.status, result.diagnostics.iter().map(|d| d.id.code).collect::<Vec<_>>())
    };
    assert_eq!(go_on(STUDY, &saved), (Status::Optimal, vec![]));
    assert_eq!(go_on(&STUDY.replace("2 * g", "3 * g"), &saved).1, ["E0707"]);
    assert_eq!(go_on(&STUDY.replace("robust ccg(gap = 0 %)", "deterministic"), &saved).1, ["E0707"]);
    let mut damaged = saved.clone();
    damaged.state.realisations.push(vec![1.0, 2.0]);
    assert_eq!(go_on(STUDY, &damaged).1, ["E0707"]);
}

#[test]
fn files_that_hold_no_state_say_so() {
    let text = Saved::of(&program_of(STUDY), "worst", &State::default()).text();
    for (file, says) in [
        ("", "it is no JSON"),
        ("{}", "it holds no state of a search"),
        (&text.replace("\"tieline_robust_state\": 1", "\"tieline_robust_state\": 9"), "version 9"),
        (&text.replace("\"share\"", "\"shore\""), "it is damaged"),
    ] {
        let why = Saved::read(file).expect_err("no state");
        assert!(why.contains(says), "{why}");
    }
}
