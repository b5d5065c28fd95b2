//! What several integration tests share: published networks and exhaustive enumeration.

#![allow(dead_code)] // each test binary uses a part of it
#![allow(clippy::print_stderr)] // a skipped test says so

pub mod enumerate;
pub mod networks;
pub mod random;
