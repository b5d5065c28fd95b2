//! Large work on a thread of its own, which is left to itself where it does not end in time: one factorisation of
//! a large system, or one step of a presolve, looks at no clock.

use crate::deadline::Deadline;
use crate::lowered::{ColumnId, Entry, Lowered};
use crate::solution::conic::Conic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Terms from which one step of an engine may take longer than a limit may be passed by.
const LARGE: usize = 50_000;
/// How often the limit is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Seconds that work has at most to notice the limit by itself, and to make a result of what it has.
const NOTICE: f64 = 5.0;
/// Bytes of stack.
const STACK: usize = 64 << 20;

/// Has work been left to itself?
static LEFT: AtomicBool = AtomicBool::new(false);

/// Has any work been left to itself since the program began? It may still run.
pub fn is_work_left() -> bool {
    LEFT.load(Ordering::Relaxed)
}

/// Is one step of an engine on this problem long?
pub(super) fn is_large(problem: &Lowered) -> bool {
    terms(problem.rows.iter().map(|r| &r.terms), problem.cones.iter().map(|c| &c.entries)) >= LARGE
}

/// The same of a continuous problem.
pub(super) fn is_large_conic(problem: &Conic) -> bool {
    terms(problem.rows.iter().map(|r| &r.terms), problem.cones.iter().map(|c| &c.entries)) >= LARGE
}

/// Terms of rows and of cones.
fn terms<'a>(
    rows: impl Iterator<Item = &'a Vec<(ColumnId, f64)>>,
    cones: impl Iterator<Item = &'a Vec<Entry>>,
) -> usize {
    rows.chain(cones.flatten().map(|e| &e.terms)).map(Vec::len).sum()
}

/// The result of `work`; none where it had not ended soon after the limit.
pub(super) fn apart<R: Send + 'static>(limit: &Deadline, work: impl FnOnce() -> R + Send + 'static) -> Option<R> {
    let (send, receive) = channel();
    let task = move || {
        // Nobody listens any more where the work came too late.
        let _ = send.send(work());
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(task).ok()?;
    // Once the limit has passed: how long the work is waited for all the same.
    let mut last: Option<Deadline> = None;
    loop {
        // Where polls are counted, the work itself counts them.
        let waited = if limit.is_counted() {
            receive.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            receive.recv_timeout(LOOK)
        };
        match waited {
            Ok(result) => return Some(result),
            Err(RecvTimeoutError::Disconnected) => {
                return thread.join().map_or_else(|panic| std::panic::resume_unwind(panic), |()| None);
            }
            Err(RecvTimeoutError::Timeout) => match &last {
                None if limit.passed() => last = Some(limit.grace().within(NOTICE)),
                Some(last) if last.passed() => {
                    LEFT.store(true, Ordering::Relaxed);
                    return None;
                }
                _ => {}
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_does_not_end_is_left_and_other_work_is_waited_for() {
        assert_eq!(apart(&Deadline::never(), || 3), Some(3));
        assert_eq!(apart(&Deadline::after_polls(0), || 4), Some(4));
        let (_open, never) = channel::<()>();
        assert_eq!(apart(&Deadline::after(0.0), move || never.recv().is_ok()), None);
        assert!(is_work_left());
    }

    #[test]
    fn a_panic_of_the_work_is_one_here() {
        let panic = std::panic::catch_unwind(|| apart(&Deadline::never(), || -> u8 { panic!("here") }));
        assert!(panic.is_err());
    }
}
