//! Conic DistFlow on a ladder of any size: arborescences, balanced cones, linear effort.

use crate::support::*;
use tieline::lowered::{ConeKind, LowerOptions, Reason, lower};
use tieline::program::*;

/// A ladder network of `n` buses, every line switchable, with the perspective form of DistFlow.
pub fn ladder(n: usize) -> Program {
    let mut m = Model::new();
    let lines: Vec<(usize, usize)> = (1..n).map(|i| (i - 1, i)).chain((4..n).step_by(4).map(|i| (i - 4, i))).collect();
    let (low, high) = (1.298e8, 1.767e8);
    let (r, x, most) = (0.3, 0.2, 6e4);
    let v: Vec<E> = (0..n).map(|i| m.var(&format!("bus.v[{i}]"), low, high)).collect();
    let closed: Vec<E> = (0..lines.len()).map(|k| m.binary(&format!("line.closed[{k}]"))).collect();
    let arcs: Vec<(usize, usize, usize)> =
        lines.iter().enumerate().flat_map(|(k, (i, j))| [(k, *i, *j), (k, *j, *i)]).collect();
    let family = |m: &mut Model, name: &str, low: f64, high: f64| -> Vec<E> {
        arcs.iter().map(|(k, i, j)| m.var(&format!("arc.{name}[{k}: {i}>{j}]"), low, high)).collect()
    };
    let up: Vec<E> = arcs.iter().map(|(k, i, j)| m.binary(&format!("arc.up[{k}: {i}>{j}]"))).collect();
    let p = family(&mut m, "P", f64::NEG_INFINITY, f64::INFINITY);
    let q = family(&mut m, "Q", f64::NEG_INFINITY, f64::INFINITY);
    let l = family(&mut m, "l", 0.0, f64::INFINITY);
    let w = family(&mut m, "W", 0.0, f64::INFINITY);
    let u = family(&mut m, "U", 0.0, f64::INFINITY);
    let mut losses = E::default();
    let mut into: Vec<Vec<usize>> = vec![vec![]; n];
    let mut from: Vec<Vec<usize>> = vec![vec![]; n];
    for (a, (k, i, j)) in arcs.iter().enumerate() {
        into[*j].push(a);
        from[*i].push(a);
        m.le(&format!("limit[{a}]"), l[a].clone(), most * &up[a]);
        m.le(&format!("w_high[{a}]"), w[a].clone(), high * &up[a]);
        m.le(&format!("w_low[{a}]"), low * &up[a], w[a].clone());
        m.le(&format!("u_high[{a}]"), u[a].clone(), high * &up[a]);
        m.le(&format!("w_below[{a}]"), w[a].clone(), &v[*i] - low * &(-&up[a] + 1.0));
        m.le(&format!("w_above[{a}]"), &v[*i] - high * &(-&up[a] + 1.0), w[a].clone());
        m.eq(&format!("drop[{a}]"), u[a].clone(), &w[a] - 2.0 * r * &p[a] - 2.0 * x * &q[a] + (r * r + x * x) * &l[a]);
        m.le(&format!("cone[{a}]"), sq(&p[a]) + sq(&q[a]), &w[a] * &l[a]);
        if a % 2 == 0 {
            m.eq(&format!("oriented[{k}]"), &up[a] + &up[a + 1], closed[*k].clone());
        }
        losses = losses + r * &l[a];
    }
    for j in 0..n {
        if j == 0 {
            m.eq("reference", v[0].clone(), (12_660f64 * 12_660.0).into());
            into[0].iter().for_each(|a| m.le(&format!("root[{a}]"), up[*a].clone(), 0.0.into()));
            continue;
        }
        let total = |arcs: &[usize], f: &dyn Fn(usize) -> E| arcs.iter().fold(E::default(), |s, a| s + f(*a));
        m.eq(&format!("parent[{j}]"), total(&into[j], &|a| up[a].clone()), 1.0.into());
        m.eq(&format!("voltage[{j}]"), v[j].clone(), total(&into[j], &|a| u[a].clone()));
        let active = total(&into[j], &|a| &p[a] - r * &l[a]) - total(&from[j], &|a| p[a].clone());
        m.eq(&format!("active[{j}]"), active, 1e5.into());
        let reactive = total(&into[j], &|a| &q[a] - x * &l[a]) - total(&from[j], &|a| q[a].clone());
        m.eq(&format!("reactive[{j}]"), reactive, 6e4.into());
    }
    m.minimize(losses);
    let affine = |e: &E| e.0.affine.clone();
    let radial = RadialArcs {
        arcs: arcs.iter().enumerate().map(|(a, (k, i, j))| (*k, *i, *j, affine(&up[a]))).collect(),
        root: (0..n).map(|i| Affine::constant(f64::from(i == 0))).collect(),
        energised: vec![Affine::constant(1.0); n],
        cut_cycles: false,
    };
    let state = PeriodState {
        closed: closed.iter().map(affine).collect(),
        ratio: vec![],
        normal_ratio: vec![],
        active: vec![],
        reactive: vec![],
        voltage2: v.iter().map(affine).collect(),
        radial: Some(radial),
        energised: vec![],
        holds: vec![],
        source_active: vec![],
        source_reactive: vec![],
        cones: vec![],
    };
    let bus = |i: usize| Bus { id: i.to_string(), nominal: 12_660.0, v_min: Some(0.9), v_max: Some(1.05) };
    let branch = |(k, (i, j)): (usize, &(usize, usize))| Branch {
        id: k.to_string(),
        from: *i,
        to: *j,
        r,
        x,
        rate: None,
        capacity: None,
        normally_open: false,
        switchable: true,
    };
    m.program.network = Some(Network {
        starts: Vec::new(),
        floors: PowerFloors::default(),
        buses: (0..n).map(bus).collect(),
        branches: lines.iter().enumerate().map(branch).collect(),
        sources: vec![],
        periods: vec![state.clone(), state],
        minimises_losses: true,
    });
    m.program
}

#[test]
fn periods_of_one_topology_share_an_arborescence() {
    let program = ladder(12);
    let problem = lower(&program, &LowerOptions::default()).problem;
    assert_eq!(problem.arborescences.len(), 1);
    let a = &problem.arborescences[0];
    assert_eq!((a.period, a.nodes, a.edges), (0, 12, 13));
    assert_eq!(a.arcs.len(), 26);
    assert!(a.root[0] && !a.root[1]);
    for (tail, head, edge, column) in &a.arcs {
        assert_eq!(problem.columns[*column].name.to_string(), format!("arc.up[{edge}: {tail}>{head}]"));
        let closed = a.closed[*edge].expect("closed column");
        assert_eq!(problem.columns[closed].name.to_string(), format!("line.closed[{edge}]"));
    }
}

#[test]
fn a_decided_root_or_a_dark_bus_has_no_arborescence() {
    let of = |change: fn(&mut RadialArcs)| {
        let mut program = ladder(6);
        let states = &mut program.network.as_mut().expect("network").periods;
        states.iter_mut().filter_map(|s| s.radial.as_mut()).for_each(change);
        lower(&program, &LowerOptions::default()).problem.arborescences.len()
    };
    assert_eq!(of(|_| {}), 1);
    assert_eq!(of(|r| r.root[1] = Affine::variable(VarId(9))), 0);
    assert_eq!(of(|r| r.energised[1] = Affine::variable(VarId(9))), 0);
    assert_eq!(of(|r| r.arcs[1].3.constant = 0.5), 0);
}

#[test]
fn flows_get_their_bounds_from_their_cones() {
    let program = ladder(12);
    let lowering = lower(&program, &LowerOptions::default());
    let most = (1.767e8f64 * 6e4).sqrt();
    for (i, v) in program.variables.iter().enumerate().filter(|(_, v)| v.name.to_string().starts_with("arc.P")) {
        let range = lowering.map.bounds.get(VarId(i as u32));
        assert!(range.lower >= -most * (1.0 + 1e-9) && range.upper <= most * (1.0 + 1e-9), "{} {range:?}", v.name);
        assert!(matches!(lowering.map.bounds.reasons(VarId(i as u32)).1, Reason::Constraint(_)));
        let why = lowering.map.bounds.explain(&program, VarId(i as u32), true);
        assert!(why.starts_with("follows from "), "{why}");
    }
    let text = tieline::lowered::explain(&program, &lowering);
    assert!(text.contains("\nderived ranges\n") && text.contains("  arc.P[0: 0>1] in -"), "{text}");
    let declared = &lowering.problem.columns.iter().find(|c| c.name.to_string().starts_with("arc.P")).expect("a flow");
    assert!(declared.lower.is_infinite(), "a derived bound need not be given to an engine");
}

#[test]
fn cones_are_balanced_after_scaling() {
    let lowering = lower(&ladder(40), &LowerOptions::default());
    for cone in &lowering.problem.cones {
        assert_eq!(cone.kind, ConeKind::Rotated);
        for (_, a) in cone.entries.iter().flat_map(|e| &e.terms) {
            assert!((0.2..=5.0).contains(&a.abs()), "{} has {a}", cone.name);
        }
    }
    for row in &lowering.problem.rows {
        let most = row.terms.iter().map(|t| t.1.abs()).fold(0.0, f64::max);
        assert!((0.5..=2.0).contains(&most), "{} has {most}", row.name);
    }
}

#[test]
fn ten_thousand_buses_are_lowered() {
    let program = ladder(10_560);
    let lowering = lower(&program, &LowerOptions::default());
    assert!(lowering.diagnostics.is_empty(), "{:?}", lowering.diagnostics);
    assert_eq!(lowering.problem.columns.len(), program.variables.len());
    assert_eq!(lowering.problem.cones.len(), lowering.problem.arborescences[0].arcs.len());
    assert_eq!(lowering.problem.rows.len() + lowering.problem.cones.len(), program.constraints.len());
}
