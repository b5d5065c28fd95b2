//! Where a bound comes from.

/// What stands behind a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundOrigin {
    /// Duals and the ranges of the columns prove it, whatever accuracy they were computed to.
    Certified,
    /// An engine's own search or tolerance gave it, and nothing has computed it again.
    Search,
}

impl BoundOrigin {
    /// The word of results.
    pub fn word(self) -> &'static str {
        match self {
            BoundOrigin::Certified => "certified",
            BoundOrigin::Search => "search",
        }
    }
}
