//! The pest grammar of one statement's header (`grammar/tieline.pest`).

#![allow(missing_docs)]

use pest_derive::Parser;

/// The generated parser; [`Rule`] names the grammar's rules.
#[derive(Parser)]
#[grammar = "../grammar/tieline.pest"]
pub struct Grammar;
