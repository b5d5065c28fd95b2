//! Pseudo-random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood: Fast splittable
//! pseudorandom number generators, OOPSLA 2014).

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A sequence of pseudo-random numbers.
#[derive(Debug, Clone)]
pub struct Random(SplitMix64);

impl Random {
    /// The sequence of a seed.
    pub fn of(seed: u64) -> Random {
        Random(SplitMix64::seed_from_u64(seed))
    }

    /// One of many sequences of a seed, by its number.
    pub fn stream(seed: u64, number: u64) -> Random {
        Random::of(Random::of(seed).0.next_u64().wrapping_add(number.wrapping_mul(0xD134_2543_DE82_EF95)))
    }

    /// A number in `0..1`.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// An index below `n` (0 where `n` is 0).
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }
}
