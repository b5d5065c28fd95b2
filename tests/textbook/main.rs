//! The examples that are no published feeder: textbook problems without a network, and a device that
//! a study declares for itself. Each is compared with an oracle that knows nothing of the compiler.

#[path = "../support/enumerate.rs"]
#[allow(dead_code)]
mod enumerate;
#[path = "../support/feeders.rs"]
#[allow(dead_code)]
mod feeders;
#[path = "../support/studies.rs"]
#[allow(dead_code)]
mod studies;

mod device;
mod knapsack;
mod parts;
mod transport;
mod unit_commitment;
