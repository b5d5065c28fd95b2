//! What an importer makes of a foreign file: plain data in engineers' units.

/// A bus with its constant-power load.
#[derive(Debug, Clone, PartialEq)]
pub struct Bus {
    /// Id as the source has it.
    pub id: String,
    /// Nominal line-to-line voltage in kV.
    pub nominal_kv: f64,
    /// Active load in kW, three phases.
    pub p_kw: f64,
    /// Reactive load in kvar, three phases.
    pub q_kvar: f64,
    /// Lowest voltage in pu of nominal, if the source limits it.
    pub v_min: Option<f64>,
    /// Highest voltage in pu of nominal, if the source limits it.
    pub v_max: Option<f64>,
}

/// A line, cable or transformer branch.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Id as the source has it, else its one-based row.
    pub id: String,
    /// Bus id.
    pub from: String,
    /// Bus id.
    pub to: String,
    /// Series resistance per phase in ohm.
    pub r_ohm: f64,
    /// Series reactance per phase in ohm.
    pub x_ohm: f64,
    /// Greatest current in A, if rated.
    pub rate_a: Option<f64>,
    /// Open in the network as given.
    pub normally_open: bool,
    /// Can it be opened and closed?
    pub switchable: bool,
    /// Off-nominal ratio at the `from` end, where it is not 1.
    pub ratio: Option<f64>,
}

/// A bus that holds its voltage and feeds the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Id.
    pub id: String,
    /// Bus id.
    pub bus: String,
    /// Voltage in pu of nominal.
    pub v_set: f64,
}

/// What injects constant power beside the loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InjectionKind {
    /// A capacitor bank of constant reactive power.
    Capacitor,
    /// A shunt admittance, taken at nominal voltage.
    Shunt,
    /// A generator at its dispatch.
    Generator,
}

/// A constant injection of power.
#[derive(Debug, Clone, PartialEq)]
pub struct Injection {
    /// What it is.
    pub kind: InjectionKind,
    /// Bus id.
    pub bus: String,
    /// Active power into the network in kW.
    pub p_kw: f64,
    /// Reactive power into the network in kvar.
    pub q_kvar: f64,
}

/// A distribution network as a foreign file describes it. Ids are unique within buses, branches and
/// sources, all numbers are finite, every id that is referred to exists; whether the network is
/// connected is the compiler's question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Feeder {
    /// Its name.
    pub name: String,
    /// The file or folder it comes from, as the engineer knows it.
    pub file: String,
    /// Buses in the order of the source.
    pub buses: Vec<Bus>,
    /// Branches in the order of the source.
    pub branches: Vec<Branch>,
    /// Sources.
    pub sources: Vec<Source>,
    /// Constant injections.
    pub injections: Vec<Injection>,
    /// What was dropped or approximated, one sentence each, for the head of the written file.
    pub notes: Vec<String>,
}
