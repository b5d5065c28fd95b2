//! Typing settings: what a path means, and the value it gets.

use super::{Checker, Scope};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::{ClassId, Level, MemberId, MemberKind, ROOT, SettingDecl};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};
use crate::units::typed::*;
use smol_str::SmolStr;

/// What a setting applies to.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingTarget {
    /// All elements of the class.
    Class,
    /// The elements made under a name.
    Group(SmolStr),
    /// One element.
    Element(SmolStr),
}

/// What a setting sets.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingValue {
    /// `none`: as if not given.
    None,
    /// `initial`: a state keeps its start.
    Initial,
    /// A value; slot 0 is the row of a table, indices follow.
    Value(Node),
}

/// A setting with its path understood.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedSetting {
    /// The class.
    pub class: ClassId,
    /// Which of its elements.
    pub target: SettingTarget,
    /// The member.
    pub member: MemberId,
    /// The value.
    pub value: SettingValue,
    /// Precedence.
    pub level: Level,
    /// Mode it holds in.
    pub mode: Option<usize>,
    /// The whole setting.
    pub span: Span,
    /// Slots of its value.
    pub slots: usize,
}

impl Checker<'_> {
    /// Understands `path = value` outside of device blocks.
    pub fn setting(&mut self, s: &SettingDecl) -> Option<TypedSetting> {
        let (path, indices) = match &s.path.kind {
            ExprKind::Index(base, list) if !matches!(&base.kind, ExprKind::Name(n) if self.names.groups.contains_key(n)) => {
                (base.as_ref(), Some(list.as_slice()))
            }
            _ => (&s.path, None),
        };
        let (class, target, member, alias) = self.path(path)?;
        let level = s.level.unwrap_or(match target {
            SettingTarget::Element(_) => Level::Instance,
            _ if class == ROOT => Level::Instance,
            _ => Level::Class,
        });
        let span = s.path.span.to(s.value.span);
        let mode = s.mode.as_ref().and_then(|m| self.names.modes.iter().position(|x| x.text == *m));
        let (value, slots) = self.setting_value(class, member, &s.value, indices, alias, None)?;
        Some(TypedSetting { class, target, member, value, level, mode, span, slots })
    }

    /// The value of a setting of a member. `row` is the table of the row that slot 0 holds.
    pub fn setting_value(
        &mut self,
        class: ClassId,
        member: MemberId,
        value: &ast::Expr,
        indices: Option<&[ast::Expr]>,
        alias: Option<SmolStr>,
        row: Option<(SmolStr, usize)>,
    ) -> Option<(SettingValue, usize)> {
        let m = &self.names.members[member];
        if let ExprKind::Name(n) = &value.kind
            && n == "none"
        {
            return match &m.kind {
                MemberKind::Param(p) if p.optional => Some((SettingValue::None, 1)),
                // A decision that is not frozen.
                MemberKind::Var(_) => Some((SettingValue::None, 1)),
                _ => {
                    self.report_not_optional(member, value.span);
                    None
                }
            };
        }
        let typed = self.member(member);
        let settable = match &m.kind {
            MemberKind::Param(_) => true,
            MemberKind::Var(v) => {
                if let ExprKind::Name(n) = &value.kind
                    && n == "initial"
                {
                    if v.state {
                        return Some((SettingValue::Initial, 1));
                    }
                    let text = format!("`{}` is not a state and has no start", self.names.qualified(member));
                    self.report(Diagnostic::new(ids_names::WRONG_VALUE, value.span, text, "nothing to start from"));
                    return None;
                }
                true
            }
            MemberKind::Let(l) => l.open,
            MemberKind::Terminal { .. } => true,
            _ => false,
        };
        if !settable {
            let text = format!("`{}` cannot be set from outside", self.names.qualified(member));
            self.report(
                Diagnostic::new(ids_names::WRONG_VALUE, value.span, text, "not a parameter")
                    .label(m.span, "declared here")
                    .help("parameters, open definitions and variables (to freeze them) can be set"),
            );
            return None;
        }
        let mut scope = Scope::of(class, None);
        scope.alias = alias;
        scope.setting = Some(member);
        let (row_name, row_ty) = match row {
            Some((name, table)) => (name, Ty::Row(table)),
            None => (SmolStr::new_static("\u{0}"), Ty::Unknown),
        };
        scope.push(row_name, row_ty);
        match indices {
            Some(list) => {
                if list.len() != typed.indices.len() {
                    let text = format!(
                        "`{}` has {} index(es), {} written",
                        self.names.qualified(member),
                        typed.indices.len(),
                        list.len()
                    );
                    let span = list.first().map_or(value.span, |e| e.span);
                    self.report(Diagnostic::new(ids_names::WRONG_INDEX, span, text, "wrong number of indices"));
                    return None;
                }
                for (e, i) in list.iter().zip(&typed.indices) {
                    match &e.kind {
                        ExprKind::Name(n) => {
                            scope.push(n.clone(), i.ty.clone());
                        }
                        _ => {
                            let text = "a setting is for all values of its index";
                            self.report(
                                Diagnostic::new(ids_names::WRONG_INDEX, e.span, text, "not an index name")
                                    .help(format!("write `[{}]` and use `if` for single values", i.name)),
                            );
                            return None;
                        }
                    }
                }
            }
            None => {
                for i in &typed.indices {
                    scope.push(i.name.clone(), i.ty.clone());
                }
            }
        }
        let node = if let ExprKind::Name(_) | ExprKind::Field(..) = &value.kind {
            // A series is given to a parameter per period as a whole.
            let n = self.auto_indexed(value, &mut scope, Some(&typed.ty));
            self.fits(&n, &typed.ty, value.span);
            n
        } else {
            self.param_value(value, Some(&typed.ty), &mut scope)
        };
        Some((SettingValue::Value(node), scope.deepest))
    }

    /// Only what is optional can be taken away.
    fn report_not_optional(&mut self, member: MemberId, at: Span) {
        let m = &self.names.members[member];
        let text = format!("`{}` cannot be `none`: it is not optional", self.names.qualified(member));
        let d = Diagnostic::new(ids_names::WRONG_VALUE, at, text, "needs a value").label(m.span, "declared here");
        self.report(match &m.kind {
            MemberKind::Param(p) if p.default.is_some() => d.help("leave the setting out to keep the default"),
            _ => d.help("give it a value"),
        });
    }

    /// What `bus.v_min`, `feeder.load.profile`, `storage.14.power`, `ESS[6].power` mean.
    fn path(&mut self, path: &ast::Expr) -> Option<(ClassId, SettingTarget, MemberId, Option<SmolStr>)> {
        match &path.kind {
            ExprKind::Name(n) => match self.names.member(ROOT, n) {
                Some(m) => Some((ROOT, SettingTarget::Class, m, None)),
                None => {
                    self.unknown_path(n, path.span);
                    None
                }
            },
            ExprKind::Field(base, field) => {
                if let ExprKind::Name(n) = &base.kind
                    && self.names.aliases.contains_key(n)
                    && self.names.class_id(n).is_none()
                    && !self.names.groups.contains_key(n)
                {
                    if let Some(m) = self.names.member(ROOT, &field.text) {
                        return Some((ROOT, SettingTarget::Class, m, None));
                    }
                    if let Some(m) = self.names.member(ROOT, &format!("{n}.{}", field.text)) {
                        return Some((ROOT, SettingTarget::Class, m, None));
                    }
                }
                if let ExprKind::Name(n) = &base.kind
                    && let Some(m) = self.names.member(ROOT, &format!("{n}.{}", field.text))
                {
                    return Some((ROOT, SettingTarget::Class, m, None));
                }
                let (class, target, alias) = self.owner(base)?;
                match self.names.member(class, &field.text) {
                    Some(m) => Some((class, target, m, alias)),
                    None => {
                        if !self.names.is_poisoned(&field.text) {
                            let d = self.unknown_member(class, field);
                            self.report(d);
                        }
                        None
                    }
                }
            }
            _ => {
                let text = "a setting starts with a path such as `bus.v_min`";
                self.report(Diagnostic::new(ids_names::WRONG_VALUE, path.span, text, "not a path"));
                None
            }
        }
    }

    /// The class or element in front of the last dot.
    pub fn owner(&mut self, e: &ast::Expr) -> Option<(ClassId, SettingTarget, Option<SmolStr>)> {
        match &e.kind {
            ExprKind::Name(n) => {
                if let Some(c) = self.names.class_id(n).filter(|c| *c != ROOT) {
                    return Some((c, SettingTarget::Class, Some(n.clone())));
                }
                if let Some(class) = self.names.groups.get(n)
                    && let Some(c) = self.names.class_id(class)
                {
                    return Some((c, SettingTarget::Group(n.clone()), Some(n.clone())));
                }
                self.unknown_path(n, e.span);
                None
            }
            ExprKind::Field(base, field) => {
                if let ExprKind::Name(n) = &base.kind
                    && self.names.aliases.contains_key(n)
                    && self.names.class_id(n).is_none()
                {
                    let inner = ast::Expr { span: field.span, kind: ExprKind::Name(field.text.clone()) };
                    return self.owner(&inner);
                }
                let (class, _, _) = self.owner(base)?;
                Some((class, SettingTarget::Element(field.text.clone()), None))
            }
            ExprKind::Index(base, list) => {
                let (class, target, _) = self.owner(base)?;
                match (&target, list.as_slice()) {
                    (SettingTarget::Group(g), [id]) => {
                        let id = id_text(id)?;
                        Some((class, SettingTarget::Element(smol_str::format_smolstr!("{g}[{id}]")), None))
                    }
                    _ => {
                        let text = "only a list of devices is indexed here";
                        self.report(Diagnostic::new(ids_names::WRONG_INDEX, e.span, text, "not a list"));
                        None
                    }
                }
            }
            ExprKind::Element(class, id) => {
                let inner = ast::Expr { span: class.span, kind: ExprKind::Name(class.text.clone()) };
                let (c, _, _) = self.owner(&inner)?;
                Some((c, SettingTarget::Element(id_text(id)?), None))
            }
            _ => {
                let text = "a setting starts with a path such as `bus.v_min`";
                self.report(Diagnostic::new(ids_names::WRONG_VALUE, e.span, text, "not a path"));
                None
            }
        }
    }

    fn unknown_path(&mut self, n: &SmolStr, span: Span) {
        if self.names.is_poisoned(n) {
            return;
        }
        let text = format!("there is no device, parameter or module `{n}`");
        let d = Diagnostic::new(ids_names::UNKNOWN_NAME, span, text, "unknown name");
        let known: Vec<&str> = self
            .names
            .classes
            .keys()
            .skip(1)
            .map(SmolStr::as_str)
            .chain(self.names.groups.keys().map(SmolStr::as_str))
            .chain(self.member_names(ROOT))
            .collect();
        self.report(match did_you_mean(n, known) {
            Some(s) => {
                d.help(format!("did you mean `{s}`?")).fix(format!("Replace by `{s}`"), vec![(span, s.to_string())])
            }
            None => d,
        });
    }
}

fn id_text(e: &ast::Expr) -> Option<SmolStr> {
    match &e.kind {
        ExprKind::Name(word) => Some(word.clone()),
        _ => e.as_id(),
    }
}
