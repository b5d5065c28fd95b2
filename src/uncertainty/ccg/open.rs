//! Bounds that are still open, in files: JSON has no infinity.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

fn write<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    value.is_finite().then_some(*value).serialize(to)
}

fn read<'de, D: Deserializer<'de>>(from: D, open: f64) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.unwrap_or(open))
}

/// Lower bounds.
pub mod least {
    use super::{Deserializer, Serializer};

    /// A number, or null for minus infinity.
    pub fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        super::write(value, to)
    }

    /// The same back.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        super::read(from, f64::NEG_INFINITY)
    }
}

/// Upper bounds.
pub mod most {
    use super::{Deserializer, Serializer};

    /// A number, or null for infinity.
    pub fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        super::write(value, to)
    }

    /// The same back.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        super::read(from, f64::INFINITY)
    }
}
