//! The command line of the rig.

use std::path::PathBuf;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Arguments {
    /// Seed of the run.
    pub seed: u64,
    /// Number of studies.
    pub count: u64,
    /// First study.
    pub from: u64,
    /// Processes at a time.
    pub jobs: usize,
    /// Kinds; all where none is named.
    pub kinds: Vec<String>,
    /// Variants of each study that are solved again.
    pub again: usize,
    /// The tieline program.
    pub tieline: PathBuf,
    /// Time limit of a study, s.
    pub limit: u64,
    /// Gap of a study.
    pub gap: f64,
    /// No study is begun after this time, s.
    pub seconds: f64,
    /// Whether the cases kept are solved first.
    pub cases: bool,
    /// Where failures are written.
    pub out: PathBuf,
    /// Problems given to other solvers.
    pub peers: usize,
    /// Whether plans whose gap stays open are printed.
    pub opens: bool,
    /// Print the studies instead of solving them.
    pub show: bool,
}

/// The text of `--help`.
pub const HELP: &str = "\
Random studies solved by the tieline program, against independent references.

usage: rig [--seed N] [--count N] [options]

  --seed N        seed of the run (1)
  --count N       number of random studies (1000)
  --from N        begin at this study, to repeat it (0)
  --kind NAME     only this kind; may be given more than once
  --again N       variants of each study that are solved, too (1)
  --jobs N        processes at a time (2)
  --seconds N     begin no study after this time
  --tieline PATH  the program (beside the rig)
  --limit N       time limit of a study in seconds (20)
  --out DIR       folder for failures (target/rig)
  --no-cases      leave out the cases kept in rig/cases
  --peers N       give the first N problems to HiGHS and SCIP by rig/peers.py (0)
  --opens         print plans whose gap stays open, too
  --show          print the studies and what is right, and solve nothing
";

/// Reads the command line.
///
/// # Errors
/// What is wrong with it.
pub fn read() -> Result<Arguments, String> {
    let beside = std::env::current_exe().ok().and_then(|p| Some(p.parent()?.join("tieline")));
    let mut a = Arguments {
        seed: 1,
        count: 1000,
        from: 0,
        jobs: 2,
        kinds: Vec::new(),
        again: 1,
        tieline: beside.unwrap_or_else(|| "tieline".into()),
        limit: 20,
        gap: 1e-4,
        seconds: f64::INFINITY,
        cases: true,
        out: "target/rig".into(),
        peers: 0,
        opens: false,
        show: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        fn number<T: std::str::FromStr>(word: &str, value: String) -> Result<T, String> {
            value.parse().map_err(|_| format!("{word} {value} is no number"))
        }
        match word.as_str() {
            "--seed" => a.seed = number(&word, value()?)?,
            "--count" => a.count = number(&word, value()?)?,
            "--from" => a.from = number(&word, value()?)?,
            "--jobs" => a.jobs = number::<usize>(&word, value()?)?.max(1),
            "--again" => a.again = number(&word, value()?)?,
            "--limit" => a.limit = number(&word, value()?)?,
            "--seconds" => a.seconds = number(&word, value()?)?,
            "--kind" => a.kinds.push(value()?),
            "--tieline" => a.tieline = value()?.into(),
            "--out" => a.out = value()?.into(),
            "--peers" => a.peers = number(&word, value()?)?,
            "--opens" => a.opens = true,
            "--no-cases" => a.cases = false,
            "--show" => a.show = true,
            "--help" | "-h" => return Err(HELP.into()),
            _ => return Err(format!("there is no {word}\n\n{HELP}")),
        }
    }
    if let Some(unknown) = a.kinds.iter().find(|k| crate::kinds::KINDS.iter().all(|known| known.name != **k)) {
        let known: Vec<&str> = crate::kinds::KINDS.iter().map(|k| k.name).collect();
        return Err(format!("there is no kind {unknown}; there are {}", known.join(", ")));
    }
    if !a.tieline.exists() {
        return Err(format!("there is no {}: `cargo build --release` makes it", a.tieline.display()));
    }
    Ok(a)
}
