//! Work on a list by several threads, with an end that does not depend on how many there are.

use std::sync::{Mutex, PoisonError};

/// Bytes of stack of a worker.
const STACK: usize = 64 << 20;

/// Results of `work` on all items, in their order.
///
/// Workers are no members of a pool: a member that waits for an engine's own pool takes up another item
/// of its pool meanwhile, and the time limit of the first runs on.
pub fn each<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    in_order(items, threads, |_, item| work(item), |_| false)
}

/// Results of `work` on the items, in their order, up to the first of them that is `enough` together with
/// all before it. Workers are as those of [`each`].
pub fn in_order<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(usize, &T) -> R + Sync,
    enough: impl Fn(&[R]) -> bool + Sync,
) -> Vec<R> {
    let state = Mutex::new(State { next: 0, waiting: items.iter().map(|_| None).collect(), done: Vec::new() });
    let worker = || {
        loop {
            let at = {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                let at = state.next;
                state.next += 1;
                at
            };
            let Some(item) = items.get(at) else { return };
            let result = work(at, item);
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(slot) = state.waiting.get_mut(at) {
                *slot = Some(result);
            }
            state.gather(items.len(), &enough);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(items.len()) {
            // A thread that cannot be had leaves its work to the others.
            let _ = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker);
        }
        worker();
    });
    state.into_inner().unwrap_or_else(PoisonError::into_inner).done
}

struct State<R> {
    /// The next item to begin; past the end once there is enough.
    next: usize,
    /// Results whose predecessors are still open.
    waiting: Vec<Option<R>>,
    /// Results without a gap before them.
    done: Vec<R>,
}

impl<R> State<R> {
    fn gather(&mut self, count: usize, enough: &impl Fn(&[R]) -> bool) {
        while let Some(result) = self.waiting.get_mut(self.done.len()).and_then(Option::take) {
            self.done.push(result);
            if enough(&self.done) {
                self.next = count;
                self.waiting.clear();
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn the_end_is_the_first_that_is_enough_with_any_number_of_threads() {
        let items: Vec<u64> = (0..40).collect();
        for threads in 1..5 {
            let slow = |_: usize, i: &u64| {
                std::thread::sleep(std::time::Duration::from_micros(37 * (i * 7 % 5)));
                i * i
            };
            let found = in_order(&items, threads, slow, |done| done.iter().sum::<u64>() >= 100);
            assert_eq!(found, [0, 1, 4, 9, 16, 25, 36, 49]);
            assert_eq!(in_order(&items, threads, |at, i| at as u64 - i, |_| false), [0; 40]);
        }
        assert!(in_order(&[] as &[u64], 2, |_, i| *i, |_| true).is_empty());
    }
}
