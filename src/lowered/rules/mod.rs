//! The rules of the lowering, one file each: the mathematics, what is created, which bounds it uses
//! and why it is exact.

mod abs_to_linear;
mod abs_to_signs;
mod constant_to_verdict;
mod implication_to_rows;
mod max_to_epigraph;
mod max_to_selectors;
mod min_to_hypograph;
mod norm_to_cone;
mod objective_to_epigraph;
mod piecewise_to_epigraph;
mod piecewise_to_shares;
mod product_of_binary_to_rows;
mod product_to_cone;
mod quadratic_to_squares;
mod square_to_cone;

pub(super) use abs_to_linear::abs_to_linear;
pub(super) use abs_to_signs::abs_to_signs;
pub(super) use constant_to_verdict::constant_to_verdict;
pub(super) use implication_to_rows::implication_to_rows;
pub(super) use max_to_epigraph::max_to_epigraph;
pub(super) use max_to_selectors::{max_to_selectors, min_to_selectors};
pub(super) use min_to_hypograph::min_to_hypograph;
pub(super) use norm_to_cone::{norm_below_affine_to_cone, norm_to_cone};
pub(super) use objective_to_epigraph::objective_to_epigraph;
pub(super) use piecewise_to_epigraph::{
    Shape, piecewise_on_range, piecewise_range, piecewise_shape, piecewise_to_epigraph, piecewise_value,
};
pub(super) use piecewise_to_shares::piecewise_to_shares;
pub(super) use product_of_binary_to_rows::products_of_binaries_to_rows;
pub(super) use product_to_cone::{Attempt, product_to_cone};
pub(super) use quadratic_to_squares::quadratic_to_squares;
pub(super) use square_to_cone::{squares_to_cone, squares_to_epigraphs};

/// The range of an empty sum.
const ZERO: super::interval::Interval = super::interval::Interval { lower: 0.0, upper: 0.0 };
