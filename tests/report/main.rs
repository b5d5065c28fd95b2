//! What is said of a solved study: the judgement of plans, cones and gaps.

#[path = "../support/studies.rs"]
#[allow(dead_code)]
mod studies;

#[path = "../support/random.rs"]
#[allow(dead_code)]
mod random;

mod attack;
mod cones;
mod demand;
mod enumerated;
mod floors;
mod islands;
mod judgement;
mod limits;
mod periods;
mod published;
mod reading;
mod repair;
mod tables;
