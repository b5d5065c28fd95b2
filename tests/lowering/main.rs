//! The lowering: every rule as text in and text out, exactness against an independent evaluator,
//! refusals with their places.

mod exactness;
mod feeder;
mod program_text;
mod random;
mod refusals;
mod rules;
mod solved;
mod support;
mod table;
