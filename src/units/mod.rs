//! The units stage: dimensions, kinds, units, and the typed expressions that use them.

pub mod absence;
pub mod check;
mod dimension;
mod floors;
mod shown;
mod table;
pub mod typed;

pub use dimension::{Dimension, KindId, MAX_BASE, Quantity};
pub use table::{Unit, UnitTable};
