//! Ids of findings about files and tables.

use super::Id;

/// A module, table or study file cannot be found or read.
pub const FILE_MISSING: Id = Id { code: "E0001", name: "file-missing" };

/// A text file is not encoded in UTF-8.
pub const NOT_UTF8: Id = Id { code: "E0002", name: "not-utf8" };

/// A table file is not readable as comma-separated values.
pub const CSV_UNREADABLE: Id = Id { code: "E0003", name: "csv-unreadable" };

/// A table row has more or fewer cells than its header.
pub const CSV_RAGGED: Id = Id { code: "E0004", name: "csv-ragged" };

/// A table cell does not fit the type of its column.
pub const CELL_UNREADABLE: Id = Id { code: "E0005", name: "cell-unreadable" };

/// A file holds no statement, or a table file no row.
pub const EMPTY_FILE: Id = Id { code: "E0006", name: "empty-file" };

/// Modules use each other in a circle.
pub const IMPORT_CYCLE: Id = Id { code: "E0007", name: "import-cycle" };

/// A file is larger than the limit for source and table files.
pub const FILE_TOO_LARGE: Id = Id { code: "E0008", name: "file-too-large" };

/// A file outside the study's folder, or one that is no file.
pub const FILE_REFUSED: Id = Id { code: "E0009", name: "file-refused" };

/// All of this file, in order.
pub const ALL: &[Id] = &[
    FILE_MISSING,
    NOT_UTF8,
    CSV_UNREADABLE,
    CSV_RAGGED,
    CELL_UNREADABLE,
    EMPTY_FILE,
    IMPORT_CYCLE,
    FILE_TOO_LARGE,
    FILE_REFUSED,
];
