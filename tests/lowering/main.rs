//! The lowering: every rule as text in and text out, exactness against an independent evaluator,
//! refusals with their places.

mod exactness;
mod refusals;
mod rules;
mod scaling;
mod support;
