//! Ctrl-C: the first asks the search to stop with its best solution, the second ends the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Exit code after the second Ctrl-C, as shells report it.
const INTERRUPTED: i32 = 130;

/// A flag that Ctrl-C (or a request of the system to end) sets. The second one ends the program at
/// once; output files are then untouched, because they are moved into place as a whole. Where no
/// handler can be set, the flag stays unset and Ctrl-C ends the program as usual.
pub fn stop_flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    let _ = ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::SeqCst) {
            #[allow(clippy::exit)]
            std::process::exit(INTERRUPTED);
        }
    });
    flag
}
