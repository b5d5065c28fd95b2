//! When to stop: a moment, an interruption, or both. Every stage that may take long asks the same question of the
//! same [`Deadline`], and reads no clock of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// Seconds that stand for never: a year.
const NEVER: f64 = 3.2e7;
/// Seconds of grace after an interruption, and at least after a limit.
const GRACE: f64 = 0.5;
/// Grace as a share of the limit, and its most in seconds.
const GRACE_SHARE: f64 = 0.05;
const MOST_GRACE: f64 = 10.0;
/// Polls of grace where polls are counted.
const GRACE_POLLS: u64 = 64;

/// When to stop. Cheap to ask and to clone; clones stop together.
#[derive(Debug, Clone)]
pub struct Deadline {
    /// When the work began.
    began: Stopwatch,
    /// The moment of this part of the work.
    at: Option<Instant>,
    /// The moment of the whole, and what may be added to it for what makes a result one.
    whole: Option<(Instant, Duration)>,
    /// Set from outside (Ctrl-C).
    interrupt: Arc<AtomicBool>,
    /// Polls that are left, where they are counted instead of seconds.
    polls: Option<Arc<AtomicI64>>,
}

impl Default for Deadline {
    fn default() -> Deadline {
        Deadline { began: Stopwatch::start(), at: None, whole: None, interrupt: Arc::default(), polls: None }
    }
}

impl Deadline {
    /// Only an interruption stops.
    pub fn never() -> Deadline {
        Deadline::default()
    }

    /// Stops so many seconds from now; a year and more is never.
    pub fn after(seconds: f64) -> Deadline {
        let mut out = Deadline::default();
        if seconds < NEVER {
            let end = Instant::now() + Duration::from_secs_f64(seconds.max(0.0));
            let grace = (GRACE_SHARE * seconds).clamp(GRACE, MOST_GRACE);
            (out.at, out.whole) = (Some(end), Some((end, Duration::from_secs_f64(grace))));
        }
        out
    }

    /// Stops when it has been asked so many times, as if the time were over: an end that does not depend on the
    /// machine.
    pub fn after_polls(count: u64) -> Deadline {
        let left = i64::try_from(count).unwrap_or(i64::MAX);
        Deadline { polls: Some(Arc::new(AtomicI64::new(left))), ..Deadline::default() }
    }

    /// The same, which `interrupt` stops, too.
    #[must_use]
    pub fn or_when(self, interrupt: Arc<AtomicBool>) -> Deadline {
        Deadline { interrupt, ..self }
    }

    /// Is it time to stop?
    pub fn passed(&self) -> bool {
        if self.interrupted() {
            return true;
        }
        match &self.polls {
            Some(polls) => polls.fetch_sub(1, Ordering::Relaxed) <= 0 || self.is_over(),
            None => self.is_over(),
        }
    }

    fn is_over(&self) -> bool {
        self.at.is_some_and(|at| Instant::now() >= at)
    }

    /// Does it count polls, instead of seconds?
    pub fn is_counted(&self) -> bool {
        self.polls.is_some()
    }

    /// Has it been stopped from outside?
    pub fn interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }

    /// Seconds since the work began.
    pub fn elapsed(&self) -> f64 {
        self.began.seconds()
    }

    /// Seconds that are left: 0 once the time is over, infinity where it never is.
    pub fn left(&self) -> f64 {
        if self.polls.as_ref().is_some_and(|p| p.load(Ordering::Relaxed) <= 0) {
            return 0.0;
        }
        self.at.map_or(f64::INFINITY, |at| at.saturating_duration_since(Instant::now()).as_secs_f64())
    }

    /// The same, at most so many seconds from now.
    #[must_use]
    pub fn within(&self, seconds: f64) -> Deadline {
        if seconds.is_nan() || seconds >= NEVER {
            return self.clone();
        }
        let at = Instant::now() + Duration::from_secs_f64(seconds.max(0.0));
        Deadline { at: Some(self.at.map_or(at, |known| known.min(at))), ..self.clone() }
    }

    /// The same for a share of what is left.
    #[must_use]
    pub fn share(&self, share: f64) -> Deadline {
        self.within(share * self.left())
    }

    /// For what makes a result one once the search for it has ended: a little beyond the end of the whole, at most
    /// a twentieth of the limit or half a second. An interruption that has been does not count again.
    #[must_use]
    pub fn grace(&self) -> Deadline {
        let end = self.whole.map(|(end, grace)| end + grace);
        let mut out = Deadline { at: end, ..self.clone() };
        if self.interrupted() {
            let soon = Instant::now() + Duration::from_secs_f64(GRACE);
            (out.at, out.interrupt) = (Some(end.map_or(soon, |end| end.min(soon))), Arc::default());
        }
        // What comes after the grace has none of its own.
        out.whole = out.at.map(|at| (at, Duration::ZERO));
        if self.polls.is_some() && self.left() == 0.0 {
            out.polls = Deadline::after_polls(GRACE_POLLS).polls;
        }
        out
    }
}

/// Seconds since a moment, for what is told of a search.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// Seconds since.
    pub fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interruption_stops_all_clones_and_parts() {
        let flag = Arc::new(AtomicBool::new(false));
        let whole = Deadline::after(1e6).or_when(flag.clone());
        let part = whole.share(0.5).within(1e5);
        assert!(!whole.passed() && !part.passed());
        assert!(part.left() <= 1e5 && whole.left() > 1e5);
        flag.store(true, Ordering::Relaxed);
        assert!(whole.passed() && part.passed() && part.interrupted());
        assert!(!part.grace().passed(), "what makes a result one has a little time");
    }

    #[test]
    fn a_part_ends_no_later_than_the_whole() {
        let whole = Deadline::after(0.0);
        assert!(whole.passed() && whole.within(1e6).passed());
        assert!(whole.left() == 0.0 && !whole.grace().passed());
        assert!(Deadline::never().within(0.0).passed());
        assert!(!Deadline::never().within(f64::INFINITY).passed());
        assert_eq!(Deadline::after(f64::INFINITY).left(), f64::INFINITY);
    }

    #[test]
    fn polls_are_counted_over_all_clones() {
        let whole = Deadline::after_polls(3);
        let part = whole.within(1e6);
        assert_eq!([whole.passed(), part.passed(), whole.passed()], [false; 3]);
        assert!(part.passed() && whole.passed() && whole.left() == 0.0);
        assert!(!whole.interrupted());
    }
}
