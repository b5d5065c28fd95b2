//! Whole input files, with a finding where one cannot be had.

use super::Disk;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::ids_source::{FILE_MISSING, FILE_TOO_LARGE};
use crate::source::{FILE_LIMIT, Files};

/// The bytes of a file, or of the standard input for `-`.
///
/// # Errors
/// The finding: the file cannot be read, or is larger than [`FILE_LIMIT`].
pub(super) fn whole(path: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let bytes = Disk::here().read(path).map_err(|why| {
        Diagnostic::unlocated(FILE_MISSING, format!("`{path}` cannot be read: {why}"))
            .help("check the path, upper and lower case included")
    })?;
    if bytes.len() > FILE_LIMIT {
        let message = format!("`{path}` is larger than {} MB", FILE_LIMIT >> 20);
        return Err(Box::new(
            Diagnostic::unlocated(FILE_TOO_LARGE, message).help("check that this is the file you meant"),
        ));
    }
    Ok(bytes)
}
