//! The model stage: elements of every class, their data, and expressions evaluated over them.
//! Still in the user's names; variables appear when the program stage asks for them.

mod checks;
mod determined;
mod display;
mod elements;
mod evaluate;
mod tables;
mod topology;
mod value;

pub(crate) use checks::fill as fill_message;
pub use display::display;
pub use elements::{ClassData, ElementData, Terminal};
pub use evaluate::{Context, Decisions, Demand, Evaluator, Naming, Stop};
pub use tables::{Cell, Table};
pub use value::{Accumulator, Value};

use crate::deadline::Deadline;
use crate::diagnostics::{Diagnostic, ids_units};
use crate::names::{MemberId, Names, SettingDecl, TimeStatement, limits};
use crate::program::ledger::Tally;
use crate::source::{Files, SourceMap, Span};
use crate::units::check::{Checker, SettingValue, TypedBudget, TypedFactor, TypedObjective, TypedSetting};
use crate::units::typed::{NodeKind, Ty, TypedMember};
use crate::units::{UnitTable, check::Scope};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::sync::Arc;

/// Settings of a device statement's block.
#[derive(Debug, Clone)]
pub struct BlockSetting {
    /// The parameter.
    pub member: MemberId,
    /// Its value.
    pub value: SettingValue,
    /// Slots of the value.
    pub slots: usize,
    /// Where.
    pub span: Span,
}

/// The settings in the braces of a device statement.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Those that could be read.
    pub settings: Vec<BlockSetting>,
    /// Some could not be read: what is missing may stand there.
    pub unreadable: bool,
}

/// A study with its data.
pub struct Model {
    /// Declarations.
    pub names: Arc<Names>,
    /// Units.
    pub units: Arc<UnitTable>,
    /// Typed members, by id.
    pub members: Vec<Arc<TypedMember>>,
    /// Factor families.
    pub factors: Vec<TypedFactor>,
    /// Budgets.
    pub budgets: Vec<TypedBudget>,
    /// Objectives in order of importance.
    pub objectives: Vec<TypedObjective>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Elements per class.
    pub classes: Vec<ClassData>,
    /// Blocks of device statements.
    pub blocks: Vec<Block>,
    /// Settings by paths, per member, weakest first.
    pub settings: IndexMap<MemberId, Vec<TypedSetting>, FxBuildHasher>,
    /// Variables that a study restages: member → (constant over periods, ahead).
    pub restage: FxHashMap<MemberId, (bool, Option<bool>)>,
    /// Number of periods.
    pub periods: usize,
    /// Length of a period in seconds.
    pub step: Option<f64>,
    /// Names of modes; empty for a single one.
    pub modes: Vec<smol_str::SmolStr>,
    /// Contributions of each total or balance.
    pub contributions: FxHashMap<MemberId, Vec<MemberId>>,
    /// Incidence sets.
    pub incidence: elements::Incidence,
    /// What has become of the instances of each data check, with its mode.
    pub checked: Vec<(MemberId, usize, Tally)>,
}

/// Builds the model of a declaration table. Errors are in the diagnostics; what could be built is
/// returned for the editor.
pub fn build(
    names: Arc<Names>,
    files: &dyn Files,
    sources: &mut SourceMap,
    limit: &Deadline,
) -> (Model, Vec<Diagnostic>) {
    let (units, mut diagnostics) = UnitTable::new(&names.units);
    let units = Arc::new(units);
    let (tables, found) = tables::read_tables(&names, &units, files, sources);
    diagnostics.extend(found);
    diagnostics.extend(tables::published_cases(&names, &tables));
    let mut checker = Checker::new(&names, &units);
    let members = checker.all_members();
    let budgets = names.budgets.iter().map(|b| checker.budget(b)).collect();
    let objectives = objectives(&names, &mut checker);
    swept(&names, &mut checker);
    let mut by_level: Vec<TypedSetting> = names.settings.iter().filter_map(|s| checker.setting(s)).collect();
    by_level.sort_by_key(|s| s.level);
    let mut settings: IndexMap<MemberId, Vec<TypedSetting>, FxBuildHasher> = IndexMap::default();
    for typed in by_level {
        settings.entry(typed.member).or_default().push(typed);
    }
    let mut restage = FxHashMap::default();
    restagings(&names, &mut checker, &mut restage);
    determined::restage(&names, &mut restage);
    let time = horizon(&names, &mut checker);
    let (classes, blocks, incidence) = elements::build(&names, &mut checker, &tables, time.0);
    checker.settle_units();
    diagnostics.append(&mut checker.diagnostics);
    let factors = std::mem::take(&mut checker.factors);
    let mut contributions: FxHashMap<MemberId, Vec<MemberId>> = FxHashMap::default();
    for (id, m) in members.iter().enumerate() {
        if let crate::units::typed::TypedBody::Contribute { target, .. } = &m.body
            && let NodeKind::Member { member, .. } = &target.kind
        {
            contributions.entry(*member).or_default().push(id);
        }
    }
    let modes = names.modes.iter().map(|m| m.text.clone()).collect();
    let mut model = Model {
        names,
        units,
        members,
        factors,
        budgets,
        objectives,
        tables,
        classes,
        blocks,
        settings,
        restage,
        periods: time.0,
        step: time.1,
        modes,
        contributions,
        incidence,
        checked: Vec::new(),
    };
    let usable = !diagnostics.iter().any(|d| d.severity == crate::diagnostics::Severity::Error);
    diagnostics.extend(checks::elements_found(&model));
    if usable {
        let (found, checked) = checks::data(&model, limit);
        diagnostics.extend(found);
        model.checked = checked;
    }
    if !diagnostics.iter().any(|d| d.severity == crate::diagnostics::Severity::Error) {
        diagnostics.extend(topology::check(&model, limit));
    }
    (model, diagnostics)
}

/// Checks what sweeps set, whichever case is chosen; the chosen value is among the settings.
fn swept(names: &Names, checker: &mut Checker<'_>) {
    let mut told = None;
    for (path, value) in &names.swept {
        if told == Some(path.span) || names.settings.iter().any(|s| s.value.span == value.span) {
            continue;
        }
        let setting = SettingDecl { path: path.clone(), value: value.clone(), level: None, mode: None };
        let before = checker.diagnostics.len();
        if checker.setting(&setting).is_none() || checker.diagnostics.len() > before {
            // A wrong path is told once, not once for each value.
            told = Some(path.span);
        }
    }
}

fn objectives(names: &Names, checker: &mut Checker<'_>) -> Vec<TypedObjective> {
    let mut order: Vec<usize> = (0..names.objectives.len()).collect();
    if !names.order.is_empty() {
        order.clear();
        for want in &names.order {
            match names.objectives.iter().position(|o| o.name.as_ref().is_some_and(|n| n.text == want.text)) {
                Some(i) => order.push(i),
                None => {
                    let known: Vec<&str> =
                        names.objectives.iter().filter_map(|o| o.name.as_ref().map(|n| n.text.as_str())).collect();
                    let text = format!("there is no objective `{}`", want.text);
                    let d = Diagnostic::new(
                        crate::diagnostics::ids_names::UNKNOWN_NAME,
                        want.span,
                        text,
                        "unknown objective",
                    );
                    checker.diagnostics.push(
                        match crate::diagnostics::suggest::did_you_mean(&want.text, known.iter().copied()) {
                            Some(s) => d.help(format!("did you mean `{s}`?")),
                            None => d.help("declare it: `objective NAME : minimize ...`"),
                        },
                    );
                }
            }
        }
    } else if names.objectives.len() > 1 {
        let (first, second) = (&names.objectives[0], &names.objectives[1]);
        checker.diagnostics.push(
            Diagnostic::new(
                crate::diagnostics::ids_names::DUPLICATE_NAME,
                second.span,
                "there are two objectives and no order between them",
                "second objective",
            )
            .label(first.span, "first objective")
            .help("name them and write `optimize first_one, then second_one`"),
        );
    }
    order.iter().enumerate().map(|(i, o)| checker.objective(&names.objectives[*o], i)).collect()
}

fn restagings(names: &Names, checker: &mut Checker<'_>, out: &mut FxHashMap<MemberId, (bool, Option<bool>)>) {
    let mut stages = Stages::default();
    for restage in &names.restage {
        if let Some(member) = member_path(names, checker, &restage.path) {
            let entry = out.entry(member).or_insert((false, None));
            entry.0 |= restage.constant;
            entry.1 = restage.ahead.or(entry.1);
            if let Some(ahead) = restage.ahead {
                stages.say(names, checker, (member, restage.in_case), ahead, restage.path.span);
            }
        }
    }
    // Of several studies the first is meant where none is chosen.
    if let Some(study) = names.studies.first() {
        let mut stages = Stages::default();
        for (ahead, path) in &study.stages {
            if let crate::syntax::ast::ExprKind::Field(base, field) = &path.kind
                && field.text == "*"
            {
                if let Some((class, target, _)) = checker.owner(base) {
                    if target != crate::units::check::SettingTarget::Class {
                        one_of_several(checker, base.span);
                        continue;
                    }
                    for m in &names.classes[class].all {
                        if matches!(names.members[*m].kind, crate::names::MemberKind::Var(_)) {
                            out.entry(*m).or_insert((false, None)).1 = Some(*ahead);
                        }
                    }
                }
            } else if let Some(member) = member_path(names, checker, path) {
                out.entry(member).or_insert((false, None)).1 = Some(*ahead);
                stages.say(names, checker, (member, false), *ahead, path.span);
            }
        }
    }
}

/// What has been said of the stages of decisions, by decision and whether in a case, and where.
#[derive(Default)]
struct Stages(FxHashMap<(MemberId, bool), (bool, Span)>);

impl Stages {
    /// A decision is made ahead or later, not both.
    fn say(&mut self, names: &Names, checker: &mut Checker<'_>, key: (MemberId, bool), ahead: bool, at: Span) {
        let (before, first) = *self.0.entry(key).or_insert((ahead, at));
        if before != ahead {
            let text = format!("`{}` is decided ahead or later, not both", names.qualified(key.0));
            let (here, there) = if ahead { ("ahead here", "later there") } else { ("later here", "ahead there") };
            checker.diagnostics.push(
                Diagnostic::new(crate::diagnostics::ids_names::WRONG_VALUE, at, text, here)
                    .label(first, there)
                    .help("keep the one that is meant"),
            );
        }
    }
}

/// A stage is said of single elements.
fn one_of_several(checker: &mut Checker<'_>, span: Span) {
    let text = "a stage is that of the decision for all elements and indices";
    let d = Diagnostic::new(crate::diagnostics::ids_names::WRONG_INDEX, span, text, "one of several");
    checker.diagnostics.push(d.help("name the decision of the class: `line.closed`"));
}

fn member_path(names: &Names, checker: &mut Checker<'_>, path: &crate::syntax::ast::Expr) -> Option<MemberId> {
    use crate::syntax::ast::ExprKind;
    use crate::units::check::SettingTarget;
    let (class, name) = match &path.kind {
        ExprKind::Name(n) => (crate::names::ROOT, crate::syntax::ast::Ident { text: n.clone(), span: path.span }),
        ExprKind::Field(base, field) => match checker.owner(base)? {
            (class, SettingTarget::Class, _) => (class, field.clone()),
            _ => {
                one_of_several(checker, base.span);
                return None;
            }
        },
        ExprKind::Index(base, list) => match list.iter().find(|e| !matches!(e.kind, ExprKind::Name(_))) {
            Some(index) => {
                one_of_several(checker, index.span);
                return None;
            }
            None => return member_path(names, checker, base),
        },
        _ => return None,
    };
    match names.member(class, &name.text) {
        Some(m) if matches!(names.members[m].kind, crate::names::MemberKind::Var(_)) => Some(m),
        _ => {
            let text = format!("`{}` is not a variable of `{}`", name.text, names.classes[class].name);
            let known: Vec<&str> = names.classes[class]
                .members
                .iter()
                .filter(|(_, m)| matches!(names.members[**m].kind, crate::names::MemberKind::Var(_)))
                .map(|(n, _)| n.as_str())
                .collect();
            let d = Diagnostic::new(crate::diagnostics::ids_names::UNKNOWN_FIELD, name.span, text, "not a variable");
            checker.diagnostics.push(
                match crate::diagnostics::suggest::did_you_mean(&name.text, known.iter().copied()) {
                    Some(s) => d.help(format!("did you mean `{s}`?")),
                    None => d.help(format!("its variables: {}", known.join(", "))),
                },
            );
            None
        }
    }
}

/// Number of periods and step in seconds.
fn horizon(names: &Names, checker: &mut Checker<'_>) -> (usize, Option<f64>) {
    let Some(TimeStatement::Horizon(length, step, span)) = &names.time else { return (1, None) };
    let mut scope = Scope::of(crate::names::ROOT, None);
    let l = checker.expression(length, &mut scope, None);
    let s = checker.expression(step, &mut scope, None);
    let time = checker.units.dimensions.get("time").map(|t| t.0);
    let seconds = |n: &crate::units::typed::Node| match (&n.kind, &n.ty) {
        (NodeKind::Number(x), Ty::Number(q)) if Some(q.dimension) == time => Some(*x),
        _ => None,
    };
    match (seconds(&l), seconds(&s)) {
        (Some(l), Some(s)) if s > 0.0 && l > 0.0 && l / s > limits::PERIODS as f64 => {
            let d = limits::too_large(*span, "this horizon", Some((l / s).round()), "periods", limits::PERIODS);
            checker
                .diagnostics
                .push(d.help("take a longer step or a shorter horizon, or periods that stand for others"));
            (1, Some(3600.0))
        }
        (Some(l), Some(s)) if s > 0.0 && l > 0.0 && ((l / s).round() - l / s).abs() < 1e-9 => {
            ((l / s).round() as usize, Some(s))
        }
        (Some(_), Some(_)) => {
            let text = "the horizon is not a whole number of steps";
            checker.diagnostics.push(
                Diagnostic::new(ids_units::WRONG_TYPE, *span, text, "does not divide")
                    .help("write for instance `horizon 24 h step 1 h`"),
            );
            (1, Some(3600.0))
        }
        _ => {
            if l.ty != Ty::Unknown && s.ty != Ty::Unknown {
                let text = "a horizon and its step are lengths of time";
                checker.diagnostics.push(
                    Diagnostic::new(ids_units::UNIT_MISMATCH, *span, text, "not a length of time")
                        .help("write for instance `horizon 24 h step 1 h`"),
                );
            }
            (1, Some(3600.0))
        }
    }
}
