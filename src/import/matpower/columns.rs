//! Zero-based columns of MATPOWER's matrices. Source: MATPOWER's case format, version 2.

/// Columns of `mpc.bus`.
pub(super) mod bus {
    pub(crate) const ID: usize = 0;
    pub(crate) const TYPE: usize = 1;
    pub(crate) const PD: usize = 2;
    pub(crate) const QD: usize = 3;
    pub(crate) const GS: usize = 4;
    pub(crate) const BS: usize = 5;
    pub(crate) const AREA: usize = 6;
    pub(crate) const VM: usize = 7;
    pub(crate) const VA: usize = 8;
    pub(crate) const BASE_KV: usize = 9;
    pub(crate) const ZONE: usize = 10;
    pub(crate) const VMAX: usize = 11;
    pub(crate) const VMIN: usize = 12;
    /// Columns of the format.
    pub(crate) const COUNT: usize = 13;
    /// Columns that the importer cannot do without.
    pub(crate) const NEEDED: usize = 10;
}

/// Columns of `mpc.branch`.
pub(super) mod branch {
    pub(crate) const FROM: usize = 0;
    pub(crate) const TO: usize = 1;
    pub(crate) const R: usize = 2;
    pub(crate) const X: usize = 3;
    pub(crate) const B: usize = 4;
    pub(crate) const RATE_A: usize = 5;
    pub(crate) const RATE_B: usize = 6;
    pub(crate) const RATE_C: usize = 7;
    pub(crate) const TAP: usize = 8;
    pub(crate) const SHIFT: usize = 9;
    pub(crate) const STATUS: usize = 10;
    pub(crate) const ANGMIN: usize = 11;
    pub(crate) const ANGMAX: usize = 12;
    /// Columns of the format.
    pub(crate) const COUNT: usize = 13;
    /// Columns that the importer cannot do without.
    pub(crate) const NEEDED: usize = 11;
}

/// Columns of `mpc.gen`.
pub(super) mod generator {
    pub(crate) const BUS: usize = 0;
    pub(crate) const PG: usize = 1;
    pub(crate) const QG: usize = 2;
    pub(crate) const QMAX: usize = 3;
    pub(crate) const QMIN: usize = 4;
    pub(crate) const VG: usize = 5;
    pub(crate) const STATUS: usize = 7;
    pub(crate) const PMAX: usize = 8;
    pub(crate) const PMIN: usize = 9;
    /// First column of capability curves, ramps and participation factors.
    pub(crate) const PC1: usize = 10;
    /// Columns that the importer cannot do without.
    pub(crate) const NEEDED: usize = 8;
}
