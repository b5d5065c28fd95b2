//! The network stage: what is known of the electrical graph as plain numbers.
//!
//! Nothing here knows of the language or of a program of variables and rows: buses and branches are
//! indices, impedances are ohms. That lets the check of a solution share no code with the stages
//! that produced it.

pub mod powerflow;
pub mod reconfigure;
pub mod topology;
