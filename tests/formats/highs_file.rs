//! HiGHS reading a model file: its C interface is the only way to its readers.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::io::Write;

/// What HiGHS makes of a file.
pub struct Solved {
    /// Objective, if solved to optimality.
    pub objective: Option<f64>,
    /// Column names as read.
    pub columns: Vec<String>,
    /// Row names as read.
    pub rows: Vec<String>,
}

/// Reads and solves `text` as a file with this extension. Panics where HiGHS rejects the file or
/// warns about it.
pub fn solve(text: &str, extension: &str) -> Solved {
    let mut file = tempfile::Builder::new().suffix(extension).tempfile().expect("temporary file");
    file.write_all(text.as_bytes()).expect("written");
    let path = CString::new(file.path().to_str().expect("path")).expect("path");
    // SAFETY: the handle is created, used and destroyed here; strings outlive the calls.
    unsafe {
        let highs = highs_sys::Highs_create();
        highs_sys::Highs_setBoolOptionValue(highs, c"output_flag".as_ptr(), 0);
        let status = highs_sys::Highs_readModel(highs, path.as_ptr());
        assert_eq!(status, 0, "HiGHS does not like the file:\n{text}");
        assert_ne!(highs_sys::Highs_run(highs), -1, "HiGHS fails on:\n{text}");
        let optimal = highs_sys::Highs_getModelStatus(highs) == 7;
        let objective = optimal.then(|| highs_sys::Highs_getObjectiveValue(highs));
        let columns = (0..highs_sys::Highs_getNumCol(highs))
            .map(|i| name(|buffer| highs_sys::Highs_getColName(highs, i, buffer)))
            .collect();
        let rows = (0..highs_sys::Highs_getNumRow(highs))
            .map(|i| name(|buffer| highs_sys::Highs_getRowName(highs, i, buffer)))
            .collect();
        highs_sys::Highs_destroy(highs);
        Solved { objective, columns, rows }
    }
}

/// Runs a name getter on a buffer that is long enough for the names we write.
fn name(get: impl FnOnce(*mut std::ffi::c_char) -> highs_sys::HighsInt) -> String {
    let mut buffer = vec![0 as std::ffi::c_char; 1024];
    get(buffer.as_mut_ptr());
    buffer.iter().take_while(|c| **c != 0).map(|c| char::from(*c as u8)).collect()
}
