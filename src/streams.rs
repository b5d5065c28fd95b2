//! Whether the standard output was open when the program began. The runtime opens `/dev/null` in place of a
//! closed one, so that a result would vanish without a word; this looks before.

#![allow(unsafe_code)] // the system's own entry point, before the runtime's

/// Was there a standard output? Where the system gives no way to look, there was.
pub fn output_was_open() -> bool {
    imp::output_was_open()
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
mod imp {
    use std::sync::atomic::{AtomicBool, Ordering};

    static OPEN: AtomicBool = AtomicBool::new(true);

    extern "C" fn look() {
        // SAFETY: asks the system for the flags of a descriptor, which a closed one does not have; changes no memory.
        let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
        OPEN.store(flags != -1, Ordering::Relaxed);
    }

    /// Called by the loader before `main`.
    #[used]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
    static LOOK: extern "C" fn() = look;

    pub(super) fn output_was_open() -> bool {
        OPEN.load(Ordering::Relaxed)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
mod imp {
    pub(super) fn output_was_open() -> bool {
        true
    }
}
