//! Small feeders that are a study and a grid at once: the text goes through the compiler, the grid
//! through enumeration and power flow.

use std::fmt::Write;
use tieline::network::powerflow::{Branch, Grid, Source};

/// A feeder of one voltage level, with constant injections.
#[derive(Debug, Clone)]
pub struct Feeder {
    /// Nominal voltage, kV.
    pub kv: f64,
    /// Per bus: what it draws, kW and kvar; negative where it generates. The first bus is the source.
    pub load: Vec<(f64, f64)>,
    /// Ends and impedance in ohm; buses are counted from 0 here and from 1 in the text.
    pub line: Vec<(usize, usize, f64, f64)>,
    /// Voltage window, pu.
    pub window: (f64, f64),
}

impl Feeder {
    /// The elements, without a formulation and without an objective.
    pub fn elements(&self) -> String {
        let mut text = String::from("use std.grid\nsnapshot\n");
        let _ = writeln!(text, "source \"main\" at bus 1 {{ v_set = 1.0 pu }}");
        for (k, (p, q)) in self.load.iter().enumerate() {
            let _ = writeln!(text, "bus {} {{ nominal = {} kV }}", k + 1, self.kv);
            if (*p, *q) != (0.0, 0.0) {
                let _ = writeln!(text, "load {0} at bus {0} {{ p = {p} kW; q = {q} kvar }}", k + 1);
            }
        }
        for (k, (i, j, r, x)) in self.line.iter().enumerate() {
            let (i, j) = (i + 1, j + 1);
            let _ = writeln!(text, "line {} from bus {i} to bus {j} {{ r = {r} ohm; x = {x} ohm }}", k + 1);
        }
        let _ = writeln!(text, "bus.v_min = {} pu\nbus.v_max = {} pu", self.window.0, self.window.1);
        text
    }

    /// A whole study of least losses: `with conic, radial` and the like.
    pub fn study(&self, with: &str) -> String {
        format!("{}with {with}\nminimize losses\n", self.elements())
    }

    /// The same network as numbers.
    pub fn grid(&self) -> Grid {
        let branches = self.line.iter().map(|&(from, to, r, x)| Branch { from, to, r, x }).collect();
        let nominal = vec![1e3 * self.kv; self.load.len()];
        Grid::new(nominal, branches, vec![Source { bus: 0, v_set: 1.0 }]).expect("a grid")
    }

    /// Active and reactive injections, W and var.
    pub fn injections(&self) -> (Vec<f64>, Vec<f64>) {
        self.load.iter().map(|(p, q)| (-1e3 * p, -1e3 * q)).unzip()
    }
}
