//! What a run comes to, kind by kind.

use crate::judge::Verdict;

/// Numbers of one kind.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    studies: usize,
    again: usize,
    agreed: usize,
    none: usize,
    open: usize,
    limit: usize,
    told: usize,
    failed: usize,
    wrong: usize,
    seconds: f64,
}

impl Tally {
    /// Counts a study, or a variant of one.
    pub fn count(&mut self, verdict: &Verdict, variant: bool, seconds: f64) {
        *(if variant { &mut self.again } else { &mut self.studies }) += 1;
        *match verdict {
            Verdict::Agreed => &mut self.agreed,
            Verdict::NoSolution => &mut self.none,
            Verdict::Open => &mut self.open,
            Verdict::Limit => &mut self.limit,
            Verdict::Told => &mut self.told,
            Verdict::Failed(_) => &mut self.failed,
            Verdict::Wrong(_) => &mut self.wrong,
        } += 1;
        self.seconds += seconds;
    }

    fn add(&mut self, other: &Tally) {
        self.studies += other.studies;
        self.again += other.again;
        self.agreed += other.agreed;
        self.none += other.none;
        self.open += other.open;
        self.limit += other.limit;
        self.told += other.told;
        self.failed += other.failed;
        self.wrong += other.wrong;
        self.seconds += other.seconds;
    }

    /// Failures of both sorts.
    pub fn failures(&self) -> usize {
        self.failed + self.wrong
    }
}

/// The table, with a last row for all.
pub fn table(rows: &[(&str, Tally)]) -> String {
    let mut out = format!(
        "{:<16}{:>9}{:>8}{:>9}{:>13}{:>7}{:>7}{:>6}{:>8}{:>7}{:>10}\n",
        "kind", "studies", "again", "agreed", "no solution", "open", "limit", "told", "FAILED", "WRONG", "s"
    );
    let mut all = Tally::default();
    let mut line = |name: &str, t: &Tally| {
        out += &format!(
            "{name:<16}{:>9}{:>8}{:>9}{:>13}{:>7}{:>7}{:>6}{:>8}{:>7}{:>10.1}\n",
            t.studies, t.again, t.agreed, t.none, t.open, t.limit, t.told, t.failed, t.wrong, t.seconds
        );
    };
    for (name, tally) in rows.iter().filter(|r| r.1.studies > 0) {
        line(name, tally);
        all.add(tally);
    }
    line("all", &all);
    out
}
