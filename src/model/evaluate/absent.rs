//! What an expression reads and nobody has given: parameters without value, rows of tables that periods need.

use super::{Context, Evaluator, Stop};
use crate::diagnostics::{Diagnostic, ids_names, ids_source};
use crate::names::{MemberId, ROOT};
use crate::source::Span;
use crate::units::typed::{Node, NodeKind};

impl Evaluator<'_> {
    /// An expression has no value: an optional parameter that nobody has given. Told once for each parameter, at
    /// the first element that lacks it.
    pub(super) fn not_given(&mut self, node: &Node, cx: &mut Context) -> Stop {
        let model = self.model;
        let plain = |me: &mut Self| {
            me.report(
                Diagnostic::new(ids_names::MISSING_PARAMETER, node.span, "this has no value", "not given")
                    .help("give what it reads a value, or guard its use with `when ... given`"),
            )
        };
        let NodeKind::Member { of, member, index } = &node.kind else { return plain(self) };
        let element = match self.place(of.as_deref(), *member, index, cx) {
            Ok((element, _)) => element,
            Err(stop) => return stop,
        };
        let m = &model.names.members[*member];
        if let Some(stop) = self.told.absent.get(member) {
            return *stop;
        }
        // Whoever wrote the rule may also let it do without.
        let own = node.span.file == m.span.file;
        let or = if own { format!(", or guard its use with `when {} given`", m.name) } else { String::new() };
        let d = self.lacking(*member, element, node.span, &or);
        let stop = self.report(d);
        self.told.absent.insert(*member, stop);
        stop
    }

    /// Nobody has given a member of an element that is needed there; `or` is what else would do.
    pub(super) fn lacking(&self, member: MemberId, element: u32, needed: Span, or: &str) -> Diagnostic {
        let names = &self.model.names;
        let m = &names.members[member];
        let class = &names.classes[m.class].name;
        match self.model.classes[m.class].elements.get(element as usize).filter(|_| m.class != ROOT) {
            Some(owner) => {
                let text = format!("{class} `{}` has no `{}`", owner.id, m.name);
                Diagnostic::new(ids_names::MISSING_PARAMETER, owner.span, text, "value missing")
                    .label(needed, "needed here")
                    .help(format!("set it here, or for all: `{class}.{} = ...`{or}", m.name))
            }
            None => {
                let text = format!("`{}` has no value", m.name);
                Diagnostic::new(ids_names::MISSING_PARAMETER, needed, text, "value missing")
                    .help(format!("give it a value: `{} = ...`{or}", m.name))
            }
        }
    }

    /// A table by period has a row for each period; more than that are told, since a profile that is too long
    /// is mostly one of another step.
    pub(super) fn row_for_each_period(&mut self, table: usize, span: Span) -> Result<(), Stop> {
        let (count, periods) = (self.model.tables[table].rows.len(), self.model.periods);
        let name = &self.model.names.tables[table].decl.name;
        let rows = |n: usize| if n == 1 { "1 row".to_owned() } else { format!("{n} rows") };
        let all = if periods == 1 { "1 period".to_owned() } else { format!("{periods} periods") };
        if count < periods {
            let text = format!("table `{}` has {} and the horizon {all}", name.text, rows(count));
            let d = Diagnostic::new(ids_names::WRONG_VALUE, name.span, text, "profile too short")
                .label(span, "used here")
                .help("give it a row for each period, or shorten the horizon");
            return Err(self.report(d));
        }
        if count > periods {
            let text =
                format!("table `{}` has {} and the horizon {all}: the others are not used", name.text, rows(count));
            self.warn(
                Diagnostic::new(ids_names::IDLE_ROWS, name.span, text, "longer than the horizon")
                    .note("row by row they are the periods, whatever the first column says")
                    .help("see that horizon and step are those of the table, or leave the other rows out"),
            );
        }
        Ok(())
    }

    /// A column by period is read before the first or after the last period.
    pub(super) fn outside_the_horizon(&mut self, table: usize, column: usize, span: Span) -> Stop {
        let decl = &self.model.names.tables[table].decl;
        let name = decl.columns.get(column).map_or("?", |c| c.name.as_ref().unwrap_or(&c.header).text.as_str());
        let text = format!("column `{name}` of table `{}` has no value outside the horizon", decl.name.text);
        self.report(
            Diagnostic::new(ids_names::BEFORE_WITHOUT_START, span, text, "outside the horizon")
                .help("filter with `where t != first`, or choose by `if`"),
        )
    }

    /// A period's cell is empty.
    pub(super) fn empty_cell(&mut self, table: usize, column: usize, row: usize, span: Span) -> Stop {
        let decl = &self.model.names.tables[table].decl;
        let name = decl.columns.get(column).map_or("?", |c| c.name.as_ref().unwrap_or(&c.header).text.as_str());
        let text = format!("column `{name}` of table `{}` is empty in period {}", decl.name.text, row + 1);
        let at = self.model.tables[table].spans.get(row).copied().unwrap_or(decl.name.span);
        self.report(
            Diagnostic::new(ids_source::CELL_UNREADABLE, at, text, "a value is missing")
                .label(span, "needed here")
                .help("write the value; zero is written as 0"),
        )
    }
}
