//! Functions of data and of decisions.

use super::{Context, Evaluated, Evaluator};
use crate::diagnostics::{Diagnostic, ids_names, ids_program};
use crate::model::Value;
use crate::program::{Atom, AtomKind, DisplayUnit, Exactness, Form, shown};
use crate::source::Span;
use crate::units::typed::{Function, Node, NodeKind, Ty};
use thin_vec::ThinVec;

impl Evaluator<'_> {
    pub(super) fn call(&mut self, f: Function, args: &[Node], span: Span, cx: &mut Context) -> Evaluated {
        match f {
            Function::Convert => self.eval(&args[0], cx),
            Function::Reach | Function::NetMost | Function::NetLeast => {
                let NodeKind::Member { of, member, index } = &args[0].kind else {
                    return Err(self.internal(args[0].span, "the reach of what is no balance is asked for"));
                };
                self.reach(f, of.as_deref(), *member, index, span, cx)
            }
            Function::Count => Ok(Value::Number(self.set(&args[0], cx)?.len() as f64)),
            Function::Abs => match self.eval(&args[0], cx)? {
                Value::Number(x) => Ok(Value::Number(x.abs())),
                v => {
                    let Some(form) = v.into_form() else { return Err(self.not_given(&args[0], cx)) };
                    self.atom(Atom { kind: AtomKind::Abs, args: [form].into(), exact: Exactness::No, span })
                }
            },
            Function::Max | Function::Min => {
                let mut values = Vec::new();
                for a in args {
                    match self.eval(a, cx)? {
                        Value::Set(s) => values.extend(s.iter().cloned()),
                        Value::Missing => return Err(self.not_given(a, cx)),
                        v => values.push(v),
                    }
                }
                self.extreme(f == Function::Max, values, span)
            }
            Function::Hypot => {
                let mut forms = ThinVec::new();
                let mut squares = 0.0;
                for a in args {
                    match self.eval(a, cx)? {
                        Value::Number(x) => squares += x * x,
                        v => match v.into_form() {
                            Some(f) => forms.push(f),
                            None => return Err(self.not_given(a, cx)),
                        },
                    }
                }
                let squares = self.finite(squares, [0.0, 0.0], span)?;
                if forms.is_empty() {
                    return Ok(Value::Number(squares.sqrt()));
                }
                if squares > 0.0 {
                    forms.push(Form::constant(squares.sqrt()));
                }
                self.atom(Atom { kind: AtomKind::Norm, args: forms, exact: Exactness::No, span })
            }
            Function::Greatest => match self.eval(&args[0], cx)? {
                Value::Form(f) => Ok(Value::Number(self.range(&f).1)),
                v => Ok(v),
            },
            Function::IsConstant => {
                let wanted = self.number(&args[1], cx)?;
                match self.eval(&args[0], cx)? {
                    Value::Missing => Err(self.not_given(&args[0], cx)),
                    value => Ok(Value::Bool(value == Value::Number(wanted))),
                }
            }
            Function::Exact | Function::ExactOnDemand => {
                let how = if f == Function::Exact { Exactness::Always } else { Exactness::OnDemand };
                let v = self.eval(&args[0], cx)?;
                let Value::Form(form) = &v else { return Ok(v) };
                let ids: Vec<_> = form.atoms.iter().map(|a| a.0).collect();
                match &mut self.decisions {
                    Some(d) if !ids.is_empty() => {
                        ids.into_iter().for_each(|id| d.make_exact(id, how));
                        Ok(v)
                    }
                    _ => Ok(v),
                }
            }
            Function::PiecewiseSquare => self.piecewise_square(args, span, cx),
            Function::Piecewise => self.piecewise(args, span, cx),
            _ => {
                let x = match self.eval(&args[0], cx)? {
                    Value::Number(x) => x,
                    Value::Missing => return Err(self.not_given(&args[0], cx)),
                    _ => {
                        let text = "this function of a decision has no exact convex form";
                        return Err(self.report(
                            Diagnostic::new(ids_program::NOT_CONVEX, span, text, "not convex")
                                .help("functions of data are computed; of decisions, abs, max, min, hypot, squares and `piecewise` are understood"),
                        ));
                    }
                };
                let y = match f {
                    Function::Sqrt => x.sqrt(),
                    Function::Sin => x.sin(),
                    Function::Cos => x.cos(),
                    Function::Tan => x.tan(),
                    Function::Acos => x.acos(),
                    Function::Exp => x.exp(),
                    Function::Log => x.ln(),
                    Function::Floor => x.floor(),
                    Function::Ceil => x.ceil(),
                    _ => x.round(),
                };
                if y.is_finite() {
                    Ok(Value::Number(y))
                } else {
                    let text = format!("this function has no finite value at {x}");
                    Err(self.wrong(span, text, "outside its domain"))
                }
            }
        }
    }

    fn piecewise_square(&mut self, args: &[Node], span: Span, cx: &mut Context) -> Evaluated {
        let x = self.eval(&args[0], cx)?;
        let segments = self.number(&args[1], cx)?;
        let Some(limit) = args.get(2) else {
            return Err(self.wrong(
                span,
                "`piecewise_square` needs its range: `piecewise_square(x, segments, range)`",
                "no range",
            ));
        };
        let up_to = self.number(limit, cx)?;
        let grading = match args.get(3) {
            Some(grading) => self.number(grading, cx)?,
            None => 1.0,
        };
        if !(1.0..=10.0).contains(&grading) {
            let text = "the grading of `piecewise_square` is a number from 1, equal segments, to 10";
            return Err(self.wrong(span, text, "no such grid"));
        }
        if segments < 1.0 || segments.fract() != 0.0 || segments > 10_000.0 || up_to <= 0.0 || !up_to.is_finite() {
            let text = "`piecewise_square` needs a whole number of segments and a positive range";
            return Err(self.wrong(span, text, "no such grid"));
        }
        let n = segments as usize;
        let points: Vec<(f64, f64)> =
            (0..=n).map(|i| up_to * (i as f64 / n as f64).powf(grading)).map(|x| (x, x * x)).collect();
        self.piecewise_value(x, points, span, &args[0], cx)
    }

    fn piecewise(&mut self, args: &[Node], span: Span, cx: &mut Context) -> Evaluated {
        let x = self.eval(&args[0], cx)?;
        let mut lists = Vec::new();
        for a in &args[1..] {
            let NodeKind::List(rows) = &a.kind else {
                let text = "`piecewise` takes lists of points: `piecewise(x, [x1, x2], [y1, y2])`";
                return Err(self.wrong(a.span, text, "not a list"));
            };
            let mut list = Vec::new();
            for e in rows.iter().flatten() {
                list.push(self.number(e, cx)?);
            }
            lists.push(list);
        }
        if lists[0].len() != lists[1].len() || lists[0].len() < 2 || !lists[0].is_sorted_by(|a, b| a < b) {
            let text = "`piecewise` needs as many values as points, two at least, with rising points";
            return Err(self.wrong(span, text, "no such function"));
        }
        let points = lists[0].iter().copied().zip(lists[1].iter().copied()).collect();
        self.piecewise_value(x, points, span, &args[0], cx)
    }

    fn piecewise_value(
        &mut self,
        x: Value,
        points: Vec<(f64, f64)>,
        span: Span,
        arg: &Node,
        cx: &mut Context,
    ) -> Evaluated {
        // What the function is beyond its points nobody has said.
        let (least, most) = match &x {
            Value::Number(x) => (*x, *x),
            Value::Form(f) => self.range(f),
            _ => (f64::NAN, f64::NAN),
        };
        if let (Some((first, _)), Some((last, _))) = (points.first(), points.last())
            && (least < first - 1e-9 * first.abs() || most > last + 1e-9 * last.abs())
        {
            let unit = match &arg.ty {
                Ty::Number(q) => self.model.units.display(q),
                _ => DisplayUnit::new("", 1.0),
            };
            let of = |low: f64, high: f64| match (low.is_finite(), high.is_finite()) {
                (true, true) => format!("from {} to {}", shown(low, &unit), shown(high, &unit)),
                (true, false) => format!("any value from {} on", shown(low, &unit)),
                (false, true) => format!("any value up to {}", shown(high, &unit)),
                (false, false) => "any value".to_owned(),
            };
            let what = if least == most { shown(least, &unit) } else { of(least, most) };
            let text = format!("the points go {}, and this may be {what}", of(*first, *last));
            let d = Diagnostic::new(ids_names::WRONG_VALUE, arg.span, text, "beyond the points");
            return Err(self
                .report(d.note("a decision may be what its declaration allows, whatever rules say").help(
                    "give points as far as it can be, or a decision of its own a range: `var x : ratio in 0..2`",
                )));
        }
        match x {
            Value::Number(x) => {
                let i = points.partition_point(|p| p.0 < x).clamp(1, points.len() - 1);
                let ((x0, y0), (x1, y1)) = (points[i - 1], points[i]);
                Ok(Value::Number(y0 + (x - x0) / (x1 - x0) * (y1 - y0)))
            }
            v => match v.into_form() {
                Some(f) => {
                    self.atom(Atom { kind: AtomKind::Piecewise(points), args: [f].into(), exact: Exactness::No, span })
                }
                None => Err(self.not_given(arg, cx)),
            },
        }
    }
}
