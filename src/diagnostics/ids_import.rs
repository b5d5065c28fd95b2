//! Ids of the importers of foreign network data.

use super::Id;

/// The text is not a MATPOWER case of version 2.
pub const MATPOWER_UNREADABLE: Id = Id { code: "E0801", name: "matpower-unreadable" };

/// The case file computes something in a way that the importer does not evaluate.
pub const MATPOWER_UNSUPPORTED_CODE: Id = Id { code: "E0802", name: "matpower-unsupported-code" };

/// The data contradict themselves, or lack what a feeder cannot do without.
pub const INCONSISTENT_CASE: Id = Id { code: "E0803", name: "inconsistent-case" };

/// A CSV network folder lacks a file, a column or a key.
pub const CSV_FOLDER_INCOMPLETE: Id = Id { code: "E0804", name: "csv-folder-incomplete" };

/// A file of a CSV network folder cannot be read as what it should hold.
pub const CSV_FOLDER_UNREADABLE: Id = Id { code: "E0805", name: "csv-folder-unreadable" };

/// Data of the source that the written file does not hold.
pub const FIELD_DROPPED: Id = Id { code: "W0801", name: "field-dropped" };

/// Data of the source that the written file holds in a simpler form.
pub const FIELD_APPROXIMATED: Id = Id { code: "W0802", name: "field-approximated" };

/// All of this file, in order.
pub const ALL: &[Id] = &[
    MATPOWER_UNREADABLE,
    MATPOWER_UNSUPPORTED_CODE,
    INCONSISTENT_CASE,
    CSV_FOLDER_INCOMPLETE,
    CSV_FOLDER_UNREADABLE,
    FIELD_DROPPED,
    FIELD_APPROXIMATED,
];
