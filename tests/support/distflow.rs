//! The conic DistFlow reconfiguration problem of a published network, written out by hand as a
//! lowered problem: a realistic instance that needs no compiler.

use crate::random_problems::{columns, cone, entry};
use std::path::{Path, PathBuf};
use tieline::ids::Id;
use tieline::lowered::{Arborescence, Column, ColumnId, ColumnSource, ConeKind, Lowered, Row};
use tieline::program::OriginId;
use tieline::solution::Candidate;

/// A network as its tables say.
pub struct Network {
    pub ids: Vec<String>,
    /// Per bus, in W and var.
    pub load: Vec<(f64, f64)>,
    pub source: Vec<bool>,
    /// (id, from, to, r, x) in ohm.
    pub lines: Vec<(String, usize, usize, f64, f64)>,
    /// Line-to-line, in V.
    pub base: f64,
}

/// The folder of a shared network, if it is there.
pub fn folder(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/networks").join(name);
    path.join("meta.json").exists().then_some(path)
}

/// Reads a network folder.
pub fn read(folder: &Path) -> Network {
    let meta: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("meta.json")).expect("meta.json")).expect("JSON");
    let mut net = Network {
        ids: vec![],
        load: vec![],
        source: vec![],
        lines: vec![],
        base: meta["base_kv"].as_f64().expect("base_kv") * 1e3,
    };
    let sources: Vec<String> =
        meta["source_buses"].as_array().expect("source_buses").iter().map(|v| v.to_string()).collect();
    let table = |file: &str| -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_path(folder.join(file)).expect("table");
        reader.records().map(|r| r.expect("record").iter().map(str::to_string).collect()).collect()
    };
    let number = |s: &String| s.parse::<f64>().expect("number");
    for row in table("buses.csv") {
        net.source.push(sources.contains(&row[0]));
        net.load.push((number(&row[1]) * 1e3, number(&row[2]) * 1e3));
        net.ids.push(row[0].clone());
    }
    for row in table("lines.csv") {
        let bus = |id: &String| net.ids.iter().position(|b| b == id).expect("bus");
        let (from, to) = (bus(&row[1]), bus(&row[2]));
        net.lines.push((row[0].clone(), from, to, number(&row[3]), number(&row[4])));
    }
    net
}

/// Options of the formulation.
pub struct Formulation {
    pub v_min: f64,
    pub v_max: f64,
    /// Whether rules that follow where every bus only draws are added: a voltage is at most the
    /// sources', and an arc feeds at least the load of its head and of the bridges behind it.
    pub implied: bool,
}

/// Builds the problem; objective in kW of losses.
pub fn lower(net: &Network, how: &Formulation) -> Lowered {
    let n = net.ids.len();
    let inf = f64::INFINITY;
    let total: f64 = net.load.iter().map(|&(p, q)| p.hypot(q)).sum();
    let (v_low, v_high) = ((how.v_min * net.base).powi(2), (how.v_max * net.base).powi(2));
    // Where every bus only draws, voltages fall away from the sources.
    let v_high = if how.implied { v_high.min(net.base * net.base) } else { v_high };
    let l_max = total * total / v_low;
    let (s_scale, v_scale, l_scale) = (total * 1.05, v_high, l_max);
    let mut b = Builder { p: Lowered { objective_scale: 1.0, ..Lowered::default() }, rows: vec![] };
    let v: Vec<u32> = (0..n)
        .map(|j| {
            if net.source[j] {
                b.column("v", net.base * net.base, net.base * net.base, v_scale, false)
            } else {
                b.column("v", v_low, v_high, v_scale, false)
            }
        })
        .collect();
    let closed: Vec<u32> = net.lines.iter().map(|_| b.column("c", 0.0, 1.0, 1.0, true)).collect();
    let mut arcs = vec![];
    for (k, line) in net.lines.iter().enumerate() {
        for (tail, head) in [(line.1, line.2), (line.2, line.1)] {
            let y = b.column("y", 0.0, 1.0, 1.0, true);
            let p = b.column("P", -inf, inf, s_scale, false);
            let q = b.column("Q", -inf, inf, s_scale, false);
            let l = b.column("l", 0.0, l_max, l_scale, false);
            let w = b.column("W", 0.0, v_high, v_scale, false);
            let u = b.column("U", 0.0, v_high, v_scale, false);
            arcs.push((tail, head, k, y, p, q, l, w, u));
        }
    }
    for (j, &bus_voltage) in v.iter().enumerate() {
        let into: Vec<_> = arcs.iter().filter(|a| a.1 == j).collect();
        let out: Vec<_> = arcs.iter().filter(|a| a.0 == j).collect();
        let parents: Vec<(u32, f64)> = into.iter().map(|a| (a.3, 1.0)).collect();
        let s = f64::from(u8::from(net.source[j]));
        b.row("parent", 1.0 - s, 1.0 - s, &parents, 1.0);
        if net.source[j] {
            continue;
        }
        let mut terms = vec![(bus_voltage, -1.0)];
        terms.extend(into.iter().map(|a| (a.8, 1.0)));
        b.row("voltage", 0.0, 0.0, &terms, v_scale);
        for (active, load) in [(true, net.load[j].0), (false, net.load[j].1)] {
            let mut terms = vec![];
            for a in &into {
                let line = &net.lines[a.2];
                terms.push((if active { a.4 } else { a.5 }, 1.0));
                terms.push((a.6, if active { -line.3 } else { -line.4 }));
            }
            terms.extend(out.iter().map(|a| (if active { a.4 } else { a.5 }, -1.0)));
            b.row("balance", load, load, &terms, s_scale);
        }
    }
    for pair in arcs.chunks(2) {
        let (a, z) = (&pair[0], &pair[1]);
        b.row("oriented", f64::NEG_INFINITY, 0.0, &[(a.3, 1.0), (z.3, 1.0), (closed[a.2], -1.0)], 1.0);
        b.row("oriented", 0.0, f64::INFINITY, &[(a.3, 1.0), (z.3, 1.0), (closed[a.2], -1.0)], 1.0);
    }
    let feed = bridge_loads(net);
    for &(tail, head, k, y, p, q, l, w, u) in &arcs {
        let (r, x) = (net.lines[k].3, net.lines[k].4);
        b.row("drop", 0.0, 0.0, &[(u, -1.0), (w, 1.0), (p, -2.0 * r), (q, -2.0 * x), (l, r * r + x * x)], v_scale);
        let source_v = net.base * net.base;
        let (tail_low, tail_high) = if net.source[tail] { (source_v, source_v) } else { (v_low, v_high) };
        let (head_low, head_high) = if net.source[head] { (source_v, source_v) } else { (v_low, v_high) };
        for (column, low, high) in [(u, head_low, head_high), (w, tail_low, tail_high)] {
            b.row("window", 0.0, inf, &[(column, 1.0), (y, -low)], v_scale);
            b.row("window", -inf, 0.0, &[(column, 1.0), (y, -high)], v_scale);
        }
        b.row("tail", -tail_high, inf, &[(w, 1.0), (v[tail], -1.0), (y, -tail_high)], v_scale);
        b.row("tail", -inf, -tail_low, &[(w, 1.0), (v[tail], -1.0), (y, -tail_low)], v_scale);
        b.row("current", -inf, 0.0, &[(l, 1.0), (y, -l_max)], l_scale);
        if how.implied {
            b.row("feeds", 0.0, inf, &[(p, 1.0), (y, -feed[head].0)], s_scale);
            b.row("feeds", 0.0, inf, &[(q, 1.0), (y, -feed[head].1)], s_scale);
        }
        // P² + Q² <= W l, scaled: entries divided by the scale of S.
        let f = v_scale * l_scale / (2.0 * s_scale * s_scale);
        let entries = vec![
            entry(0.0, &[(w, f.sqrt())]),
            entry(0.0, &[(l, f.sqrt())]),
            entry(0.0, &[(p, 1.0)]),
            entry(0.0, &[(q, 1.0)]),
        ];
        b.p.cones.push(cone(ConeKind::Rotated, entries));
        b.p.objective.push((ColumnId(l), r * l_scale / 1e3));
    }
    let arborescence = Arborescence {
        period: 0,
        nodes: n,
        root: net.source.clone(),
        arcs: arcs.iter().map(|a| (a.0, a.1, a.2, ColumnId(a.3))).collect(),
        edges: net.lines.len(),
        closed: closed.iter().map(|c| Some(ColumnId(*c))).collect(),
    };
    b.p.arborescences = vec![arborescence];
    b.finish()
}

/// Per bus: its load and that of the bridge subtrees hanging on it (away from the sources).
fn bridge_loads(net: &Network) -> Vec<(f64, f64)> {
    let mut degree = vec![0; net.ids.len()];
    net.lines.iter().for_each(|l| {
        degree[l.1] += 1;
        degree[l.2] += 1;
    });
    let mut feed = net.load.clone();
    let mut gone = vec![false; net.lines.len()];
    let leaf_of = |gone: &[bool], degree: &[usize]| {
        net.lines.iter().enumerate().filter(|(k, _)| !gone[*k]).find_map(|(k, l)| {
            let leaf = |bus: usize| degree[bus] == 1 && !net.source[bus];
            if leaf(l.1) { Some((k, l.1, l.2)) } else { leaf(l.2).then_some((k, l.2, l.1)) }
        })
    };
    while let Some((k, leaf, other)) = leaf_of(&gone, &degree) {
        gone[k] = true;
        degree[leaf] -= 1;
        degree[other] -= 1;
        feed[other].0 += feed[leaf].0;
        feed[other].1 += feed[leaf].1;
    }
    feed
}

/// The arborescence of a network with these lines open, as a candidate.
pub fn with_open(net: &Network, problem: &Lowered, open: &[&str]) -> Candidate {
    let arborescence = &problem.arborescences[0];
    let mut inside = arborescence.root.clone();
    let mut values: Vec<(ColumnId, f64)> = arborescence.arcs.iter().map(|a| (a.3, 0.0)).collect();
    let next = |inside: &[bool]| {
        let fits = |a: &(usize, usize, usize, ColumnId)| {
            inside[a.0] && !inside[a.1] && !open.contains(&net.lines[a.2].0.as_str())
        };
        arborescence.arcs.iter().position(fits)
    };
    while let Some(arc) = next(&inside) {
        inside[arborescence.arcs[arc].1] = true;
        values[arc].1 = 1.0;
    }
    Candidate { values }
}

/// Ids of the lines that a solution opens.
pub fn open_lines(net: &Network, problem: &Lowered, point: &[f64]) -> Vec<String> {
    let closed = &problem.arborescences[0].closed;
    let open = |c: &Option<ColumnId>| c.is_some_and(|c| *c.of(point) < 0.5);
    net.lines.iter().zip(closed).filter(|(_, c)| open(c)).map(|(line, _)| line.0.clone()).collect()
}

struct Builder {
    p: Lowered,
    rows: Vec<Row>,
}

impl Builder {
    fn column(&mut self, name: &str, low: f64, high: f64, scale: f64, integer: bool) -> u32 {
        self.p.columns.push(Column {
            name: name.into(),
            lower: low / scale,
            upper: high / scale,
            integer,
            scale,
            source: ColumnSource::Auxiliary,
            origin: OriginId(0),
        });
        self.p.columns.next_id().0 - 1
    }

    /// A row in coherent units; scaled on finishing.
    fn row(&mut self, name: &str, low: f64, high: f64, terms: &[(u32, f64)], scale: f64) {
        let (name, terms, origin) = (name.to_string(), columns(terms), OriginId(0));
        self.rows.push(Row { name: name.into(), lower: low, upper: high, terms, scale, origin });
    }

    fn finish(mut self) -> Lowered {
        for mut row in self.rows {
            row.terms.iter_mut().for_each(|t| t.1 *= self.p.columns[t.0].scale / row.scale);
            row.terms.sort_by_key(|t| t.0);
            (row.lower, row.upper) = (row.lower / row.scale, row.upper / row.scale);
            self.p.rows.push(row);
        }
        self.p.objective.sort_by_key(|t| t.0);
        self.p
    }
}
