//! Files that go out (LP, MPS, CBF) and files that come in (MATPOWER, CSV).

#[path = "../support/cbf.rs"]
mod cbf;
mod export;
mod export_names;
mod highs_file;
mod problems;
