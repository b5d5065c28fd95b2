//! Keeps what solver libraries print by themselves out of the standard output, which is the program's result.
#![allow(unsafe_code)] // three C calls on file descriptors; none of them takes a pointer that is not null

/// While it lives, what C and C++ code writes to the standard output is dropped. The program itself has to write
/// before or after.
pub(super) struct Quiet {
    /// The standard output; none where it could not be kept.
    #[cfg(unix)]
    kept: Option<std::ffi::c_int>,
}

#[cfg(unix)]
mod c {
    use std::ffi::{c_int, c_void};
    unsafe extern "C" {
        pub fn dup(fd: c_int) -> c_int;
        pub fn dup2(from: c_int, to: c_int) -> c_int;
        pub fn close(fd: c_int) -> c_int;
        pub fn fflush(stream: *mut c_void) -> c_int;
    }
}

#[cfg(unix)]
const STANDARD_OUTPUT: std::ffi::c_int = 1;

impl Quiet {
    /// From here on.
    pub fn now() -> Self {
        #[cfg(unix)]
        {
            use std::os::fd::AsRawFd;
            let Ok(nowhere) = std::fs::OpenOptions::new().write(true).open("/dev/null") else {
                return Quiet { kept: None };
            };
            // SAFETY: plain calls on descriptors; `nowhere` is open, and a failed `dup` is not used.
            let kept = unsafe {
                let kept = c::dup(STANDARD_OUTPUT);
                (kept >= 0 && c::dup2(nowhere.as_raw_fd(), STANDARD_OUTPUT) >= 0).then_some(kept)
            };
            Quiet { kept }
        }
        #[cfg(not(unix))]
        Quiet {}
    }
}

#[cfg(unix)]
impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(kept) = self.kept {
            // SAFETY: `kept` is open and ours. A null stream flushes all: what is buffered goes where it is dropped.
            unsafe {
                c::fflush(std::ptr::null_mut());
                c::dup2(kept, STANDARD_OUTPUT);
                c::close(kept);
            }
        }
    }
}
