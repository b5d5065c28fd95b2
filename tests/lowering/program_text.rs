//! The program stage as text.

use crate::support::*;
use tieline::program::*;
use tieline::source::SourceMap;

/// Two arcs of a conic feeder, by hand.
fn feeder() -> Program {
    let mut m = Model::new();
    let (mut p, mut q, mut w, mut l, mut up) = (vec![], vec![], vec![], vec![], vec![]);
    for i in ["1>2", "2>3"] {
        up.push(m.binary(&format!("arc.up[{i}]")));
    }
    for (i, limit) in [("1>2", 5e6), ("2>3", 2e6)] {
        p.push(m.var(&format!("arc.P[{i}]"), -limit, limit));
        q.push(m.free(&format!("arc.Q[{i}]")));
        w.push(m.var(&format!("arc.W[{i}]"), 0.0, f64::INFINITY));
        l.push(m.var(&format!("arc.l[{i}]"), 0.0, f64::INFINITY));
    }
    for i in 0..2 {
        let name = ["1>2", "2>3"][i];
        m.le(&format!("conic.cone[{name}]"), sq(&p[i]) + sq(&q[i]), &w[i] * &l[i]);
        m.le(&format!("conic.upper[{name}]"), w[i].clone(), 1.767e8 * &up[i]);
        m.when_eq(&format!("flow[{name}]"), &up[i], true, p[i].clone(), 0.0922 * &l[i] + 1e5);
    }
    let size = m.atom(AtomKind::Abs, &[&(&p[0] - &p[1])], true);
    let n = m.norm(&[&p[0], &q[0]]);
    m.le("ramp", size, n + 4e5);
    m.minimize(0.0922 * &l[0] + 0.493 * &l[1]);
    let mut program = m.program;
    for v in &mut program.variables {
        let (label, factor) = if v.name.to_string().starts_with("arc.P") { ("kW", 1e3) } else { ("", 1.0) };
        v.unit = DisplayUnit::new(label, factor).into();
        if v.domain == Domain::Binary {
            v.stage = Stage::Ahead;
        }
    }
    let same = |name: &str| {
        let family = name.split('[').next().unwrap_or(name);
        span(family.bytes().map(usize::from).sum::<usize>() % 97, 98)
    };
    let spans: Vec<_> = program.origins.iter().map(|o| same(&o.rule)).collect();
    program.origins.iter_mut().zip(spans).for_each(|(o, span)| {
        o.span = span;
        o.rule = o.rule.split('[').next().unwrap_or("").into();
    });
    program.factors.push(Factor { name: "z[1]".into(), lower: -1.0, upper: 1.0, origin: OriginId(0) });
    let mut budget = Form::affine(Affine::variable(VarId(0)));
    budget.affine.constant = -6.0;
    program.budgets.push(Budget { name: "days".into(), relation: Relation::Le(budget), origin: OriginId(0) });
    if let Relation::Le(form) = &mut program.constraints[1].relation {
        form.uncertain.push((FactorId(0), Affine::constant(250.0)));
    }
    let contribution =
        |form: &Form| Contribution { form: form.clone(), origin: OriginId(0), from_branch: true, from_source: false };
    program.sums.push(OpenSum {
        name: "losses[1]".into(),
        role: Some("losses".into()),
        period: Some(0),
        element: None,
        contributions: vec![contribution(&(0.0922 * &l[0]).0), contribution(&(0.493 * &l[1]).0)],
        unit: DisplayUnit::new("kW", 1e3).into(),
    });
    program
}

#[test]
fn a_feeder_reads_like_its_equations() {
    insta::assert_snapshot!(display(&feeder(), None));
}

#[test]
fn rules_carry_their_source_lines() {
    let mut sources = SourceMap::default();
    let mut text = String::from("## conic\n");
    (0..9).for_each(|i| text += &format!("rule line{i} : x <= 1\n"));
    sources.add("conic.tie", text);
    let with = display(&feeder(), Some(&sources));
    assert!(with.contains("# conic.tie:"), "{with}");
    assert!(with.lines().any(|l| l.starts_with("rule conic.cone  # conic.tie:") && l.contains("rule line")), "{with}");
}
