//! Reads the published networks of `../shared/networks`, each a folder of CSV files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tieline::network::powerflow::{Branch, Grid, Snapshot, Source};

/// A network as published, in the base state.
#[derive(Debug, Clone)]
pub struct Published {
    pub name: String,
    pub grid: Grid,
    /// Injections per bus, W and var (loads are negative).
    pub p: Vec<f64>,
    pub q: Vec<f64>,
    /// Base state per branch.
    pub closed: Vec<bool>,
    /// Current rating per branch, A (infinite where none is given).
    pub rate: Vec<f64>,
    pub bus_ids: Vec<String>,
    pub line_ids: Vec<String>,
    /// `meta.json`.
    pub meta: Value,
}

/// The folder of the published networks.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/networks")
}

/// Names of all networks present, sorted.
pub fn names() -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder()) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|e| e.path().join("meta.json").is_file())
        .filter_map(|e| e.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// Reads a network; says so and returns none where the data are absent.
pub fn load(name: &str) -> Option<Published> {
    let folder = folder().join(name);
    if !folder.join("meta.json").is_file() {
        eprintln!("SKIPPED: the network data {} are absent", folder.display());
        return None;
    }
    Some(read(name, &folder))
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    reader.deserialize().map(|row| row.unwrap_or_else(|e| panic!("{}: {e}", path.display()))).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].trim().parse().unwrap_or_else(|e| panic!("{column}: {e}"))
}

fn read(name: &str, folder: &Path) -> Published {
    let text = std::fs::read_to_string(folder.join("meta.json")).expect("meta.json is readable");
    let meta: Value = serde_json::from_str(&text).expect("meta.json is JSON");
    let v_set = meta["source_voltage_pu"].as_f64().expect("source voltage");
    let sources: Vec<(String, f64)> =
        Published::ids(&meta["source_buses"]).into_iter().map(|bus| (bus, v_set)).collect();
    let kv = meta["base_kv"].as_f64().expect("base voltage");
    assemble(name, folder, kv, &sources, meta)
}

/// A network of the library: the same tables in `models/networks`, which are always there.
pub fn library(name: &str, kv: f64) -> Published {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/networks").join(name);
    assemble(name, &folder, kv, &[("1".to_owned(), 1.0)], Value::Null)
}

fn assemble(name: &str, folder: &Path, kv: f64, sources: &[(String, f64)], meta: Value) -> Published {
    let buses = rows(&folder.join("buses.csv"));
    let lines = rows(&folder.join("lines.csv"));
    let bus_ids: Vec<String> = buses.iter().map(|row| row["bus"].clone()).collect();
    let index: BTreeMap<&str, usize> = bus_ids.iter().enumerate().map(|(k, id)| (id.as_str(), k)).collect();
    let p: Vec<f64> = buses.iter().map(|row| -1e3 * number(row, "p_kw")).collect();
    let mut q: Vec<f64> = buses.iter().map(|row| -1e3 * number(row, "q_kvar")).collect();
    let capacitors = folder.join("capacitors.csv");
    if capacitors.is_file() {
        for row in rows(&capacitors) {
            q[index[row["bus"].as_str()]] += 1e3 * number(&row, "q_kvar");
        }
    }
    let branches = lines
        .iter()
        .map(|row| Branch {
            from: index[row["from"].as_str()],
            to: index[row["to"].as_str()],
            r: number(row, "r_ohm"),
            x: number(row, "x_ohm"),
        })
        .collect();
    let sources = sources.iter().map(|(bus, v_set)| Source { bus: index[bus.as_str()], v_set: *v_set }).collect();
    let nominal = vec![1e3 * kv; bus_ids.len()];
    Published {
        name: name.to_owned(),
        grid: Grid::new(nominal, branches, sources).expect("a valid grid"),
        p,
        q,
        closed: lines.iter().map(|row| number(row, "normally_open") == 0.0).collect(),
        rate: lines
            .iter()
            .map(|row| row.get("rate_a").and_then(|r| r.trim().parse().ok()).unwrap_or(f64::INFINITY))
            .collect(),
        line_ids: lines.iter().map(|row| row["line"].clone()).collect(),
        bus_ids,
        meta,
    }
}

impl Published {
    /// The base state.
    pub fn snapshot(&self) -> Snapshot<'_> {
        self.with(&self.closed)
    }

    /// Another state with the same injections.
    pub fn with<'a>(&'a self, closed: &'a [bool]) -> Snapshot<'a> {
        Snapshot { closed, p: &self.p, q: &self.q }
    }

    /// The state with exactly these lines open, by id.
    pub fn open(&self, ids: &[String]) -> Vec<bool> {
        self.line_ids.iter().map(|id| !ids.contains(id)).collect()
    }

    /// Ids of the open lines of a state.
    pub fn open_ids(&self, closed: &[bool]) -> Vec<&str> {
        self.line_ids.iter().zip(closed).filter(|&(_, c)| !c).map(|(id, _)| id.as_str()).collect()
    }

    /// Ids in a list of `meta.json`.
    pub fn ids(list: &Value) -> Vec<String> {
        list.as_array().into_iter().flatten().map(|id| id.to_string().trim_matches('"').to_owned()).collect()
    }
}
