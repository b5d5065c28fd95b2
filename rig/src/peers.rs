//! Lowered problems, as exported, given to other solvers by `rig/peers.py`. What comes out has to lie between
//! the bound and the value that were reported.

use crate::judge::factor;
use crate::program::{Ended, Tieline};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Exported problems of a run.
pub struct Peers {
    folder: PathBuf,
    most: usize,
    exported: Vec<Exported>,
}

struct Exported {
    path: PathBuf,
    /// What repeats the study.
    place: String,
    status: String,
    /// Of the minimisation, in coherent units.
    value: Option<f64>,
    bound: Option<f64>,
    /// -1 where the objective is maximised.
    sign: f64,
    floor: f64,
}

impl Peers {
    /// For so many problems, in a folder of the run's.
    pub fn new(out: &Path, most: usize) -> Peers {
        Peers { folder: out.join("peers"), most, exported: Vec::new() }
    }

    /// Are more wanted?
    pub fn wanting(&self) -> bool {
        self.exported.len() < self.most
    }

    /// Exports a study that has been solved.
    pub fn add(&mut self, tieline: &Tieline, text: &str, ended: &Ended, place: &str, maximised: bool, floor: f64) {
        let Ended::Document(document, _) = ended else { return };
        let Some(status) = document["status"].as_str() else { return };
        let unit = document["objective"]["unit"].as_str().unwrap_or_default();
        // The references count in kW, coherent units in W.
        let coherent = if unit.contains('W') { 1e3 } else { 1.0 };
        let sign = if maximised { -1.0 } else { 1.0 };
        let number = |v: &Value| Some(sign * v.as_f64()? * factor(unit)? * coherent);
        let _ = std::fs::create_dir_all(&self.folder);
        for stage in ["mps", "cbf"] {
            let path = self.folder.join(format!("{}.{stage}", self.exported.len()));
            let written = tieline.run(&["emit", "-", "--stage", stage, "-o", &path.to_string_lossy()], text);
            if matches!(written, Ok((0, ..))) && path.exists() {
                let (value, bound) = (number(&document["objective"]["value"]), number(&document["bound"]));
                let (place, status) = (place.to_owned(), status.to_owned());
                self.exported.push(Exported { path, place, status, value, bound, sign, floor: floor * coherent });
                return;
            }
        }
    }

    /// Solves them all; false where one does not agree.
    pub fn compare(&self) -> bool {
        if self.exported.is_empty() {
            return true;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers.py");
        let paths = self.exported.iter().map(|e| &e.path);
        let output = match Command::new("python3").arg(script).args(paths).output() {
            Ok(output) => output,
            Err(e) => {
                println!("SKIPPED: other solvers, since python3 cannot be run: {e}");
                return true;
            }
        };
        let said = String::from_utf8_lossy(&output.stderr);
        said.lines().filter(|l| l.starts_with("SKIPPED")).for_each(|l| println!("{l}"));
        if output.status.code() == Some(3) {
            return true;
        }
        if !output.status.success() {
            println!("other solvers: {said}");
            return false;
        }
        let (mut agreed, mut unknown, mut wrong) = (0, 0, 0);
        for line in String::from_utf8_lossy(&output.stdout).lines().filter(|l| l.starts_with('{')) {
            let Ok(result) = serde_json::from_str::<Value>(line) else { continue };
            let Some(of) = self.exported.iter().find(|e| result["file"] == *e.path.to_string_lossy()) else { continue };
            let value = result["value"].as_f64().map(|v| of.sign * v);
            match of.against(result["status"].as_str().unwrap_or_default(), value) {
                Some(Ok(())) => agreed += 1,
                None => unknown += 1,
                Some(Err(why)) => {
                    wrong += 1;
                    println!("WRONG by {}: {}: {why} ({})", result["solver"], of.place, of.path.display());
                }
            }
        }
        println!(
            "other solvers on {} exported problems: {agreed} agreed, {unknown} unknown, {wrong} WRONG",
            self.exported.len()
        );
        wrong == 0
    }
}

impl Exported {
    /// What another solver says; none where that decides nothing.
    fn against(&self, status: &str, value: Option<f64>) -> Option<Result<(), String>> {
        // Solvers miss cones by their own tolerance.
        let cones = self.path.extension().is_some_and(|e| e == "cbf");
        let share = if cones { 2e-3 } else { 2e-5 };
        match (self.status.as_str(), status, value) {
            (_, "unknown", _) => None,
            ("optimal" | "feasible", "optimal", Some(found)) => {
                let near = self.floor + share * found.abs();
                let low = self.bound.is_none_or(|b| b <= found + near);
                let high = self.value.is_none_or(|v| found <= v + near);
                let why = || format!("{found} is not between {:?} and {:?}", self.bound, self.value);
                Some(if low && high { Ok(()) } else { Err(why()) })
            }
            ("optimal" | "feasible", other, _) => Some(Err(format!("{other} instead of {:?}", self.value))),
            // A cone relaxation may be feasible where no state of the network is.
            ("infeasible", "optimal", _) if cones => None,
            ("infeasible", "optimal", _) => Some(Err(format!("{value:?} instead of infeasible"))),
            ("infeasible", "infeasible", _) | ("unbounded", "unbounded", _) => Some(Ok(())),
            _ => None,
        }
    }
}
