//! A small deterministic generator of numbers, so that a seed gives the same studies everywhere.

/// SplitMix64.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream of study `index` of a run with `seed`.
    pub fn of(seed: u64, index: u64) -> Random {
        let mut mixed = Random(seed.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ index);
        Random(mixed.bits())
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..1`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// An index below `n`, 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n.max(1) as u64) as usize
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A number of the range with so many decimals.
    pub fn round(&mut self, low: f64, high: f64, decimals: i32) -> f64 {
        let number = low + (high - low) * self.unit();
        decimal(format!("{number:.*}", decimals.max(0) as usize))
    }

    /// One of the list.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// Puts a list into another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

/// A number with so many digits.
pub fn digits(count: usize, number: f64) -> f64 {
    decimal(format!("{number:.*e}", count.saturating_sub(1)))
}

fn decimal(text: String) -> f64 {
    // No negative zero, which would be written with its sign.
    text.parse().unwrap_or(0.0) + 0.0
}
