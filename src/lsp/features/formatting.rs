//! Laying a document out.

use crate::source::FileId;
use crate::syntax::format::format;

/// The text laid out anew; none if it has syntax mistakes or is laid out already.
pub fn formatted(text: &str) -> Option<String> {
    format(FileId(0), text).ok().filter(|new| new != text)
}
