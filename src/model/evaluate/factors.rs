//! Uncertain factors and values of scenarios.

use super::{Context, Evaluated, Evaluator, Stop, Store};
use crate::diagnostics::{Diagnostic, ids_network};
use crate::model::Value;
use crate::names::ROOT;
use crate::program::{Affine, Factor, FactorId, Form, Origin, OriginId};
use crate::source::Span;
use crate::units::typed::{Node, Ty};
use std::sync::Arc;

impl<'m> Evaluator<'m> {
    /// An uncertain factor.
    pub(super) fn factor(&mut self, family: usize, index: &[Node], span: Span, cx: &mut Context) -> Evaluated {
        let model = self.model;
        let f = &model.factors[family];
        let mut values = Vec::new();
        for n in index {
            let v = self.eval(n, cx)?;
            values.push(match v {
                Value::Number(x) if f.indices[values.len()].ty == Ty::Period => self.period(x, n.span)?,
                v => v,
            });
        }
        let ordinals: Option<Vec<usize>> = values
            .iter()
            .map(|v| match v {
                Value::Period(t) => usize::try_from(*t).ok(),
                Value::Element(_, i) => Some(*i as usize),
                _ => None,
            })
            .collect();
        let Some(ordinals) = ordinals else { return Err(self.not_an_index(span)) };
        if self.decisions.is_none() {
            // Data checks see the nominal value: the middle of the range.
            let Some((low, high)) = &f.range else { return Ok(Value::Number(self.scenario_mean(family, &ordinals))) };
            let mut inner = Context::indexed(ROOT, 0, values.len(), &values);
            let (l, h) = (self.number(low, &mut inner)?, self.number(high, &mut inner)?);
            return Ok(Value::Number((l + h) / 2.0));
        }
        let dims: Vec<usize> = f.indices.iter().map(|i| self.facts.size(&i.ty)).collect();
        let name = self.instance_name(&f.name, ROOT, 0, &values, false);
        let (low, high) = match &f.range {
            Some((l, h)) => {
                let mut inner = Context::indexed(ROOT, 0, values.len(), &values);
                let (low, high) = (self.number(l, &mut inner)?, self.number(h, &mut inner)?);
                self.factor_range(&name, low, high, l.span.to(h.span))?;
                (low, high)
            }
            None => self.scenario_range(family, &ordinals),
        };
        let Some(d) = &mut self.decisions else { return Err(self.too_early(span)) };
        let store = d.factors.entry(family).or_insert_with(|| Store::new(1, dims));
        let Some(at) = store.place(0, &ordinals) else { return Err(self.not_an_index(span)) };
        let id = match store.get(at) {
            Some(id) => *id,
            None => {
                let id = FactorId(d.program.factors.len() as u32);
                store.set(at, id);
                d.program.origins.push(Origin { span: f.span, rule: f.name.as_str().into() });
                let origin = OriginId(d.program.origins.len() as u32 - 1);
                d.program.factors.push(Factor { name, lower: low, upper: high, origin });
                id
            }
        };
        Ok(Value::Form(Arc::new(Form { uncertain: [(id, Affine::constant(1.0))].into(), ..Form::default() })))
    }

    /// A factor moves between two numbers, the lower one first.
    fn factor_range(&mut self, name: &str, low: f64, high: f64, span: Span) -> Result<(), Stop> {
        if low.is_finite() && high.is_finite() && low <= high {
            return Ok(());
        }
        let (text, label) = if low > high {
            (format!("the range of the uncertain `{name}` leaves nothing: {low} to {high}"), "limits cross")
        } else {
            (format!("the range of the uncertain `{name}` is not finite"), "no limit")
        };
        let d = Diagnostic::new(ids_network::CROSSED_LIMITS, span, text, label);
        Err(self.report(d.help("write the lower limit first: `in -1..1`")))
    }

    /// Least and greatest value in the raw data of scenarios.
    fn scenario_range(&self, family: usize, ordinals: &[usize]) -> (f64, f64) {
        let Some(table) = self.model.factors[family].table else { return (f64::NEG_INFINITY, f64::INFINITY) };
        let t = ordinals.first().copied().unwrap_or(0);
        let values = self.model.tables[table].series.iter().filter_map(|r| r.get(t).copied());
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)))
    }

    fn scenario_mean(&self, family: usize, ordinals: &[usize]) -> f64 {
        let Some(table) = self.model.factors[family].table else { return 0.0 };
        let rows = &self.model.tables[table].series;
        let t = ordinals.first().copied().unwrap_or(0);
        let values: Vec<f64> = rows.iter().filter_map(|r| r.get(t).copied()).collect();
        if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
    }
}
