//! Files as they were when they were first read.

use super::{Files, Refused};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Reads every path once. What is analysed again, with another radius or case, is the study that was read, whatever has
/// become of its files since.
pub struct Once<F> {
    files: F,
    read: Mutex<BTreeMap<String, Result<Vec<u8>, String>>>,
}

impl<F> Once<F> {
    /// Of which nothing has been read.
    pub fn new(files: F) -> Self {
        Once { files, read: Mutex::default() }
    }
}

impl<F: Files> Files for Once<F> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.entry(path.to_owned()).or_insert_with(|| self.files.read(path)).clone()
    }

    fn refused(&self, folder: &str, path: &str) -> Option<Refused> {
        self.files.refused(folder, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A file that somebody edits between readings.
    struct Edited(AtomicUsize);

    impl Files for Edited {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            let times = self.0.fetch_add(1, Ordering::Relaxed);
            if path == "none" { Err(format!("missing at {times}")) } else { Ok(format!("{path} {times}").into_bytes()) }
        }
    }

    #[test]
    fn a_file_stays_as_it_was_first_read() {
        let files = Once::new(Edited(AtomicUsize::new(0)));
        assert_eq!(files.read("a"), Ok(b"a 0".to_vec()));
        assert_eq!(files.read("none"), Err("missing at 1".into()));
        assert_eq!(files.read("b"), Ok(b"b 2".to_vec()));
        assert_eq!(files.read("a"), Ok(b"a 0".to_vec()));
        assert_eq!(files.read("none"), Err("missing at 1".into()));
    }
}
